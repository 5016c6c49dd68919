//! Seat plans and stock lists of the outside world, read into compiled plans.
//!
//! Promises: a whole plan, or a report of everything that is wrong with the file; never half a plan, and
//! nothing changed without saying so. It refuses to know: where bytes come from, how a report is shown, and
//! what happens to a plan afterwards. It uses only the domain.
//!
//! | file | holds |
//! |---|---|
//! | `native` | our own format (`docs/plan-format.md`): every field that is wrong, not only the first |
//! | `pretix` | the seating plans of pretix |
//! | `mend` | what `repair` does to a document of our own |
//! | `findings`, `fields`, `pointer`, `unique` | what readers share: defects and repairs, JSON, fresh ids |
//! | `pricing` | name, currency and prices from the command line |
//! | `report` | a report as text |
//! | `demo` | three made-up shops |

pub mod demo;
mod fields;
mod findings;
mod mend;
mod native;
mod pointer;
mod pretix;
mod pricing;
mod report;
#[cfg(test)]
mod tests;
mod unique;

use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;

use crate::domain::plan::{Defect, Plan, PlanDocument};
use crate::domain::{Currency, UnitKind};
use findings::Findings;
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
}

/// No format has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a format is auto, fairhold or pretix")]
pub struct BadFormat;

impl FromStr for Format {
    type Err = BadFormat;

    fn from_str(text: &str) -> Result<Self, BadFormat> {
        match text {
            "auto" => Ok(Self::Auto),
            "fairhold" => Ok(Self::Fairhold),
            "pretix" => Ok(Self::Pretix),
            _ => Err(BadFormat),
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Fairhold => "fairhold",
            Self::Pretix => "pretix",
        })
    }
}

/// How to read a file, and what to lay over it.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    pub format: Format,
    /// Replaces the plan's own name.
    pub name: Option<String>,
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
fn draft(bytes: &[u8], format: Format, progress: &mut dyn FnMut(f64)) -> Result<Draft, Report> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let why = match format {
        Format::Pretix => None,
        Format::Auto | Format::Fairhold => match native::parse(bytes) {
            Ok(document) => return Ok(Draft { document, findings: Findings::default() }),
            Err(why) => Some(why),
        },
    };
    progress(0.3);
    let root: Value =
        serde_json::from_slice(bytes).map_err(|error| unreadable("json_malformed", error.to_string()))?;
    if !root.is_object() {
        return Err(unreadable("wrong_type", "must be an object"));
    }
    progress(0.5);
    match (format, guess(&root)) {
        (Format::Pretix, _) | (Format::Auto, Some(Format::Pretix)) => Ok(pretix::convert(&root, progress)),
        (Format::Auto, None) => {
            Err(unreadable("format_unknown", "is neither a fairhold plan nor a pretix seating plan"))
        }
        _ => Ok(native::explain(root, why)),
    }
}

fn unreadable(code: &str, detail: impl Into<String>) -> Report {
    Report { defects: vec![Defect::new(code, "", detail)], ..Report::default() }
}

/// The format that the fields of a file speak for.
fn guess(root: &Value) -> Option<Format> {
    let of_pretix = |zone: &Value| {
        let row = |row: &Value| row.get("row_number").is_some();
        ["zone_id", "uuid", "position"].iter().any(|key| zone.get(key).is_some())
            || zone.get("rows").and_then(Value::as_array).is_some_and(|rows| rows.iter().any(row))
    };
    if root.get("zones").and_then(Value::as_array).is_some_and(|zones| zones.iter().any(of_pretix)) {
        return Some(Format::Pretix);
    }
    let own = ["zones", "items", "offers", "floors", "categories"];
    own.iter().any(|key| root.get(key).is_some_and(Value::is_array)).then_some(Format::Fairhold)
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
    Report { seats: plan.seats(), areas: areas as u32, units: plan.units().len() as u32, ..Report::default() }
}
