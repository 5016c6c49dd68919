//! Every decision has a bound: what it costs is counted in steps, so that no time stands here.

use super::super::PlanDocument;
use super::super::best::{self, Place, Rules, Wish};
use super::*;
use crate::domain::Defect;
use crate::domain::event::Step;
use crate::domain::plan::{Category, Row, Seat, Zone};

/// 200,000 seats in rows of fifty; made once for all tests.
fn large_plan() -> Arc<Plan> {
    static PLAN: std::sync::OnceLock<Arc<Plan>> = std::sync::OnceLock::new();
    let make = || {
        let seat = |row: usize, n: usize| Seat {
            id: format!("{row}-{n}"),
            category: Some("R".to_owned()),
            x: Some(n as f64 * 10.0),
            y: Some(row as f64 * 10.0),
            ..Seat::default()
        };
        let row = |row| Row { seats: (0..50).map(|n| seat(row, n)).collect(), ..Row::default() };
        let category = Category { id: "R".to_owned(), name: "R".to_owned(), ..Category::default() };
        let name = "Arena".to_owned();
        let zone = Zone { id: "z".to_owned(), rows: (0..4_000).map(row).collect(), ..Zone::default() };
        let document =
            PlanDocument { name, categories: vec![category], zones: vec![zone], ..Default::default() };
        Arc::new(Plan::compile(document).unwrap())
    };
    PLAN.get_or_init(make).clone()
}

/// Those seats are free of which this says so.
fn arena(is_free: impl Fn(usize) -> bool) -> State {
    let mut state = State::new(large_plan());
    state.seating = super::super::seating::Seating::new(&state.plan, |unit| is_free(unit as usize));
    state
}

/// The steps of a search, how the seats were found, and in how many groups.
fn search(state: &State, quantity: u32) -> (u64, Option<(Step, usize)>) {
    let wish = Wish {
        quantity,
        select: state.seating.benches.select(None, None),
        place: Place::default(),
        accessible: 0,
        companions: 0,
        together: false,
        closed: Default::default(),
    };
    let search = best::find(&state.seating, &wish, Rules { released: false, strict: false });
    assert!(!search.is_exhausted, "an ordinary party always gets an answer");
    let again = best::find(&state.seating, &wish, Rules { released: false, strict: false });
    assert_eq!((search.steps, &search.found), (again.steps, &again.found), "the same again");
    (search.steps, search.found.map(|found| (found.step, found.groups.len())))
}

/// Of the three ways that a party may be seated in groups.
const STEPS_AT_MOST: u64 = 3 * 250_000 + 3 * 200_000;

#[test]
fn fifty_people_on_pairs_in_a_hall_half_sold_are_seated_within_the_bound() {
    let (steps, found) = search(&arena(|seat| seat % 4 < 2), 50);
    assert_eq!(found, Some((Step::Rows, 25)));
    assert!(steps <= STEPS_AT_MOST, "{steps} steps");
}

#[test]
fn fifty_people_on_single_seats_are_seated_within_the_bound() {
    let (steps, found) = search(&arena(|seat| seat % 2 == 0), 50);
    assert_eq!(found, Some((Step::Sections, 50)));
    assert!(steps <= STEPS_AT_MOST, "{steps} steps");
}

#[test]
fn runs_of_all_lengths_do_not_cost_more() {
    let (steps, found) = search(&arena(|seat| (seat * seat + seat / 50) % 7 < 3), 50);
    assert!(found.is_some());
    assert!(steps <= STEPS_AT_MOST, "{steps} steps");
}

#[test]
fn who_cannot_be_seated_learns_it_within_the_bound() {
    let (steps, found) = search(&arena(|seat| seat % 4_200 == 0), 50);
    assert_eq!(found, None);
    assert!(steps <= STEPS_AT_MOST, "{steps} steps");
}

/// Stock of so many units, and an offer of all of them.
fn wide(units: usize) -> Value {
    let items: Vec<Value> = (0..units).map(|n| json!({"id": format!("u{n}"), "capacity": 1_000})).collect();
    let bill: serde_json::Map<String, Value> = (0..units).map(|n| (format!("u{n}"), json!(1))).collect();
    let offers: Vec<Value> = (0..3).map(|n| json!({"id": format!("all{n}"), "units": bill})).collect();
    json!({"name": "Wide", "items": items, "offers": offers})
}

#[test]
fn a_new_plan_has_no_bill_of_more_than_two_hundred_units_and_a_stored_one_stays_readable() {
    let document: PlanDocument = serde_json::from_value(wide(201)).unwrap();
    let defects = Plan::compile(document.clone()).unwrap_err();
    assert_eq!(
        (defects.len(), &*defects[0].code, &*defects[0].pointer),
        (3, "bill_too_wide", "/offers/0/units")
    );
    let stored = Plan::compile_stored(document.clone()).unwrap();
    assert!(Plan::compile_after(document, &stored).is_ok(), "what there was may stay");
    let wider: PlanDocument = serde_json::from_value(wide(202)).unwrap();
    assert!(Plan::compile_after(wider, &stored).is_err());
    assert!(Plan::compile(serde_json::from_value(wide(200)).unwrap()).is_ok());
}

