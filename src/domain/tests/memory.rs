//! What is remembered for a day, what is forgotten, and records that cannot be true.

use super::super::command::KeyUse;
use super::super::ledger::{ENDED_HOLDS_MAX, End, Ended, KEYS_MAX, MEMORY_MS};
use super::super::{Impossible, Recall};
use super::*;

fn used(hash: u128) -> KeyUse {
    KeyUse { hash, fingerprint: 7 }
}

impl Shop {
    /// A success under an idempotency key.
    fn succeed(&mut self, key: KeyUse) {
        let event = Event::Configured { settings: self.state.settings().clone(), details: None };
        self.append(Cause { key: Some(key), request_id: None }, event).unwrap();
    }
}

#[test]
fn a_key_recalls_the_record_of_its_success() {
    let mut shop = Shop::open(theatre());
    assert_eq!(shop.state.recall(Some(used(1))), Recall::New);
    shop.succeed(used(1));
    assert_eq!(shop.state.recall(Some(used(1))), Recall::Done { seq: 2 });
    assert_eq!(shop.state.recall(Some(KeyUse { hash: 1, fingerprint: 8 })), Recall::Mismatch);
    assert_eq!(shop.state.recall(None), Recall::New);
}

#[test]
fn a_key_is_dropped_after_a_day() {
    let mut shop = Shop::open(theatre());
    shop.succeed(used(1));
    shop.wait_ms(MEMORY_MS - 1);
    shop.succeed(used(2));
    assert_eq!(shop.state.keys_remembered(), 2);
    shop.wait_ms(1);
    shop.succeed(used(3));
    assert_eq!(shop.state.recall(Some(used(1))), Recall::New);
    assert_eq!(shop.state.recall(Some(used(2))), Recall::Done { seq: 3 });
    assert_eq!(shop.state.keys_dropped_early(), 0);
}

#[test]
fn beyond_the_limit_the_oldest_key_is_dropped_and_counted() {
    let mut shop = Shop::open(theatre());
    for hash in 0..=KEYS_MAX as u128 {
        shop.succeed(used(hash));
    }
    assert_eq!(shop.state.keys_remembered(), KEYS_MAX);
    assert_eq!(shop.state.keys_dropped_early(), 1);
    assert_eq!(shop.state.recall(Some(used(0))), Recall::New);
    assert_eq!(shop.state.recall(Some(used(1))), Recall::Done { seq: 3 });
}

#[test]
fn an_ended_hold_is_forgotten_after_a_day() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.release("ann", hold).unwrap();
    shop.wait_ms(MEMORY_MS - 1);
    shop.restock("floor", 1).unwrap();
    assert_eq!(shop.extend("ann", hold), Err(Refusal::HoldReleased));
    shop.wait_ms(1);
    shop.restock("floor", 1).unwrap();
    assert_eq!(shop.extend("ann", hold), Err(Refusal::HoldUnknown));
}

#[test]
fn beyond_the_limit_the_oldest_ended_hold_is_forgotten() {
    let mut ended = Ended::default();
    let hold = |n: usize| HoldId::new(Uuid::from_u128(n as u128));
    for n in 0..=ENDED_HOLDS_MAX {
        ended.add(START, hold(n), End::Released, id("ann"));
        ended.forget(START);
    }
    assert_eq!(ended.get(hold(0)), None);
    assert!(ended.get(hold(1)).is_some() && ended.get(hold(ENDED_HOLDS_MAX)).is_some());
}

#[test]
fn a_record_out_of_order_is_impossible() {
    let mut shop = Shop::open(theatre());
    let settings = Settings::default();
    let events = [Event::Configured { settings, details: None }].into_iter().collect();
    let by = "test".to_owned();
    let record = Record { seq: 2, epoch: 1, at: START, by, cause: Cause::default(), events };
    for (wrong, impossible) in [
        (Record { seq: 3, ..record.clone() }, Impossible::Gap { after: 1, got: 3 }),
        (Record { seq: 1, ..record.clone() }, Impossible::Gap { after: 1, got: 1 }),
        (Record { epoch: 0, ..record.clone() }, Impossible::Epoch { after: 1, got: 0 }),
        (Record { at: START.plus_ms(-1), ..record.clone() }, Impossible::Time),
    ] {
        assert_eq!(shop.state.apply(&wrong), Err(impossible));
    }
    assert_eq!(shop.state.apply(&record), Ok(()));
}

#[test]
fn a_record_that_sells_a_seat_twice_is_impossible() {
    let mut shop = Shop::open(theatre());
    shop.buy("ann", "A-1").unwrap();
    let unit = shop.unit("A-1");
    let units = [(unit, 1)].into_iter().collect();
    let block = BlockId::new(Uuid::from_u128(99));
    let event = Event::Blocked { block, units, reason: None, channel: None, code: None, release_at: None };
    assert_eq!(shop.append(Cause::default(), event), Err(Impossible::Overdrawn(unit)));
}

#[test]
fn a_record_about_what_is_not_there_is_impossible() {
    let nobody = Uuid::from_u128(99);
    for event in [
        Event::Released { hold: HoldId::new(nobody) },
        Event::Unblocked { block: BlockId::new(nobody) },
        Event::Reassigned { sale: SaleId::new(nobody), from: id("ann"), to: id("bob") },
    ] {
        let mut shop = Shop::open(theatre());
        assert!(matches!(shop.append(Cause::default(), event), Err(Impossible::Missing(_))));
    }
}

#[test]
fn the_time_of_an_inventory_never_runs_backwards() {
    let mut shop = Shop::open(theatre());
    shop.wait(10);
    shop.restock("floor", 1).unwrap();
    assert_eq!(shop.state.not_before(START), START.plus_seconds(10));
    assert_eq!(shop.state.not_before(START.plus_seconds(11)), START.plus_seconds(11));
}

#[test]
fn a_snapshot_of_another_plan_is_refused() {
    let shop = Shop::open(theatre());
    let other = Shop::open(cafe());
    assert!(State::restore(other.state.plan().clone(), shop.state.kept().clone()).is_none());
}
