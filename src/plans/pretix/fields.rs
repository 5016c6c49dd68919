//! The fields of seating plans: those of the schema, and those that people add to it for aisles and standing places.

use serde_json::Value;

use super::marks;
use crate::domain::plan::QUANTITY_MAX;
use crate::plans::census::{Kind, none};

pub(super) static PLAN: Kind = Kind {
    name: "the plan",
    known: &["name", "size"],
    is_known: none,
    inside: &[("categories", &CATEGORY), ("zones", &ZONE)],
};
static CATEGORY: Kind =
    Kind { name: "categories", known: &["name", "color"], is_known: marks::is_known, inside: &[] };
static ZONE: Kind = Kind {
    name: "zones",
    known: &[
        "name",
        "zone_id",
        "uuid",
        "position",
        "category",
        CAPACITY[0],
        CAPACITY[1],
        CAPACITY[2],
        CAPACITY[3],
    ],
    is_known: marks::is_known,
    inside: &[("rows", &ROW), ("areas", &AREA)],
};
static ROW: Kind = Kind {
    name: "rows",
    known: &[
        "row_number",
        "row_label",
        "seat_label",
        "row_number_position",
        "uuid",
        "position",
        BREAKS[0],
        BREAKS[1],
        BREAKS[2],
        WHEELCHAIRS[0],
        WHEELCHAIRS[1],
    ],
    is_known: marks::is_known,
    inside: &[("seats", &SEAT)],
};
static SEAT: Kind = Kind {
    name: "seats",
    known: &[
        "seat_guid",
        "uuid",
        "seat_number",
        "category",
        "position",
        "radius",
        "start_direction",
        GAP_BEFORE[0],
        GAP_BEFORE[1],
        GAP_BEHIND[0],
        GAP_BEHIND[1],
    ],
    is_known: marks::is_known,
    inside: &[],
};
static AREA: Kind = Kind {
    name: "areas",
    known: &[
        "shape",
        "color",
        "border_color",
        "rotation",
        "uuid",
        "position",
        "rectangle",
        "circle",
        "ellipse",
        "polygon",
        "text",
        "width",
        "height",
        "category",
        "id",
        "area_id",
        "name",
        "label",
        CAPACITY[0],
        CAPACITY[1],
        CAPACITY[2],
        CAPACITY[3],
    ],
    is_known: none,
    inside: &[],
};

const CAPACITY: [&str; 4] = ["capacity", "standing_capacity", "standing_places", "standing"];
pub(super) const BREAKS: [&str; 3] = ["segment_breaks", "aisles_before", "gaps_before"];
pub(super) const WHEELCHAIRS: [&str; 2] = ["wheelchair_seats", "accessible_seats"];
pub(super) const GAP_BEFORE: [&str; 2] = ["gap_before", "aisle_before"];
pub(super) const GAP_BEHIND: [&str; 2] = ["gap_after", "aisle_after"];

/// The numbers of seats that a row lists.
pub(super) fn numbers(row: &Value, fields: impl IntoIterator<Item = &'static str>) -> Vec<String> {
    let lists = fields.into_iter().filter_map(|field| row.get(field)?.as_array());
    let number = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    lists.flatten().map(number).collect()
}

pub(super) fn is_set(value: &Value, fields: impl IntoIterator<Item = &'static str>) -> bool {
    fields.into_iter().any(|field| value.get(field) == Some(&Value::Bool(true)))
}

/// How many people there is room for, and where that stands; no number: it is none. None: nothing is said of it.
pub(super) fn capacity(value: &Value) -> Option<(&'static str, Option<u32>)> {
    let said =
        |field| Some((field, value.get(field).filter(|value| value.is_number() || value.is_string())?));
    let (field, value) = CAPACITY.into_iter().find_map(said)?;
    if value.as_f64() == Some(0.0) || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return None;
    }
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let number = number.and_then(|number| u32::try_from(number).ok());
    Some((field, number.filter(|number| (1..=QUANTITY_MAX).contains(number))))
}
