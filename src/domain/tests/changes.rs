//! Pieces into a hold and out of it.

use super::super::refusal::BuyerLimit;
use super::*;

#[test]
fn a_piece_goes_out_another_comes_in_and_the_time_stays() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1 A-2 floor*3").unwrap();
    let end = shop.state.hold(hold).unwrap().expires_at;
    shop.wait(100);
    assert_eq!(shop.change(&buyer("ann"), hold, "A-3", "A-1 floor").unwrap(), ["A-2*1", "floor*2", "A-3*1"]);
    let changed = shop.state.hold(hold).unwrap();
    assert_eq!((changed.expires_at, changed.extensions, changed.adjacent), (end, 0, true));
    assert_eq!((shop.left("A-1"), shop.left("A-3"), shop.left("floor")), (1, 0, 18));
    assert_eq!(shop.state.account(&id("ann")).held, 4);
    shop.purchase(&key(), hold).unwrap();
    assert_eq!(shop.state.account(&id("ann")).sold, 4);
}

#[test]
fn a_change_happens_as_a_whole_or_not_at_all() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1 A-2").unwrap();
    shop.hold("bob", "A-4").unwrap();
    let before = shop.state.kept().clone();
    let taken = shop.taken(&["A-4"]);
    let ann = buyer("ann");
    assert_eq!(shop.change(&ann, hold, "A-3 A-4", "A-1"), Err(taken));
    let missing = Refusal::NotInClaim { offer: "A-3".to_owned() };
    assert_eq!(shop.change(&ann, hold, "A-5", "A-3"), Err(missing));
    let unknown = Refusal::UnitUnknown { id: "Z".to_owned(), index: 0 };
    assert_eq!(shop.change(&ann, hold, "Z", ""), Err(unknown));
    assert_eq!(shop.change(&ann, hold, "", "A-1 A-2"), Err(Refusal::HoldEmptied));
    assert_eq!(shop.change(&buyer("bob"), hold, "", "A-1"), Err(Refusal::HoldUnknown));
    assert_eq!(shop.state.kept(), &before);
    assert_eq!(
        shop.change(&ann, hold, "A-5 A-6", "A-1 A-2").unwrap(),
        ["A-5*1", "A-6*1"],
        "all of it for others"
    );
    shop.wait(300);
    assert_eq!(shop.change(&ann, hold, "A-1", ""), Err(Refusal::HoldExpired));
}

#[test]
fn what_comes_in_keeps_to_the_limits_of_a_hold() {
    let limits = json!({"pieces_per_hold": 3, "pieces_per_hold_min": 2, "pieces_per_buyer": 4,
        "categories": {"R": {"pieces_per_buyer": 2}}});
    let mut shop = Shop::with(theatre(), limits);
    let ann = buyer("ann");
    let hold = shop.hold("ann", "A-1 floor").unwrap();
    let limit = |limit, max| Err(Refusal::BuyerLimit { limit, max });
    assert_eq!(shop.change(&ann, hold, "floor*2", ""), limit(BuyerLimit::PiecesPerHold, 3));
    assert_eq!(shop.change(&ann, hold, "", "floor"), limit(BuyerLimit::PiecesPerHoldMin, 2));
    shop.hold("ann", "B-1 B-2").unwrap();
    assert_eq!(shop.change(&ann, hold, "floor", ""), limit(BuyerLimit::PiecesPerBuyer, 4));
    let category = BuyerLimit::PiecesPerCategory { category: 0 };
    assert_eq!(
        shop.change(&ann, hold, "A-2 A-3", "floor A-1"),
        Ok(vec!["A-2*1".to_owned(), "A-3*1".to_owned()])
    );
    shop.configure(json!({"pieces_per_buyer": null})).unwrap();
    assert_eq!(shop.change(&ann, hold, "A-4", ""), limit(category, 2));
    assert!(shop.change(&ann, hold, "A-4", "A-2").is_ok());
    shop.configure(json!({"pieces_per_hold": 2, "pieces_per_hold_min": 1})).unwrap();
    let now = shop.now.rfc3339().to_string();
    shop.configure(json!({"on_sale_until": now})).unwrap();
    assert!(matches!(shop.change(&ann, hold, "B-3", ""), Err(Refusal::NotOnSale { .. })));
    assert_eq!(shop.change(&ann, hold, "", "A-3").unwrap(), ["A-4*1"], "what goes out needs no open sale");
}

#[test]
fn a_seat_is_not_taken_out_so_that_it_stays_alone() {
    let document = hall(&[row("A", "RRRRRR"), row("B", "RRRR")]);
    let mut shop = Shop::with(document, json!({"single_seats": "strict"}));
    let ann = buyer("ann");
    let hold = shop.hold("ann", "A-1 A-2 A-3").unwrap();
    let alone = |shop: &Shop, seat: &str| Err(Refusal::WouldOrphanSeat { units: vec![shop.unit(seat)] });
    let expected = alone(&shop, "A-2");
    assert_eq!(shop.change(&ann, hold, "", "A-2"), expected, "between one's own");
    let expected = alone(&shop, "A-6");
    assert_eq!(shop.change(&ann, hold, "A-4 A-5", ""), expected);
    assert_eq!(
        shop.change(&ann, hold, "floor", ""),
        Ok(vec!["A-1*1", "A-2*1", "A-3*1", "floor*1"].into_iter().map(str::to_owned).collect())
    );
    let left = shop.change(&ann, hold, "", "A-1 A-2").unwrap();
    assert_eq!(left, ["A-3*1", "floor*1"], "a pair stays for others");
}

#[test]
fn a_part_of_a_group_does_not_change() {
    let mut shop = Shop::open(theatre());
    let group = crate::domain::GroupId::new(Uuid::from_u128(5));
    let step = crate::domain::group::PartStep::Hold { buyer: id("ann"), wanted: picks("A-1") };
    shop.ask(&buyer("ann"), Action::Part { group, step }).unwrap();
    let (hold, _) = shop.state.part(group).unwrap();
    assert_eq!(shop.change(&buyer("ann"), hold, "A-2", ""), Err(Refusal::HoldInGroup { group }));
}

#[test]
fn what_was_drawn_goes_back_and_what_comes_in_by_a_code_is_drawn() {
    let mut shop = Shop::open(theatre());
    let code = super::super::allotment::AccessCode(7);
    let units = vec![("A-1".to_owned(), 1), ("A-2".to_owned(), 1)];
    let block = Action::Block { units, reason: None, channel: None, code: Some(code), release_at: None };
    shop.ask(&key(), block).unwrap();
    let access = Access { channel: None, code: Some(code) };
    let hold = Action::Hold { buyer: id("ann"), wanted: picks("A-1"), access: access.clone() };
    let Some(Event::Held { hold, .. }) = shop.ask(&buyer("ann"), hold).unwrap() else { panic!("held") };
    let expected = shop.taken(&["A-2"]);
    assert_eq!(shop.change(&buyer("ann"), hold, "A-2", "A-1"), Err(expected), "without the code");
    let change = Change { add: list("A-2"), remove: list("A-1"), access };
    shop.ask(&buyer("ann"), Action::Change { hold, change }).unwrap();
    assert_eq!((shop.left("A-1"), shop.left("A-2")), (0, 0), "A-1 is kept again");
    shop.release("ann", hold).unwrap();
    let left = shop.state.blocks().next().map(|(_, block)| block.units.len());
    assert_eq!(left, Some(2));
}
