//! Random commands: mostly sensible, often not allowed, sometimes nonsense.

use std::num::NonZeroU32;

use fairhold::domain::command::{BestWanted, KeyUse, Pick, Wanted};
use fairhold::domain::group::PartStep;
use fairhold::domain::moves::{Claim, Moving};
use fairhold::domain::settings::SingleSeats;
use fairhold::domain::time::Rfc3339;
use fairhold::domain::{
    Access, Action, BlockId, BuyerId, Caller, Cause, Checkout, Command, GroupId, HoldId, KeyId, OfferNo,
    SaleId, Settings, SettingsPatch, Timestamp, UnitNo,
};
use uuid::Uuid;

use crate::model::Model;
use crate::rng::Rng;

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
                Action::Hold { buyer: self.buyer(rng), wanted: wanted(rng, model), access: Access::default() }
            }
            23..=30 => self.exchange(rng, model),
            31..=37 => self.part(rng, model),
            38..=42 => Action::Extend { hold: self.hold_id(rng, model) },
            43..=46 => Action::Release { hold: self.hold_id(rng, model) },
            47..=57 => Action::Purchase { hold: self.hold_id(rng, model) },
            58..=65 => Action::PurchaseNow {
                buyer: self.buyer(rng),
                wanted: wanted(rng, model),
                access: Access::default(),
            },
            66..=73 => give_back(rng, model),
            74..=78 => block(rng, model),
            79..=82 => Action::Unblock { block: block_id(rng, model) },
            83..=88 => restock(rng, model),
            89..=92 => Action::Reassign { sale: sale_id(rng, model), to: self.buyer(rng) },
            93..=98 => configure(rng, model),
            _ => Action::Expire,
        }
    }

    /// Mostly something that may be: of what there is, to what there is.
    fn exchange(&self, rng: &mut Rng, model: &Model) -> Action {
        let count = if rng.percent(2) { 0 } else { rng.range(1..=2) };
        let mut moves: Vec<Moving> = (0..count).map(|_| self.moving(rng, model)).collect();
        // Two who swap.
        if moves.len() == 2 && rng.percent(60) {
            let (first, second) = (moves[0].from.clone(), moves[1].from.clone());
            (moves[0].to, moves[1].to) = (second, first);
        }
        Action::Move { moves }
    }

    fn moving(&self, rng: &mut Rng, model: &Model) -> Moving {
        let (claim, basket) = if rng.percent(50) {
            let hold = self.hold_id(rng, model);
            let known = model.holds.iter().find(|known| known.id == hold);
            (Claim::Hold(hold), known.map(|known| known.basket.clone()))
        } else {
            let sale = sale_id(rng, model);
            let known = model.sales.iter().find(|known| known.id == sale);
            (Claim::Sale(sale), known.map(|known| known.basket.clone()))
        };
        let has = rng.any(&basket.unwrap_or_default()).copied();
        let from = match has {
            Some((offer, quantity)) if !rng.percent(8) => {
                let more = u32::from(rng.percent(5));
                pick(rng, model.hall.offer_id(offer), quantity + more)
            }
            _ => any_pick(rng, model),
        };
        let mut to = any_pick(rng, model);
        if !rng.percent(10) {
            to.quantity = from.quantity;
        }
        Moving { claim, from: vec![from], to: vec![to] }
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
            Action::Extend { hold } | Action::Release { hold } | Action::Purchase { hold } => {
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

const SINGLE_SEATS: [SingleSeats; 4] =
    [SingleSeats::Off, SingleSeats::Off, SingleSeats::Lenient, SingleSeats::Strict];

/// The settings of record 1.
pub fn settings(rng: &mut Rng) -> Settings {
    Settings {
        hold_seconds: rng.range(30..=120),
        extensions_max: rng.range(0..=2),
        holds_per_buyer: rng.range(1..=6),
        pieces_per_hold: if rng.percent(60) { 50 } else { rng.range(3..=12) },
        pieces_per_buyer: rng.percent(30).then(|| rng.range(4..=20)),
        checkout: if rng.percent(60) { Checkout::Open } else { Checkout::Key },
        single_seats: *rng.one(&SINGLE_SEATS),
        single_seats_until_left: if rng.percent(80) { 0 } else { rng.range(1..=10) },
        release_accessible: rng.percent(15),
        ..Settings::default()
    }
}

fn sale_id(rng: &mut Rng, model: &Model) -> SaleId {
    let known = rng.any(&model.sales).map(|sale| sale.id).filter(|_| !rng.percent(4));
    known.unwrap_or_else(|| SaleId::new(Uuid::from_u128(rng.wide())))
}

fn block_id(rng: &mut Rng, model: &Model) -> BlockId {
    let known = rng.any(&model.blocks).map(|block| block.id).filter(|_| !rng.percent(8));
    known.unwrap_or_else(|| BlockId::new(Uuid::from_u128(rng.wide())))
}

fn wanted(rng: &mut Rng, model: &Model) -> Wanted {
    if rng.percent(35) { Wanted::Best(best(rng, model)) } else { Wanted::Offers(picks(rng, model)) }
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
        (first..last).map(|unit| pick(rng, hall.offer_id(unit as OfferNo), 1)).collect()
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
    let all: Vec<usize> = (0..hall.units.len() + hall.deals.len()).collect();
    let on_offer = |n: &&usize| hall.units.get(**n).is_none_or(|unit| unit.on_offer);
    let some: Vec<usize> = all.iter().filter(on_offer).copied().collect();
    let from = if rng.percent(97) { &some } else { &all };
    let offer = *rng.one(from);
    let is_seat = hall.units.get(offer).is_some_and(|_| hall.is_seat(offer as UnitNo));
    let most = if is_seat && !rng.percent(5) { 1 } else { 6 };
    let id = if rng.percent(2) { "nowhere" } else { hall.offer_id(offer as OfferNo) };
    pick(rng, id, most)
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
    for (offer, quantity) in lines {
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

fn block(rng: &mut Rng, model: &Model) -> Action {
    let units = (0..rng.range(1..=3)).map(|_| {
        let quantity = if rng.percent(60) { 1 } else { rng.range(1..=8) };
        (unit_id(rng, model), if rng.percent(1) { u32::MAX } else { quantity })
    });
    let units = units.collect();
    let reason = rng.percent(50).then(|| "camera".to_owned());
    let channel = rng.percent(20).then(|| "box office".to_owned());
    Action::Block { units, reason, channel, code: None, release_at: None }
}

fn unit_id(rng: &mut Rng, model: &Model) -> String {
    if rng.percent(3) { "nowhere".to_owned() } else { rng.one(&model.hall.units).id.clone() }
}

fn restock(rng: &mut Rng, model: &Model) -> Action {
    let stocked: Vec<UnitNo> =
        (0..model.hall.units.len() as UnitNo).filter(|&n| !model.hall.is_seat(n)).collect();
    let unit = match rng.percent(20) {
        true => unit_id(rng, model),
        false => model.hall.units[*rng.one(&stocked) as usize].id.clone(),
    };
    let change = match rng.below(20) {
        0 => *rng.one(&[i64::MIN, i64::MAX, 1_000_000_000, -1_000_000_000, 0]),
        1..=5 => -i64::from(rng.range(1..=30)),
        _ => i64::from(rng.range(1..=20)),
    };
    Action::Restock { unit, change }
}

fn configure(rng: &mut Rng, model: &Model) -> Action {
    let stale = model.settings_seq + 1 - u64::from(rng.percent(50)) * 2;
    let expected = if rng.percent(85) { model.settings_seq } else { stale };
    let now = model.at;
    let mut patch = SettingsPatch::default();
    // A sale that is closed mostly opens again.
    let close = if model.settings.on_sale_from.or(model.settings.on_sale_until).is_some() { 15 } else { 25 };
    let ahead = |rng: &mut Rng| Rfc3339(Timestamp(now.0 + i64::from(rng.range(0..=90_000)) - 30_000));
    match rng.percent(close) {
        true if rng.percent(50) => patch.on_sale_from = Some(Some(ahead(rng))),
        true => patch.on_sale_until = Some(Some(ahead(rng))),
        false => (patch.on_sale_from, patch.on_sale_until) = (Some(None), Some(None)),
    }
    if rng.percent(5) {
        // Never open, open for a moment, or the wrong way round.
        let from = ahead(rng);
        let until = from.0.plus_ms(i64::from(rng.range(0..=2)) - 1);
        (patch.on_sale_from, patch.on_sale_until) = (Some(Some(from)), Some(Some(Rfc3339(until))));
    }
    let wild = rng.percent(12);
    let mut some = |from: u32, to: u32, wilds: [u32; 2]| match (rng.percent(35), wild && rng.percent(40)) {
        (_, true) => Some(*rng.one(&wilds)),
        (true, false) => Some(rng.range(from..=to)),
        (false, false) => None,
    };
    patch.hold_seconds = some(30, 150, [29, 1801]);
    patch.extensions_max = some(0, 2, [3, 3]);
    patch.holds_per_buyer = some(1, 6, [0, 1_000_001]);
    patch.pieces_per_hold = some(2, 50, [0, 51]);
    patch.pieces_per_buyer = some(1, 30, [0, 0]).map(Some);
    if rng.percent(30) {
        patch.pieces_per_buyer = Some(None);
    }
    if rng.percent(40) {
        patch.checkout = Some(*rng.one(&[Checkout::Open, Checkout::Key]));
    }
    if rng.percent(30) {
        patch.single_seats = Some(*rng.one(&SINGLE_SEATS));
        patch.single_seats_until_left = rng.percent(30).then(|| rng.range(0..=12));
        patch.release_accessible = rng.percent(30).then(|| rng.percent(30));
    }
    Action::Configure { patch, expected }
}