#[test]
fn of_stored_bills_that_are_wider_one_at_a_time_can_be_had() {
    let document = serde_json::from_value(wide(20_000)).unwrap();
    let mut shop = Shop::open(theatre());
    shop.state = State::new(Arc::new(Plan::compile_stored(document).unwrap()));
    let settings = Settings { pieces_per_hold: 50, ..Settings::default() };
    shop.append(Cause::default(), Event::Opened { plan_version: 1, settings, details: None }).unwrap();
    assert_eq!(shop.hold("ann", "all0 all1"), Err(Refusal::TooManyUnits { max: 10_000 }));
    let hold = shop.hold("ann", "all0*50").unwrap();
    assert_eq!(shop.left("u19999"), 950);
    assert_eq!(shop.change(&buyer("ann"), hold, "", "all0*49").unwrap(), ["all0*1"]);
    assert_eq!(shop.left("u19999"), 999);
}

#[test]
fn sixty_six_picked_seats_are_looked_at_like_any() {
    let seats: serde_json::Map<String, Value> = (1..=65).map(|n| (format!("A-{n}"), json!(1))).collect();
    for len in [66, 67, 70] {
        let mut document = hall(&[row("A", &"R".repeat(len))]);
        document["offers"] = json!([{"id": "bus", "units": seats}]);
        let mut shop = Shop::with(document, json!({"single_seats": "strict"}));
        assert!(shop.hold("ann", "bus").is_ok(), "{len} seats: there is no other choice for so many");
    }
}

#[test]
fn a_key_makes_holds_of_more_pieces_where_the_settings_say_so() {
    let mut shop = Shop::with(theatre(), json!({"pieces_per_hold": 4}));
    shop.restock("floor", 2_000).unwrap();
    let ask = |shop: &mut Shop, caller: &Caller, pieces: u32| {
        let wanted = picks(&format!("floor*{pieces}"));
        shop.ask(caller, Action::Hold { buyer: id("school"), wanted, access: Access::default() }).map(drop)
    };
    use super::super::refusal::BuyerLimit;
    let over = |max| Err(Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerHold, max });
    assert_eq!(ask(&mut shop, &key(), 5), over(4));
    shop.configure(json!({"pieces_per_hold_of_keys": 1_000})).unwrap();
    assert_eq!(ask(&mut shop, &key(), 1_000), Ok(()));
    assert_eq!(ask(&mut shop, &key(), 1_001), Err(Refusal::TooManyPieces { max: 1_000 }));
    assert_eq!(ask(&mut shop, &buyer("school"), 5), over(4));
    assert_eq!(ask(&mut shop, &buyer("school"), 51), Err(Refusal::TooManyPieces { max: 50 }));
    let best = Wanted::Best(best_of(51));
    let best = Action::Hold { buyer: id("school"), wanted: best, access: Access::default() };
    assert_eq!(shop.ask(&key(), best), Err(Refusal::TooManyPieces { max: 50 }), "nobody looks for so many");
    assert!(shop.configure(json!({"pieces_per_hold_of_keys": 1_001})).is_err());
}

#[test]
fn what_new_plans_may_not_have_stays_readable() {
    let document = |currency: &str, name: &str, id: &str| -> PlanDocument {
        let items = json!([{"id": id, "label": name, "capacity": 1, "sellable": true, "price": 5}]);
        serde_json::from_value(json!({"name": "Shop", "currency": currency, "items": items})).unwrap()
    };
    assert!(Plan::compile(document("KRW", "Cup", "cup")).is_ok());
    for (odd, code, pointer) in [
        (document("WON", "Cup", "cup"), "currency_unknown", "/currency"),
        (document("KRW", "C\u{202e}up", "cup"), "bad_text", "/items/0/label"),
        (document("KRW", "  ", "cup"), "bad_text", "/items/0/label"),
        (document("KRW", "Cup", "cup\u{200b}"), "bad_text", "/items/0/id"),
        (document("KRW", "Cup", "cup "), "bad_text", "/items/0/id"),
        (document("KRW", "Cup", "ｃup"), "bad_text", "/items/0/id"),
    ] {
        let defects = Plan::compile(odd.clone()).unwrap_err();
        assert_eq!((&*defects[0].code, &*defects[0].pointer), (code, pointer), "{odd:?}");
        let stored = Plan::compile_stored(odd.clone()).unwrap();
        assert!(Plan::compile_after(odd, &stored).is_ok(), "{pointer}");
    }
    let twins = json!([{"id": "A1", "capacity": 1, "sellable": true}, {"id": "\u{410}1", "capacity": 1}]);
    let twins: PlanDocument = serde_json::from_value(json!({"name": "Shop", "items": twins})).unwrap();
    assert_eq!(Plan::compile(twins.clone()).unwrap_err()[0].code, "id_looks_alike");
    assert!(Plan::compile_stored(twins).is_ok());
}

