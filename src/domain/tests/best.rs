//! Best available: near the focal point, together, and never on what is not there.

use super::*;

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
    let mut shop = Shop::open(hall(&[row("A", "RRRR")]));
    assert_eq!(shop.best(best_of(1)), Ok((seats("A", 2..=2), true)));
    assert_eq!(shop.best(best_of(1)), Ok((seats("A", 3..=3), true)));
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
