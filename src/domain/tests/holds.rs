//! Holds: taking, extending, ending.

use super::*;

#[test]
fn a_hold_takes_its_units_until_it_is_released() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1 floor*3").unwrap();
    assert_eq!((shop.left("A-1"), shop.left("floor")), (0, 17));
    shop.release("ann", hold).unwrap();
    assert_eq!((shop.left("A-1"), shop.left("floor")), (1, 20));
    assert_eq!(shop.state.account(&id("ann")), Default::default());
}

#[test]
fn seats_that_somebody_has_are_named() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-2 A-3").unwrap();
    let refused = shop.hold("bob", "A-1 A-2 A-3 floor*21").unwrap_err();
    assert_eq!(refused, shop.taken(&["A-2", "A-3"]));
}

#[test]
fn areas_and_items_of_which_too_little_is_left_are_named() {
    let mut shop = Shop::open(theatre());
    assert_eq!(shop.hold("ann", "A-1 floor*21"), Err(shop.short(&["floor"])));
    assert_eq!(shop.hold("ann", "A-1*2"), Err(shop.short(&["A-1"])), "one seat is one piece");
}

#[test]
fn a_hold_is_all_or_nothing() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-2").unwrap();
    let before = shop.state.kept().clone();
    assert!(shop.hold("bob", "A-1 A-2").is_err());
    assert_eq!(shop.state.kept(), &before);
    assert_eq!(shop.left("A-1"), 1);
}

#[test]
fn an_unknown_offer_is_named_with_its_place_in_the_list() {
    let mut shop = Shop::open(theatre());
    let refused = shop.hold("ann", "A-1 Z-9").unwrap_err();
    assert_eq!(refused, Refusal::UnitUnknown { id: "Z-9".to_owned(), index: 1 });
}

#[test]
fn the_same_offer_picked_twice_is_one_line() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "floor*2 A-1 floor").unwrap();
    let lines = &shop.state.hold(hold).unwrap().lines;
    let shown: Vec<(u32, Option<i64>)> = lines.iter().map(|line| (line.quantity, line.price)).collect();
    assert_eq!(shown, [(3, Some(70_000)), (1, Some(150_000))]);
}

#[test]
fn seats_beside_each_other_are_adjacent_in_any_order() {
    let mut shop = Shop::open(theatre());
    for (offers, adjacent) in [
        ("A-3 A-1 A-2", true),
        ("A-4 A-6", false),
        ("B-3 B-4", false),
        ("floor", true),
        ("B-1 B-2 floor", true),
    ] {
        let hold = shop.hold("ann", offers).unwrap();
        assert_eq!(shop.state.hold(hold).unwrap().adjacent, adjacent, "{offers}");
        shop.release("ann", hold).unwrap();
    }
}

#[test]
fn the_last_seat_of_a_row_and_the_first_of_the_next_are_no_neighbours() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-6 B-1").unwrap();
    assert!(!shop.state.hold(hold).unwrap().adjacent);
}

#[test]
fn an_expired_hold_cannot_be_purchased() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait(300);
    assert_eq!(shop.purchase(&key(), hold), Err(Refusal::HoldExpired), "before the expiry is recorded");
    shop.expire();
    assert_eq!(shop.purchase(&key(), hold), Err(Refusal::HoldExpired), "and after");
    assert_eq!(shop.left("A-1"), 1);
}

#[test]
fn a_hold_lives_until_the_last_millisecond_of_its_time() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait_ms(299_999);
    assert_eq!(shop.expire(), None);
    assert!(shop.purchase(&key(), hold).is_ok());
}

#[test]
fn all_that_is_due_expires_in_one_record_in_the_order_of_its_time() {
    let mut shop = Shop::open(theatre());
    let first = shop.hold("ann", "A-1").unwrap();
    let extended = shop.hold("ann", "A-2").unwrap();
    shop.wait(10);
    let second = shop.hold("bob", "A-3").unwrap();
    shop.extend("ann", first).unwrap();
    shop.wait(290);
    assert_eq!(shop.expire(), Some(Event::Expired { holds: vec![extended] }));
    shop.wait(10);
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(shop.expire(), Some(Event::Expired { holds: both }));
    assert_eq!(shop.state.next_due(), None);
}

