//! A made-up hall with the flaws of files that people really have: rows that repeat their numbers, and with
//! them the ids of their seats, and sizes with a fraction.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Blocks of the ground floor side by side; each counts its rows and seats from the start again.
const BLOCKS: usize = 3;
const ROWS: usize = 10;
const SEATS: usize = 13;
const BALCONY_ROWS: usize = 14;
const BALCONY_SEATS: usize = 25;

/// A file and what is wrong with it.
pub(crate) struct Hall {
    pub(crate) file: Value,
    pub(crate) seats: usize,
    /// Code and pointer.
    pub(crate) defects: BTreeSet<(String, String)>,
}

pub(crate) fn flawed() -> Hall {
    let ground = (0..BLOCKS * ROWS).map(|n| row("Ground", n, n % ROWS, SEATS)).collect::<Vec<_>>();
    let balcony = (0..BALCONY_ROWS).map(|n| row("Balcony", n, n, BALCONY_SEATS)).collect::<Vec<_>>();
    let file = json!({
        "name": "Concert hall",
        "size": {"width": 1600, "height": 1200},
        "categories": [{"name": "Stalls", "color": "#7b1fa2"}, {"name": "Circle", "color": "#00796b"}],
        "zones": [
            {"name": "Ground floor", "zone_id": "Ground", "uuid": "8f0b", "position": {"x": 100, "y": 300},
             "rows": ground, "areas": [stage()]},
            {"name": "Balcony", "zone_id": "Balcony", "uuid": "8f0c", "position": {"x": 120.5, "y": 800},
             "rows": balcony, "areas": []}]});
    Hall { file, seats: BLOCKS * ROWS * SEATS + BALCONY_ROWS * BALCONY_SEATS, defects: defects() }
}

fn row(zone: &str, n: usize, number: usize, seats: usize) -> Value {
    let name = char::from(b'A' + number as u8).to_string();
    let seat = |seat: usize| {
        json!({"seat_number": (seat + 1).to_string(), "seat_guid": format!("{zone}-{name}-{}", seat + 1),
               "uuid": format!("{zone}-{n}-{seat}"), "position": {"x": seat * 25, "y": 0},
               "category": if zone == "Ground" { "Stalls" } else { "Circle" }})
    };
    json!({"row_number": name, "row_number_position": "both", "uuid": format!("{zone}-{n}"),
           "position": {"x": (n / ROWS) * 400, "y": number * 30}, "seats": (0..seats).map(seat).collect::<Vec<_>>()})
}

fn stage() -> Value {
    json!({"shape": "rectangle", "color": "#dddddd", "border_color": "#000000", "rotation": 0, "uuid": "51",
           "position": {"x": 200, "y": -250.25}, "rectangle": {"width": 812.25, "height": 180.75},
           "text": {"position": {"x": 400, "y": 90.5}, "color": "#333333", "text": "Stage"}})
}

fn defects() -> BTreeSet<(String, String)> {
    let repeated = (ROWS..BLOCKS * ROWS).flat_map(|row| (0..SEATS).map(move |seat| (row, seat)));
    let seat = |(row, seat)| format!("/zones/0/rows/{row}/seats/{seat}");
    let size = |side: &str| format!("/zones/0/areas/0/rectangle/{side}");
    let duplicates = repeated.flat_map(|at| {
        [
            ("duplicate_id".to_owned(), format!("{}/seat_guid", seat(at))),
            ("label_repeated".to_owned(), seat(at)),
        ]
    });
    duplicates.chain(["width", "height"].map(|side| ("size_not_integer".to_owned(), size(side)))).collect()
}
