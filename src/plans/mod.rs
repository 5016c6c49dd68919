//! Seat plans and stock lists of the outside world, read into compiled plans and written for others.
//!
//! Promises: a whole plan, or a report of everything that is wrong with the file; never half a plan, and
//! nothing changed without saying so. It refuses to know: where bytes come from, how a report is shown, and
//! what happens to a plan afterwards. It uses only the domain.
//!
//! | file | holds |
//! |---|---|
//! | `native` | our own format (`docs/plan-format.md`): every field that is wrong, not only the first |
//! | `pretix` | the seating plans of pretix |
//! | `seatsio` | the charts of seats.io |
//! | `grid` | a grid of cells, as a spreadsheet saves it |
//! | `look` | what a file looks like, so that its reader is found |
//! | `mend` | what `repair` does to a document of our own |
//! | `findings`, `fields`, `json`, `lenient`, `pointer`, `unique` | what readers share: defects and repairs, JSON, fresh ids |
//! | `pricing` | name, currency and prices from the command line |
//! | `report` | a report as text |
//! | `export` | plans written for others |
//! | `demo` | three made-up shops |

pub mod demo;
mod export;
mod fields;
mod findings;
mod grid;
mod json;
mod lenient;
mod look;
mod mend;
mod native;
mod pointer;
mod pretix;
mod pricing;
mod report;
mod seatsio;
#[cfg(test)]
mod tests;
mod unique;

use std::str::FromStr;

use serde::Serialize;

use crate::domain::plan::{Defect, Plan, PlanDocument};
use crate::domain::{Currency, UnitKind};
pub use export::{Exported, LeftOut, WRITTEN, export};
use findings::Findings;
use lenient::{Maybe, Object};
use look::{Look, Top};
pub use pricing::{BadPrice, parse_price};
pub use report::to_text;

/// Which format a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Whatever the file looks like.
    #[default]
    Auto,
    /// Our own.
    Fairhold,
    /// A seating plan of pretix.
    Pretix,
    /// A chart of seats.io.
    Seatsio,
    /// A grid of cells, such as a spreadsheet saves.
    Csv,
}

/// Every format by its name.
const FORMATS: [(&str, Format); 5] = [
    ("auto", Format::Auto),
    ("fairhold", Format::Fairhold),
    ("pretix", Format::Pretix),
    ("seatsio", Format::Seatsio),
    ("csv", Format::Csv),
];

/// No format has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is auto, fairhold, pretix, seatsio or csv")]
pub struct BadFormat;

impl FromStr for Format {
    type Err = BadFormat;

    fn from_str(text: &str) -> Result<Self, BadFormat> {
        FORMATS.iter().find(|(name, _)| *name == text).map(|(_, format)| *format).ok_or(BadFormat)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = FORMATS.iter().find(|(_, format)| format == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// How to read a file, and what to lay over it.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    pub format: Format,
    /// Replaces the plan's own name.
    pub name: Option<String>,
    /// The name of a plan that has none, as a grid of cells.
    pub file_name: Option<String>,
    pub currency: Option<Currency>,
    /// Prices in minor units, by the category's id or name.
    pub prices: Vec<(String, i64)>,
    /// Do what can be done safely about defects, and say so.
    pub repair: bool,
}

/// Something that was changed, where, and what it was before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The code of the defect that it cures.
    pub code: String,
    /// A JSON pointer into the file as it was read.
    pub pointer: String,
    pub detail: String,
}

/// What a file holds, and all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    pub seats: u32,
    pub areas: u32,
    pub units: u32,
    /// Everything that was found, also what was repaired then.
    pub defects: Vec<Defect>,
    pub repaired: Vec<Repair>,
}

/// A plan that was read.
#[derive(Debug)]
pub struct Imported {
    pub plan: Plan,
    pub report: Report,
}

/// Some editors begin a UTF-8 file with one.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What a reader made of a file: a document as good as it can be, and what was wrong.
struct Draft {
    document: PlanDocument,
    findings: Findings,
}

/// What a reader tells of the share that is done: growing, at most 1.
type Progress<'p> = &'p mut dyn FnMut(f64);

/// One format of the outside world.
trait Reader: Sync {
    fn format(&self) -> Format;

