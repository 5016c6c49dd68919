mod attack;
mod ways;

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::Arc;

use super::*;
use crate::domain::change::Change;
use crate::domain::command::BestWanted;
use crate::domain::group::PartStep;
use crate::domain::moves::Moving;
use crate::domain::{
    Access, Action, Cause, Command, GroupId, KeyId, Moment, Pick, Plan, Settings, SettingsPatch, Wanted,
    decide,
};
use crate::limits::asker::{Reason, TurnedAway, Whose};

const RULES: HoldingRules = HoldingRules { percent_per_address: 2, pieces_per_address_min: 40 };

/// An inventory's owner, without the actor around it.
struct Owner {
    state: State,
    holdings: Holdings,
    now: Timestamp,
    made: u128,
}

#[derive(Debug, PartialEq, Eq)]
enum No {
    Away(Reason, Whose),
    Refused(&'static str),
}

impl No {
    fn of(away: TurnedAway) -> Self {
        Self::Away(away.reason, away.whose)
    }
}

impl Owner {
    fn of(places: u32, patch: &str) -> Self {
        let document = serde_json::json!({"name": "field", "categories": [{"id": "F", "name": "F"}],
            "zones": [{"id": "z", "name": "z", "areas": [
                {"id": "f", "label": "f", "capacity": places - places / 4, "category": "F"},
                {"id": "g", "label": "g", "capacity": places / 4, "category": "F"}]}]});
        let plan = Plan::compile(serde_json::from_value(document).unwrap()).unwrap();
        let state = State::new(Arc::new(plan));
        let patch: SettingsPatch = serde_json::from_str(patch).unwrap();
        let settings = Settings::default().patched(&patch).unwrap();
        let holdings = Holdings::of(&state, RULES);
        let mut owner = Self { state, holdings, now: Timestamp(1_777_633_200_000), made: 0 };
        owner.append(None, vec![Event::Opened { plan_version: 1, settings, details: None }]);
        owner
    }

    fn append(&mut self, asker: Option<&Asker>, events: Vec<Event>) {
        let (seq, at) = (self.state.seq() + 1, self.now);
        let by = serde_json::from_str("\"clock\"").unwrap();
        let by = asker.map_or(by, caller);
        let record = Record { seq, epoch: 1, at, by, cause: Cause::default(), events: events.into() };
        self.state.apply(&record).unwrap();
        self.holdings.learn(&record, &self.state, asker);
    }

    fn ask(&mut self, asker: &Asker, action: Action) -> Result<Option<Event>, No> {
        self.pass(0);
        let asked = self.holdings.ask(asker, &action, &self.state, self.now);
        asked.map_err(No::of)?;
        self.have(Some(asker), action)
    }

    /// Has it done, whatever the budget says. None: the clock asks.
    fn have(&mut self, asker: Option<&Asker>, action: Action) -> Result<Option<Event>, No> {
        self.made += 1;
        let moment = Moment { now: self.now, fresh: uuid::Uuid::from_u128(self.made) };
        let caller = asker.map_or(Caller::Clock, caller);
        let command = Command { caller, cause: Cause::default(), action };
        let events = decide(&self.state, &command, &moment).map_err(|no| No::Refused(no.code()))?;
        if !events.is_empty() {
            self.append(asker, events.to_vec());
        }
        Ok(events.first().cloned())
    }

    fn hold(&mut self, asker: &Asker, quantity: u32) -> Result<HoldId, No> {
        let buyer = match &asker.party {
            Party::Buyer(buyer) => buyer.clone(),
            _ => "customer".parse().unwrap(),
        };
        let wanted = Wanted::Best(BestWanted::of(NonZeroU32::new(quantity).unwrap()));
        let held = self.ask(asker, Action::Hold { buyer, wanted, access: Access::default() })?;
        let Some(Event::Held { hold, .. }) = held else { panic!("{held:?}") };
        Ok(hold)
    }

    fn extend(&mut self, asker: &Asker, hold: HoldId) -> Result<(), No> {
        self.ask(asker, Action::Extend { hold }).map(drop)
    }

    fn release(&mut self, asker: &Asker, hold: HoldId) {
        self.ask(asker, Action::Release { hold }).unwrap();
    }

    fn buy(&mut self, asker: &Asker, hold: HoldId) {
        self.ask(asker, Action::Purchase { hold }).unwrap();
    }

