//! Accessible seats: kept for who asks for them, with company, until the operator releases them.

use super::*;
use crate::domain::event::Step;

/// `w` is an accessible seat and `c` a companion's, both of category R.
fn house(rows: &[(&str, &str)]) -> Shop {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(name, seats)| {
            let mut row = row(name, &seats.replace(['w', 'c'], "R"));
            for (n, letter) in seats.replace(' ', "").chars().enumerate() {
                row["seats"][n]["accessible"] = json!(letter == 'w');
                row["seats"][n]["companion"] = json!(letter == 'c');
            }
            row
        })
        .collect();
    Shop::with(hall(&rows), json!({"holds_per_buyer": 100}))
}

fn with(quantity: u32, accessible: u32, companions: u32) -> BestWanted {
    BestWanted { accessible, companions, category: Some("R".to_owned()), ..best_of(quantity) }
}

#[test]
fn what_is_kept_for_wheelchairs_is_given_to_nobody_else() {
    let mut shop = house(&[("A", "RwcR")]);
    assert_eq!(shop.best(with(1, 0, 0)).unwrap().0, ["A-1"]);
    assert_eq!(shop.best(with(1, 0, 0)).unwrap().0, ["A-4"]);
    let none = Refusal::NotEnough { units: vec![], largest_block: Some(0) };
    assert_eq!(shop.best(with(1, 0, 0)), Err(none));
    shop.configure(json!({"release_accessible": true})).unwrap();
    assert_eq!(shop.best(with(2, 0, 0)).unwrap().0, ["A-2", "A-3"]);
}

#[test]
fn who_picks_an_accessible_seat_by_name_gets_it() {
    let mut shop = house(&[("A", "RwcR")]);
    shop.hold("ann", "A-2").unwrap();
}

#[test]
fn a_wheelchair_and_its_companion_sit_beside_each_other() {
    let mut shop = house(&[("A", "RRRR"), ("B", "RcwR")]);
    assert_eq!(shop.best(with(2, 1, 1)).unwrap(), (vec!["B-2".to_owned(), "B-3".to_owned()], true));
    let none = Refusal::NotEnough { units: vec![], largest_block: Some(4) };
    assert_eq!(shop.best(with(2, 1, 1)), Err(none), "what was asked for is given or refused");
}

#[test]
fn a_companion_without_a_seat_of_its_own_sits_on_an_ordinary_one() {
    let mut shop = house(&[("A", "wRR")]);
    assert_eq!(shop.best(with(2, 1, 1)).unwrap(), (vec!["A-1".to_owned(), "A-2".to_owned()], true));
}

#[test]
fn nobody_gets_more_accessible_seats_than_asked_for() {
    let mut shop = house(&[("A", "wwcRR")]);
    assert_eq!(shop.best(with(2, 1, 1)).unwrap().0, ["A-2", "A-3"]);
    assert_eq!(shop.best(with(1, 1, 0)).unwrap().0, ["A-1"]);
}

#[test]
fn the_rest_of_the_party_sits_near_by() {
    let mut shop = house(&[("A", "RR"), ("B", "cw"), ("C", "RR")]);
    let hold = shop.wants("ann", Wanted::Best(with(4, 1, 1))).unwrap();
    let hold = shop.state.hold(hold).unwrap();
    let seats: Vec<_> = hold.lines.iter().map(|line| &**shop.state.plan().offer_id(line.offer)).collect();
    assert_eq!((seats, hold.step), (vec!["B-1", "B-2", "A-1", "A-2"], Some(Step::Rows)));
    let apart = Refusal::NoAdjacentBlock { largest_block: 2 };
    let mut shop = house(&[("A", "RR"), ("B", "cw"), ("C", "RR")]);
    assert_eq!(shop.best(BestWanted { adjacent: true, ..with(4, 1, 1) }), Err(apart));
}

#[test]
fn two_wheelchairs_that_find_no_common_place_sit_in_two() {
    let mut shop = house(&[("A", "wc"), ("B", "cw")]);
    assert_eq!(
        shop.best(with(4, 2, 2)).unwrap(),
        (["A-1", "A-2", "B-1", "B-2"].map(str::to_owned).into(), false)
    );
}

#[test]
fn companions_are_a_part_of_the_party_and_come_with_somebody() {
    let mut shop = house(&[("A", "wcRR")]);
    assert_eq!(shop.best(with(2, 0, 1)), Err(Refusal::PartyInvalid));
    assert_eq!(shop.best(with(2, 2, 1)), Err(Refusal::PartyInvalid));
    assert_eq!(shop.best(with(2, 1, u32::MAX)), Err(Refusal::PartyInvalid));
}

#[test]
fn a_companion_seat_is_picked_only_with_the_place_beside_it() {
    let kept = |shop: &Shop, seats: &[&str]| Refusal::CompanionKept {
        units: seats.iter().map(|seat| shop.unit(seat)).collect(),
    };
    let mut shop = house(&[("A", "RwccRcR")]);
    let expected = kept(&shop, &["A-3"]);
    assert_eq!(shop.hold("ann", "A-3"), Err(expected));
    let expected = kept(&shop, &["A-4"]);
    assert_eq!(shop.hold("ann", "A-4 A-5"), Err(expected), "past another companion seat");
    shop.hold("ann", "A-6").unwrap();
    let with_place = shop.hold("ann", "A-2 A-3").unwrap();
    let bob = shop.hold("bob", "A-4").unwrap();
    let expected = kept(&shop, &["A-3"]);
    assert_eq!(shop.change(&buyer("ann"), with_place, "", "A-2"), Err(expected), "nor kept without it");
    shop.release("bob", bob).unwrap();
    shop.release("ann", with_place).unwrap();
    let purchase = Action::PurchaseNow { buyer: id("cho"), wanted: picks("A-3"), access: Access::default() };
    assert!(shop.ask(&key(), purchase).is_ok(), "the box office knows what it does");
}

#[test]
fn what_is_kept_is_released_at_a_time() {
    let mut shop = house(&[("A", "wcR")]);
    let at = START.plus_seconds(60).rfc3339().to_string();
    shop.configure(json!({"release_accessible_at": at})).unwrap();
    assert!(shop.hold("ann", "A-2").is_err());
    assert!(shop.best(with(2, 0, 0)).is_err());
    shop.wait(60);
    assert_eq!(shop.best(with(2, 0, 0)).unwrap().0, ["A-1", "A-2"]);
}
