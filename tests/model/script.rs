//! Random commands: mostly sensible, often not allowed, sometimes nonsense.

use std::num::NonZeroU32;

use fairhold::domain::change::Change;
use fairhold::domain::command::{BestWanted, KeyUse, Pick, Wanted};
use fairhold::domain::group::PartStep;
use fairhold::domain::moves::{Claim, Moving};
use fairhold::domain::{
    Access, Action, BuyerId, Caller, Cause, Command, GroupId, HoldId, KeyId, OfferNo, SaleId, Timestamp,
    UnitNo,
};
use uuid::Uuid;

use crate::model::{Hold, Model, Sale};
use crate::operator::{access, block, block_id, configure, restock};
use crate::replans::replan;
use crate::rng::Rng;
use crate::tickets::Ticket;

pub struct Script {
    buyers: Vec<BuyerId>,
    key: KeyId,
    /// Idempotency keys that were sent before, whatever came of it.
    sent: Vec<KeyUse>,
    /// Every hold there ever was, also those that nobody remembers.
    holds: Vec<HoldId>,
}

impl Script {
    pub fn new(rng: &mut Rng) -> Self {
        let names = ["ann", "bob", "cho", "dan"];
        let count = rng.range(2..=4) as usize;
        let buyers = names[..count].iter().map(|name| name.parse().expect("a valid buyer id")).collect();
        Self { buyers, key: KeyId::new(Uuid::from_u128(rng.wide())), sent: Vec::new(), holds: Vec::new() }
    }

    pub fn next(&mut self, rng: &mut Rng, model: &Model) -> Command {
        // What was made last stands last.
        self.holds.extend(model.holds.last().map(|hold| hold.id).filter(|id| !self.holds.contains(id)));
        let action = self.action(rng, model);
        let caller = self.caller(rng, model, &action);
        let cause = Cause { key: self.idempotency_key(rng), request_id: None };
        Command { caller, cause, action }
    }

    fn action(&self, rng: &mut Rng, model: &Model) -> Action {
        match rng.below(100) {
            0..=22 => {
                let access = access(rng, model);
                Action::Hold { buyer: self.buyer(rng), wanted: wanted_by(rng, model, &access), access }
            }
            23..=31 => self.exchange(rng, model),
            32..=41 => self.change(rng, model),
            42..=43 => self.part(rng, model),
            44..=45 => Action::Extend { hold: self.hold_id(rng, model) },
            46..=47 => Action::Release { hold: self.hold_id(rng, model) },
            48..=57 => Action::Purchase { hold: self.hold_id(rng, model) },
            58..=65 => {
                let access = access(rng, model);
                Action::PurchaseNow { buyer: self.buyer(rng), wanted: wanted_by(rng, model, &access), access }
            }
            66..=73 => give_back(rng, model),
            74..=79 => block(rng, model),
            80..=82 => Action::Unblock { block: block_id(rng, model) },
            83..=86 => restock(rng, model),
            87..=88 => replan(rng, model),
            89..=92 => Action::Reassign { sale: sale_id(rng, model), to: self.buyer(rng) },
            93..=98 => configure(rng, model),
            // Seldom: little can be done from then on.
            _ if rng.percent(4) => Action::Cancel { reason: "rain".to_owned() },
            _ => Action::Expire,
        }
    }

    /// Mostly something that may be: of what there is, to what there is.
    fn exchange(&self, rng: &mut Rng, model: &Model) -> Action {
        let count = if rng.percent(2) { 0 } else { 1 + u32::from(rng.percent(40)) };
        let mut moves: Vec<Moving> = (0..count).map(|_| self.moving(rng, model)).collect();
        // Two who swap.
        if moves.len() == 2 && rng.percent(70) {
            if let ([first], [second], true) = (&*moves[0].from, &*moves[1].from, rng.percent(80)) {
                let quantity = first.quantity.min(second.quantity);
                (moves[0].from[0].quantity, moves[1].from[0].quantity) = (quantity, quantity);
            }
            let (first, second) = (moves[0].from.clone(), moves[1].from.clone());
            (moves[0].to, moves[1].to) = (second, first);
        }
        Action::Move { moves }
    }