    /// Time goes on, and what is due ends.
    fn pass(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
        let moment = Moment { now: self.now, fresh: uuid::Uuid::nil() };
        let events = decide(&self.state, &Command::expire(), &moment).unwrap();
        if !events.is_empty() {
            self.append(None, events.to_vec());
        }
    }

    fn held(&self) -> u64 {
        self.state.figures().held
    }
}

fn caller(asker: &Asker) -> Caller {
    match &asker.party {
        Party::Buyer(buyer) => Caller::Buyer(buyer.clone()),
        _ => Caller::Key(KeyId::new(uuid::Uuid::nil())),
    }
}

fn key() -> Asker {
    Asker { party: Party::Key(KeyId::new(uuid::Uuid::nil())), ..buyer(0, 1) }
}

fn pick(offer: &str, quantity: u32) -> Pick {
    Pick { offer: offer.to_owned(), quantity: NonZeroU32::new(quantity).unwrap() }
}

fn buyer(number: u32, address: u16) -> Asker {
    let [high, low] = address.to_be_bytes();
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, high, low)).into();
    Asker { address, party: Party::Buyer(format!("b{number}").parse().unwrap()), is_raised: false }
}

const OPEN: &str = r#"{"checkout":"open"}"#;

#[test]
fn a_hold_that_grows_takes_as_much_as_another_would() {
    let mut owner = Owner::of(1_000, OPEN);
    let ann = buyer(1, 1);
    let (first, second) = (owner.hold(&ann, 4).unwrap(), owner.hold(&ann, 2).unwrap());
    let change = |owner: &mut Owner, hold, add: u32, remove: u32| {
        let picks = |n: u32| (n > 0).then(|| pick("f", n)).into_iter().collect();
        let change = Change { add: picks(add), remove: picks(remove), access: Access::default() };
        owner.ask(&ann, Action::Change { hold, change }).map(drop)
    };
    assert_eq!(change(&mut owner, first, 3, 0), Err(No::Away(Reason::PiecesHeld, Whose::Buyer)));
    assert_eq!(change(&mut owner, first, 2, 0), Ok(()));
    assert_eq!(change(&mut owner, second, 1, 0), Err(No::Away(Reason::PiecesHeld, Whose::Buyer)));
    assert_eq!(change(&mut owner, first, 0, 5), Ok(()));
    assert_eq!(change(&mut owner, second, 5, 0), Ok(()));
    assert_eq!(owner.held(), 8);
}

#[test]
fn one_address_holds_two_percent_whatever_the_number_of_sessions() {
    let mut owner = Owner::of(10_000, OPEN);
    let mut most = 0;
    for second in 0..2_000 {
        for session in 0..5 {
            let _refused = owner.hold(&buyer(second * 5 + session, 1), 8);
        }
        most = most.max(owner.held());
        owner.pass(1);
    }
    assert_eq!(most, 200);
    assert_eq!(owner.hold(&buyer(1_000_000, 2), 8).map(drop), Ok(()), "others are not harmed");
}

#[test]
fn an_office_that_pays_is_not_harmed_and_may_hold_more() {
    let mut owner = Owner::of(10_000, OPEN);
    let mut refused = 0;
    // Two hundred people in a minute, two seats each, one in ten gives up; everybody thinks for twenty seconds.
    let mut waiting: Vec<(u32, Asker, HoldId)> = Vec::new();
    for person in 0..200u32 {
        if person % 3 == 0 {
            owner.pass(1);
        }
        let asker = buyer(person, 1);
        match owner.hold(&asker, 2) {
            Ok(hold) => waiting.push((person, asker, hold)),
            Err(_) => refused += 1,
        }
        if waiting.len() > 60 {
            let (person, asker, hold) = waiting.remove(0);
            if person % 10 == 0 { owner.release(&asker, hold) } else { owner.buy(&key(), hold) }
        }
    }
    assert_eq!(refused, 0);
    let more: Vec<Result<HoldId, No>> = (1_000..1_040).map(|n| owner.hold(&buyer(n, 1), 8)).collect();
    assert!(more.iter().filter(|held| held.is_ok()).count() > 25, "its purchases are to its credit");
}

