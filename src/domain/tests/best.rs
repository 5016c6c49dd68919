//! Best available: near the focal point, together, and never on what is not there.

use super::*;
use crate::domain::event::Step;

fn parted(largest_block: u32) -> Refusal {
    Refusal::NoAdjacentBlock { largest_block }
}

fn few(largest_block: u32) -> Refusal {
    Refusal::NotEnough { units: Vec::new(), largest_block: Some(largest_block) }
}

fn of_category(id: &str, wanted: BestWanted) -> BestWanted {
    BestWanted { category: Some(id.to_owned()), ..wanted }
}

fn seats(row: &str, numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| format!("{row}-{number}")).collect()
}

#[test]
fn without_positions_the_middle_of_the_first_row_is_best() {
    let mut shop = Shop::open(hall(&[row("A", "RRRRRRR"), row("B", "RRRRRRR")]));
    assert_eq!(shop.best(best_of(3)), Ok((seats("A", 3..=5), true)));
    assert_eq!(shop.best(best_of(3)), Ok((seats("B", 3..=5), true)), "together comes before near");
    assert_eq!(shop.best(best_of(2)), Ok((seats("A", 1..=2), true)));
}

#[test]
fn of_equal_places_the_lower_number_is_taken() {
    let mut shop = Shop::open(hall(&[row("A", "RRRRRR")]));
    assert_eq!(shop.best(best_of(1)), Ok((seats("A", 3..=3), true)));
    let hold = shop.state.holds().next().unwrap().0;
    shop.release("best", hold).unwrap();
    assert_eq!(shop.best(best_of(2)), Ok((seats("A", 3..=4), true)));
    assert_eq!(shop.best(best_of(2)), Ok((seats("A", 1..=2), true)));
}

#[test]
fn with_a_focal_point_the_nearest_seats_are_best() {
    let mut document = hall(&[row("A", "RRR"), row("B", "RRR")]);
    document["focal_point"] = json!({"x": 2.0, "y": 5.0});
    for (r, y) in [0.0, 4.0].into_iter().enumerate() {
        for s in 0..3 {
            document["zones"][0]["rows"][r]["seats"][s]["x"] = json!(f64::from(s as u32));
            document["zones"][0]["rows"][r]["seats"][s]["y"] = json!(y);
        }
    }
    let mut shop = Shop::open(document);
    assert_eq!(shop.best(best_of(2)), Ok((seats("B", 2..=3), true)));
}

#[test]
fn a_gap_parts_a_row() {
    let mut shop = Shop::open(hall(&[row("A", "RR RR")]));
    assert_eq!(shop.best(together(3)), Err(parted(2)));
    assert_eq!(shop.best(best_of(3)), Ok((seats("A", 1..=3), false)));
}

#[test]
fn together_or_nothing_tells_no_block_from_too_few() {
    let mut shop = Shop::open(hall(&[row("A", "RRRRR")]));
    shop.hold("ann", "A-3").unwrap();
    assert_eq!(shop.best(together(3)), Err(parted(2)));
    assert_eq!(shop.best(together(5)), Err(few(2)));
}

#[test]
fn apart_means_as_few_and_as_large_blocks_as_possible() {
    let mut shop = Shop::open(hall(&[row("A", "RR RRRR RR"), row("B", "RRRRR")]));
    let expected = [seats("B", 1..=5), seats("A", 4..=5)].concat();
    assert_eq!(shop.best(best_of(7)), Ok((expected, false)));
}

#[test]
fn only_seats_of_the_category_are_found_in_a_mixed_row() {
    let mut shop = Shop::open(hall(&[row("A", "RRSSRRR.R")]));
    let of = of_category;
    assert_eq!(shop.best(of("R", together(4))), Err(parted(3)));
    assert_eq!(shop.best(of("R", together(3))), Ok((seats("A", 5..=7), true)));
    assert_eq!(shop.best(of("S", together(3))), Err(few(2)));
    assert_eq!(shop.best(together(4)), Ok((seats("A", 1..=4), true)), "any category");
    assert_eq!(shop.best(of("X", best_of(1))), Err(Refusal::CategoryUnknown { id: "X".to_owned() }));
}

