//! What is remembered for a day, what is forgotten, and records that cannot be true.

use super::super::command::KeyUse;
use super::super::keys::KeyLimits;
use super::super::ledger::{ENDED_HOLDS_MAX, End, Ended, MEMORY_MS};
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

/// So many successes of others under keys of their own: each makes a hold longer, which is all that it does.
fn crowd(shop: &mut Shop, hold: HoldId, keys: std::ops::Range<u128>) {
    for n in keys {
        let event = Event::Extended {
            hold,
            buyer: id(&format!("crowd-{}", n % 3_600)),
            lines: Default::default(),
            adjacent: true,
            step: None,
            expires_at: shop.now.plus_seconds(60),
        };
        shop.append(Cause { key: Some(used(1_000 + n)), request_id: None }, event).unwrap();
    }
}

#[test]
fn whatever_others_do_a_purchase_and_a_hold_are_answered_again_for_a_day() {
    let mut shop = Shop::open(theatre());
    let theirs = shop.hold("crowd", "floor").unwrap();
    for (key, offer) in [(1, "A-1"), (2, "A-2")] {
        let action = Action::Hold { buyer: id("ann"), wanted: picks(offer), access: Access::default() };
        let action = if key == 1 {
            Action::PurchaseNow { buyer: id("ann"), wanted: picks(offer), access: Access::default() }
        } else {
            action
        };
        let moment = Moment { now: shop.now, fresh: Uuid::from_u128(key + 50) };
        let cause = Cause { key: Some(used(key)), request_id: None };
        let command = Command { caller: self::key(), cause: cause.clone(), action };
        let events = decide(&shop.state, &command, &moment).unwrap();
        shop.append_all(cause, events).unwrap();
    }
    let limits = KeyLimits::default();
    crowd(&mut shop, theirs, 0..limits.passing as u128 + 3_600);
    assert_eq!(shop.state.recall(Some(used(1))), Recall::Done { seq: 3 });
    assert_eq!(shop.state.recall(Some(used(2))), Recall::Done { seq: 4 });
    assert_eq!(shop.state.keys_remembered(), limits.passing + 1);
    assert_eq!(shop.state.keys_dropped_early(), 3_601);
    shop.wait_ms(MEMORY_MS);
    shop.restock("floor", 1).unwrap();
    assert_eq!(shop.state.recall(Some(used(1))), Recall::New);
    assert_eq!(shop.state.keys_remembered(), 0);
}

#[test]
fn a_buyer_pushes_out_only_their_own_and_the_newest_stay() {
    let limits = KeyLimits { passing: 100, passing_per_owner: 3, ..KeyLimits::default() };
    let mut shop = Shop::open(theatre());
    shop.state = shop.state.remembering(limits);
    let hold = shop.hold("ann", "floor").unwrap();
    crowd(&mut shop, hold, 0..1);
    // The same buyer again and again.
    (1..=4).for_each(|n| crowd(&mut shop, hold, n * 3_600..n * 3_600 + 1));
    crowd(&mut shop, hold, 1..2);
    let is_known = |n: u128| shop.state.recall(Some(used(1_000 + n))) != Recall::New;
    let known: Vec<u128> =
        [0, 3_600, 7_200, 10_800, 14_400, 1].into_iter().filter(|&n| is_known(n)).collect();
    assert_eq!(known, [7_200, 10_800, 14_400, 1]);
}

#[test]
fn when_no_more_purchases_can_be_remembered_the_next_is_refused_and_none_is_forgotten() {
    let limits = KeyLimits { lasting: 3, lasting_per_buyer: 2, ..KeyLimits::default() };
    let mut shop = Shop::with(theatre(), json!({"checkout": "open"}));
    shop.state = shop.state.remembering(limits);
    let buy = |shop: &mut Shop, caller: &Caller, key: u128| {
        let action =
            Action::PurchaseNow { buyer: id("ann"), wanted: picks("floor"), access: Access::default() };
        let moment = Moment { now: shop.now, fresh: Uuid::from_u128(1_000 + key) };
        let cause = Cause { key: Some(used(key)), request_id: None };
        let command = Command { caller: caller.clone(), cause: cause.clone(), action };
        let events = decide(&shop.state, &command, &moment)?;
        let seq = shop.state.seq() + 1;
        let record = Record { seq, epoch: 1, at: shop.now, by: caller.clone(), cause, events };
        shop.state.apply(&record).unwrap();
        Ok::<_, Refusal>(())
    };
    assert_eq!(buy(&mut shop, &buyer("ann"), 1), Ok(()));
    shop.wait(1);
    assert_eq!(buy(&mut shop, &buyer("ann"), 2), Ok(()));
    assert_eq!(buy(&mut shop, &buyer("ann"), 3), Err(Refusal::KeysFull), "two of one buyer");
    assert_eq!(buy(&mut shop, &key(), 4), Ok(()), "not of others");
    assert_eq!(buy(&mut shop, &key(), 5), Err(Refusal::KeysFull), "three of all");
    assert!(shop.hold("ann", "A-1").is_ok(), "a hold is no purchase");
    for key in [1, 2, 4] {
        assert_ne!(shop.state.recall(Some(used(key))), Recall::New);
    }
    shop.wait_ms(MEMORY_MS - 1_000);
    assert_eq!(buy(&mut shop, &buyer("ann"), 6), Ok(()), "the first has had its day");
    assert_eq!(shop.state.recall(Some(used(1))), Recall::New);
}

#[test]
fn a_snapshot_keeps_keys_and_what_pushes_them_out() {
    let limits = KeyLimits { passing: 5, ..KeyLimits::default() };
    let mut shop = Shop::open(theatre());
    shop.state = shop.state.remembering(limits);
    let hold = shop.hold("ann", "floor").unwrap();
    shop.succeed(used(1));
    crowd(&mut shop, hold, 0..5);
    let bytes = postcard::to_stdvec(shop.state.kept()).unwrap();
    let kept = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(shop.state.kept(), &kept);
    shop.state = State::restore(shop.state.plan().clone(), kept).unwrap().remembering(limits);
    crowd(&mut shop, hold, 5..7);
    assert_eq!(shop.state.keys_remembered(), 6);
    assert_eq!(shop.state.recall(Some(used(1_001))), Recall::New);
    assert_eq!(shop.state.recall(Some(used(1_002))), Recall::Done { seq: 6 });
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
    let by = Caller::Clock;
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
