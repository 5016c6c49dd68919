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
//! | `list` | a table with a line per seat |
//! | `file` | what a file is at all: which encoding, or no plan |
//! | `look` | what a file looks like, so that its reader is found |
//! | `neighbours` | the order of seats in a row, and the gaps between them |
//! | `alike` | places that read alike, told apart |
//! | `door` | documents that come as they are, not by way of a file |
//! | `census` | what of a file nobody reads |
//! | `mend` | what `repair` does to a document of our own |
//! | `findings`, `fields`, `json`, `lenient`, `pattern`, `place`, `pointer`, `table`, `unique` | what readers share: defects and repairs, JSON, tables, labels, fresh ids |
//! | `pricing` | name, currency and prices from the command line |
//! | `figures` | what a document holds, in numbers |
//! | `report` | a report as text |
//! | `export` | plans written for others |
//! | `demo` | three made-up shops |

mod alike;
mod census;
pub mod demo;
mod door;
mod export;
mod fields;
mod figures;
mod file;
mod findings;
mod grid;
mod json;
mod lenient;
mod list;
mod look;
mod mend;
mod native;
mod neighbours;
mod pattern;
mod place;
mod pointer;
mod pretix;
mod pricing;
mod report;
mod seatsio;
mod table;
#[cfg(test)]
mod tests;
mod unique;

use std::str::FromStr;

use serde::Serialize;

use crate::domain::Currency;
use crate::domain::plan::{Defect, Plan, PlanDocument};
use alike::Places;
pub use door::compile_sent;
pub use export::{Exported, LeftOut, WRITTEN, export};
use figures::counted;
use findings::Findings;
use lenient::{Maybe, Object};
use look::{Look, Top};
pub use neighbours::{Settled, settle};
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
    /// A grid of cells or a list of seats, such as a spreadsheet saves.
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

/// How many of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub what: String,
    pub count: usize,
}

/// What a file holds, and all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// What it was read as; None: nobody knows.
    #[serde(serialize_with = "by_name")]
    pub format: Option<Format>,
    pub seats: u32,
    pub areas: u32,
    pub units: u32,
    /// What can be bought.
    pub offers: u32,
    /// Seats and areas that are in no offer.
    pub not_for_sale: u32,
    /// Seats and areas whose tickets would say what those of others say.
    pub read_alike: u32,
    /// Everything that was found, also what was repaired then.
    pub defects: Vec<Defect>,
    pub repaired: Vec<Repair>,
    /// What of the file has no place here.
    pub left_out: Vec<Tally>,
    /// What positions and numbers say that the file does not: who is whose neighbour.
    pub settled: Vec<Tally>,
}

fn by_name<S: serde::Serializer>(format: &Option<Format>, serializer: S) -> Result<S::Ok, S::Error> {
    format.map(|format| format.to_string()).serialize(serializer)
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
#[derive(Default)]
struct Draft {
    document: PlanDocument,
    findings: Findings,
    /// Of seats and areas, where the document does not say it.
    places: Places,
    /// Prices as the file writes them.
    amounts: Vec<Amount>,
    left_out: Vec<Tally>,
}

/// A price as people write it, whose minor units hang on the currency.
struct Amount {
    /// Its place among the categories.
    category: usize,
    text: String,
    place: String,
}

/// What a reader tells of the share that is done: growing, at most 1.
type Progress<'p> = &'p mut dyn FnMut(f64);

/// One format of the outside world.
trait Reader: Sync {
    fn format(&self) -> Format;

    /// Whether the file looks like one of this format.
    fn fits(&self, look: &Look<'_>) -> bool;

    /// What the file holds; a report where nothing of it can be read.
    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>>;
}

/// In the order in which they are asked about a file that nobody has named the format of.
const READERS: [&dyn Reader; 5] =
    [&seatsio::Seatsio, &pretix::Pretix, &native::Fairhold, &list::SeatList, &grid::Grid];

/// Reads a file. `progress` is called with bytes done, of all: growing, and at the end with both equal.
///
/// # Errors
/// The report, when there is a defect that was not repaired.
pub fn read(
    bytes: &[u8],
    options: &ImportOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Imported, Box<Report>> {
    let total = bytes.len() as u64;
    progress(0, total);
    let outcome = read_file(bytes, options, &mut |share| progress(of(share, total), total));
    progress(total, total);
    outcome
}

fn read_file(file: &[u8], options: &ImportOptions, progress: Progress<'_>) -> Result<Imported, Box<Report>> {
    let opened = file::open(file).map_err(|told| unreadable("format_unknown", told))?;
    let reader = reader_of(&opened.text, options.format)?;
    let format = Some(reader.format());
    let mut draft =
        reader.read(&opened.text, progress).map_err(|report| told(format, recoded(&opened, report)))?;
    if let Some(encoding) = opened.was {
        draft.findings.recoded(encoding);
    }
    pricing::lay_over(&mut draft, options);
    let mut imported = compile(draft, options.repair).map_err(|report| told(format, report))?;
    imported.report.format = format;
    Ok(imported)
}

fn told(format: Option<Format>, mut report: Box<Report>) -> Box<Report> {
    report.format = format;
    report
}

/// A file that cannot be read at all was perhaps in another encoding, too.
fn recoded(opened: &file::Opened<'_>, mut report: Box<Report>) -> Box<Report> {
    if let Some(encoding) = opened.was {
        report.defects.insert(0, Defect::new("bad_encoding", "", findings::in_encoding(encoding)));
    }
    report
}

/// Parsing and reading are nine tenths of the work, compiling is the rest.
fn of(share: f64, total: u64) -> u64 {
    (share.clamp(0.0, 1.0) * 0.9 * total as f64) as u64
}

/// The reader of the format that is named, or that the file's content speaks for.
fn reader_of(file: &[u8], format: Format) -> Result<&'static dyn Reader, Box<Report>> {
    let bytes = without_mark(file);
    match format {
        Format::Auto => recognised(bytes),
        Format::Csv => table_of(bytes),
        _ => READERS.into_iter().find(|reader| reader.format() == format).ok_or_else(unknown),
    }
}

/// A seat list or a grid. What has not one cell of a grid is none, and would be told as so many defects.
fn table_of(bytes: &[u8]) -> Result<&'static dyn Reader, Box<Report>> {
    let look = Look { bytes, top: None };
    if list::SeatList.fits(&look) {
        return Ok(&list::SeatList);
    }
    if bytes.contains(&b':') { Ok(&grid::Grid) } else { Err(no_table(bytes)) }
}

/// The reader of the format that the file's content speaks for.
fn recognised(bytes: &[u8]) -> Result<&'static dyn Reader, Box<Report>> {
    let top = serde_json::from_slice::<Object<Top>>(bytes);
    let fields = match &top {
        Ok(Maybe::Is(_)) => true,
        Ok(_) => false,
        Err(error) => error.is_data(),
    };
    let malformed = top.as_ref().err().map(ToString::to_string);
    let look = Look { bytes, top: top.ok().and_then(Maybe::fields) };
    if let Some(reader) = READERS.into_iter().find(|reader| reader.fits(&look)) {
        return Ok(reader);
    }
    let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    Err(match malformed {
        Some(error) if fields => unreadable("duplicate_field", error),
        Some(_) if !is_json || std::str::from_utf8(bytes).is_err() => no_table(bytes),
        Some(error) => unreadable("json_malformed", error),
        None if fields => unknown(),
        None => unreadable("wrong_type", "must be an object"),
    })
}

