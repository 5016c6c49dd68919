//! The checker tells histories that a seat can have from those that it cannot.

use crate::linear::{Event, Op, linearizable};
use crate::support::rng::Rng;

fn event(called: u64, answered: u64, op: Op) -> Event {
    Event { called, answered: Some(answered), op }
}

/// Nobody ever heard how it ended.
fn open(called: u64, op: Op) -> Event {
    Event { called, answered: None, op }
}

#[track_caller]
fn can_be(history: &[Event]) {
    assert_eq!(linearizable(history), Ok(()));
}

#[track_caller]
fn cannot_be(history: &[Event]) {
    assert!(linearizable(history).is_err(), "{history:?}");
}

#[test]
fn a_seat_is_sold_once() {
    let (first, second) = (event(0, 10, Op::Buy(1)), event(5, 15, Op::Buy(2)));
    can_be(&[first]);
    cannot_be(&[first, second]);
    // Returned in between, it may be sold again; returned later it may not have been.
    can_be(&[first, second, event(2, 12, Op::Return(1))]);
    cannot_be(&[first, second, event(16, 20, Op::Return(1))]);
}

#[test]
fn answers_in_parallel_may_have_happened_in_any_order_others_only_in_theirs() {
    can_be(&[event(0, 10, Op::Read(1)), event(1, 9, Op::Hold(1))]);
    can_be(&[event(0, 10, Op::Read(0)), event(1, 9, Op::Hold(1))]);
    cannot_be(&[event(0, 1, Op::Hold(1)), event(2, 3, Op::Read(0))]);
    cannot_be(&[event(0, 1, Op::Read(1)), event(2, 3, Op::Hold(1))]);
    can_be(&[event(0, 1, Op::Hold(1)), event(1, 3, Op::Read(1))]);
}

#[test]
fn a_lost_acknowledged_hold_shows() {
    // Two holds, both acknowledged, and nothing between them: the first one was forgotten.
    cannot_be(&[event(0, 1, Op::Hold(1)), event(2, 3, Op::Hold(2))]);
    can_be(&[event(0, 1, Op::Hold(1)), open(1, Op::Expire(1)), event(2, 3, Op::Hold(2))]);
    // It may only have expired when it was due.
    cannot_be(&[event(0, 1, Op::Hold(1)), open(4, Op::Expire(1)), event(2, 3, Op::Hold(2))]);
}

#[test]
fn what_nobody_knows_happened_or_did_not() {
    let unknown = open(0, Op::Hold(1));
    can_be(&[unknown, event(1, 2, Op::Read(1))]);
    can_be(&[unknown, event(1, 2, Op::Read(0))]);
    // It took effect late.
    can_be(&[unknown, event(1, 2, Op::Read(0)), event(3, 4, Op::Read(1))]);
    // But it does not come and go.
    cannot_be(&[unknown, event(1, 2, Op::Read(1)), event(3, 4, Op::Read(0))]);
    cannot_be(&[unknown, event(1, 2, Op::Hold(2)), event(3, 4, Op::Read(2))]);
}

#[test]
fn only_its_holder_may_buy_and_only_its_owner_may_return() {
    let (hold, sold) = (event(0, 1, Op::Hold(1)), Op::Purchase { hold: 1, sale: 2 });
    can_be(&[hold, event(2, 3, sold), event(4, 5, Op::Read(2)), event(6, 7, Op::Return(2))]);
    cannot_be(&[hold, event(2, 3, Op::Purchase { hold: 9, sale: 2 })]);
    cannot_be(&[hold, event(2, 3, sold), event(4, 5, Op::Return(9))]);
    cannot_be(&[hold, event(2, 3, sold), event(4, 5, Op::Extend(1))]);
    can_be(&[hold, event(2, 3, sold), event(4, 5, Op::Release(1)), event(6, 7, Op::Read(2))]);
    cannot_be(&[hold, event(2, 3, Op::Release(1)), event(4, 5, sold)]);
}

#[test]
fn who_is_refused_met_somebody() {
    can_be(&[event(0, 10, Op::Hold(1)), event(2, 3, Op::Taken)]);
    cannot_be(&[event(5, 10, Op::Hold(1)), event(2, 3, Op::Taken)]);
    can_be(&[
        event(0, 1, Op::Block),
        event(2, 3, Op::Taken),
        event(4, 5, Op::Unblock),
        event(6, 7, Op::Buy(1)),
    ]);
}

/// A long history of one seat, with calls that overlap by up to `spread`.
fn history(rng: &mut Rng, length: u64, spread: usize) -> Vec<Event> {
    let mut history = Vec::new();
    for claim in 0..length {
        let mut add = |at: u64, op| {
            let (before, after) = (rng.below(spread) as u64, rng.below(spread) as u64);
            let moment = 1_000 + (claim * 10 + at) * 10;
            history.push(event(moment - before, moment + after, op));
        };
        let claim = claim as u32;
        add(0, Op::Read(0));
        add(1, Op::Hold(claim));
        add(2, Op::Taken);
        add(3, Op::Extend(claim));
        add(4, Op::Purchase { hold: claim, sale: claim });
        add(5, Op::Read(2));
        add(6, Op::Return(claim));
    }
    history
}

#[test]
fn long_and_busy_histories_are_searched_soon_and_one_wrong_answer_is_found() {
    let mut rng = Rng::new(7);
    for spread in [5, 40, 90] {
        let mut history = history(&mut rng, 300, spread);
        can_be(&history);
        // A sale in the middle that nobody returned.
        let moment = 1_000 + 150 * 100 + 80;
        history.push(event(moment, moment + 1, Op::Buy(9_999)));
        cannot_be(&history);
    }
}
