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
use std::fmt;

use csv::{ByteRecord, ReaderBuilder};

use super::findings::{Findings, quote};
use super::look::Look;
use super::unique::Ids;
use super::{BYTE_ORDER_MARK, Draft, Format, Progress, Reader, Report, unreadable, without_mark};
use crate::domain::plan::{Category, PlanDocument, Row, Seat, Size, Zone};
use cell::{BadCell, Cell};

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
/// Lines that begin with it are notes.
const NOTE: u8 = b'#';
/// So much of a file shows what it is.
const SAMPLE_LEN: usize = 4096;
/// After so many lines the progress is told.
const LINES_PER_STEP: u64 = 64;

/// Reads grids of cells.
pub(super) struct Grid;

impl Reader for Grid {
    fn format(&self) -> Format {
        Format::Csv
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        let start = look.bytes.trim_ascii_start().first();
        let sample = String::from_utf8_lossy(sample(look.bytes));
        let is_cell = |text: &str| cell::parse(text.trim_matches('"')).is_ok();
        let separators = |c: char| c == '\n' || c == '\r' || SEPARATORS.iter().any(|&s| s as char == c);
        !matches!(start, Some(b'{' | b'['))
            && (declared(look.bytes).is_some() || sample.split(separators).any(is_cell))
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Report> {
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

/// Where something stands in a grid, both from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    line: u64,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

fn sample(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(SAMPLE_LEN)]
}

/// The text behind `# zones:` in the first line.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.split(|&byte| byte == b'\n' || byte == b'\r').next()?;
    let text = line.trim_ascii().strip_prefix(b"\"").unwrap_or(line).trim_ascii();
    let text = text.strip_prefix(&[NOTE])?.trim_ascii_start().strip_prefix(b"zones:")?;
    Some(text.strip_suffix(b"\"").unwrap_or(text))
}

/// The separator that there is most of.
fn separator(bytes: &[u8]) -> u8 {
    let lines = sample(bytes).split(|&byte| byte == b'\n').filter(|line| line.first() != Some(&NOTE));
    let mut counts = [0; SEPARATORS.len()];
    for &byte in lines.flatten() {
        SEPARATORS
            .iter()
            .zip(&mut counts)
            .for_each(|(separator, count)| *count += u32::from(*separator == byte));
    }
    let most = (0..SEPARATORS.len()).rev().max_by_key(|&n| counts[n]).unwrap_or(0);
    SEPARATORS[most]
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
    /// By id: where it first stands.
    first: BTreeMap<String, Place>,
    rows: Vec<Row>,
    width: usize,
    height: u64,
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

    fn lines(&mut self, bytes: &[u8], progress: Progress<'_>) -> Result<(), Report> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(separator(bytes));
        let mut lines = builder.from_reader(bytes);
        let mut line = ByteRecord::new();
        let (mut top, mut counted, mut number) = (None, 0, 1);
        loop {
            let more = lines.read_byte_record(&mut line).map_err(|error| {
                // There is no other error on bytes in memory with lines of any length.
                unreadable("format_unknown", error.to_string())
            })?;
            let start = start_of(bytes, &line);
            if !more {
                return Ok(());
            }
            number += breaks(&bytes[counted..start]);
            counted = start;
            if line.get(0).is_some_and(|cell| cell.trim_ascii_start().first() == Some(&NOTE)) {
                continue;
            }
            let top = *top.get_or_insert(number);
            self.line(&line, number, number - top);
            if number.is_multiple_of(LINES_PER_STEP) {
                progress(start as f64 / bytes.len() as f64);
            }
        }
    }

    fn line(&mut self, line: &ByteRecord, number: u64, y: u64) {
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
        self.width = self.width.max(line.len());
        self.height = y + 1;
        let label = row_label(&seats).unwrap_or_else(|| number.to_string());
        let id = if self.row_ids.claim(&label) { label.clone() } else { self.row_ids.another(&label, 0) };
        self.rows.push(Row { id, label, section: None, seats });
    }

    /// The seat of a cell that is not blank.
    fn seat(&mut self, bytes: &[u8], place: Place) -> Option<Seat> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.findings.beyond_repair("bad_encoding", place, "is not UTF-8");
            return None;
        };
        let text = self.findings.sound(text.trim().to_owned(), &place);
        let Cell { zone, seat, accessible } = match cell::parse(&text) {
            Ok(cell) => cell,
            Err(BadCell::Junk(cell)) => {
                let wrong = format!("{} goes on behind the seat", quote(&text));
                let done = format!("{} is now {}", quote(&text), quote(&cell.to_string()));
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

    /// The seat's name is its id; a second one gets its zone in front, if that is free.
    fn claim(&mut self, zone: &str, seat: &str, place: Place) -> (String, String) {
        if self.ids.claim(seat) {
            self.first.insert(seat.to_owned(), place);
            return (seat.to_owned(), String::new());
        }
        let fresh = self.ids.another(&format!("{zone}-{seat}"), 0);
        let wrong = match self.first.get(seat) {
            Some(first) => format!("seat {} stands at {first} too", quote(seat)),
            None => format!("seat {} exists already", quote(seat)),
        };
        self.findings.cured(
            "duplicate_id",
            place,
            wrong,
            format!("{} is now {}", quote(seat), quote(&fresh)),
        );
        (fresh, seat.to_owned())
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
        Draft { document, findings: self.findings }
    }
}

/// Where the line begins, behind the ends of empty ones.
fn start_of(bytes: &[u8], line: &ByteRecord) -> usize {
    let from = line.position().map_or(0, |at| at.byte() as usize).min(bytes.len());
    let ends = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    from + ends.count()
}

/// How many lines end here, whichever way.
fn breaks(bytes: &[u8]) -> u64 {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    (ends - pairs) as u64
}

/// The letters that all names of a row begin with, such as the A of A1 and A12.
fn row_label(seats: &[Seat]) -> Option<String> {
    let letters = |seat: &Seat| {
        let name = if seat.label.is_empty() { &seat.id } else { &seat.label };
        let row = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let row = row.trim_end_matches(['-', '_', '.']);
        (!row.is_empty() && row.len() < name.len()).then(|| row.to_owned())
    };
    let first = letters(seats.first()?)?;
    seats.iter().all(|seat| letters(seat).as_ref() == Some(&first)).then_some(first)
}