    fn moving(&self, rng: &mut Rng, model: &Model) -> Moving {
        let has_sales = model.sales.iter().any(|sale| !sale.basket.is_empty());
        let (claim, basket) = if rng.percent(if has_sales { 50 } else { 95 }) {
            let alone: Vec<&Hold> = model.holds.iter().filter(|hold| hold.group.is_none()).collect();
            let drawn: Vec<&Hold> = alone.iter().copied().filter(|hold| !hold.drawn.is_empty()).collect();
            let some = rng.any(&alone).map(|hold| hold.id).filter(|_| rng.percent(70));
            let drawn = rng.any(&drawn).map(|hold| hold.id).filter(|_| rng.percent(70));
            let hold = drawn.or(some).unwrap_or_else(|| self.hold_id(rng, model));
            let known = model.holds.iter().find(|known| known.id == hold);
            (Claim::Hold(hold), known.map(|known| known.basket.clone()))
        } else {
            let left: Vec<&Sale> = model.sales.iter().filter(|sale| !sale.basket.is_empty()).collect();
            let drawn: Vec<&Sale> = left.iter().copied().filter(|sale| !sale.drawn.is_empty()).collect();
            let some = rng.any(&left).map(|sale| sale.id).filter(|_| rng.percent(70));
            let drawn = rng.any(&drawn).map(|sale| sale.id).filter(|_| rng.percent(70));
            let sale = drawn.or(some).unwrap_or_else(|| sale_id(rng, model));
            let known = model.sales.iter().find(|known| known.id == sale);
            (Claim::Sale(sale), known.map(|known| known.basket.clone()))
        };
        let basket = basket.unwrap_or_default();
        let mut wish = Moving { claim, from: Vec::new(), to: Vec::new() };
        for _ in 0..if rng.percent(75) { 1 } else { 2 } {
            let from = match rng.any(&basket) {
                Some(&(Ticket { offer, .. }, quantity)) if !rng.percent(8) => {
                    let more = u32::from(rng.percent(5));
                    pick(rng, model.hall.offer_id(offer), quantity + more)
                }
                _ => any_pick(rng, model),
            };
            let mut to = if rng.percent(75) { free_pick(rng, model) } else { any_pick(rng, model) };
            if !rng.percent(10) {
                to.quantity = from.quantity;
            }
            wish.from.push(from);
            wish.to.push(to);
        }
        wish
    }

    /// Mostly some of what there is goes out, and what is free comes in.
    fn change(&self, rng: &mut Rng, model: &Model) -> Action {
        let hold = self.hold_id(rng, model);
        let known = model.holds.iter().find(|known| known.id == hold);
        let basket = known.map(|known| known.basket.clone()).unwrap_or_default();
        let mut change = Change { access: access(rng, model), ..Change::default() };
        let (out, into) = if rng.percent(30) { (60, 60) } else { (30, 95) };
        for (Ticket { offer, .. }, quantity) in basket {
            if rng.percent(out) {
                let more = u32::from(rng.percent(5));
                change.remove.push(pick(rng, model.hall.offer_id(offer), quantity + more));
            }
        }
        if rng.percent(into) {
            let wanted = wanted_by(rng, model, &change.access);
            change.add = match wanted {
                Wanted::Offers(picks)
                    if rng.percent(if change.access == Access::default() { 65 } else { 90 }) =>
                {
                    picks
                }
                _ => vec![free_pick(rng, model)],
            };
        }
        if rng.percent(3) {
            change.remove.push(any_pick(rng, model));
        }
        Action::Change { hold, change }
    }

    /// For a group that is there, or a new one.
    fn part(&self, rng: &mut Rng, model: &Model) -> Action {
        let parts: Vec<(GroupId, Timestamp)> =
            model.holds.iter().filter_map(|hold| Some((hold.group?, hold.expires))).collect();
        let known = rng.any(&parts).copied().filter(|_| !rng.percent(40));
        let fresh = GroupId::new(Uuid::from_u128(rng.wide()));
        let (group, expires) = known.unwrap_or((fresh, model.at));
        let step = match (rng.below(100), known) {
            (0..=79, None) => PartStep::Hold { buyer: self.buyer(rng), wanted: wanted(rng, model) },
            (0..=4, Some(_)) => PartStep::Hold { buyer: self.buyer(rng), wanted: wanted(rng, model) },
            (5..=39, _) => PartStep::Keep { until: expires.plus_ms(rng.below(60_000) as i64 - 5_000) },
            (40..=54, _) => PartStep::Release,
            (55..=69, _) => PartStep::Expire,
            _ => PartStep::Purchase,
        };
        Action::Part { group, step }
    }

