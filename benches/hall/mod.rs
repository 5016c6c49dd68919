//! A hall of 50,000 seats for benchmarks.

use fairhold::domain::PlanDocument;
use fairhold::domain::plan::{Category, Point, Row, Seat, Zone};

const ZONES: usize = 20;
const ROWS: usize = 50;
const SEATS: usize = 50;
pub(crate) const SEATS_IN_ALL: usize = ZONES * ROWS * SEATS;

/// Twenty blocks of 50 rows of 50 seats around a stage; three categories by distance.
pub(crate) fn document() -> PlanDocument {
    let categories = ["R", "S", "A"].map(|id| Category {
        id: id.to_owned(),
        name: id.to_owned(),
        price: Some(100_000),
        ..Category::default()
    });
    PlanDocument {
        name: "Arena".to_owned(),
        currency: "KRW".parse().ok(),
        focal_point: Some(Point { x: 150.0, y: -10.0 }),
        categories: categories.into(),
        zones: (0..ZONES).map(zone).collect(),
        ..PlanDocument::default()
    }
}

fn zone(z: usize) -> Zone {
    let (left, top) = ((z % 5) as f64 * 60.0, (z / 5) as f64 * 60.0);
    let row = |r: usize| Row { id: format!("{z}-{r}"), seats: seats(z, r, left, top), ..Row::default() };
    Zone {
        id: format!("{z}"),
        name: format!("Block {z}"),
        rows: (0..ROWS).map(row).collect(),
        ..Zone::default()
    }
}

fn seats(z: usize, r: usize, left: f64, top: f64) -> Vec<Seat> {
    let seat = |s: usize| {
        let (x, y) = (left + s as f64, top + r as f64);
        let category = match (x - 150.0).hypot(y + 10.0) {
            near if near < 90.0 => "R",
            near if near < 170.0 => "S",
            _ => "A",
        };
        Seat {
            id: format!("{z}-{r}-{s}"),
            category: Some(category.to_owned()),
            x: Some(x),
            y: Some(y),
            ..Seat::default()
        }
    };
    (0..SEATS).map(seat).collect()
}
