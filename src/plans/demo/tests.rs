use super::*;
use crate::domain::plan::{Plan, Point, UnitKind};

fn compiled(key: &str) -> (Plan, Settings) {
    let demo = inventories().into_iter().find(|demo| demo.key == key).unwrap();
    assert_eq!(demo.settings.checkout, Checkout::Open);
    (Plan::compile(demo.plan).unwrap(), demo.settings)
}

#[test]
fn the_arena_has_twenty_thousand_priced_seats_and_room_to_stand() {
    let (plan, _) = compiled("arena");
    assert!((19_500..=20_500).contains(&plan.places().len()), "{}", plan.places().len());
    let areas: Vec<_> = plan.units().iter().filter(|unit| unit.kind == UnitKind::Area).collect();
    assert_eq!((areas.len(), plan.units().len()), (3, plan.places().len() + 3));
    assert!((0..plan.units().len() as u32).all(|unit| plan.offer_price(unit).is_some()));
    assert!(plan.unit_by_id("101-A-7").is_some());
    let seats = &plan.units()[..plan.places().len()];
    assert_eq!(seats.iter().filter(|seat| seat.accessible).count(), 20);
    assert!(seats.iter().filter(|seat| seat.gap_before).count() > 500);
    let named: Vec<_> = plan.categories().iter().map(|category| category.id.as_str()).collect();
    assert_eq!(named, ["VIP", "R", "S", "A"]);
}

#[test]
fn no_two_seats_of_the_arena_overlap_and_all_are_on_the_plan() {
    let (plan, _) = compiled("arena");
    let size = plan.document().size.unwrap();
    let mut cells: std::collections::BTreeMap<(i64, i64), Vec<Point>> = std::collections::BTreeMap::new();
    for seat in &plan.units()[..plan.places().len()] {
        let at = seat.at.unwrap();
        assert!((10.0..size.width - 10.0).contains(&at.x) && (10.0..size.height - 10.0).contains(&at.y));
        let cell = ((at.x / 12.0) as i64, (at.y / 12.0) as i64);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            for other in cells.get(&(cell.0 + dx, cell.1 + dy)).into_iter().flatten() {
                let distance = (at.x - other.x).hypot(at.y - other.y);
                assert!(distance > 11.5, "{} is {distance} from another seat", seat.id);
            }
        }
        cells.entry(cell).or_default().push(at);
    }
}

#[test]
fn the_flash_sale_is_one_item_of_a_thousand_pieces() {
    let (plan, settings) = compiled("flash-sale");
    assert_eq!((plan.units().len(), plan.unit(0).capacity), (1, 1_000));
    assert!(plan.own_offer(0).is_some() && plan.offer_price(0).is_some());
    assert_eq!(settings.pieces_per_buyer, Some(2));
}

#[test]
fn the_cafe_sells_drinks_and_a_pastry_but_no_ingredients() {
    let (plan, _) = compiled("cafe");
    let own: Vec<_> = (0..plan.units().len() as u32).filter(|unit| plan.own_offer(*unit).is_some()).collect();
    assert_eq!(own.iter().map(|unit| &*plan.unit(*unit).id).collect::<Vec<_>>(), ["croissant"]);
    assert_eq!(plan.named_offers().count(), 8);
    assert!(plan.named_offers().all(|offer| plan.offer_price(offer).is_some()));
    let mut latte = Vec::new();
    plan.bill(plan.offer_by_id("latte").unwrap(), |unit, quantity| {
        latte.push((plan.unit(unit).id.to_string(), quantity));
    });
    assert_eq!(latte, [("beans", 18), ("milk", 200), ("cup-hot", 1)].map(|(id, n)| (id.to_owned(), n)));
}

#[test]
fn the_arena_begins_on_the_next_saturday_evening() {
    let time = |text: &str| text.parse::<crate::domain::time::Rfc3339>().unwrap().0;
    for (made, begins) in [
        ("2026-05-01T11:00:00Z", "2026-05-02T19:00:00+09:00"),
        ("2026-05-02T18:59:59.999+09:00", "2026-05-02T19:00:00+09:00"),
        ("2026-05-02T19:00:00+09:00", "2026-05-09T19:00:00+09:00"),
        ("2026-05-02T23:30:00+09:00", "2026-05-09T19:00:00+09:00"),
        ("2026-05-03T00:00:00+09:00", "2026-05-09T19:00:00+09:00"),
        ("2026-05-01T15:00:00Z", "2026-05-02T19:00:00+09:00"), // Saturday there, Friday here
        ("1969-12-31T00:00:00Z", "1970-01-03T10:00:00Z"),
    ] {
        for demo in inventories() {
            let expected = (demo.key == "arena").then(|| time(begins));
            assert_eq!(demo.starts_at(time(made)), expected, "{} made at {made}", demo.key);
        }
    }
}