    /// The owner, another buyer, or a key.
    fn caller(&self, rng: &mut Rng, model: &Model, action: &Action) -> Caller {
        let owner = match action {
            Action::Hold { buyer, .. } | Action::PurchaseNow { buyer, .. } => Some(buyer.clone()),
            Action::Extend { hold }
            | Action::Change { hold, .. }
            | Action::Release { hold }
            | Action::Purchase { hold } => {
                let live = model.holds.iter().find(|known| known.id == *hold).map(|hold| &hold.buyer);
                let over = model.ended.iter().find(|known| known.id == *hold).map(|over| &over.buyer);
                live.or(over).cloned()
            }
            Action::Return { sale, .. } | Action::Reassign { sale, .. } => {
                model.sales.iter().find(|known| known.id == *sale).map(|sale| sale.buyer.clone())
            }
            Action::Move { moves } => match moves.first().map(|wish| wish.claim) {
                Some(Claim::Hold(id)) => {
                    model.holds.iter().find(|known| known.id == id).map(|hold| hold.buyer.clone())
                }
                Some(Claim::Sale(id)) => {
                    model.sales.iter().find(|known| known.id == id).map(|sale| sale.buyer.clone())
                }
                None => None,
            },
            Action::Expire => return Caller::Clock,
            _ => None,
        };
        let other = self.buyer(rng);
        let is_channel = |access: &Access| access.channel.is_some() && access.code.is_none();
        if let Action::Hold { access, .. }
        | Action::PurchaseNow { access, .. }
        | Action::Change { change: Change { access, .. }, .. } = action
            && is_channel(access)
            && rng.percent(80)
        {
            return Caller::Key(self.key);
        }
        if matches!(action, Action::Move { .. }) && rng.percent(70) {
            return Caller::Key(self.key);
        }
        match (rng.below(100), owner) {
            (0..=59, Some(owner)) => Caller::Buyer(owner),
            (60..=74, _) => Caller::Buyer(other),
            _ => Caller::Key(self.key),
        }
    }

    fn hold_id(&self, rng: &mut Rng, model: &Model) -> HoldId {
        let live = rng.any(&model.holds).map(|hold| hold.id);
        let over = rng.any(&model.ended).map(|over| over.id);
        let id = match rng.below(100) {
            0..=77 => live.or(over),
            78..=92 => over.or(live),
            93..=98 => rng.any(&self.holds).copied(),
            _ => None,
        };
        id.unwrap_or_else(|| HoldId::new(Uuid::from_u128(rng.wide())))
    }

    fn buyer(&self, rng: &mut Rng) -> BuyerId {
        rng.one(&self.buyers).clone()
    }

    /// None, a new one, one that was sent before, or that one with another request.
    fn idempotency_key(&mut self, rng: &mut Rng) -> Option<KeyUse> {
        let known = rng.any(&self.sent).copied();
        let key = match (rng.below(100), known) {
            (0..=49, _) => return None,
            (92.., Some(known)) => return Some(known),
            (84.., Some(known)) => KeyUse { fingerprint: rng.wide(), ..known },
            _ => KeyUse { hash: rng.wide(), fingerprint: rng.wide() },
        };
        self.sent.push(key);
        Some(key)
    }
}

fn sale_id(rng: &mut Rng, model: &Model) -> SaleId {
    let known = rng.any(&model.sales).map(|sale| sale.id).filter(|_| !rng.percent(4));
    known.unwrap_or_else(|| SaleId::new(Uuid::from_u128(rng.wide())))
}

fn wanted(rng: &mut Rng, model: &Model) -> Wanted {
    if rng.percent(35) { Wanted::Best(best(rng, model)) } else { Wanted::Offers(picks(rng, model)) }
}

/// Who comes for something that is kept mostly wants that.
fn wanted_by(rng: &mut Rng, model: &Model, access: &Access) -> Wanted {
    let mut wanted = wanted(rng, model);
    let opened = model.way(&Caller::Clock, access).map(|way| way.opened).unwrap_or_default();
    let kept = model.blocks.iter().filter(|block| opened.contains(&block.id)).flat_map(|block| &block.units);
    let kept: Vec<UnitNo> = kept.map(|part| part.0).collect();
    if let (Wanted::Offers(picks), false) = (&mut wanted, kept.is_empty()) {
        for pick in picks {
            if rng.percent(60) {
                pick.offer = model.hall.units[*rng.one(&kept) as usize].id.clone();
            }
        }
    }
    wanted
}

