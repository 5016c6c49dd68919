//! A shop for the tests of this room: random commands, and the records that they make.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::proof::Proof;
use crate::domain::command::BestWanted;
use crate::domain::group::PartStep;
use crate::domain::moves::{Claim, Moving};
use crate::domain::{
    Access, Action, BlockId, BuyerId, Caller, Cause, Command, Event, GroupId, HoldId, KeyId, Moment, Pick,
    Plan, PlanDocument, Record, SaleId, Settings, SettingsPatch, State, Timestamp, Wanted, decide,
};
use crate::sources::Sources;

/// What happens next, and two numbers that say to what.
pub(super) type Step = (u8, u32, u32);
/// Kinds of steps.
pub(super) const STEPS: u8 = 19;

pub(super) struct Shop {
    pub(super) state: State,
    pub(super) epoch: u64,
    now: Timestamp,
    made: u128,
}

impl Shop {
    /// Eight seats, standing room, beans and cups, and a drink made of them.
    pub(super) fn open() -> Self {
        let plan = Plan::compile(document(0..5, 5..8, 20)).unwrap();
        let mut shop =
            Self { state: State::new(Arc::new(plan)), epoch: 1, now: Timestamp(1_000_000), made: 0 };
        let settings = Settings { holds_per_buyer: 8, ..Settings::default() };
        shop.append(Event::Opened { plan_version: 1, settings, details: None });
        shop
    }

    /// The record that a step made; None: it was refused, or there was nothing to do.
    pub(super) fn step(&mut self, (kind, which, much): Step) -> Option<Record> {
        let buyer = buyer(which % 3);
        let seats = |from: u32, count: u32| {
            (from..from + count).map(|n| pick(&format!("s{}", n % 8), 1)).collect::<Vec<_>>()
        };
        let offers = match which % 4 {
            0 => vec![pick("floor", 1 + much % 6)],
            1 => vec![pick("latte", 1 + much % 3)],
            2 => [seats(much, 2), vec![pick("floor", 1)]].concat(),
            _ => seats(much, 1 + which % 2),
        };
        let best = BestWanted { adjacent: which % 2 == 0, ..BestWanted::of(some(1 + much % 4)) };
        let units = match which % 3 {
            0 => vec![(format!("s{}", much % 8), 1)],
            1 => vec![("floor".to_owned(), 1 + much % 5), (format!("s{}", much % 8), 1)],
            _ => vec![("beans".to_owned(), 1 + much % 50)],
        };
        let action = match kind % STEPS {
            0..=3 => Action::Hold { buyer, wanted: Wanted::Offers(offers), access: Access::default() },
            4 => Action::Hold { buyer, wanted: Wanted::Best(best), access: Access::default() },
            5 => Action::Extend { hold: self.hold(which)? },
            6 => Action::Release { hold: self.hold(which)? },
            7 => Action::Purchase { hold: self.hold(which)? },
            8 => Action::PurchaseNow { buyer, wanted: Wanted::Offers(offers), access: Access::default() },
            9 => Action::Return { sale: self.sale(which)?, pieces: None },
            10 => Action::Block { units, reason: None, channel: None, code: None, release_at: None },
            11 => Action::Unblock { block: self.block(which)? },
            12 => {
                let unit = if which.is_multiple_of(2) { "floor" } else { "cup" };
                Action::Restock { unit: unit.to_owned(), change: i64::from(much % 9) - 4 }
            }
            13 => Action::Reassign { sale: self.sale(which)?, to: buyer },
            14 => Action::Move { moves: vec![self.moving(Claim::Sale(self.sale(which)?), much)?] },
            15 => Action::Move { moves: vec![self.moving(Claim::Hold(self.hold(which)?), much)?] },
            16 => {
                let step = match much % 5 {
                    0 | 1 => PartStep::Hold { buyer, wanted: Wanted::Offers(offers) },
                    2 => PartStep::Keep { until: self.now.plus_seconds(much % 100) },
                    3 => PartStep::Release,
                    _ => PartStep::Purchase,
                };
                Action::Part { group: GroupId::new(Uuid::from_u128(u128::from(which % 3))), step }
            }
            17 => {
                self.now = self.now.plus_ms(i64::from(much % 400) * 1_000);
                Action::Expire
            }
            _ => self.replan(which % 4, much),
        };
        self.ask(action)
    }

    pub(super) fn ask(&mut self, action: Action) -> Option<Record> {
        self.made += 1;
        self.now = self.now.plus_ms(1);
        let moment = Moment { now: self.now, fresh: Uuid::from_u128(self.made) };
        let caller = match action {
            Action::Expire => Caller::Clock,
            _ => Caller::Key(KeyId::new(Uuid::nil())),
        };
        let events = decide(&self.state, &Command { caller, cause: Cause::default(), action }, &moment);
        let event = events.ok()?.pop()?;
        Some(self.append(event))
    }