fn unknown() -> Box<Report> {
    let formats = "is neither a fairhold plan, a seats.io chart, a pretix seating plan nor a table of seats";
    unreadable("format_unknown", formats)
}

/// Text that is neither JSON nor a table that anybody can read.
fn no_table(bytes: &[u8]) -> Box<Report> {
    if std::str::from_utf8(bytes).is_err() {
        return unreadable("bad_encoding", findings::in_no_encoding(bytes));
    }
    let how = "is text, but no table of seats: a seat list begins with a line of headings such as section,row,seat; \
               the cells of a grid are zone:seat";
    unreadable("format_unknown", how)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

fn unreadable(code: &str, detail: impl Into<String>) -> Box<Report> {
    Box::new(Report { defects: vec![Defect::new(code, "", detail)], ..Report::default() })
}

/// The last word: a plan, or the report of why there is none.
fn compile(draft: Draft, repair: bool) -> Result<Imported, Box<Report>> {
    let Draft { mut document, mut findings, places, left_out, .. } = draft;
    let order = settle(&mut document);
    let settled = [
        ("rows put in the order of their seats", order.rows_in_order),
        ("gaps between seats that stand apart", order.gaps),
    ];
    let settled = settled.into_iter().filter(|(_, count)| *count > 0);
    let settled = settled.map(|(what, count)| Tally { what: what.to_owned(), count }).collect();
    let read_alike = alike::tell_apart(&mut document, (&places, &order), &mut findings);
    let mut report = Report { read_alike, left_out, settled, ..counted(&document) };
    let spare = repair.then(|| document.clone());
    let plan = match (Plan::compile(document), spare) {
        (Ok(plan), _) => Some(plan),
        (Err(defects), None) => {
            findings.compiled(order.all_as_listed(defects));
            None
        }
        (Err(defects), Some(document)) => {
            findings.compiled(order.all_as_listed(defects));
            recompile(document, &order, &mut findings)
        }
    };
    match plan.filter(|_| !findings.refuse(repair)) {
        Some(plan) => {
            report = Report {
                left_out: report.left_out,
                settled: report.settled,
                read_alike,
                ..counted(plan.document())
            };
            findings.write(&mut report, repair);
            Ok(Imported { plan, report })
        }
        None => {
            findings.write(&mut report, repair);
            Err(Box::new(report))
        }
    }
}

fn recompile(mut document: PlanDocument, order: &Settled, findings: &mut Findings) -> Option<Plan> {
    let told = findings.repaired_count();
    mend::mend(&mut document, findings);
    findings.as_listed(told, order);
    // Two labels may have become one.
    alike::tell_apart(&mut document, (&Places::default(), order), findings);
    match Plan::compile(document) {
        Ok(plan) => Some(plan),
        Err(defects) => {
            findings.left(order.all_as_listed(defects));
            None
        }
    }
}
