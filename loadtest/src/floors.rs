//! What the benchmark must show: each floor beside what was measured, reached or not.

use std::fmt::Write;

use serde::Serialize;

use crate::rows::Row;

/// The row that stands for fairhold.
pub const FAIRHOLD: &str = "hot-256";
/// Its rate as a multiple of another row's, at least.
const RATES: [(&str, f64); 6] = [
    ("bare", 0.45),
    ("seat-lock", 8.0),
    ("stock-lock", 20.0),
    ("stock-one-statement", 10.0),
    ("fair-lock", 20.0),
    ("redis-claim", 1.0),
];
/// The rate on many inventories as a share of the hot one's, at least.
const MANY: (&str, f64) = ("many-256", 0.8);
/// p99 at most: so many syncs of this disk, and so many milliseconds.
const P99: (f64, f64) = (3.0, 2.0);

/// One demand.
#[derive(Debug, PartialEq, Serialize)]
pub struct Floor {
    pub what: String,
    pub required: String,
    pub measured: f64,
    /// unknown where a row is missing
    pub reached: Option<bool>,
}

/// Judges the rows; `sync_ms` is the median time of an fdatasync on this disk in this run.
pub fn judge(rows: &[Row], sync_ms: f64) -> Vec<Floor> {
    let find = |name: &str| rows.iter().find(|row| row.name == name && row.rate > 0.0);
    let fairhold = find(FAIRHOLD);
    let at_least = |what: String, ratio: Option<f64>, floor: f64| Floor {
        what,
        required: format!("≥ {floor} ×"),
        measured: ratio.unwrap_or(0.0),
        reached: ratio.map(|ratio| ratio >= floor),
    };
    let mut floors = Vec::new();
    for (name, floor) in RATES {
        let other = find(name);
        let ratio = fairhold.zip(other).map(|(row, other)| row.rate / other.rate);
        let label = other.map_or(name, |other| other.label.as_str());
        floors.push(at_least(format!("answers/s against {label}"), ratio, floor));
    }
    let many = find(MANY.0).zip(fairhold).map(|(many, hot)| many.rate / hot.rate);
    floors.push(at_least("1,000 inventories against the hot one, answers/s".to_owned(), many, MANY.1));
    let most_ms = P99.0 * sync_ms + P99.1;
    let p99_ms = fairhold.map(|row| row.p99_ms);
    floors.push(Floor {
        what: format!("p99 ms, against {} fdatasync + {} ms", P99.0, P99.1),
        required: format!("≤ {most_ms:.2} ms"),
        measured: p99_ms.unwrap_or(0.0),
        reached: p99_ms.map(|p99_ms| p99_ms <= most_ms),
    });
    let seats_ms = find("seat-lock").map(|row| row.p99_ms);
    floors.push(Floor {
        what: "p99 ms, against a's".to_owned(),
        required: format!("< {:.2} ms", seats_ms.unwrap_or(0.0)),
        measured: p99_ms.unwrap_or(0.0),
        reached: p99_ms.zip(seats_ms).map(|(ours, theirs)| ours < theirs),
    });
    floors
}

/// The floors as a table.
pub fn table(floors: &[Floor]) -> String {
    let mut text =
        String::from("| fairhold, Postgres, hot, 256 | required | measured | |\n|---|---:|---:|---|\n");
    for floor in floors {
        let verdict = match floor.reached {
            Some(true) => "reached",
            Some(false) => "**not reached**",
            None => "not measured",
        };
        // writing to a String cannot fail
        let _ = writeln!(text, "| {} | {} | {:.2} | {verdict} |", floor.what, floor.required, floor.measured);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, rate: f64, p99_ms: f64) -> Row {
        Row { name: name.to_owned(), label: name.to_owned(), rate, p99_ms, ..Row::default() }
    }

    fn verdict(floors: &[Floor], part: &str) -> Option<bool> {
        floors.iter().find(|floor| floor.what.contains(part)).unwrap().reached
    }

    #[test]
    fn a_floor_is_reached_at_its_value_and_not_below() {
        let rows = [
            row("bare", 100_000.0, 1.0),
            row("hot-256", 45_000.0, 2.6),
            row("many-256", 35_999.0, 1.0),
            row("seat-lock", 5_626.0, 2.6),
            row("stock-lock", 2_250.0, 1.0),
        ];
        let floors = judge(&rows, 0.2);
        assert_eq!(verdict(&floors, "bare"), Some(true));
        assert_eq!(verdict(&floors, "seat-lock"), Some(false));
        assert_eq!(verdict(&floors, "stock-lock"), Some(true));
        assert_eq!(verdict(&floors, "1,000 inventories"), Some(false));
        assert_eq!(verdict(&floors, "fdatasync"), Some(true));
        assert_eq!(verdict(&floors, "against a's"), Some(false));
        assert_eq!(verdict(&floors, "redis-claim"), None);
        let text = table(&floors);
        assert!(text.contains("| answers/s against bare | ≥ 0.45 × | 0.45 | reached |"), "{text}");
        assert!(
            text.contains("| p99 ms, against 3 fdatasync + 2 ms | ≤ 2.60 ms | 2.60 | reached |"),
            "{text}"
        );
        assert!(text.contains("not measured"), "{text}");
    }
}
