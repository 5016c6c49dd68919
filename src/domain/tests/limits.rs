//! What one buyer may have.

use super::super::refusal::BuyerLimit;
use super::*;

fn limit(limit: BuyerLimit, max: u32) -> Refusal {
    Refusal::BuyerLimit { limit, max }
}

#[test]
fn a_buyer_has_so_many_live_holds_at_a_time() {
    let mut shop = Shop::with(theatre(), json!({"holds_per_buyer": 2}));
    let first = shop.hold("ann", "A-1").unwrap();
    shop.hold("ann", "A-2").unwrap();
    assert_eq!(shop.hold("ann", "A-3"), Err(limit(BuyerLimit::LiveHolds, 2)));
    assert!(shop.hold("bob", "A-3").is_ok());
    shop.release("ann", first).unwrap();
    assert!(shop.hold("ann", "A-4").is_ok());
}

#[test]
fn a_direct_purchase_makes_no_hold_and_passes_the_limit_of_holds() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-1").unwrap();
    shop.hold("ann", "A-2").unwrap();
    shop.configure(json!({"holds_per_buyer": 1})).unwrap();
    assert!(shop.buy("ann", "A-3").is_ok());
}

#[test]
fn a_hold_has_so_many_pieces() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_hold": 3}));
    assert_eq!(shop.hold("ann", "floor*3 A-1"), Err(limit(BuyerLimit::PiecesPerHold, 3)));
    assert!(shop.hold("ann", "floor*2 A-1").is_ok());
}

#[test]
fn no_hold_has_more_than_fifty_pieces() {
    let mut shop = Shop::open(cafe());
    for offers in ["latte*51", "latte*25 espresso*26", "cookie*4294967295 cookie*2 cookie*4294967295"] {
        assert_eq!(shop.hold("ann", offers), Err(Refusal::TooManyPieces { max: 50 }), "{offers}");
    }
    assert!(matches!(shop.hold("ann", "latte*50"), Err(Refusal::NotEnough { .. })));
}

#[test]
fn a_piece_is_what_was_picked_not_what_it_is_made_of() {
    let mut shop = Shop::with(cafe(), json!({"pieces_per_hold": 1}));
    assert!(shop.hold("ann", "latte").is_ok());
}

#[test]
fn pieces_of_a_buyer_are_held_and_sold_less_what_came_back() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_buyer": 4}));
    let refused = Err(limit(BuyerLimit::PiecesPerBuyer, 4));
    shop.hold("ann", "A-1").unwrap();
    let sale = shop.buy("ann", "A-2 floor*2").unwrap();
    assert_eq!(shop.hold("ann", "A-3"), refused);
    assert_eq!(shop.buy("ann", "A-3"), refused.map(|_: HoldId| sale));
    shop.give_back(sale, Some("floor")).unwrap();
    assert!(shop.hold("ann", "A-3").is_ok());
}

#[test]
fn a_key_that_acts_for_a_buyer_counts_for_that_buyer() {
    let mut shop = Shop::with(theatre(), json!({"holds_per_buyer": 1}));
    let wanted = picks("A-1");
    shop.ask(&key(), Action::Hold { buyer: id("ann"), wanted, access: Access::default() }).unwrap();
    assert_eq!(shop.hold("ann", "A-2"), Err(limit(BuyerLimit::LiveHolds, 1)));
}

#[test]
fn a_purchase_of_a_hold_counts_its_pieces_once() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_buyer": 2}));
    let hold = shop.hold("ann", "A-1 A-2").unwrap();
    shop.purchase(&key(), hold).unwrap();
    let account = shop.state.account(&id("ann"));
    assert_eq!((account.live_holds, account.held, account.sold), (0, 0, 2));
}