fn best(rng: &mut Rng, model: &Model) -> BestWanted {
    let is_long = model.hall.units.len() > 64;
    let quantity = match rng.below(20) {
        0 => rng.range(40..=60),
        1..=6 if is_long => rng.range(5..=45),
        1..=3 => rng.range(6..=14),
        _ => rng.range(1..=5),
    };
    let category = match rng.below(20) {
        0..=7 => None,
        8 => Some("balcony".to_owned()),
        _ if model.hall.categories.is_empty() => None,
        _ => Some(rng.one(&model.hall.categories).clone()),
    };
    let mut wanted = BestWanted { category, adjacent: rng.percent(40), ..BestWanted::of(pieces(quantity)) };
    let mut name =
        |percent: usize, names: &[&str]| rng.percent(percent).then(|| (*rng.one(names)).to_owned());
    wanted.section = name(12, &["left", "left", "right", "right", "middle"]);
    wanted.zone = name(12, &["z0", "z0", "z1", "z9"]);
    wanted.floor = name(12, &["ground", "balcony", "roof"]);
    wanted.price_max = rng.percent(15).then(|| rng.below(200_000) as i64);
    if rng.percent(12) {
        wanted.accessible = rng.range(0..=2);
        wanted.companions = rng.range(0..=2);
    }
    wanted
}

fn picks(rng: &mut Rng, model: &Model) -> Vec<Pick> {
    let hall = &model.hall;
    let mut picks: Vec<Pick> = if rng.percent(25) {
        let first = rng.below(hall.units.len());
        let last = hall.units.len().min(first + rng.range(2..=4) as usize);
        (first..last).map(|unit| pick(rng, &hall.units[unit].id, 1)).collect()
    } else {
        (0..rng.range(1..=3)).map(|_| any_pick(rng, model)).collect()
    };
    if rng.percent(10) {
        picks.push(rng.one(&picks).clone());
    }
    if rng.percent(2) {
        let at = rng.below(picks.len());
        picks[at].quantity = pieces(*rng.one(&[51, 49, 50, u32::MAX]));
    }
    rng.shuffle(&mut picks);
    picks
}

/// One of the hall's offers, sometimes a unit that cannot be picked or a name that nothing has.
fn any_pick(rng: &mut Rng, model: &Model) -> Pick {
    let hall = &model.hall;
    let all: Vec<OfferNo> = (0..hall.offers.len() as OfferNo).collect();
    let on_offer = |n: &&OfferNo| hall.terms(**n).is_some();
    let some: Vec<OfferNo> = all.iter().filter(on_offer).copied().collect();
    let from = if rng.percent(97) && !some.is_empty() { &some } else { &all };
    let id = hall.offer_id(*rng.one(from));
    let is_seat = hall.unit(id).is_some_and(|unit| hall.is_seat(unit));
    let most = if is_seat && !rng.percent(5) { 1 } else { 6 };
    let id = if rng.percent(2) { "nowhere" } else { id };
    pick(rng, id, most)
}

/// One that is free, if any is.
fn free_pick(rng: &mut Rng, model: &Model) -> Pick {
    let units = model.hall.units.iter().zip(model.counts());
    let free = units.filter(|(unit, count)| unit.on_offer && !unit.whole && count.left() > 0);
    let free: Vec<&str> = free.map(|(unit, _)| &*unit.id).collect();
    match rng.any(&free) {
        Some(id) => pick(rng, id, 1),
        None => any_pick(rng, model),
    }
}

fn pick(rng: &mut Rng, id: &str, most: u32) -> Pick {
    Pick { offer: id.to_owned(), quantity: pieces(rng.range(1..=most)) }
}

fn pieces(quantity: u32) -> NonZeroU32 {
    NonZeroU32::new(quantity).unwrap_or(NonZeroU32::MIN)
}

fn give_back(rng: &mut Rng, model: &Model) -> Action {
    let sale = sale_id(rng, model);
    let sold = model.sales.iter().find(|known| known.id == sale);
    let lines = sold.map(|sold| sold.basket.clone()).unwrap_or_default();
    if rng.percent(40) {
        return Action::Return { sale, pieces: None };
    }
    let mut back = Vec::new();
    for (Ticket { offer, .. }, quantity) in lines {
        if rng.percent(70) {
            let more = u32::from(rng.percent(10));
            back.push(pick(rng, model.hall.offer_id(offer), quantity + more));
        }
    }
    if rng.percent(10) {
        back.push(any_pick(rng, model));
    }
    if !back.is_empty() && rng.percent(15) {
        back.push(rng.one(&back).clone());
    }
    Action::Return { sale, pieces: Some(back) }
}
