//! A grid of cells, as a spreadsheet saves it: one line per row of seats, a cell `zone:seat`, or `zone:seat+`
//! for wheelchairs, and nothing where there is no seat.
//!
//! Zones become categories, lines become rows, and a seat stands where its cell does. A first line
//! `# zones: R, S` says which zones there are; without it there are those that the cells name. Lines are read
//! one by one. Places are told by line and column, both from 1 on.

mod cell;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::alike::Places;
use super::findings::{Findings, quote};
use super::look::Look;
use super::table::{Lines, NOTE, Place, SEPARATORS, sample};
use super::unique::Ids;
use super::{BYTE_ORDER_MARK, Draft, Format, Progress, Reader, Report, Tally, place, without_mark};
use crate::domain::plan::{Category, PlanDocument, Row, Seat, Size, UNITS_MAX, Zone};
use cell::{BadCell, Cell};

/// Reads grids of cells.
pub(super) struct Grid;

impl Reader for Grid {
    fn format(&self) -> Format {
        Format::Csv
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        let start = look.bytes.trim_ascii_start().first();
        if matches!(start, Some(b'{' | b'[')) {
            return false;
        }
        let sample = String::from_utf8_lossy(sample(look.bytes));
        let separators = |c: char| c == '\n' || c == '\r' || SEPARATORS.iter().any(|&s| s as char == c);
        let cells = sample.split(separators).map(|cell| cell.trim().trim_matches('"'));
        let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty() && !cell.starts_with('#')).collect();
        let certain = cells.iter().filter(|cell| cell::is_certain(cell)).count();
        declared(look.bytes).is_some() || (certain > 0 && certain * 2 >= cells.len())
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>> {
        let bytes = without_mark(file);
        let mut reader = GridReader { ids: Ids::unlike(bytes), ..GridReader::default() };
        if file.starts_with(BYTE_ORDER_MARK) {
            let place = Place { line: 1, column: 1 };
            reader.findings.cured("byte_order_mark", place, "begins with a byte order mark", "was skipped");
        }
        reader.declare(bytes);
        reader.lines(bytes, progress)?;
        Ok(reader.finish())
    }
}

/// The text behind `# zones:` in the first line.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.split(|&byte| byte == b'\n' || byte == b'\r').next()?;
    let text = line.trim_ascii().strip_prefix(b"\"").unwrap_or(line).trim_ascii();
    let text = text.strip_prefix(&[NOTE])?.trim_ascii_start().strip_prefix(b"zones:")?;
    Some(text.strip_suffix(b"\"").unwrap_or(text))
}

#[derive(Default)]
struct GridReader {
    findings: Findings,
    categories: Vec<Category>,
    /// By name: whether the first line declares it.
    names: BTreeMap<String, bool>,
    is_declared: bool,
    ids: Ids,
    row_ids: Ids,
    rows: Vec<Row>,
    width: usize,
    height: u64,
    seats: usize,
    notes: usize,
    places: Places,
}

impl GridReader {
    fn declare(&mut self, bytes: &[u8]) {
        let Some(names) = declared(bytes) else { return };
        self.is_declared = true;
        for (n, name) in names.split(|byte| SEPARATORS.contains(byte)).enumerate() {
            let place = Place { line: 1, column: n + 1 };
            let Ok(name) = std::str::from_utf8(name) else {
                self.findings.beyond_repair("bad_encoding", place, "is not UTF-8");
                continue;
            };
            let name = self.findings.sound(name.trim().to_owned(), &place);
            if name.is_empty() {
                continue;
            }
            if self.names.insert(name.clone(), true).is_some() {
                let wrong = format!("zone {} is declared already", quote(&name));
                self.findings.cured("duplicate_id", place, wrong, "was dropped");
            } else {
                self.categories.push(Category { id: name.clone(), name, ..Category::default() });
            }
        }
    }

    fn lines(&mut self, bytes: &[u8], progress: Progress<'_>) -> Result<(), Box<Report>> {
        let mut lines = Lines::of(bytes)?;
        let mut top = None;
        while let Some((number, line)) = lines.next(progress)? {
            let top = *top.get_or_insert(number);
            self.line(line, number, number - top);
            // The compiler tells that there are too many; no more of them are read for that.
            if self.seats > UNITS_MAX {
                break;
            }
        }
        self.notes = lines.notes - usize::from(self.is_declared).min(lines.notes);
        Ok(())
    }

