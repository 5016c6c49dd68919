//! Places that read alike: two tickets that say the same of two seats.
//!
//! What is printed is the zone, the section, the row and the label.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Defect, PlanDocument, Seat, Section, Zone};

/// Zone, section, row and label, as people read them.
pub type Printed<'a> = (&'a str, &'a str, &'a str, &'a str);

/// A zone; a row of it, or a table behind its rows; a seat of that. Of areas, a number behind rows and tables.
pub type Spot = (usize, usize, usize);

/// How people read sections: by zone and id, the name.
#[derive(Debug)]
pub struct SectionNames(Vec<FxHashMap<String, String>>);

impl SectionNames {
    pub fn of(document: &PlanDocument) -> Self {
        let name = |section: &Section| (section.id.clone(), or(&section.name, &section.id).to_owned());
        Self(document.zones.iter().map(|zone| zone.sections.iter().map(name).collect()).collect())
    }

    pub fn get(&self, zone: usize, id: Option<&str>) -> &str {
        id.and_then(|id| self.0[zone].get(id)).map_or("", String::as_str)
    }
}

/// One that reads like another before it.
#[derive(Debug)]
pub struct Again {
    pub spot: Spot,
    pub first: Spot,
    /// How many read so.
    pub count: u32,
}

/// How many share what is printed, and those of them that are not the first.
pub fn repeated(document: &PlanDocument, sections: &SectionNames) -> (u32, Vec<Again>) {
    let mut seen: FxHashMap<Printed<'_>, Seen> = FxHashMap::default();
    let mut again: Vec<(Spot, Printed<'_>)> = Vec::new();
    for spot in spots(document) {
        let (printed, has_label) = (printed(document, sections, spot), has_label(document, spot));
        let entry = seen.entry(printed).or_insert(Seen { first: spot, has_label, count: 0 });
        // What has no label is called by its id, and ids are told apart elsewhere.
        if entry.count > 0 && (has_label || entry.has_label) {
            again.push((spot, printed));
            entry.count += 1;
        }
        entry.count = entry.count.max(1);
    }
    let shared = seen.values().map(|seen| seen.count).filter(|count| *count > 1).sum();
    let again = again.into_iter().map(|(spot, printed)| {
        let Seen { first, count, .. } = seen[&printed];
        Again { spot, first, count }
    });
    (shared, again.collect())
}

/// Those that read alike.
struct Seen {
    first: Spot,
    /// Whether the first has a label of its own.
    has_label: bool,
    count: u32,
}

/// What reads alike in a new plan. Where the one before it had the same of the same place, people have such tickets
/// already, and nobody may take a seat another name for that.
pub(super) fn defects(document: &PlanDocument, previous: Option<&PlanDocument>) -> Vec<Defect> {
    let sections = SectionNames::of(document);
    let (_, again) = repeated(document, &sections);
    if again.is_empty() {
        return Vec::new();
    }
    let known = previous.map(shared).unwrap_or_default();
    let defect = |Again { spot, first, count }: &Again| {
        let printed = printed(document, &sections, *spot);
        let is_known = known.contains(&(id(document, *spot).to_owned(), words(printed)));
        let (printed, first) = (words(printed), pointer(document, *first));
        let detail = format!("a ticket says {printed:?} of {count} places, also of {first}");
        (!is_known).then(|| Defect::new("label_repeated", pointer(document, *spot), detail))
    };
    again.iter().filter_map(defect).collect()
}

/// All that read alike, the first of each among them: their ids, and what they are called.
fn shared(document: &PlanDocument) -> FxHashSet<(String, String)> {
    let sections = SectionNames::of(document);
    let (_, again) = repeated(document, &sections);
    let all = again.iter().flat_map(|again| [again.first, again.spot]);
    all.map(|spot| (id(document, spot).to_owned(), words(printed(document, &sections, spot)))).collect()
}

pub fn spots(document: &PlanDocument) -> impl Iterator<Item = Spot> {
    document.zones.iter().enumerate().flat_map(|(z, zone)| {
        let benches = (0..zone.rows.len() + zone.tables.len()).flat_map(move |b| {
            let seats = bench(zone, b).map_or(0, |bench| bench.seats.len());
            (0..seats).map(move |s| (z, b, s))
        });
        let areas = zone.rows.len() + zone.tables.len();
        benches.chain((0..zone.areas.len()).map(move |a| (z, areas, a)))
    })
}

/// A row or a table.
#[derive(Debug)]
pub struct Bench<'a> {
    pub label: &'a str,
    pub section: Option<&'a str>,
    pub seats: &'a [Seat],
}

/// A row, or a table behind them; None: behind all of these there are the areas.
pub fn bench(zone: &Zone, b: usize) -> Option<Bench<'_>> {
    if let Some(row) = zone.rows.get(b) {
        return Some(Bench { label: &row.label, section: row.section.as_deref(), seats: &row.seats });
    }
    let table = zone.tables.get(b - zone.rows.len())?;
    Some(Bench { label: &table.label, section: table.section.as_deref(), seats: &table.seats })
}

pub fn printed<'a>(document: &'a PlanDocument, sections: &'a SectionNames, (z, b, s): Spot) -> Printed<'a> {
    let zone = &document.zones[z];
    let name = or(&zone.name, &zone.id);
    match bench(zone, b) {
        Some(Bench { label, section, seats }) => {
            (name, sections.get(z, section), label, or(&seats[s].label, &seats[s].id))
        }
        None => {
            let area = &zone.areas[s];
            (name, sections.get(z, area.section.as_deref()), "", or(&area.label, &area.id))
        }
    }
}

/// What is printed, in one line.
pub fn words((zone, section, row, label): Printed<'_>) -> String {
    let parts = [zone, section, row, label];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The id of the seat or area there.
pub fn id(document: &PlanDocument, (z, b, s): Spot) -> &str {
    let zone = &document.zones[z];
    bench(zone, b).map_or_else(|| &zone.areas[s].id, |bench| &bench.seats[s].id)
}

/// Where its label stands in the document.
pub fn pointer(document: &PlanDocument, (z, b, s): Spot) -> String {
    let zone = &document.zones[z];
    match b.checked_sub(zone.rows.len()) {
        None => format!("/zones/{z}/rows/{b}/seats/{s}/label"),
        Some(t) if t < zone.tables.len() => format!("/zones/{z}/tables/{t}/seats/{s}/label"),
        Some(_) => format!("/zones/{z}/areas/{s}/label"),
    }
}

/// The label, or without one the id.
pub fn or<'a>(label: &'a str, id: &'a str) -> &'a str {
    if label.is_empty() { id } else { label }
}

fn has_label(document: &PlanDocument, (z, b, s): Spot) -> bool {
    let zone = &document.zones[z];
    let label = bench(zone, b).map_or_else(|| &zone.areas[s].label, |bench| &bench.seats[s].label);
    !label.is_empty()
}
