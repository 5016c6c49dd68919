//! Our own format. A good file is read at once; of a bad one every field that is wrong is found, by reading
//! it piece by piece and taking out what cannot be read until the rest can.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::findings::Findings;
use super::json::{Flaw, Steps};
use super::look::{Look, Top};
use super::pointer::At;
use super::{Draft, Format, Progress, Reader, Report, json, without_mark};
use crate::domain::plan::{PlanDocument, Row, Shape, Style, Table, Zone};

/// After so many flaws in one object, which has two dozen fields at most unless somebody is at play, the rest
/// of that object is not looked at.
const FLAWS_MAX: usize = 1_000;

/// Reads our own format.
pub(super) struct Fairhold;

impl Reader for Fairhold {
    fn format(&self) -> Format {
        Format::Fairhold
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        look.top.as_ref().is_some_and(Top::has_lists)
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>> {
        let bytes = without_mark(file);
        match json::typed(bytes) {
            Ok(document) => Ok(Draft { document, ..Draft::default() }),
            Err(why) => {
                progress(0.3);
                Ok(explain(json::object(bytes)?, Some(why)))
            }
        }
    }
}

/// What can be read of a document that is wrong somewhere, and all that cannot.
fn explain(mut root: Value, why: Option<Flaw>) -> Draft {
    let mut findings = Findings::default();
    let zones = list(&mut root, "zones", &At::Root, &mut findings, zone);
    let categories = list(&mut root, "categories", &At::Root, &mut findings, plain);
    let floors = list(&mut root, "floors", &At::Root, &mut findings, plain);
    let items = list(&mut root, "items", &At::Root, &mut findings, plain);
    let offers = list(&mut root, "offers", &At::Root, &mut findings, plain);
    let rest: PlanDocument = plain(root, &At::Root, &mut findings);
    if let Some(flaw) = why.filter(|_| findings.is_empty()) {
        // Such as a field that is there twice, which a tree of values cannot show.
        findings.beyond_repair(flaw.code, flaw.pointer, flaw.detail);
    }
    let document = PlanDocument { zones, categories, floors, items, offers, ..rest };
    Draft { document, findings, ..Draft::default() }
}

fn zone(mut value: Value, at: &At<'_>, findings: &mut Findings) -> Zone {
    let rows = list(&mut value, "rows", at, findings, row);
    let tables = list(&mut value, "tables", at, findings, table);
    let areas = list(&mut value, "areas", at, findings, plain);
    let sections = list(&mut value, "sections", at, findings, plain);
    let shapes = list(&mut value, "shapes", at, findings, shape);
    Zone { sections, rows, tables, areas, shapes, ..plain(value, at, findings) }
}

fn row(mut value: Value, at: &At<'_>, findings: &mut Findings) -> Row {
    let seats = list(&mut value, "seats", at, findings, plain);
    Row { seats, ..plain(value, at, findings) }
}

fn table(mut value: Value, at: &At<'_>, findings: &mut Findings) -> Table {
    let seats = list(&mut value, "seats", at, findings, plain);
    Table { seats, ..plain(value, at, findings) }
}

/// A shape that cannot be read leaves another in its place, so that those after it keep their numbers.
fn shape(value: Value, at: &At<'_>, findings: &mut Findings) -> Shape {
    let circle = Shape::Circle { x: 0.0, y: 0.0, radius: 1.0, style: Style::default() };
    sound(value, at, findings).unwrap_or(circle)
}

fn plain<T: DeserializeOwned + Default>(value: Value, at: &At<'_>, findings: &mut Findings) -> T {
    sound(value, at, findings).unwrap_or_default()
}

/// Takes a list out of its parent and reads each element. What is not a list is a defect.
fn list<T>(
    parent: &mut Value,
    key: &str,
    at: &At<'_>,
    findings: &mut Findings,
    one: impl Fn(Value, &At<'_>, &mut Findings) -> T,
) -> Vec<T> {
    let Some(value) = parent.as_object_mut().and_then(|parent| parent.remove(key)) else { return Vec::new() };
    let at = at.key(key);
    let Value::Array(elements) = value else {
        findings.beyond_repair("wrong_type", at, "must be a list");
        return Vec::new();
    };
    elements.into_iter().enumerate().map(|(n, element)| one(element, &at.index(n), findings)).collect()
}

/// Reads a value; what is wrong in it is listed and taken out until the rest can be read.
fn sound<T: DeserializeOwned>(mut value: Value, at: &At<'_>, findings: &mut Findings) -> Option<T> {
    if !value.is_object() {
        findings.beyond_repair("wrong_type", at, "must be an object");
        return None;
    }
    let mut out: Vec<String> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize(&value) {
            Ok(sound) => return Some(sound),
            Err(error) => error,
        };
        let steps = Steps::of(error.path());
        let flaw = Flaw::new(format!("{at}{steps}"), error.into_inner().to_string());
        let ours = flaw.code == "missing_field" && out.iter().any(|out| out.starts_with(&flaw.pointer));
        let taken = steps.take_from(&mut value);
        out.push(flaw.pointer.clone());
        if !ours {
            findings.beyond_repair(flaw.code, flaw.pointer, flaw.detail);
        }
        if !taken || out.len() >= FLAWS_MAX {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plans::{Format, ImportOptions, read};

    /// Code and pointer of each defect.
    fn defects(json: &str) -> Vec<String> {
        let options = ImportOptions { format: Format::Fairhold, ..ImportOptions::default() };
        let Err(report) = read(json.as_bytes(), &options, &mut |_, _| {}) else { return Vec::new() };
        report.defects.into_iter().map(|defect| format!("{} {}", defect.code, defect.pointer)).collect()
    }

    #[test]
    fn every_field_that_is_wrong_is_found() {
        let found = defects(
            r#"{"name":7,"currency":"won","size":{"width":"wide"},"focal":{},
                "categories":[{"id":"a","name":"A"},"b"],
                "zones":[{"id":"z","rows":[{"id":"A","label":null,"seats":[
                    {"id":1,"nr":2,"category":"a"},[],{"id":"A-2","category":"x"}]},{"id":"B","seats":[]}],
                  "areas":[{"id":"floor","capacity":-1,"shape":{"kind":"circle","x":0,"y":0}}],
                  "shapes":[{"kind":"star"},{"kind":"circle","x":0,"y":0,"radius":-1}],"tables":{}}],
                "items":[{"id":"beans","capacity":1.5,"label":"Beans","price":"1"}],
                "offers":[{"id":"latte","label":"Latte","units":{"beans":18,"milk":200}}]}"#,
        );
        let expected = [
            "wrong_type /zones/0/rows/0/seats/0/id",
            "unknown_field /zones/0/rows/0/seats/0/nr",
            "wrong_type /zones/0/rows/0/seats/1",
            "wrong_type /zones/0/rows/0/label",
            "invalid_value /zones/0/areas/0/capacity",
            "missing_field /zones/0/areas/0/shape",
            "invalid_value /zones/0/shapes/0",
            "wrong_type /zones/0/tables",
            "wrong_type /categories/1",
            "wrong_type /items/0/capacity",
            "wrong_type /items/0/price",
            "wrong_type /name",
            "invalid_value /currency",
            "wrong_type /size/width",
            "unknown_field /focal",
            "size_range /zones/0/shapes/1/radius",
            "row_empty /zones/0/rows/1/seats",
            "category_unknown /zones/0/rows/0/seats/2/category",
            "unit_unknown /offers/0/units/milk",
        ];
        let (mut found, mut expected) = (found, expected.map(str::to_owned).to_vec());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let json = r#"{"name":7,"zones":{},"items":null,"size":7,"categories":[{"id":"a","name":"A","price":"1"}],
            "offers":[{"id":"o","units":{"a":-1}}]}"#;
        let options = ImportOptions { format: Format::Fairhold, ..ImportOptions::default() };
        let report = read(json.as_bytes(), &options, &mut |_, _| {}).unwrap_err();
        let said = |pointer: &str| {
            let found = report.defects.iter().find(|defect| defect.pointer == pointer);
            found.map_or(String::new(), |defect| defect.detail.clone())
        };
        for (pointer, words) in [
            ("/name", "must be text"),
            ("/zones", "must be a list"),
            ("/items", "must be a list"),
            ("/size", "must be an object"),
            ("/categories/0/price", "must be a whole number"),
            ("/offers/0/units/a", "must be a whole number, 0 or more"),
        ] {
            assert_eq!(said(pointer), words, "{pointer}: {:?}", report.defects);
        }
    }

    #[test]
    fn broken_json_is_one_defect_with_line_and_column() {
        let options = ImportOptions::default();
        let report = read(b"{\n  \"name\": \"x\",\n}", &options, &mut |_, _| {}).unwrap_err();
        let defect = &report.defects[0];
        assert_eq!((report.defects.len(), defect.code.as_str()), (1, "json_malformed"));
        assert!(defect.detail.ends_with("at line 3 column 1"), "{}", defect.detail);
        assert_eq!(defects(""), ["format_unknown "]);
        assert_eq!(defects("{} {}"), ["json_malformed "]);
        assert_eq!(defects("[]"), ["wrong_type "]);
        assert_eq!(defects(r#"{"name":"a","name":"b"}"#), ["duplicate_field ", "plan_empty "]);
    }

    #[test]
    fn a_byte_order_mark_is_no_defect() {
        assert!(
            defects("\u{feff}{\"name\":\"shop\",\"items\":[{\"id\":\"cap\",\"sellable\":true}]}").is_empty()
        );
    }
}