#[test]
fn a_seat_that_is_not_on_offer_is_never_found() {
    let mut shop = Shop::open(hall(&[row("A", "R.R")]));
    assert_eq!(shop.best(together(2)), Err(parted(1)));
    assert_eq!(shop.best(of_category("R", best_of(3))), Err(few(1)));
}

#[test]
fn rows_longer_than_a_machine_word_have_neighbours_across_it() {
    let mut shop = Shop::open(hall(&[row("A", &"R".repeat(150))]));
    assert_eq!(shop.best(together(50)), Ok((seats("A", 51..=100), true)));
    shop.block(&[("A-20", 1)]).unwrap();
    shop.block(&[("A-126", 1), ("A-131", 1)]).unwrap();
    assert_eq!(shop.best(together(30)), Ok((seats("A", 21..=50), true)));
    assert_eq!(shop.best(together(25)), Ok((seats("A", 101..=125), true)));
    assert_eq!(shop.best(together(20)), Err(parted(19)));
}

#[test]
fn standing_room_is_the_first_area_that_takes_all() {
    let mut document = hall(&[row("A", "RR")]);
    document["zones"][0]["areas"] = json!([
        {"id": "left", "capacity": 3, "category": "F"}, {"id": "right", "capacity": 5, "category": "F"},
    ]);
    let mut shop = Shop::open(document);
    let of = |quantity| BestWanted { category: Some("F".to_owned()), ..together(quantity) };
    assert_eq!(shop.best(of(4)), Ok((vec!["right".to_owned()], true)));
    assert_eq!(shop.best(of(3)), Ok((vec!["left".to_owned()], true)));
    assert_eq!(shop.best(of(2)), Err(few(1)), "never split over two");
}

#[test]
fn a_restored_state_finds_the_same_seats() {
    let mut shop = Shop::open(hall(&[row("A", "RRRRR")]));
    shop.buy("ann", "A-3").unwrap();
    let bytes = postcard::to_stdvec(shop.state.kept()).unwrap();
    let kept = postcard::from_bytes(&bytes).unwrap();
    shop.state = State::restore(shop.state.plan().clone(), kept).unwrap();
    assert_eq!(shop.best(together(2)), Ok((seats("A", 1..=2), true)));
}

/// The seats and the step that found them.
fn found(shop: &mut Shop, wanted: BestWanted) -> (Vec<String>, Step) {
    let hold = shop.wants("best", Wanted::Best(wanted)).unwrap();
    let hold = shop.state.hold(hold).unwrap();
    let seats = hold.lines.iter().map(|line| shop.state.plan().offer_id(line.offer).to_string());
    (seats.collect(), hold.step.unwrap())
}

#[test]
fn a_single_seat_is_left_only_where_it_has_to_be() {
    let mut shop = Shop::open(hall(&[row("A", "RRR"), row("B", "RRRR")]));
    assert_eq!(found(&mut shop, best_of(2)), (seats("B", 1..=2), Step::OneRow));
    assert_eq!(found(&mut shop, best_of(2)), (seats("B", 3..=4), Step::OneRow));
    assert_eq!(found(&mut shop, best_of(2)), (seats("A", 1..=2), Step::OneRowSingleLeft));
    assert_eq!(found(&mut shop, best_of(1)), (seats("A", 3..=3), Step::OneRow), "it was alone already");
}

