//! A seat list: a table with a line per seat, and a first line that says what its columns are.
//!
//! `section,row,seat`, and whatever else is known of each seat (`docs/plan-format.md`). Without positions the seats
//! are laid out: rows as rows, sections apart. A line without a seat but with a capacity is an area.

mod header;
mod layout;
mod money;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::alike::Places;
use super::findings::{Findings, quote};
use super::look::Look;
use super::table::{Lines, Place, sample};
use super::unique::Ids;
use super::{
    Amount, BYTE_ORDER_MARK, Draft, Format, Progress, Reader, Report, Tally, neighbours, place, unreadable,
    without_mark,
};
use crate::domain::plan::{
    Area, Category, Floor, PlanDocument, QUANTITY_MAX, Row, Seat, Section, UNITS_MAX, Zone,
};
use header::{FIELDS, Field};
pub(super) use money::amount;

/// What holds seats that name no zone.
const MAIN: &str = "main";

/// Reads seat lists.
pub(super) struct SeatList;

impl Reader for SeatList {
    fn format(&self) -> Format {
        Format::Csv
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        let is_json = matches!(look.bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        if is_json {
            return false;
        }
        // The heading alone: the rest may be megabytes.
        let Ok(mut lines) = Lines::of(sample(look.bytes)) else { return false };
        let Ok(Some((_, line))) = lines.next(&mut |_| {}) else { return false };
        let headings: Vec<String> =
            line.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        header::read(headings.iter().map(String::as_str)).is_some()
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>> {
        let bytes = without_mark(file);
        let mut lines = Lines::of(bytes)?;
        let mut reader =
            ListReader { category_ids: Ids::unlike(bytes), ids: Ids::unlike(bytes), ..ListReader::default() };
        if file.starts_with(BYTE_ORDER_MARK) {
            let place = Place { line: 1, column: 1 };
            reader.findings.cured("byte_order_mark", place, "begins with a byte order mark", "was skipped");
        }
        if let Some((number, line)) = lines.next(progress)? {
            reader.heading(number, line)?;
        }
        while let Some((number, line)) = lines.next(progress)? {
            reader.line(number, line);
            // The compiler tells that there are too many; no more of them are read for that.
            if reader.places.len() > UNITS_MAX {
                break;
            }
        }
        let notes = lines.notes;
        Ok(reader.finish(notes))
    }
}

#[derive(Default)]
struct ListReader {
    findings: Findings,
    columns: Vec<Option<Field>>,
    headings: Vec<String>,
    /// By column that nobody knows: how many cells say something there.
    unknown: Vec<usize>,
    ids: Ids,
    places: Places,
    document: PlanDocument,
    /// By floor and zone, as they are called.
    zones: BTreeMap<(String, String), usize>,
    zone_ids: Ids,
    /// By zone: its sections, and the row of each section and name.
    sections: Vec<BTreeMap<String, usize>>,
    rows: Vec<BTreeMap<(String, String), usize>>,
    row_ids: Vec<Ids>,
    floors: BTreeSet<String>,
    /// By name and price.
    categories: BTreeMap<(String, Option<i64>), usize>,
    /// By name: the first of it.
    category_by_name: BTreeMap<String, usize>,
    category_ids: Ids,
    amounts: Vec<Amount>,
    /// By category: whether its price is among them.
    priced: Vec<bool>,
    has_positions: bool,
}

/// The cells of a line that say something known.
struct Line {
    number: u64,
    cells: [Option<(String, usize)>; FIELDS],
}

impl Line {
    fn get(&self, field: Field) -> Option<&str> {
        self.cells[field as usize].as_ref().map(|(text, _)| text.as_str())
    }

    fn text(&self, field: Field) -> &str {
        self.get(field).unwrap_or_default()
    }

    /// Where the field stands; without it, where the line begins.
    fn at(&self, field: Field) -> Place {
        let column = self.cells[field as usize].as_ref().map_or(1, |(_, column)| *column);
        Place { line: self.number, column }
    }
}

impl ListReader {
    fn heading(&mut self, number: u64, line: &csv::ByteRecord) -> Result<(), Box<Report>> {
        for (n, cell) in line.iter().enumerate() {
            let place = Place { line: number, column: n + 1 };
            self.headings.push(self.findings.cell(cell, place).unwrap_or_default());
        }
        let columns = header::read(self.headings.iter().map(String::as_str));
        self.columns =
            columns.ok_or_else(|| unreadable("format_unknown", "has no heading of a seat list"))?;
        self.unknown = vec![0; self.columns.len()];
        Ok(())
    }

    fn line(&mut self, number: u64, record: &csv::ByteRecord) {
        let mut line = Line { number, cells: [const { None }; FIELDS] };
        let mut beyond = 0;
        for (n, bytes) in record.iter().enumerate().filter(|(_, bytes)| !bytes.trim_ascii().is_empty()) {
            match self.columns.get(n) {
                None => beyond = n + 1,
                Some(None) => self.unknown[n] += 1,
                Some(Some(field)) => {
                    let text = self.findings.cell(bytes, Place { line: number, column: n + 1 });
                    line.cells[*field as usize] =
                        text.filter(|text| !text.is_empty()).map(|text| (text, n + 1));
                }
            }
        }
        if beyond > 0 {
            let place = Place { line: number, column: beyond };
            self.findings.cured("cell_malformed", place, "stands under no heading", "was left out");
        }
        if line.cells.iter().all(Option::is_none) {
            return;
        }
        match (line.get(Field::Seat), line.get(Field::Capacity)) {
            (Some(seat), _) => self.seat(seat, &line),
            (None, Some(capacity)) => self.area(capacity, &line),
            (None, None) => {
                let wrong = "a line needs a seat, or a capacity where nobody sits";
                self.findings.cured("id_missing", line.at(Field::Seat), wrong, "the line was left out");
            }
        }
    }

    fn seat(&mut self, text: &str, line: &Line) {
        let named = place::parse(text);
        let (row, number) = match (line.get(Field::Row), named) {
            (Some(row), Some(place::Named { row: none, number })) if none.is_empty() => {
                (row.to_owned(), number)
            }
            (Some(row), _) => (row.to_owned(), text.to_owned()),
            (None, Some(place::Named { row, number })) => (row, number),
            (None, None) => (String::new(), text.to_owned()),
        };
        let z = self.zone(line);
        let section = self.section(z, line);
        let id = self.id(line, &[&row, &number], Field::Seat);
        let own = line.get(Field::Label).map(str::to_owned);
        let label = own.unwrap_or_else(|| if row.is_empty() { number } else { format!("{row}-{number}") });
        let label = self.findings.sound(label, &line.at(Field::Seat));
        let at = self.position(line);
        let seat = Seat {
            id,
            label,
            category: self.category(line),
            x: at.map(|at| at.0),
            y: at.map(|at| at.1),
            gap_before: self.mark(line, Field::Gap),
            accessible: self.mark(line, Field::Accessible),
            companion: self.mark(line, Field::Companion),
            restricted_view: self.mark(line, Field::RestrictedView),
        };
        self.row(z, section, row).seats.push(seat);
    }

    fn area(&mut self, text: &str, line: &Line) {
        let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        let Some(capacity) = digits.parse().ok().filter(|n| (1..=QUANTITY_MAX).contains(n)) else {
            let wrong = format!("must be a whole number between 1 and {QUANTITY_MAX}");
            return self.findings.beyond_repair("capacity_range", line.at(Field::Capacity), wrong);
        };
        let z = self.zone(line);
        let section = self.section(z, line);
        let row = line.text(Field::Row);
        let id = self.id(line, &[row], Field::Capacity);
        let names = [line.text(Field::Label), row, line.text(Field::Section), line.text(Field::Zone)];
        let label = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        let (category, at) = (self.category(line), self.position(line));
        let (x, y) = (at.map(|at| at.0), at.map(|at| at.1));
        let area = Area { id, label, section, capacity, category, x, y, ..Area::default() };
        self.document.zones[z].areas.push(area);
    }

    /// Its own, else where it is, put together.
    fn id(&mut self, line: &Line, inside: &[&str], field: Field) -> String {
        let around = [Field::Floor, Field::Zone, Field::Section].map(|field| line.text(field));
        let parts = around.iter().chain(inside).copied().filter(|part| !part.is_empty());
        let put_together = || parts.collect::<Vec<_>>().join("-");
        let (id, place) = match line.get(Field::Id) {
            Some(id) => (id.to_owned(), line.at(Field::Id)),
            None => (put_together(), line.at(field)),
        };
        let id = self.findings.sound(id, &place);
        let fresh = if self.ids.claim(&id) { id } else { self.again(id, place) };
        self.places.insert(fresh.clone(), place.to_string().into());
        fresh
    }

    fn again(&mut self, id: String, place: Place) -> String {
        let fresh = self.ids.another(&id, 0);
        let wrong = match self.places.get(&id) {
            Some(first) => format!("{} stands at {first} too", quote(&id)),
            None => format!("{} exists already", quote(&id)),
        };
        self.findings.cured("duplicate_id", place, wrong, format!("{} is now {}", quote(&id), quote(&fresh)));
        fresh
    }

    fn zone(&mut self, line: &Line) -> usize {
        let (floor, name) = (line.text(Field::Floor), line.text(Field::Zone));
        let key = (floor.to_owned(), name.to_owned());
        if let Some(&known) = self.zones.get(&key) {
            return known;
        }
        if !floor.is_empty() && self.floors.insert(floor.to_owned()) {
            self.document.floors.push(Floor { id: floor.to_owned(), name: floor.to_owned() });
        }
        let parts: Vec<&str> = [name, floor].into_iter().filter(|part| !part.is_empty()).collect();
        let id = if parts.is_empty() { MAIN.to_owned() } else { parts.join("-") };
        let id = if self.zone_ids.claim(&id) { id } else { self.zone_ids.another(&id, 0) };
        let floor = Some(floor.to_owned()).filter(|floor| !floor.is_empty());
        let name = if name.is_empty() { floor.clone().unwrap_or_default() } else { name.to_owned() };
        self.document.zones.push(Zone { id, name, floor, ..Zone::default() });
        self.sections.push(BTreeMap::new());
        self.rows.push(BTreeMap::new());
        self.row_ids.push(Ids::default());
        self.zones.insert(key, self.document.zones.len() - 1);
        self.document.zones.len() - 1
    }

    fn section(&mut self, z: usize, line: &Line) -> Option<String> {
        let name = line.get(Field::Section)?.to_owned();
        let zone = &mut self.document.zones[z];
        let next = zone.sections.len();
        let number = *self.sections[z].entry(name.clone()).or_insert(next);
        if number == next {
            let entrance = line.get(Field::Entrance).map(str::to_owned);
            zone.sections.push(Section { id: name.clone(), name: name.clone(), entrance });
        }
        Some(name)
    }

    fn row(&mut self, z: usize, section: Option<String>, name: String) -> &mut Row {
        let zone = &mut self.document.zones[z];
        let key = (section.clone().unwrap_or_default(), name.clone());
        let next = zone.rows.len();
        let number = *self.rows[z].entry(key).or_insert(next);
        if number == next {
            let base = section.iter().chain(Some(&name).filter(|name| !name.is_empty()));
            let base = base.map(String::as_str).collect::<Vec<_>>().join("-");
            let ids = &mut self.row_ids[z];
            let id = if base.is_empty() || ids.claim(&base) { base } else { ids.another(&base, 0) };
            zone.rows.push(Row { id, label: name, section, seats: Vec::new() });
        }
        &mut zone.rows[number]
    }

    fn mark(&mut self, line: &Line, field: Field) -> bool {
        let Some(text) = line.get(field) else { return false };
        header::is_yes(text).unwrap_or_else(|| {
            let wrong = format!("{} is neither yes nor no", quote(text));
            self.findings.cured("invalid_value", line.at(field), wrong, "is now no");
            false
        })
    }

    fn position(&mut self, line: &Line) -> Option<(f64, f64)> {
        let number = |field| line.get(field).map(|text| text.replace(',', ".").parse::<f64>().ok());
        match (number(Field::X), number(Field::Y)) {
            (None, None) => None,
            (Some(Some(x)), Some(Some(y))) if x.is_finite() && y.is_finite() => {
                self.has_positions = true;
                Some((x, y))
            }
            _ => {
                let wrong = "x and y must be numbers, both of them";
                self.findings.cured("position_missing", line.at(Field::X), wrong, "was left out");
                None
            }
        }
    }

    /// By name; without a name, by price. Another price makes another category.
    fn category(&mut self, line: &Line) -> Option<String> {
        self.currency(line);
        let price = line.get(Field::Price);
        let name = line.get(Field::Category).or(price)?.to_owned();
        // To be compared: the currency, and with it the number of its digits, may not be known yet.
        let value = price.map(|price| amount(price, 3).unwrap_or(-1));
        if let Some(&known) = self.categories.get(&(name.clone(), value)) {
            return Some(self.document.categories[known].id.clone());
        }
        let number = match self.category_by_name.get(&name).copied() {
            // One of which nothing was said yet has this price; who says none, has that of the others.
            Some(known) if value.is_none() || !self.priced[known] => known,
            Some(_) => {
                let fresh = self.category_ids.another(&name, 0);
                let wrong = format!("category {} has another price", quote(&name));
                let done = format!("is in category {}", quote(&fresh));
                self.findings.cured("price_mixed", line.at(Field::Price), wrong, done);
                self.add_category(fresh)
            }
            None => {
                self.category_ids.claim(&name);
                self.category_by_name.insert(name.clone(), self.document.categories.len());
                self.add_category(name.clone())
            }
        };
        if let Some(text) = price.filter(|_| !self.priced[number]) {
            self.priced[number] = true;
            let place = line.at(Field::Price).to_string();
            self.amounts.push(Amount { category: number, text: text.to_owned(), place });
        }
        self.categories.insert((name, value), number);
        Some(self.document.categories[number].id.clone())
    }

    fn add_category(&mut self, name: String) -> usize {
        self.priced.push(false);
        self.document.categories.push(Category { id: name.clone(), name, ..Category::default() });
        self.document.categories.len() - 1
    }

    fn currency(&mut self, line: &Line) {
        let Some(text) = line.get(Field::Currency) else { return };
        let place = line.at(Field::Currency);
        match (text.to_uppercase().parse(), self.document.currency) {
            (Err(_), _) => self.findings.beyond_repair("invalid_value", place, "is no currency of ISO 4217"),
            (Ok(currency), None) => self.document.currency = Some(currency),
            (Ok(currency), Some(known)) if currency != known => {
                let wrong = format!("a plan has one currency, and this one has {known} already");
                self.findings.beyond_repair("currency_conflict", place, wrong);
            }
            (Ok(_), Some(_)) => {}
        }
    }

    fn finish(mut self, notes: usize) -> Draft {
        if !self.has_positions {
            // Before seats get a position, their numbers tell who is beside whom.
            neighbours::settle(&mut self.document);
            layout::lay_out(&mut self.document);
        }
        let unknown = self.unknown.iter().zip(&self.headings).filter(|(count, _)| **count > 0);
        let unknown =
            unknown.map(|(&count, heading)| Tally { what: format!("column {}", quote(heading)), count });
        let notes = Some(Tally { what: "lines of notes".to_owned(), count: notes });
        let left_out = unknown.chain(notes.filter(|notes| notes.count > 0)).collect();
        let Self { document, findings, places, amounts, .. } = self;
        Draft { document, findings, places, amounts, left_out }
    }
}