    fn line(&mut self, line: &csv::ByteRecord, number: u64, y: u64) {
        let mut seats = Vec::new();
        let mut is_gap = false;
        for (x, bytes) in line.iter().enumerate() {
            let place = Place { line: number, column: x + 1 };
            if bytes.trim_ascii().is_empty() {
                is_gap = true;
                continue;
            }
            if let Some(seat) = self.seat(bytes, place) {
                let (x, y) = (Some(x as f64 + 0.5), Some(y as f64 + 0.5));
                seats.push(Seat { x, y, gap_before: is_gap && !seats.is_empty(), ..seat });
            }
            is_gap = false;
        }
        if seats.is_empty() {
            return;
        }
        self.seats += seats.len();
        self.width = self.width.max(line.len());
        self.height = y + 1;
        let label = row_label(&seats).unwrap_or_else(|| number.to_string());
        let id = if self.row_ids.claim(&label) { label.clone() } else { self.row_ids.another(&label, 0) };
        self.rows.push(Row { id, label, section: None, seats });
    }

    /// The seat of a cell that is not blank.
    fn seat(&mut self, bytes: &[u8], place: Place) -> Option<Seat> {
        let text = self.findings.cell(bytes, place)?;
        let Cell { zone, seat, accessible } = match cell::parse(&text) {
            Ok(cell) => cell,
            Err(BadCell::Odd(cell)) => {
                let wrong = format!("{} is not zone:seat or zone:seat+", quote(&text));
                let done = format!("the seat is called {}", quote(cell.seat));
                self.findings.cured("cell_malformed", place, wrong, done);
                cell
            }
            Err(BadCell::NoSeat) => {
                let wrong = format!("{} is not zone:seat or zone:seat+", quote(&text));
                self.findings.beyond_repair("cell_malformed", place, wrong);
                return None;
            }
        };
        self.category(zone, place);
        let (id, label) = self.claim(zone, seat, place);
        self.places.insert(id.clone(), place.to_string().into());
        Some(Seat { id, label, category: Some(zone.to_owned()), accessible, ..Seat::default() })
    }

    /// Zones are those that are declared, if any are.
    fn category(&mut self, zone: &str, place: Place) {
        let listed = self.names.get(zone).copied();
        if self.is_declared && listed != Some(true) {
            let wrong = format!("zone {} is not declared", quote(zone));
            let done = format!("category {} was added, without a price", quote(zone));
            self.findings.cured("zone_unknown", place, wrong, done);
        }
        if listed.is_none() {
            self.names.insert(zone.to_owned(), false);
            let (id, name) = (zone.to_owned(), zone.to_owned());
            self.categories.push(Category { id, name, ..Category::default() });
        }
    }

    /// The seat's name is its id; a second one gets its zone in front, if that is free. People read row and number
    /// where the name is not short already.
    fn claim(&mut self, zone: &str, seat: &str, place: Place) -> (String, String) {
        let label = if seat.chars().all(cell::in_names) { None } else { label_of(seat) };
        if self.ids.claim(seat) {
            return (seat.to_owned(), label.unwrap_or_default());
        }
        let fresh = self.ids.another(&format!("{zone}-{seat}"), 0);
        let wrong = match self.places.get(seat) {
            Some(first) => format!("seat {} stands at {first} too", quote(seat)),
            None => format!("seat {} exists already", quote(seat)),
        };
        self.findings.cured(
            "duplicate_id",
            place,
            wrong,
            format!("{} is now {}", quote(seat), quote(&fresh)),
        );
        (fresh, label.unwrap_or_else(|| seat.to_owned()))
    }

    fn finish(self) -> Draft {
        let size = Size { width: self.width as f64, height: self.height as f64 };
        let zone = Zone { id: "main".to_owned(), rows: self.rows, ..Zone::default() };
        let document = PlanDocument {
            size: (!zone.rows.is_empty()).then_some(size),
            categories: self.categories,
            zones: vec![zone],
            ..PlanDocument::default()
        };
        let notes = Tally { what: "lines of notes".to_owned(), count: self.notes };
        let left_out = if self.notes > 0 { vec![notes] } else { Vec::new() };
        Draft { document, findings: self.findings, places: self.places, left_out, ..Draft::default() }
    }
}

/// `A-1` of a seat that is called `A 1`, `A/1` or `Row A Seat 1`.
fn label_of(seat: &str) -> Option<String> {
    let place::Named { row, number } = place::parse(seat)?;
    Some(if row.is_empty() { number } else { format!("{row}-{number}") })
}

/// The row that all seats name, such as the A of A1 and A12.
fn row_label(seats: &[Seat]) -> Option<String> {
    let row = |seat: &Seat| {
        let name = if seat.label.is_empty() { &seat.id } else { &seat.label };
        place::parse(name).map(|named| named.row).filter(|row| !row.is_empty())
    };
    let first = row(seats.first()?)?;
    seats.iter().all(|seat| row(seat).as_ref() == Some(&first)).then_some(first)
}