    /// Seats come and go at both ends of the hall, and there is more or less standing room and coffee.
    fn replan(&self, closed: u32, much: u32) -> Action {
        let mut next = document(closed..5, 5..7 + much % 4, 18 + much % 5);
        if much.is_multiple_of(3) {
            next.zones[0].rows.reverse();
        }
        if much.is_multiple_of(2) {
            let tea = json!({"id": format!("tea{}", much % 4), "capacity": 5, "sellable": true});
            next.items.push(serde_json::from_value(tea).unwrap());
        }
        let plan = Arc::new(Plan::compile_after(next, self.state.plan()).unwrap());
        let expected = self.state.plan_version();
        Action::Replan { expected, version: expected + 1, plan }
    }

    /// New settings: nothing that a viewer sees.
    pub(super) fn configure(&mut self, hold_seconds: u32) -> Record {
        let patch = SettingsPatch { hold_seconds: Some(hold_seconds), ..SettingsPatch::default() };
        let expected = self.state.settings_version();
        self.ask(Action::Configure { patch, expected, known: None }).unwrap()
    }

    pub(super) fn holds(&mut self, buyer: &BuyerId, offer: &str) -> Record {
        let wanted = Wanted::Offers(vec![pick(offer, 1)]);
        self.ask(Action::Hold { buyer: buyer.clone(), wanted, access: Access::default() }).unwrap()
    }

    fn append(&mut self, event: Event) -> Record {
        let record = Record {
            seq: self.state.seq() + 1,
            epoch: self.epoch,
            at: self.now,
            by: Caller::Clock,
            cause: Cause::default(),
            events: [event].into_iter().collect(),
        };
        self.state.apply(&record).unwrap();
        record
    }

    pub(super) fn hold(&self, which: u32) -> Option<HoldId> {
        nth(self.state.holds().map(|(id, _)| id).collect(), which)
    }

    /// To a seat, or if it is more than one piece to where people stand.
    fn moving(&self, claim: Claim, much: u32) -> Option<Moving> {
        let lines = match claim {
            Claim::Hold(hold) => &self.state.hold(hold)?.lines,
            Claim::Sale(sale) => &self.state.sale(sale)?.lines,
        };
        let line = lines.first()?;
        let from = vec![pick(self.state.plan().offer_id(line.offer), line.quantity)];
        let to = if line.quantity == 1 { format!("s{}", much % 8) } else { "floor".to_owned() };
        Some(Moving { claim, from, to: vec![pick(&to, line.quantity)] })
    }

    fn sale(&self, which: u32) -> Option<SaleId> {
        nth(self.state.sales().map(|(id, _)| id).collect(), which)
    }

    fn block(&self, which: u32) -> Option<BlockId> {
        nth(self.state.blocks().map(|(id, _)| id).collect(), which)
    }
}

fn document(front: Range<u32>, back: Range<u32>, room: u32) -> PlanDocument {
    let seat = |n: u32| json!({"id": format!("s{n}"), "label": n.to_string(), "category": "c"});
    let row = |id: &str, seats: Range<u32>| json!({"id": id, "label": id, "seats": seats.map(seat).collect::<Vec<_>>()});
    let document = json!({
        "name": "Shop", "currency": "KRW", "categories": [{"id": "c", "name": "C", "price": 500}],
        "zones": [{"id": "z", "name": "Z", "rows": [row("r1", front), row("r2", back)],
            "areas": [{"id": "floor", "label": "Floor", "capacity": room, "category": "c"}]}],
        "items": [{"id": "beans", "label": "Beans", "capacity": 300}, {"id": "cup", "label": "Cup", "capacity": 9}],
        "offers": [{"id": "latte", "label": "Latte", "price": 50, "units": {"beans": 18, "cup": 1}}],
    });
    serde_json::from_value(document).unwrap()
}

fn nth<T: Ord + Copy>(mut all: Vec<T>, which: u32) -> Option<T> {
    all.sort_unstable();
    all.get(which as usize % all.len().max(1)).copied()
}

/// That this is the buyer, for an hour.
pub(super) fn proof(number: u32) -> Proof {
    let clock = Sources::manual(Timestamp(0));
    Proof::new(buyer(number), Timestamp(3_600_000), clock)
}

pub(super) fn buyer(number: u32) -> BuyerId {
    format!("buy_{number}").parse().unwrap()
}

fn pick(offer: &str, quantity: u32) -> Pick {
    Pick { offer: offer.to_owned(), quantity: some(quantity) }
}

fn some(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}