/// A row of seats with these ids, all called 7.
fn sevens(ids: &[&str]) -> PlanDocument {
    let seat = |id: &&str| json!({"id": id, "label": "7", "category": "R"});
    let row = json!({"id": "A", "label": "A", "seats": ids.iter().map(seat).collect::<Vec<_>>()});
    let document = json!({"name": "Hall", "categories": [{"id": "R", "name": "R"}],
        "zones": [{"id": "z", "name": "Stalls", "rows": [row]}]});
    serde_json::from_value(document).unwrap()
}

#[test]
fn tickets_of_a_new_plan_differ_and_those_that_are_out_already_stay() {
    assert!(Plan::compile(sevens(&["a"])).is_ok());
    let told = |found: Result<Plan, Vec<Defect>>| -> Vec<String> {
        let told = |defect: Defect| format!("{} {} {}", defect.code, defect.pointer, defect.detail);
        found.err().unwrap_or_default().into_iter().map(told).collect()
    };
    let first = "/zones/0/rows/0/seats/0/label";
    let repeated = |place, count| {
        let pointer = format!("/zones/0/rows/0/seats/{place}/label");
        format!("label_repeated {pointer} a ticket says \"Stalls, A, 7\" of {count} places, also of {first}")
    };
    let stored = Plan::compile_stored(sevens(&["a", "b", "c"])).unwrap();
    assert_eq!(told(Plan::compile(sevens(&["a", "b", "c"]))), [repeated(1, 3), repeated(2, 3)]);
    for same in [&["a", "b", "c"][..], &["c", "b", "a"], &["b", "c"], &["c"]] {
        assert_eq!(told(Plan::compile_after(sevens(same), &stored)), Vec::<String>::new(), "{same:?}");
    }
    assert_eq!(told(Plan::compile_after(sevens(&["b", "d", "c"]), &stored)), [repeated(1, 3)], "a new one");
    let sound = Plan::compile(sevens(&["a"])).unwrap();
    assert_eq!(told(Plan::compile_after(sevens(&["a", "b"]), &sound)), [repeated(1, 2)]);
}

#[test]
fn of_a_new_plan_something_can_be_bought() {
    let document = |offer: bool| -> PlanDocument {
        let items = json!([{"id": "beans", "capacity": 5}]);
        let offers = json!([{"id": "espresso", "units": {"beans": 1}}]);
        let mut document = json!({"name": "Café", "items": items});
        if offer {
            document["offers"] = offers;
        }
        serde_json::from_value(document).unwrap()
    };
    let refused = |found: Result<Plan, Vec<Defect>>| found.err().map(|defects| defects[0].code.clone());
    assert_eq!(refused(Plan::compile(document(false))).as_deref(), Some("nothing_for_sale"));
    let (sound, idle) =
        (Plan::compile(document(true)).unwrap(), Plan::compile_stored(document(false)).unwrap());
    assert_eq!(refused(Plan::compile_after(document(false), &sound)).as_deref(), Some("nothing_for_sale"));
    assert_eq!(refused(Plan::compile_after(document(false), &idle)), None, "what is stored may stay");
}

#[test]
fn an_extension_that_gains_nothing_is_refused_and_not_counted() {
    let mut shop = Shop::open(theatre());
    let hold = shop.hold("ann", "A-1").unwrap();
    assert_eq!(shop.extend("ann", hold), Err(Refusal::ExtensionEarly), "in the same millisecond");
    shop.wait_ms(999);
    assert_eq!(shop.extend("ann", hold), Err(Refusal::ExtensionEarly));
    assert_eq!(shop.state.hold(hold).unwrap().extensions, 0);
    shop.wait_ms(1);
    assert!(shop.extend("ann", hold).is_ok());
}

#[test]
fn a_block_is_not_lifted_before_it_is_made() {
    let mut shop = Shop::open(theatre());
    let at = |ms| {
        let units = vec![("floor".to_owned(), 1)];
        let release_at = Some(START.plus_ms(ms));
        Action::Block { units, reason: None, channel: None, code: None, release_at }
    };
    assert_eq!(shop.ask(&key(), at(-1)), Err(Refusal::ReleasePast));
    assert_eq!(shop.ask(&key(), at(0)), Err(Refusal::ReleasePast));
    assert!(shop.ask(&key(), at(1)).is_ok());
}