#[test]
fn a_hold_is_extended_never_beyond_twice_its_time() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait(200);
    assert_eq!(shop.extend("ann", hold), Ok(START.plus_seconds(500)));
    shop.wait(200);
    assert_eq!(shop.extend("ann", hold), Ok(START.plus_seconds(600)));
}

#[test]
fn a_hold_is_extended_as_often_as_is_set() {
    let mut shop = Shop::with(theatre(), json!({"extensions_max": 1}));
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait(1);
    shop.extend("ann", hold).unwrap();
    shop.wait(1);
    assert_eq!(shop.extend("ann", hold), Err(Refusal::ExtensionLimit));
}

#[test]
fn an_extension_that_gains_no_time_is_refused() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    assert_eq!(shop.extend("ann", hold), Err(Refusal::ExtensionEarly), "in the same millisecond");
    shop.wait(10);
    shop.configure(json!({"hold_seconds": 30})).unwrap();
    assert_eq!(shop.extend("ann", hold), Err(Refusal::ExtensionLimit), "it would end earlier");
}

#[test]
fn releasing_what_is_over_records_nothing() {
    let mut shop = Shop::open(theatre());
    let released = shop.hold("ann", "A-1").unwrap();
    shop.release("ann", released).unwrap();
    assert_eq!(shop.release("ann", released), Ok(None));
    let due = shop.hold("ann", "A-1").unwrap();
    shop.wait(300);
    assert_eq!(shop.release("ann", due), Ok(None));
}

#[test]
fn an_ended_hold_tells_how_it_ended() {
    let mut shop = Shop::open(theatre());
    let [expired, released, purchased] = ["A-1", "A-2", "A-3"].map(|seat| shop.hold("ann", seat).unwrap());
    shop.release("ann", released).unwrap();
    shop.purchase(&key(), purchased).unwrap();
    shop.wait(300);
    shop.expire();
    assert_eq!(shop.extend("ann", expired), Err(Refusal::HoldExpired));
    assert_eq!(shop.extend("ann", released), Err(Refusal::HoldReleased));
    assert_eq!(shop.extend("ann", purchased), Err(Refusal::HoldPurchased));
}

#[test]
fn somebody_elses_hold_does_not_exist() {
    let mut shop = Shop::with(theatre(), json!({"checkout": "open"}));
    let hold = shop.hold("ann", "A-1").unwrap();
    assert_eq!(shop.extend("bob", hold), Err(Refusal::HoldUnknown));
    assert_eq!(shop.release("bob", hold), Err(Refusal::HoldUnknown));
    assert_eq!(shop.purchase(&buyer("bob"), hold), Err(Refusal::HoldUnknown));
    shop.release("ann", hold).unwrap();
    assert_eq!(shop.release("bob", hold), Err(Refusal::HoldUnknown), "not even that it is over");
}

#[test]
fn nothing_is_held_outside_the_time_of_the_sale() {
    let (from, until) = (START.plus_seconds(10), START.plus_seconds(20));
    let window = json!({"on_sale_from": from.rfc3339(), "on_sale_until": until.rfc3339()});
    let mut shop = Shop::with(theatre(), window);
    let refused = Refusal::NotOnSale { from: Some(from), until: Some(until) };
    shop.wait_ms(9_999);
    assert_eq!(shop.hold("ann", "A-1"), Err(refused.clone()));
    shop.wait_ms(1);
    let hold = shop.hold("ann", "A-1").unwrap();
    shop.wait_ms(10_000);
    assert_eq!(shop.hold("ann", "A-2"), Err(refused.clone()));
    assert_eq!(shop.buy("ann", "A-2"), Err(refused));
    assert!(shop.purchase(&key(), hold).is_ok(), "what was held in time may be bought");
}