#[test]
fn choosing_again_is_free_and_a_habit_of_it_is_not() {
    let mut owner = Owner::of(100, OPEN);
    let ann = buyer(1, 1);
    for _ in 0..5 {
        let hold = owner.hold(&ann, 2).unwrap();
        owner.release(&ann, hold);
    }
    let hold = owner.hold(&ann, 2).unwrap();
    owner.release(&ann, hold);
    assert_eq!(owner.hold(&ann, 2), Err(No::Away(Reason::CoolingDown, Whose::Buyer)));
    assert!(owner.hold(&buyer(2, 1), 2).is_ok(), "somebody else of the same home");
    owner.pass(30);
    let hold = owner.hold(&ann, 2).unwrap();
    owner.release(&ann, hold);
    owner.pass(59);
    assert_eq!(owner.hold(&ann, 2), Err(No::Away(Reason::CoolingDown, Whose::Buyer)), "twice as long");
    owner.pass(1);
    let hold = owner.hold(&ann, 2).unwrap();
    owner.buy(&ann, hold);
    let hold = owner.hold(&ann, 2).unwrap();
    owner.release(&ann, hold);
}

#[test]
fn sessions_without_end_that_only_give_up_make_their_address_wait() {
    let mut owner = Owner::of(10_000, OPEN);
    let cycles = (0..1_000).take_while(|&n| {
        let asker = buyer(n, 1);
        owner.hold(&asker, 1).map(|hold| owner.release(&asker, hold)).is_ok()
    });
    assert_eq!(cycles.count(), 41);
    assert_eq!(owner.hold(&buyer(5_000, 1), 1), Err(No::Away(Reason::CoolingDown, Whose::Address)));
    assert!(owner.hold(&buyer(5_000, 2), 1).is_ok());
}

#[test]
fn small_inventories_have_households_too() {
    let mut owner = Owner::of(60, OPEN);
    let held = (0..10).filter(|&n| owner.hold(&buyer(n, 1), 8).is_ok()).count();
    assert_eq!(held, 5, "forty of sixty");
}

#[test]
fn a_key_is_bound_by_the_inventorys_settings_alone_but_its_buyer_has_what_it_holds() {
    let mut owner = Owner::of(10_000, r#"{"checkout":"open","holds_per_buyer":100}"#);
    let key = key();
    let holds: Vec<HoldId> = (0..50).map(|_| owner.hold(&key, 8).unwrap()).collect();
    holds.iter().for_each(|hold| owner.release(&key, *hold));
    assert!((0..20).all(|_| owner.hold(&key, 8).is_ok()));
    let customer = Asker { party: Party::Buyer("customer".parse().unwrap()), ..buyer(0, 9) };
    assert_eq!(owner.hold(&customer, 1), Err(No::Away(Reason::PiecesHeld, Whose::Buyer)));
    assert!(owner.hold(&buyer(1, 1), 8).is_ok(), "the key's holds are not its address's");
}

#[test]
fn loaded_anew_a_buyers_holds_still_count() {
    let mut owner = Owner::of(10_000, OPEN);
    let ann = buyer(1, 1);
    owner.hold(&ann, 6).unwrap();
    owner.pass(200);
    owner.holdings = Holdings::of(&owner.state, RULES);
    assert_eq!(owner.hold(&ann, 3), Err(No::Away(Reason::PiecesHeld, Whose::Buyer)));
    owner.hold(&ann, 2).unwrap();
    owner.pass(300);
    assert_eq!(owner.held(), 0);
    assert_eq!(owner.hold(&ann, 1), Err(No::Away(Reason::HoldingTime, Whose::Buyer)), "since it began");
}

#[test]
fn a_sale_whose_holds_are_longer_than_ten_minutes_lets_everybody_have_one() {
    let mut owner = Owner::of(100, r#"{"checkout":"open","hold_seconds":1200}"#);
    let ann = buyer(1, 1);
    owner.hold(&ann, 1).unwrap();
    owner.pass(1_200);
    assert_eq!(owner.hold(&ann, 1), Err(No::Away(Reason::HoldingTime, Whose::Buyer)));
}

#[test]
fn what_is_remembered_of_a_crowd_is_bounded() {
    let mut owner = Owner::of(1_000_000, OPEN);
    let keeper = buyer(0, 0);
    owner.hold(&keeper, 8).unwrap();
    for n in 1..2 * YOUNG_MAX as u32 {
        let asker = Asker { address: IpAddr::V4(Ipv4Addr::from_bits(n)).into(), ..buyer(n, 0) };
        let hold = owner.hold(&asker, 1).unwrap();
        owner.release(&asker, hold);
    }
    let kept = owner.holdings.young.len() + owner.holdings.old.len();
    assert!(kept <= 2 * YOUNG_MAX + 2, "{kept}");
    assert_eq!(owner.hold(&keeper, 1), Err(No::Away(Reason::PiecesHeld, Whose::Buyer)), "who holds is known");
}
