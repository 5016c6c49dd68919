//! Another plan while the sale goes on: who has something keeps it, and what is new is on sale.

use super::super::plan::{Change, Numbering, difference};
use super::super::replan::Why;
use super::super::{Impossible, PlanRef};
use super::*;

impl Shop {
    /// The document as the version behind the present one.
    fn replan(&mut self, document: Value) -> Result<(), Refusal> {
        let document = serde_json::from_value(document).unwrap();
        let plan = Plan::compile_after(document, self.state.plan()).unwrap_or_else(|bad| panic!("{bad:?}"));
        let expected = self.state.plan_version();
        self.ask(&key(), Action::Replan { expected, version: expected + 1, plan: plan.into() }).map(drop)
    }

    fn strands(&mut self, document: Value) -> Vec<(String, &'static str)> {
        match self.replan(document) {
            Err(Refusal::WouldStrand { stranded }) => {
                let id = |unit| self.state.plan().unit(unit).id.to_string();
                stranded.into_iter().map(|(unit, why)| (id(unit), why.name())).collect()
            }
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn defects(before: &Plan, document: Value) -> Vec<(String, String)> {
    let document = serde_json::from_value(document).unwrap();
    let defects = Plan::compile_after(document, before).err().unwrap_or_default();
    defects.into_iter().map(|defect| (defect.code, defect.pointer)).collect()
}

fn compiled(document: Value) -> Plan {
    Plan::compile(serde_json::from_value(document).unwrap()).unwrap()
}

/// `A-1` … of one category, in this order.
fn row_of(name: &str, ids: &[&str]) -> Value {
    let seat = |id: &&str| json!({"id": id, "category": "R"});
    json!({"id": name, "label": name, "seats": ids.iter().map(seat).collect::<Vec<_>>()})
}

#[test]
fn known_ids_keep_their_numbers_and_new_ones_come_behind_all() {
    let first = compiled(theatre());
    let mut document = hall(&[row_of("A", &["A-2", "new-1", "A-1"]), row_of("B", &["B-1"])]);
    document["items"] = json!([{"id": "cup", "capacity": 5, "sellable": true}]);
    document["offers"] = json!([{"id": "pair", "units": {"A-1": 1, "A-2": 1}}]);
    let second = Plan::compile_after(serde_json::from_value(document.clone()).unwrap(), &first).unwrap();
    let number = |id| second.unit_by_id(id).unwrap();
    assert_eq!(["A-1", "A-2", "B-1", "floor", "new-1", "cup"].map(number), [0, 1, 6, 12, 13, 14]);
    assert_eq!(second.places(), [1, 13, 0, 6], "places follow the document");
    assert_eq!((second.place_of(0), second.place_of(2)), (Some(2), None));
    assert!(second.unit(2).is_closed() && second.unit_by_id("A-3").is_none());
    assert_eq!(second.counted().units(), [12, 14]);
    let own = |id| second.own_offer(number(id));
    assert_eq!(["A-1", "floor", "new-1", "cup"].map(own), [Some(0), Some(12), Some(13), Some(14)]);
    assert_eq!(second.offer_by_id("pair"), Some(15));
    // The offer that was the fifteenth stays it, though more units come.
    let mut third = document.clone();
    third["items"] = json!([{"id": "tea", "capacity": 1, "sellable": true}]);
    third["offers"] = json!([]);
    let third = Plan::compile_after(serde_json::from_value(third).unwrap(), &second).unwrap();
    assert_eq!((third.unit_by_id("tea"), third.offer_by_id("tea")), (Some(15), Some(16)));
    assert_eq!((third.offer_by_id("pair"), third.known_offer("pair")), (None, Some(15)));
    assert_eq!(&**third.offer_id(15), "pair");
    let fourth = Plan::compile_after(serde_json::from_value(document).unwrap(), &third).unwrap();
    assert_eq!((fourth.offer_by_id("pair"), fourth.unit_by_id("cup")), (Some(15), Some(14)));
}

#[test]
fn a_version_is_read_from_its_document_and_its_numbering() {
    let first = compiled(theatre());
    let second = hall(&[row_of("A", &["A-2", "new-1"])]);
    let second = Plan::compile_after(serde_json::from_value(second).unwrap(), &first).unwrap();
    let stored = serde_json::to_string(&second.numbering()).unwrap();
    let numbering: Numbering = serde_json::from_str(&stored).unwrap();
    assert_eq!(numbering, second.numbering());
    let read = Plan::compile_numbered(second.document().clone(), &numbering).unwrap();
    assert_eq!(read.numbering(), numbering);
    assert!(difference(&second, &read).is_empty());
    assert_eq!((read.places(), read.printed(0)), (second.places(), second.printed(0)));
    assert_eq!(read.printed(0).row, "", "where the closed seat stood");
    // One that is of another plan says nothing of what was closed.
    let broken = Plan::compile_numbered(second.document().clone(), &first.numbering());
    assert_eq!(broken.unwrap_err()[0].code, "numbering_broken");
}

#[test]
fn what_a_unit_is_and_the_currency_stay() {
    let mut document = theatre();
    document["items"] = json!([{"id": "cup", "capacity": 5}]);
    document["offers"] = json!([{"id": "set", "price": 1, "units": {"cup": 1}}]);
    let before = compiled(document.clone());
    let mut other = document.clone();
    other["items"][0]["id"] = json!("A-1");
    other["zones"][0]["rows"][0]["seats"][0]["id"] = json!("cup");
    other["offers"] = json!([]);
    let changed = |at: &str| ("kind_changed".to_owned(), at.to_owned());
    assert_eq!(defects(&before, other), [changed("/zones/0/rows/0/seats/0/id"), changed("/items/0/id")]);
    let mut dollars = document.clone();
    dollars["currency"] = json!("USD");
    assert_eq!(defects(&before, dollars), [("currency_changed".to_owned(), "/currency".to_owned())]);
    let mut closed = document.clone();
    closed["items"] = json!([]);
    closed["offers"] = json!([]);
    let closed = Plan::compile_after(serde_json::from_value(closed).unwrap(), &before).unwrap();
    let mut clash = document.clone();
    clash["items"] = json!([{"id": "tea", "capacity": 5}]);
    clash["offers"] = json!([{"id": "cup", "price": 1, "units": {"tea": 1}}]);
    assert_eq!(defects(&closed, clash), [("offer_clash".to_owned(), "/offers/0/id".to_owned())]);
    // An offer may become a unit: it is the same to whoever picks it.
    let mut single = theatre();
    single["items"] = json!([{"id": "set", "capacity": 5, "sellable": true}]);
    let single = Plan::compile_after(serde_json::from_value(single).unwrap(), &before).unwrap();
    assert_eq!(single.offer_by_id("set"), before.offer_by_id("set"));
}

#[test]
fn stock_follows_the_document_and_keeps_what_was_restocked() {
    let mut shop = Shop::open(theatre());
    shop.restock("floor", 5).unwrap();
    shop.hold("ann", "A-1 floor*3").unwrap();
    let mut document = hall(&[row("A", "RRRRRRR"), row("B", "SSS")]);
    document["zones"][0]["areas"][0]["capacity"] = json!(30);
    let before = shop.state.plan().clone();
    shop.replan(document).unwrap();
    assert_eq!((shop.left("floor"), shop.left("A-7"), shop.left("A-1")), (32, 1, 0));
    let changed = difference(&before, shop.state.plan());
    let (floor, seat) = (shop.unit("floor"), shop.unit("A-7"));
    let closed = [9, 10, 11].map(|unit| (unit, Change::Closed));
    assert_eq!(changed, [&closed[..], &[(floor, Change::By(10)), (seat, Change::Added(1))]].concat());
    assert_eq!(shop.state.figures().capacity, 7 + 3 + 35);
    assert_eq!(shop.hold("bob", "B-4"), Err(Refusal::UnitUnknown { id: "B-4".to_owned(), index: 0 }));
    assert!(shop.hold("bob", "A-7").is_ok());
    shop.replan(theatre()).unwrap_err();
}

#[test]
fn a_closed_unit_leaves_its_blocks_and_comes_back_free() {
    let mut shop = Shop::open(theatre());
    let block = shop.block(&[("A-1", 1), ("B-6", 1), ("floor", 4)]).unwrap();
    shop.replan(hall(&[row("A", "RRRRRR"), row("B", "SSS SS")])).unwrap();
    let (_, left) = shop.state.blocks().next().unwrap();
    assert_eq!(left.units.keys().copied().collect::<Vec<_>>(), [0, 12]);
    assert_eq!((shop.state.figures().blocked, shop.state.levels()[11].capacity), (5, 0));
    shop.replan(theatre()).unwrap();
    assert_eq!((shop.left("B-6"), shop.left("A-1")), (1, 0));
    shop.ask(&key(), Action::Unblock { block }).unwrap();
    assert_eq!(shop.state.figures().available, 12 + 20);
}

#[test]
fn what_would_strand_somebody_is_refused_with_all_of_it() {
    let mut shop = Shop::open(theatre());
    shop.hold("ann", "A-1 A-2 floor*12").unwrap();
    shop.buy("bob", "B-1 B-2").unwrap();
    shop.block(&[("floor", 3)]).unwrap();
    let mut document = hall(&[row("A", ".RRRRR"), row("B", "SSS SSS")]);
    document["zones"][0]["rows"][0]["seats"].as_array_mut().unwrap().remove(1);
    document["zones"][0]["rows"][1]["seats"].as_array_mut().unwrap().remove(0);
    document["zones"][0]["rows"][1]["seats"][0]["label"] = json!("Seat 2");
    document["zones"][0]["areas"][0]["capacity"] = json!(14);
    let told = |id: &str, why| (id.to_owned(), why);
    let all = [
        told("A-2", Why::Closed.name()),
        told("B-1", Why::Closed.name()),
        told("B-2", Why::Relabelled.name()),
        told("floor", Why::Capacity.name()),
    ];
    assert_eq!(shop.strands(document.clone()), all);
    assert_eq!((shop.state.plan_version(), shop.left("A-3")), (1, 1), "nothing has changed");
    // Held pieces may be named otherwise as long as nobody has a ticket, and what suffices is enough.
    let mut document = theatre();
    document["zones"][0]["rows"][0]["label"] = json!("First row");
    document["zones"][0]["areas"][0]["capacity"] = json!(15);
    shop.replan(document).unwrap();
}

#[test]
fn what_was_sold_once_keeps_what_is_printed_on_it_for_ever() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1").unwrap();
    let moved = shop.buy("bob", "A-2").unwrap();
    let to = vec![super::super::moves::Moving {
        claim: super::super::moves::Claim::Sale(moved),
        from: list("A-2"),
        to: list("A-3"),
    }];
    shop.ask(&key(), Action::Move { moves: to }).unwrap();
    for sale in [sale, moved] {
        shop.give_back(sale, None).unwrap();
    }
    let all = ["A-1", "A-2", "A-3"];
    let stranded = all.map(|id| (id.to_owned(), "relabelled"));
    for (place, name) in [("/zones/0/name", "Circle"), ("/zones/0/rows/0/label", "AA")] {
        let mut document = theatre();
        let (parent, field) = place.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[field] = json!(name);
        assert_eq!(shop.strands(document), stranded, "{place}");
    }
    let mut section = theatre();
    section["zones"][0]["sections"] = json!([{"id": "left", "name": "Left"}]);
    section["zones"][0]["rows"][0]["section"] = json!("left");
    assert_eq!(shop.strands(section), stranded);
    // Closed in between, it is still the seat that was sold.
    shop.replan(hall(&[row("A", "..RRRR")].map(|mut row| {
        row["seats"].as_array_mut().unwrap().drain(..3);
        row
    })))
    .unwrap();
    let mut document = theatre();
    document["zones"][0]["rows"][0]["seats"][0]["label"] = json!("one");
    assert_eq!(shop.strands(document), [("A-1".to_owned(), "relabelled")]);
    // Where it is drawn, what it costs and of which category it is are free.
    let mut document = theatre();
    document["zones"][0]["rows"][0]["seats"][0] = json!({"id": "A-1", "category": "S", "x": 7, "y": 1});
    document["categories"][1]["price"] = json!(1);
    shop.replan(document).unwrap();
}

#[test]
fn only_who_knows_the_plan_changes_it() {
    let mut shop = Shop::open(theatre());
    let plan =
        Arc::new(Plan::compile_after(shop.state.plan().document().clone(), shop.state.plan()).unwrap());
    let mut ask = |expected, version| {
        let action = Action::Replan { expected, version, plan: plan.clone() };
        shop.ask(&key(), action).map(drop)
    };
    assert_eq!(ask(0, 2), Err(Refusal::PlanChanged { version: 1 }));
    assert_eq!(ask(1, 1), Err(Refusal::PlanChanged { version: 1 }));
    assert_eq!(ask(1, 5), Ok(()), "versions may have gaps");
    assert_eq!(ask(1, 6), Err(Refusal::PlanChanged { version: 5 }));
    let event = Event::Replanned { plan: PlanRef { version: 6, plan: None } };
    let lost = shop.append(Cause::default(), event);
    assert_eq!(lost, Err(Impossible::Missing("the plan")));
}

#[test]
fn rules_of_categories_need_their_categories() {
    let mut shop = Shop::with(theatre(), json!({"categories": {"S": {"pieces_per_buyer": 2}}}));
    shop.hold("ann", "B-1").unwrap();
    let mut document = hall(&[row("A", "RRRRRR"), row("B", "RRRRRR")]);
    document["categories"].as_array_mut().unwrap().remove(1);
    let must = "must name categories of the plan";
    assert_eq!(shop.replan(document), Err(Refusal::SettingInvalid { field: "categories", must }));
    // What a buyer has counts for the category that it is of now.
    shop.replan(hall(&[row("A", "SSRRRR"), row("B", "RRRSSS")])).unwrap();
    shop.hold("ann", "A-1 A-2").unwrap();
    assert!(matches!(shop.hold("ann", "B-5"), Err(Refusal::BuyerLimit { .. })));
}

#[test]
fn claims_of_offers_that_are_gone_live_on() {
    let mut document = cafe();
    let mut shop = Shop::open(document.clone());
    let sale = shop.buy("ann", "latte*2").unwrap();
    let hold = shop.hold("ann", "latte*2 cookie").unwrap();
    document["items"][3]["sellable"] = json!(false);
    document["items"][3].as_object_mut().unwrap().remove("price");
    document["offers"].as_array_mut().unwrap().remove(0);
    shop.replan(document.clone()).unwrap();
    assert!(matches!(shop.hold("bob", "latte"), Err(Refusal::UnitUnknown { .. })));
    shop.give_back(sale, Some("latte")).unwrap();
    assert_eq!(shop.left("beans"), 100 - 3 * 18);
    let other = shop.buy("bob", "espresso").unwrap();
    let unknown = shop.give_back(other, Some("latte"));
    assert!(matches!(unknown, Err(Refusal::UnitUnknown { .. })), "what they never had does not exist");
    shop.wait(60);
    shop.extend("ann", hold).unwrap();
    // It comes back with another price and another bill: the old pieces stay what they are.
    document["offers"] = json!([{"id": "latte", "price": 6000, "units": {"beans": 20, "milk": 150}}]);
    shop.replan(document).unwrap();
    let wish = super::super::moves::Moving {
        claim: super::super::moves::Claim::Hold(hold),
        from: list("cookie"),
        to: list("latte"),
    };
    shop.ask(&buyer("ann"), Action::Move { moves: vec![wish] }).unwrap();
    let lines = &shop.state.hold(hold).unwrap().lines;
    let told: Vec<_> = lines.iter().map(|line| (line.quantity, line.price, line.units.len())).collect();
    assert_eq!(told, [(2, Some(5000), 3), (1, Some(6000), 2)]);
    let bought = shop.purchase(&key(), hold).unwrap();
    shop.give_back(bought, Some("latte*3")).unwrap();
    shop.give_back(sale, None).unwrap();
    shop.give_back(other, None).unwrap();
    assert_eq!(shop.state.figures().sold, 0);
}

#[test]
fn pieces_at_two_prices_stay_apart() {
    let mut document = cafe();
    let mut shop = Shop::open(document.clone());
    let hold = shop.hold("ann", "latte cookie").unwrap();
    document["offers"][0]["price"] = json!(7000);
    shop.replan(document).unwrap();
    let wish = super::super::moves::Moving {
        claim: super::super::moves::Claim::Hold(hold),
        from: list("cookie"),
        to: list("latte"),
    };
    shop.ask(&buyer("ann"), Action::Move { moves: vec![wish] }).unwrap();
    let lines = &shop.state.hold(hold).unwrap().lines;
    let told: Vec<_> = lines.iter().map(|line| (line.quantity, line.price)).collect();
    assert_eq!(told, [(1, Some(5000)), (1, Some(7000))]);
}

#[test]
fn guests_stay_together_whatever_their_table_has_become() {
    let booth = |extra: Value| {
        let mut area = json!({"id": "booth", "capacity": 6, "whole": true, "min_guests": 2});
        area.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let categories = json!([{"id": "R", "name": "R", "price": 5}]);
        let items = json!([{"id": "cup", "sellable": true}]);
        json!({"name": "H", "currency": "KRW", "categories": categories, "items": items,
            "zones": [{"id": "z", "areas": [area]}]})
    };
    let mut shop = Shop::open(booth(json!({"category": "R"})));
    let sale = shop.buy("ann", "booth*3").unwrap();
    shop.replan(booth(json!({}))).unwrap();
    assert_eq!(shop.give_back(sale, Some("booth")), Err(Refusal::SaleReturned));
    shop.replan(booth(json!({"whole": true, "category": "R", "capacity": 8}))).unwrap();
    assert_eq!(shop.give_back(sale, Some("booth")), Err(Refusal::SaleReturned));
    shop.give_back(sale, Some("booth*3")).unwrap();
    assert_eq!(shop.left("booth"), 8);
}

#[test]
fn best_available_and_single_seats_go_by_where_seats_stand_now() {
    let mut shop = Shop::with(theatre(), json!({"single_seats": "lenient"}));
    let ids = ["A-6", "A-1", "A-5", "A-2", "A-4", "A-3"];
    shop.replan(hall(&[row_of("A", &ids), row("B", "SSS SSS")])).unwrap();
    shop.hold("ann", "A-6").unwrap();
    // Between them, by the new order, would be A-1.
    let alone = Refusal::WouldOrphanSeat { units: vec![shop.unit("A-1")] };
    assert_eq!(shop.hold("bob", "A-5"), Err(alone));
    let hold = shop.hold("bob", "A-5 A-1").unwrap();
    assert!(shop.state.hold(hold).unwrap().adjacent);
    let apart = shop.hold("cho", "A-3 B-1").unwrap();
    assert!(!shop.state.hold(apart).unwrap().adjacent);
    let best = shop.best(together(2)).unwrap();
    assert_eq!(best, (vec!["A-2".to_owned(), "A-4".to_owned()], true));
}

#[test]
fn a_snapshot_knows_what_was_ever_sold() {
    let mut shop = Shop::open(theatre());
    let sale = shop.buy("ann", "A-1 floor").unwrap();
    shop.give_back(sale, None).unwrap();
    shop.replan(hall(&[row("A", "RRRRRR"), row("B", "SSS SSS"), row("C", "SS")])).unwrap();
    let kept = shop.state.kept().clone();
    let restored = State::restore(shop.state.plan().clone(), kept).unwrap();
    assert_eq!((restored.plan_version(), restored.figures()), (2, shop.state.figures()));
    shop.state = restored;
    let mut document = theatre();
    document["zones"][0]["name"] = json!("Circle");
    let told = [("A-1".to_owned(), "relabelled"), ("floor".to_owned(), "relabelled")];
    assert_eq!(shop.strands(document), told);
}