    /// Whether the file looks like one of this format.
    fn fits(&self, look: &Look<'_>) -> bool;

    /// What the file holds; a report where nothing of it can be read.
    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Report>;
}

/// In the order in which they are asked about a file that nobody has named the format of.
const READERS: [&dyn Reader; 4] = [&seatsio::Seatsio, &pretix::Pretix, &native::Fairhold, &grid::Grid];

/// Reads a file. `progress` is called with bytes done, of all: growing, and at the end with both equal.
///
/// # Errors
/// The report, when there is a defect that was not repaired.
pub fn read(
    bytes: &[u8],
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Imported, Report> {
    let total = bytes.len() as u64;
    progress(0, total);
    let draft = draft(bytes, options.format, &mut |share| progress(of(share, total), total));
    let outcome = draft.and_then(|mut draft| {
        pricing::lay_over(&mut draft, options);
        compile(draft, options.repair)
    });
    progress(total, total);
    outcome
}

/// Parsing and reading are nine tenths of the work, compiling is the rest.
fn of(share: f64, total: u64) -> u64 {
    (share.clamp(0.0, 1.0) * 0.9 * total as f64) as u64
}

/// A draft, or the report of a file that cannot be read at all.
fn draft(bytes: &[u8], format: Format, progress: Progress<'_>) -> Result<Draft, Report> {
    let reader = match format {
        Format::Auto => recognised(bytes)?,
        _ => READERS.into_iter().find(|reader| reader.format() == format).ok_or_else(unknown)?,
    };
    reader.read(bytes, progress)
}

/// The reader of the format that the file's content speaks for.
fn recognised(file: &[u8]) -> Result<&'static dyn Reader, Report> {
    let bytes = without_mark(file);
    let top = serde_json::from_slice::<Object<Top>>(bytes);
    let fields = match &top {
        Ok(Maybe::Is(_)) => true,
        Ok(_) => false,
        Err(error) => error.is_data(),
    };
    let malformed = top.as_ref().err().map(ToString::to_string);
    let look = Look { bytes, top: top.ok().and_then(Maybe::fields) };
    match READERS.into_iter().find(|reader| reader.fits(&look)) {
        Some(reader) => Ok(reader),
        None => Err(match malformed {
            Some(error) if fields => unreadable("duplicate_field", error),
            Some(error) => unreadable("json_malformed", error),
            None if fields => unknown(),
            None => unreadable("wrong_type", "must be an object"),
        }),
    }
}

fn unknown() -> Report {
    let formats = "is neither a fairhold plan, a seats.io chart, a pretix seating plan nor a grid of cells";
    unreadable("format_unknown", formats)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn unreadable(code: &str, detail: impl Into<String>) -> Report {
    Report { defects: vec![Defect::new(code, "", detail)], ..Report::default() }
}

/// The last word: a plan, or the report of why there is none.
fn compile(draft: Draft, repair: bool) -> Result<Imported, Report> {
    let Draft { document, mut findings } = draft;
    let mut report = counted(&document);
    let spare = repair.then(|| document.clone());
    let plan = match (Plan::compile(document), spare) {
        (Ok(plan), _) => Some(plan),
        (Err(defects), None) => {
            findings.compiled(defects);
            None
        }
        (Err(defects), Some(document)) => {
            findings.compiled(defects);
            recompile(document, &mut findings)
        }
    };
    match plan.filter(|_| !findings.refuse(repair)) {
        Some(plan) => {
            report = tallied(&plan);
            findings.write(&mut report, repair);
            Ok(Imported { plan, report })
        }
        None => {
            findings.write(&mut report, repair);
            Err(report)
        }
    }
}

fn recompile(mut document: PlanDocument, findings: &mut Findings) -> Option<Plan> {
    mend::mend(&mut document, findings);
    match Plan::compile(document) {
        Ok(plan) => Some(plan),
        Err(defects) => {
            findings.left(defects);
            None
        }
    }
}

/// The figures of a document that did not become a plan.
fn counted(document: &PlanDocument) -> Report {
    let zones = document.zones.iter();
    let rows = zones.clone().flat_map(|zone| zone.rows.iter().map(|row| row.seats.len()));
    let tables = zones.clone().flat_map(|zone| zone.tables.iter().map(|table| table.seats.len()));
    let seats: usize = rows.chain(tables).sum();
    let areas: usize = zones.map(|zone| zone.areas.len()).sum();
    let units = seats + areas + document.items.len();
    Report { seats: seats as u32, areas: areas as u32, units: units as u32, ..Report::default() }
}

fn tallied(plan: &Plan) -> Report {
    let areas = plan.units().iter().filter(|unit| unit.kind == UnitKind::Area).count();
    Report {
        seats: plan.places().len() as u32,
        areas: areas as u32,
        units: plan.units().len() as u32,
        ..Report::default()
    }
}