#[test]
fn a_party_that_fits_no_row_is_parted_inside_a_section() {
    let mut document = hall(&[row("A", "RR"), row("B", "RR"), row("C", "RR")]);
    document["zones"][0]["sections"] = json!([{"id": "left"}, {"id": "right"}]);
    for (n, section) in ["left", "right", "right"].into_iter().enumerate() {
        document["zones"][0]["rows"][n]["section"] = json!(section);
    }
    let mut shop = Shop::open(document);
    let expected = [seats("B", 1..=2), seats("C", 1..=2)].concat();
    assert_eq!(shop.best(together(4)), Err(parted(2)));
    assert_eq!(found(&mut shop, best_of(4)), (expected, Step::Rows));
}

#[test]
fn across_sections_nobody_is_alone_who_need_not_be() {
    let mut document = hall(&[row("A", "RR R"), row("B", "RR")]);
    document["zones"][0]["sections"] = json!([{"id": "left"}, {"id": "right"}]);
    for (n, section) in ["left", "right"].into_iter().enumerate() {
        document["zones"][0]["rows"][n]["section"] = json!(section);
    }
    let mut shop = Shop::open(document);
    let expected = [seats("A", 1..=2), seats("B", 1..=2)].concat();
    assert_eq!(found(&mut shop, best_of(4)), (expected, Step::Sections));
    let mut shop = Shop::open(hall(&[row("A", "RR R")]));
    assert_eq!(
        found(&mut shop, best_of(3)),
        (seats("A", 1..=3), Step::Sections),
        "all are seated, one alone"
    );
}

#[test]
fn where_no_seats_are_left_there_is_standing_room_for_who_does_not_insist() {
    let mut shop = Shop::open(hall(&[row("A", "RR")]));
    assert_eq!(shop.best(together(3)), Err(few(2)), "a row or nothing");
    assert_eq!(found(&mut shop, best_of(3)), (vec!["floor".to_owned()], Step::Area));
    assert_eq!(shop.best(best_of(18)), Err(few(17)));
}

#[test]
fn a_request_may_be_restricted_to_a_place_and_a_price() {
    let mut document = hall(&[row("A", "RRRRSSSS")]);
    document["floors"] = json!([{"id": "ground"}, {"id": "top"}]);
    document["zones"][0]["floor"] = json!("ground");
    let balcony =
        json!({"id": "balcony", "floor": "top", "sections": [{"id": "mid"}], "rows": [row("B", "SSSS")]});
    document["zones"].as_array_mut().unwrap().push(balcony);
    document["zones"][1]["rows"][0]["section"] = json!("mid");
    let text = |text: &str| Some(text.to_owned());
    let mut shop = Shop::with(document, json!({"holds_per_buyer": 100}));
    let mut best = |wanted: BestWanted| shop.best(wanted).map(|(seats, _)| seats);
    assert_eq!(best(BestWanted { zone: text("balcony"), ..together(2) }), Ok(seats("B", 1..=2)));
    assert_eq!(best(BestWanted { floor: text("top"), ..together(1) }), Ok(seats("B", 3..=3)));
    assert_eq!(best(BestWanted { section: text("mid"), ..together(1) }), Ok(seats("B", 4..=4)));
    assert_eq!(best(BestWanted { section: text("mid"), ..together(1) }), Err(few(0)));
    assert_eq!(best(BestWanted { price_max: Some(90_000), ..together(2) }), Ok(seats("A", 5..=6)));
    assert_eq!(best(BestWanted { price_max: Some(60_000), ..together(1) }), Err(few(0)), "all is dearer");
    let dear = BestWanted { price_max: Some(90_000), ..of_category("R", together(1)) };
    assert_eq!(best(dear), Err(few(0)));
    let id = || "x".to_owned();
    for (wanted, refusal) in [
        (BestWanted { zone: Some(id()), ..best_of(1) }, Refusal::ZoneUnknown { id: id() }),
        (BestWanted { section: Some(id()), ..best_of(1) }, Refusal::SectionUnknown { id: id() }),
        (BestWanted { floor: Some(id()), ..best_of(1) }, Refusal::FloorUnknown { id: id() }),
    ] {
        assert_eq!(best(wanted), Err(refusal));
    }
}
