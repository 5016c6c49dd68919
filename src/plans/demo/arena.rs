//! A concert hall: a stage, standing areas and seat blocks on the floor before it, and three curved tiers
//! around three quarters of the floor. One unit of length is about five centimetres.

use std::f64::consts::TAU;

use crate::domain::plan::{Area, Category, Floor, PlanDocument, Point, Row, Seat, Shape, Size, Style, Zone};

const SIZE: Size = Size { width: 3_540.0, height: 2_600.0 };
/// Everything is measured from the middle of the stage's front edge; angles go from straight ahead.
const FRONT: Point = Point { x: SIZE.width / 2.0, y: 830.0 };
/// Between the middles of neighbouring seats, and of rows.
const SEAT: f64 = 12.0;
const ROW: f64 = 17.0;
/// Between two sections of a tier, at the first row.
const AISLE: f64 = 26.0;
/// How far a tier reaches to each side.
const REACH: f64 = TAU * 0.325;
/// From here on a section looks at the stage from behind its front edge, and costs a category less.
const SIDE: f64 = TAU * 0.25;

/// One ring of sections.
struct Tier {
    first_section: u32,
    sections: u32,
    rows: u32,
    /// Of the first row.
    radius: f64,
    floor: &'static str,
    categories: [&'static str; 2],
    /// Sections so wide that an aisle parts them in the middle.
    parted: bool,
}

const TIERS: [Tier; 3] = [
    Tier {
        first_section: 101,
        sections: 14,
        rows: 17,
        radius: 730.0,
        floor: "1F",
        categories: ["R", "S"],
        parted: false,
    },
    Tier {
        first_section: 201,
        sections: 16,
        rows: 18,
        radius: 1_050.0,
        floor: "2F",
        categories: ["S", "A"],
        parted: true,
    },
    Tier {
        first_section: 301,
        sections: 18,
        rows: 19,
        radius: 1_415.0,
        floor: "3F",
        categories: ["A", "A"],
        parted: true,
    },
];

pub(super) fn plan() -> PlanDocument {
    let mut zones = vec![stage(), standing()];
    zones.extend(["A", "B", "C"].iter().enumerate().map(|(n, name)| block(name, n, 0)));
    zones.extend(["D", "E", "F"].iter().enumerate().map(|(n, name)| block(name, n, 1)));
    zones.extend(TIERS.iter().flat_map(|tier| (0..tier.sections).map(|n| section(tier, n))));
    PlanDocument {
        size: Some(SIZE),
        focal_point: Some(Point { x: FRONT.x, y: FRONT.y - 60.0 }),
        categories: vec![
            category("VIP", "#B4232A", 198_000),
            category("R", "#D9822B", 165_000),
            category("S", "#2E7D6B", 132_000),
            category("A", "#3B6EA8", 99_000),
        ],
        floors: ["Floor", "1F", "2F", "3F"]
            .map(|id| Floor { id: id.to_owned(), name: id.to_owned() })
            .to_vec(),
        zones,
        ..PlanDocument::default()
    }
}

fn category(id: &str, color: &str, price: i64) -> Category {
    Category { id: id.to_owned(), name: id.to_owned(), color: Some(color.to_owned()), price: Some(price) }
}

fn stage() -> Zone {
    let style =
        Style { color: Some("#24272E".to_owned()), label: Some("STAGE".to_owned()), ..Style::default() };
    let (width, height) = (620.0, 190.0);
    let main = Shape::Rectangle { x: FRONT.x - width / 2.0, y: FRONT.y - height, width, height, style };
    let style = Style { color: Some("#24272E".to_owned()), ..Style::default() };
    let walk = Shape::Rectangle { x: FRONT.x - 25.0, y: FRONT.y, width: 50.0, height: 150.0, style };
    zone("stage", "Stage", "Floor", Zone { shapes: vec![main, walk], ..Zone::default() })
}

/// Left and right of the walkway, and a smaller one at its end.
fn standing() -> Zone {
    let area = |id: &str, label: &str, capacity, (x, y, width, height)| {
        let style = Style { color: Some("#F3D9D9".to_owned()), ..Style::default() };
        let corner = Point { x: FRONT.x + x, y: FRONT.y + y };
        Area {
            id: id.to_owned(),
            label: label.to_owned(),
            capacity,
            category: Some("VIP".to_owned()),
            x: Some(corner.x + width / 2.0),
            y: Some(corner.y + height / 2.0),
            shape: Some(Shape::Rectangle { x: corner.x, y: corner.y, width, height, style }),
            ..Area::default()
        }
    };
    let areas = vec![
        area("standing-left", "Standing left", 450, (-330.0, 20.0, 290.0, 120.0)),
        area("standing-right", "Standing right", 450, (40.0, 20.0, 290.0, 120.0)),
        area("standing-centre", "Standing centre", 300, (-150.0, 165.0, 300.0, 55.0)),
    ];
    zone("standing", "Standing", "Floor", Zone { areas, ..Zone::default() })
}

/// A block of straight rows on the floor; three beside each other.
fn block(name: &str, column: usize, rank: usize) -> Zone {
    let (rows, seats, gap) = (if rank == 0 { 10 } else { 9 }, 20, 28.0);
    let width = f64::from(seats - 1) * SEAT;
    let left = FRONT.x - 1.5 * width - gap + column as f64 * (width + gap);
    let top = FRONT.y + 245.0 + rank as f64 * (10.0 * ROW + 30.0);
    let category = if rank == 0 { "VIP" } else { "R" };
    let row = |r: u32| {
        let at = |s: i32| Point { x: left + f64::from(s) * SEAT, y: top + f64::from(r) * ROW };
        row(name, r, category, (0..seats).map(|s| (at(s), false)))
    };
    let rows = (0..rows).map(row).collect();
    zone(name, &format!("Floor {name}"), "Floor", Zone { rows, ..Zone::default() })
}

/// A section of a tier: rows on arcs around the stage, as many seats as fit between its aisles.
fn section(tier: &Tier, n: u32) -> Zone {
    let name = (tier.first_section + n).to_string();
    let share = 2.0 * REACH / f64::from(tier.sections);
    let middle = (f64::from(n) + 0.5) * share - REACH;
    let category = tier.categories[usize::from(middle.abs() > SIDE)];
    let aisle = AISLE / tier.radius;
    let row_of = |r: u32| {
        let radius = tier.radius + f64::from(r) * ROW;
        let pitch = SEAT / radius;
        let parting = if tier.parted { 1.5 * pitch } else { 0.0 };
        let seats = ((share - aisle - parting) / pitch) as u32;
        let start = middle - (f64::from(seats - 1) * pitch + parting) / 2.0;
        let at = move |s: u32| {
            let after = tier.parted && s >= seats / 2;
            let angle = start + f64::from(s) * pitch + if after { parting } else { 0.0 };
            (around(radius, angle), tier.parted && s == seats / 2)
        };
        row(&name, r, category, (0..seats).map(at))
    };
    let mut rows: Vec<Row> = (0..tier.rows).map(row_of).collect();
    if tier.first_section == 101 && n.is_multiple_of(3) {
        wheelchair_places(rows.last_mut());
    }
    zone(&name, &format!("Section {name}"), tier.floor, Zone { rows, ..Zone::default() })
}

/// The two outer seats on each side of a tier's last row, where the way in is level.
fn wheelchair_places(row: Option<&mut Row>) {
    let Some(row) = row else { return };
    let seats = row.seats.len();
    for (s, seat) in row.seats.iter_mut().enumerate() {
        seat.accessible = s < 2 || s + 2 >= seats;
    }
}

/// Where a seat is that many units and radians from the stage.
fn around(radius: f64, angle: f64) -> Point {
    Point { x: FRONT.x + radius * angle.sin(), y: FRONT.y + radius * angle.cos() }
}

fn row(section: &str, number: u32, category: &str, seats: impl Iterator<Item = (Point, bool)>) -> Row {
    let letter = char::from(b'A' + number as u8);
    let seats = seats.enumerate().map(|(s, (at, gap_before))| {
        let id = format!("{section}-{letter}-{}", s + 1);
        Seat {
            label: id.clone(),
            id,
            category: Some(category.to_owned()),
            x: Some(rounded(at.x)),
            y: Some(rounded(at.y)),
            gap_before,
            ..Seat::default()
        }
    });
    Row { id: letter.to_string(), label: letter.to_string(), seats: seats.collect(), ..Row::default() }
}

/// To a tenth: what mathematics libraries disagree about is far below.
fn rounded(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn zone(id: &str, name: &str, floor: &str, rest: Zone) -> Zone {
    Zone { id: id.to_owned(), name: name.to_owned(), floor: Some(floor.to_owned()), ..rest }
}
