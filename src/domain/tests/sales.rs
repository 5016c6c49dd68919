//! Sales: purchase, return, another owner.

use super::super::refusal::BuyerLimit;
use super::*;

fn reassign(shop: &mut Shop, caller: &Caller, sale: SaleId, to: &str) -> Result<Option<Event>, Refusal> {
    shop.ask(caller, Action::Reassign { sale, to: id(to) })
}

#[test]
fn a_buyer_purchases_only_where_checkout_is_open() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    assert_eq!(shop.purchase(&buyer("ann"), hold), Err(Refusal::PurchaseNeedsKey));
    let now = Action::PurchaseNow { buyer: id("ann"), wanted: picks("A-2"), access: Access::default() };
    assert_eq!(shop.ask(&buyer("ann"), now.clone()), Err(Refusal::PurchaseNeedsKey));
    shop.configure(json!({"checkout": "open"})).unwrap();
    assert!(shop.purchase(&buyer("ann"), hold).is_ok());
    assert!(shop.ask(&buyer("ann"), now).is_ok());
}

#[test]
fn a_purchased_hold_is_sold_as_it_was_held() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1 floor*2").unwrap();
    let lines = shop.state.hold(hold).unwrap().lines.clone();
    let sale = shop.purchase(&key(), hold).unwrap();
    assert_eq!(shop.state.sale(sale).unwrap().lines, lines);
    assert_eq!(shop.state.figures().sold, 3);
    assert_eq!(shop.state.figures().held, 0);
    assert_eq!(shop.purchase(&key(), hold), Err(Refusal::HoldPurchased));
}

#[test]
fn a_sale_comes_back_in_parts_or_whole() {
    let mut shop = Shop::open(cafe());
    let sale = shop.buy("ann", "latte*3 cookie*2").unwrap();
    shop.give_back(sale, Some("latte cookie")).unwrap();
    assert_eq!((shop.left("beans"), shop.left("milk"), shop.left("cookie")), (64, 600, 2));
    shop.give_back(sale, None).unwrap();
    assert_eq!((shop.left("beans"), shop.left("milk"), shop.left("cookie")), (100, 1000, 3));
    assert_eq!(shop.give_back(sale, None), Err(Refusal::SaleReturned));
    assert_eq!(shop.state.account(&id("ann")), Default::default());
}

#[test]
fn no_more_comes_back_than_is_left_of_the_sale() {
    let mut shop = Shop::open(cafe());
    let sale = shop.buy("ann", "latte*2").unwrap();
    for offers in ["latte*3", "latte latte latte", "latte cookie", "latte*2 latte", ""] {
        assert_eq!(shop.give_back(sale, Some(offers)), Err(Refusal::SaleReturned), "{offers:?}");
    }
    let unknown = Refusal::UnitUnknown { id: "tea".to_owned(), index: 1 };
    assert_eq!(shop.give_back(sale, Some("latte tea")), Err(unknown));
    assert!(shop.give_back(sale, Some("latte latte")).is_ok());
    assert_eq!(shop.left("beans"), 100);
}

#[test]
fn returned_seats_are_found_again() {
    let mut shop = Shop::open(hall(&[row("A", "RRR")]));
    let sale = shop.buy("ann", "A-1 A-2 A-3").unwrap();
    assert!(shop.best(together(1)).is_err());
    shop.give_back(sale, Some("A-2")).unwrap();
    assert_eq!(shop.best(together(1)), Ok((vec!["A-2".to_owned()], true)));
}

#[test]
fn somebody_elses_sale_does_not_exist() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1").unwrap();
    assert_eq!(reassign(&mut shop, &buyer("bob"), sale, "bob"), Err(Refusal::SaleUnknown));
    let back = Action::Return { sale, pieces: None };
    assert_eq!(shop.ask(&buyer("bob"), back), Err(Refusal::SaleUnknown));
}

#[test]
fn a_reassigned_sale_belongs_to_the_new_owner_alone() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1 A-2").unwrap();
    reassign(&mut shop, &buyer("ann"), sale, "bob").unwrap();
    assert_eq!(shop.state.sale(sale).unwrap().buyer, id("bob"));
    assert_eq!(shop.state.account(&id("ann")), Default::default());
    assert_eq!(shop.state.account(&id("bob")).sold, 2);
    assert_eq!(reassign(&mut shop, &buyer("ann"), sale, "ann"), Err(Refusal::SaleUnknown));
}

#[test]
fn the_new_owner_of_a_sale_keeps_to_the_limit() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_buyer": 2}));
    let sale = shop.buy("ann", "A-1 A-2").unwrap();
    shop.hold("bob", "A-3").unwrap();
    let refused = Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerBuyer, max: 2 };
    assert_eq!(reassign(&mut shop, &key(), sale, "bob"), Err(refused));
    assert!(reassign(&mut shop, &key(), sale, "ann").is_ok(), "the present owner has them already");
    assert!(reassign(&mut shop, &key(), sale, "cho").is_ok());
}

#[test]
fn what_came_back_cannot_be_reassigned() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1").unwrap();
    shop.give_back(sale, None).unwrap();
    assert_eq!(reassign(&mut shop, &key(), sale, "bob"), Err(Refusal::SaleReturned));
}
