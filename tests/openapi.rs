//! The description that the pages are typed by: `web/openapi.json` is what this server serves.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its own sources has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// Set, the file is written instead of compared.
const WRITE: &str = "FAIRHOLD_WRITE_OPENAPI";

fn served() -> Value {
    serde_json::from_slice(&fairhold::http::openapi()).unwrap()
}

#[test]
fn the_file_that_the_pages_are_typed_by_is_what_is_served() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let served = format!("{}\n", serde_json::to_string_pretty(&served()).unwrap());
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &served).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let same = kept.lines().zip(served.lines()).take_while(|(kept, served)| kept == served).count();
    assert!(
        kept == served,
        "web/openapi.json differs from line {} on: run `{WRITE}=1 cargo test --test openapi`, then build the pages",
        same + 1
    );
}

/// What an answer may leave out. All else is always there, if only as null.
const MAY_BE_ABSENT: &[(&str, &[&str])] = &[
    ("CircleShape", &["border_color", "color", "label", "rotation"]),
    ("EllipseShape", &["border_color", "color", "label", "rotation"]),
    ("GroupAnswer", &["sales"]),
    ("HoldAnswer", &["group"]),
    ("HoldFrame", &["group"]),
    ("InventoryAnswer", &["stale"]),
    ("MovedAnswer", &["expires_at"]),
    ("PlanRow", &["shape"]),
    ("PlanSection", &["entrance"]),
    (
        "PlanUnit",
        &[
            "accessible",
            "category",
            "closed",
            "companion",
            "gap_before",
            "min_guests",
            "price",
            "restricted_view",
            "row",
            "section",
            "shape",
            "whole",
            "x",
            "y",
            "zone",
        ],
    ),
    ("PolygonShape", &["border_color", "color", "label", "rotation"]),
    (
        "ProblemDetails",
        &[
            "errors",
            "inventory",
            "largest_block",
            "limits",
            "on_sale_from",
            "on_sale_until",
            "retry_after_seconds",
            "stranded",
            "units",
        ],
    ),
    ("RectangleShape", &["border_color", "color", "label", "rotation"]),
    ("SettingsAnswer", &["channels"]),
    ("SnapshotFrame", &["stale"]),
    ("TextShape", &["color", "rotation", "size"]),
];

#[test]
fn answers_say_what_may_be_absent() {
    let api = served();
    let mut absent = BTreeMap::new();
    for name in answered(&api) {
        let schema = &api["components"]["schemas"][&name];
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field.as_str());
        let optional: Vec<String> =
            fields.filter(|field| !required.contains(field)).map(str::to_owned).collect();
        if !optional.is_empty() {
            absent.insert(name, optional);
        }
    }
    let documented: BTreeMap<String, Vec<String>> = MAY_BE_ABSENT
        .iter()
        .map(|(name, fields)| ((*name).to_owned(), fields.iter().map(|field| (*field).to_owned()).collect()))
        .collect();
    assert_eq!(absent, documented);
}

/// The names of all schemas that answers and frames are made of.
fn answered(api: &Value) -> BTreeSet<String> {
    let operations =
        api["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut todo: Vec<&Value> = operations.map(|operation| &operation["responses"]).collect();
    todo.push(&api["components"]["schemas"]["LiveFrame"]);
    let mut names = BTreeSet::new();
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let name = reference.rsplit('/').next().unwrap();
                    if names.insert(name.to_owned()) {
                        todo.push(&api["components"]["schemas"][name]);
                    }
                }
                todo.extend(fields.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    names
}
