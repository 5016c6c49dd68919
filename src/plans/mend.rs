//! What `repair` does to a document: only what is safe, and all of it said.
//!
//! Texts become NFC, without control characters, cut to the limit (the same everywhere, so that references
//! still meet their ids); an id that is there twice gets `~2`, `~3` … from its second place on; rows and
//! tables without seats are dropped. Prices, capacities, references and recipes are never guessed.

use super::findings::{Findings, mended, quote};
use super::pointer::At;
use super::unique::Ids;
use crate::domain::plan::{NamedOffer, PlanDocument, Seat, Shape, Zone};

pub(super) fn mend(document: &mut PlanDocument, findings: &mut Findings) {
    texts(document, findings);
    document.offers.iter_mut().enumerate().for_each(|(n, offer)| bill(offer, n, findings));
    unit_ids(document, findings);
    zone_ids(document, findings);
    let zones = At::Root.key("zones");
    document.zones.iter_mut().enumerate().for_each(|(z, zone)| empty_rows(zone, &zones.index(z), findings));
}

type Visit<'v> = &'v mut dyn FnMut(&At<'_>, &mut String);

fn texts(document: &mut PlanDocument, findings: &mut Findings) {
    each_text(document, &mut |at, text| {
        let Some(good) = mended(text) else { return };
        findings.repaired("bad_text", at, format!("{} is now {}", quote(text), quote(&good)));
        *text = good;
    });
}

/// Recipes name units by id, so their keys are mended like ids.
fn bill(offer: &mut NamedOffer, n: usize, findings: &mut Findings) {
    let bad: Vec<String> = offer.units.keys().filter(|unit| mended(unit).is_some()).cloned().collect();
    for unit in bad {
        let Some(good) = mended(&unit).filter(|good| !offer.units.contains_key(good)) else { continue };
        let Some(quantity) = offer.units.remove(&unit) else { continue };
        let (offers, quoted) = (At::Root.key("offers"), (quote(&unit), quote(&good)));
        let at = offers.index(n);
        findings.repaired(
            "bad_text",
            at.key("units").key(&unit),
            format!("{} is now {}", quoted.0, quoted.1),
        );
        offer.units.insert(good, quantity);
    }
}

fn unit_ids(document: &mut PlanDocument, findings: &mut Findings) {
    let mut all: Vec<String> = document.offers.iter().map(|offer| offer.id.clone()).collect();
    each_unit_id(document, &mut |_, id| all.push(id.clone()));
    let mut ids = Ids::of(all);
    each_unit_id(document, &mut |at, id| rename_if_taken(&mut ids, at, id, findings));
}

fn zone_ids(document: &mut PlanDocument, findings: &mut Findings) {
    let mut zones = Ids::of(document.zones.iter().map(|zone| zone.id.clone()));
    let list = At::Root.key("zones");
    for (z, zone) in document.zones.iter_mut().enumerate() {
        let at = list.index(z);
        rename_if_taken(&mut zones, &at.key("id"), &mut zone.id, findings);
        let mut sections = Ids::of(zone.sections.iter().map(|section| section.id.clone()));
        for (n, section) in zone.sections.iter_mut().enumerate() {
            let at = at.key("sections");
            rename_if_taken(&mut sections, &at.index(n).key("id"), &mut section.id, findings);
        }
        let row_ids = zone.rows.iter().map(|row| row.id.clone());
        let mut rows = Ids::of(row_ids.chain(zone.tables.iter().map(|table| table.id.clone())));
        for (r, row) in zone.rows.iter_mut().enumerate() {
            rename_if_taken(&mut rows, &at.key("rows").index(r).key("id"), &mut row.id, findings);
        }
        for (t, table) in zone.tables.iter_mut().enumerate() {
            rename_if_taken(&mut rows, &at.key("tables").index(t).key("id"), &mut table.id, findings);
        }
    }
}

fn rename_if_taken(ids: &mut Ids, at: &At<'_>, id: &mut String, findings: &mut Findings) {
    if id.is_empty() || ids.claim(id) {
        return;
    }
    let fresh = ids.another(id, 0);
    findings.repaired("duplicate_id", at, format!("{} is now {}", quote(id), quote(&fresh)));
    *id = fresh;
}

fn empty_rows(zone: &mut Zone, at: &At<'_>, findings: &mut Findings) {
    let mut keep = |list: &str, n: usize, id: &str, seats: &[Seat]| {
        if seats.is_empty() {
            let detail = format!("{} has no seats and was dropped", quote(id));
            findings.repaired("row_empty", at.key(list).index(n).key("seats"), detail);
        }
        !seats.is_empty()
    };
    let mut n = 0;
    zone.rows.retain(|row| {
        n += 1;
        keep("rows", n - 1, &row.id, &row.seats)
    });
    let mut n = 0;
    zone.tables.retain(|table| {
        n += 1;
        keep("tables", n - 1, &table.id, &table.seats)
    });
}

/// Units in the order of their numbers.
fn each_unit_id(document: &mut PlanDocument, visit: Visit<'_>) {
    let zones = At::Root.key("zones");
    let seats = |seats: &mut Vec<Seat>, at: At<'_>, visit: Visit<'_>| {
        for (s, seat) in seats.iter_mut().enumerate() {
            visit(&at.key("seats").index(s).key("id"), &mut seat.id);
        }
    };
    for (z, zone) in document.zones.iter_mut().enumerate() {
        let at = zones.index(z);
        for (r, row) in zone.rows.iter_mut().enumerate() {
            seats(&mut row.seats, at.key("rows").index(r), visit);
        }
        for (t, table) in zone.tables.iter_mut().enumerate() {
            seats(&mut table.seats, at.key("tables").index(t), visit);
        }
    }
    for (z, zone) in document.zones.iter_mut().enumerate() {
        for (a, area) in zone.areas.iter_mut().enumerate() {
            visit(&zones.index(z).key("areas").index(a).key("id"), &mut area.id);
        }
    }
    for (n, item) in document.items.iter_mut().enumerate() {
        visit(&At::Root.key("items").index(n).key("id"), &mut item.id);
    }
}

/// Every text of the document but the keys of recipes and colours.
fn each_text(document: &mut PlanDocument, visit: Visit<'_>) {
    let root = At::Root;
    visit(&root.key("name"), &mut document.name);
    for (n, category) in document.categories.iter_mut().enumerate() {
        pair(&root.key("categories").index(n), &mut category.id, ("name", &mut category.name), visit);
    }
    for (n, floor) in document.floors.iter_mut().enumerate() {
        pair(&root.key("floors").index(n), &mut floor.id, ("name", &mut floor.name), visit);
    }
    for (n, zone) in document.zones.iter_mut().enumerate() {
        zone_texts(zone, &root.key("zones").index(n), visit);
    }
    for (n, item) in document.items.iter_mut().enumerate() {
        let (list, label) = (root.key("items"), &mut item.label);
        let at = list.index(n);
        pair(&at, &mut item.id, ("label", label), visit);
        maybe(&at, "measure", &mut item.measure, visit);
    }
    for (n, offer) in document.offers.iter_mut().enumerate() {
        pair(&root.key("offers").index(n), &mut offer.id, ("label", &mut offer.label), visit);
    }
}

fn zone_texts(zone: &mut Zone, at: &At<'_>, visit: Visit<'_>) {
    pair(at, &mut zone.id, ("name", &mut zone.name), visit);
    maybe(at, "floor", &mut zone.floor, visit);
    for (n, section) in zone.sections.iter_mut().enumerate() {
        let (list, name) = (at.key("sections"), &mut section.name);
        let at = list.index(n);
        pair(&at, &mut section.id, ("name", name), visit);
        maybe(&at, "entrance", &mut section.entrance, visit);
    }
    for (n, row) in zone.rows.iter_mut().enumerate() {
        let (list, label) = (at.key("rows"), &mut row.label);
        let at = list.index(n);
        pair(&at, &mut row.id, ("label", label), visit);
        maybe(&at, "section", &mut row.section, visit);
        seat_texts(&mut row.seats, &at, visit);
    }
    for (n, table) in zone.tables.iter_mut().enumerate() {
        let (list, label) = (at.key("tables"), &mut table.label);
        let at = list.index(n);
        pair(&at, &mut table.id, ("label", label), visit);
        maybe(&at, "section", &mut table.section, visit);
        maybe(&at, "category", &mut table.category, visit);
        seat_texts(&mut table.seats, &at, visit);
        table.shape.iter_mut().for_each(|shape| shape_text(shape, &at.key("shape"), visit));
    }
    for (n, area) in zone.areas.iter_mut().enumerate() {
        let (list, label) = (at.key("areas"), &mut area.label);
        let at = list.index(n);
        pair(&at, &mut area.id, ("label", label), visit);
        maybe(&at, "section", &mut area.section, visit);
        maybe(&at, "category", &mut area.category, visit);
        area.shape.iter_mut().for_each(|shape| shape_text(shape, &at.key("shape"), visit));
    }
    for (n, shape) in zone.shapes.iter_mut().enumerate() {
        shape_text(shape, &at.key("shapes").index(n), visit);
    }
}

fn seat_texts(seats: &mut [Seat], at: &At<'_>, visit: Visit<'_>) {
    let list = at.key("seats");
    for (n, seat) in seats.iter_mut().enumerate() {
        let at = list.index(n);
        pair(&at, &mut seat.id, ("label", &mut seat.label), visit);
        maybe(&at, "category", &mut seat.category, visit);
    }
}

fn shape_text(shape: &mut Shape, at: &At<'_>, visit: Visit<'_>) {
    match shape {
        Shape::Text { text, .. } => visit(&at.key("text"), text),
        Shape::Rectangle { style, .. }
        | Shape::Circle { style, .. }
        | Shape::Ellipse { style, .. }
        | Shape::Polygon { style, .. } => {
            style.label.iter_mut().for_each(|label| visit(&at.key("label"), label));
        }
    }
}

fn maybe(at: &At<'_>, field: &str, text: &mut Option<String>, visit: Visit<'_>) {
    text.iter_mut().for_each(|text| visit(&at.key(field), text));
}

fn pair(at: &At<'_>, id: &mut String, (field, label): (&str, &mut String), visit: Visit<'_>) {
    visit(&at.key("id"), id);
    visit(&at.key(field), label);
}
