//! The single-seat rule: which picks are refused, which seats are named, and when it does not matter any more.

use super::*;

fn house(rows: &[Value], mode: &str) -> Shop {
    Shop::with(hall(rows), json!({"single_seats": mode, "holds_per_buyer": 100}))
}

fn orphan(shop: &Shop, seats: &[&str]) -> Refusal {
    Refusal::WouldOrphanSeat { units: seats.iter().map(|seat| shop.unit(seat)).collect() }
}

#[test]
fn without_the_rule_anybody_sits_anywhere() {
    let mut shop = house(&[row("A", "RRRR")], "off");
    shop.hold("ann", "A-2").unwrap();
    shop.hold("bob", "A-4").unwrap();
}

#[test]
fn picks_that_leave_a_seat_alone_are_refused_and_the_seat_is_named() {
    for mode in ["lenient", "strict"] {
        let mut shop = house(&[row("A", "RRRRRR")], mode);
        assert_eq!(shop.hold("ann", "A-2 A-3"), Err(orphan(&shop, &["A-1"])), "{mode}");
        assert_eq!(shop.hold("ann", "A-2 A-5"), Err(orphan(&shop, &["A-1", "A-6"])), "{mode}");
        assert_eq!(shop.hold("ann", "A-1 A-3"), Err(orphan(&shop, &["A-2"])), "{mode}");
        let purchase =
            Action::PurchaseNow { buyer: id("ann"), wanted: picks("A-5"), access: Access::default() };
        assert_eq!(shop.ask(&key(), purchase), Err(orphan(&shop, &["A-6"])), "{mode}");
        shop.hold("ann", "A-1 A-2").unwrap();
        shop.hold("bob", "A-3 A-4 A-5 A-6").unwrap();
    }
}

#[test]
fn a_seat_that_was_alone_before_is_nobodys_fault() {
    let mut shop = house(&[row("A", "RRR RRRR")], "strict");
    shop.block(&[("A-2", 1)]).unwrap();
    shop.hold("ann", "A-4 A-5").unwrap();
    shop.hold("bob", "A-1").unwrap();
}

#[test]
fn lenient_looks_at_the_stretch_and_strict_at_the_house() {
    let rows = [row("A", "RRR"), row("B", "RRRR")];
    let mut lenient = house(&rows, "lenient");
    lenient.hold("ann", "A-1 A-2").unwrap();
    let mut strict = house(&rows, "strict");
    assert_eq!(strict.hold("ann", "A-1 A-2"), Err(orphan(&strict, &["A-3"])), "there is a row of four");
    strict.hold("bob", "B-1 B-2 B-3 B-4").unwrap();
    strict.hold("ann", "A-1 A-2").unwrap();
}

#[test]
fn strict_looks_for_seats_of_the_same_category() {
    let mut shop = house(&[row("A", "RRR"), row("B", "SSSS")], "strict");
    shop.hold("ann", "A-1 A-2").unwrap();
}

#[test]
fn four_who_could_sit_two_and_two_have_a_choice() {
    let rows = [row("A", "RRRRR"), row("B", "RR"), row("C", "RR")];
    let mut shop = house(&rows, "strict");
    assert_eq!(shop.hold("ann", "A-1 A-2 A-3 A-4"), Err(orphan(&shop, &["A-5"])));
    let found = shop.best(best_of(4)).unwrap();
    assert!(!found.1, "best available takes that choice");
    let mut together_only = house(&rows, "strict");
    assert!(together_only.best(together(4)).unwrap().1, "who insists on one row gets it");
}

#[test]
fn the_rule_ends_when_few_seats_are_left() {
    let mut shop = house(&[row("A", "RRRRRR")], "strict");
    shop.configure(json!({"single_seats_until_left": 6})).unwrap();
    assert_eq!(shop.hold("ann", "A-2"), Err(orphan(&shop, &["A-1"])));
    shop.configure(json!({"single_seats_until_left": 7})).unwrap();
    shop.hold("ann", "A-2").unwrap();
}

#[test]
fn a_seat_beside_a_wheelchair_is_alone_until_that_is_released() {
    let mut document = hall(&[row("A", "RRRRR")]);
    document["zones"][0]["rows"][0]["seats"][0]["accessible"] = json!(true);
    let mut shop = Shop::with(document, json!({"single_seats": "strict"}));
    assert_eq!(shop.hold("ann", "A-3 A-4"), Err(orphan(&shop, &["A-2", "A-5"])));
    shop.configure(json!({"release_accessible": true})).unwrap();
    shop.hold("ann", "A-3 A-4 A-5").unwrap();
}
