//! Tables and booths that are taken as a whole.

use super::super::Line;
use super::super::answer::total;
use super::*;

/// A table of three and one of two, a booth at one price and one where each guest pays; six seats beside them.
fn supper_club() -> Value {
    let mut document = hall(&[row("A", "RRRRRR")]);
    document["zones"][0]["tables"] = json!([
        {"id": "T1", "label": "Table 1", "whole": true, "category": "R",
         "seats": [{"id": "T1-1", "category": "S"}, {"id": "T1-2"}, {"id": "T1-3"}]},
        {"id": "T2", "whole": true, "seats": [{"id": "T2-1", "category": "S"}]},
    ]);
    document["zones"][0]["areas"] = json!([
        {"id": "box", "capacity": 8, "whole": true, "category": "F"},
        {"id": "booth", "capacity": 6, "whole": true, "min_guests": 2, "category": "F"},
    ]);
    document
}

fn lines(shop: &Shop, hold: HoldId) -> Vec<(String, u32, u32)> {
    let taken = |line: &Line| line.units.iter().map(|unit| unit.1).sum();
    let plan = shop.state.plan();
    let line = |line: &Line| (plan.offer_id(line.offer).to_string(), line.quantity, taken(line));
    shop.state.hold(hold).unwrap().lines.iter().map(line).collect()
}

#[test]
fn a_whole_table_takes_all_of_its_seats_at_one_price() {
    let mut shop = Shop::open(supper_club());
    let table = shop.state.plan().offer_by_id("T1").unwrap();
    assert_eq!(&**shop.state.plan().offer_label(table), "Table 1");
    assert_eq!(shop.state.plan().offer_price(table), Some(150_000));
    let hold = shop.hold("ann", "T1").unwrap();
    assert_eq!(lines(&shop, hold), [("T1".to_owned(), 1, 3)]);
    assert!(shop.state.hold(hold).unwrap().adjacent);
    assert_eq!(shop.hold("bob", "T1"), Err(shop.taken(&["T1-1", "T1-2", "T1-3"])));
    shop.release("ann", hold).unwrap();
    let sale = shop.buy("bob", "T1").unwrap();
    shop.give_back(sale, Some("T1")).unwrap();
    assert_eq!(shop.left("T1-2"), 1);
}

#[test]
fn the_seats_of_a_whole_table_are_no_offers() {
    let mut shop = Shop::open(supper_club());
    let unknown = |id: &str| Refusal::UnitUnknown { id: id.to_owned(), index: 0 };
    assert_eq!(shop.hold("ann", "T1-1"), Err(unknown("T1-1")));
    assert_eq!(shop.hold("ann", "T2"), Err(unknown("T2")), "no category, not for sale");
    let category = |id| shop.state.plan().unit(shop.unit(id)).category;
    assert_eq!((category("T1-1"), category("T2-1")), (Some(0), None), "theirs is the table's");
}

#[test]
fn a_booth_at_one_price_is_one_piece() {
    let mut shop = Shop::open(supper_club());
    assert_eq!(shop.hold("ann", "box*2"), Err(shop.short(&["box"])));
    let hold = shop.hold("ann", "box").unwrap();
    assert_eq!(lines(&shop, hold), [("box".to_owned(), 1, 8)]);
    assert_eq!(shop.hold("bob", "box"), Err(shop.short(&["box"])));
}

#[test]
fn guests_share_a_booth_and_each_pays() {
    let mut shop = Shop::open(supper_club());
    let range = Refusal::QuantityRange { index: 1, min: 2, max: 6 };
    assert_eq!(shop.hold("ann", "A-1 booth"), Err(range.clone()));
    assert_eq!(shop.hold("ann", "A-1 booth*7"), Err(range));
    assert_eq!(shop.hold("ann", "booth*2 booth*2"), Err(shop.short(&["booth"])), "two parties do not merge");
    let hold = shop.hold("ann", "booth*3").unwrap();
    assert_eq!(lines(&shop, hold), [("booth".to_owned(), 3, 6)]);
    let sum = total(&shop.state.hold(hold).unwrap().lines);
    assert_eq!(sum, Some(3 * 70_000));
    assert_eq!(shop.hold("bob", "booth*2"), Err(shop.short(&["booth"])));
}

#[test]
fn guests_come_back_together() {
    let mut shop = Shop::open(supper_club());
    let sale = shop.buy("ann", "booth*4").unwrap();
    assert_eq!(shop.give_back(sale, Some("booth*3")), Err(Refusal::SaleReturned));
    assert_eq!(shop.left("booth"), 0);
    shop.give_back(sale, Some("booth*4")).unwrap();
    assert_eq!(shop.left("booth"), 6);
    shop.buy("bob", "booth*5").unwrap();
}

#[test]
fn what_is_taken_as_a_whole_is_never_best_available() {
    let mut shop = Shop::open(supper_club());
    let category = |id: &str| BestWanted { category: Some(id.to_owned()), ..best_of(1) };
    for _ in 0..6 {
        let (seats, _) = shop.best(category("R")).unwrap();
        assert!(seats[0].starts_with("A-"), "{seats:?}");
        shop.configure(json!({"holds_per_buyer": 100})).unwrap();
    }
    let none = Refusal::NotEnough { units: Vec::new(), largest_block: Some(0) };
    assert_eq!(shop.best(category("R")), Err(none.clone()));
    assert_eq!(shop.best(category("F")), Err(none), "booths are no standing room");
}

#[test]
fn a_booth_has_no_stock_to_change() {
    let mut shop = Shop::open(supper_club());
    assert_eq!(shop.restock("booth", 1), Err(Refusal::UnitNotStocked { id: "booth".to_owned() }));
}
