//! A plan as readers get it: one JSON text and its gzip, made once per plan version and name of the inventory.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use crate::domain::plan::{PlanDocument, Shape, Unit};
use crate::domain::{OfferNo, Plan, UnitNo};

/// Ready to send; immutable, so it may be cached for ever under its tag.
#[derive(Debug, Clone)]
pub struct PlanText {
    pub json: Bytes,
    pub gzip: Bytes,
    /// Quoted, strong.
    pub etag: String,
    /// What it is the text of.
    pub plan: Arc<Plan>,
    pub version: u32,
}

impl PlanText {
    /// `name` is the inventory's: a plan has none of its own.
    pub(super) fn new(plan: Arc<Plan>, version: u32, name: &str) -> Self {
        let json = encode(&plan, version, name);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let packed = gzip.write_all(&json).and_then(|()| gzip.finish());
        let etag = format!("\"plan-{version}-{:08x}\"", crc32fast::hash(&json));
        let gzip = packed.expect("a vector takes all that is written").into();
        Self { json: json.into(), gzip, etag, plan, version }
    }
}

fn encode(plan: &Plan, version: u32, name: &str) -> Vec<u8> {
    let document = plan.document();
    let outlines = outlines(document);
    let units = plan.units().iter().enumerate();
    let units: Vec<Value> = units
        .map(|(number, unit)| {
            let mut json = unit_json(plan, number, unit);
            if let Some(shape) = outlines.get(&*unit.id).filter(|_| !unit.is_closed()) {
                json["shape"] = json!(shape);
            }
            json
        })
        .collect();
    let zones: Vec<Value> = document
        .zones
        .iter()
        .map(|zone| {
            json!({"id": zone.id, "name": zone.name, "floor": zone.floor, "focal_point": zone.focal_point,
                   "sections": zone.sections, "shapes": zone.shapes})
        })
        .collect();
    let rows: Vec<Value> = plan
        .rows()
        .iter()
        .zip(row_shapes(document))
        .map(|(row, shape)| {
            let mut json = json!({"id": row.id, "label": row.label, "zone": document.zones[row.zone as usize].id,
                   "section": section_id(plan, row.section), "table": row.is_table, "whole": row.whole,
                   "units": row.seats.clone().map(|place| plan.unit_at(place)).collect::<Vec<_>>()});
            if let Some(shape) = shape {
                json["shape"] = json!(shape);
            }
            json
        })
        .collect();
    let categories: Vec<Value> = plan
        .categories()
        .iter()
        .map(|category| {
            json!({"id": category.id, "name": category.name, "color": category.color, "price": plan.money(category.price)})
        })
        .collect();
    let offers: Vec<Value> = plan.named_offers().map(|offer| offer_json(plan, offer)).collect();
    let text = json!({
        "plan_version": version, "name": name, "currency": document.currency, "size": document.size,
        "focal_point": document.focal_point, "units": units, "zones": zones, "rows": rows, "categories": categories,
        "offers": offers, "floors": document.floors,
    });
    text.to_string().into_bytes()
}

/// The outlines of areas, by their ids.
fn outlines(document: &PlanDocument) -> FxHashMap<&str, &Shape> {
    let areas = document.zones.iter().flat_map(|zone| &zone.areas);
    areas.filter_map(|area| Some((area.id.as_str(), area.shape.as_ref()?))).collect()
}

/// Of each row of the plan what is drawn around it: tables have a shape.
fn row_shapes(document: &PlanDocument) -> impl Iterator<Item = Option<&Shape>> {
    document.zones.iter().flat_map(|zone| {
        zone.rows.iter().map(|_| None).chain(zone.tables.iter().map(|table| table.shape.as_ref()))
    })
}

/// Its id, unique in its zone.
fn section_id(plan: &Plan, section: Option<u32>) -> Option<&str> {
    section.map(|section| &*plan.sections()[section as usize].id)
}

fn unit_json(plan: &Plan, number: usize, unit: &Unit) -> Value {
    let mut json = json!({"id": unit.id, "kind": unit.kind, "capacity": unit.capacity, "label": unit.label});
    let mut set = |key: &str, value: Value| json[key] = value;
    if let Some(zone) = unit.zone {
        set("zone", json!(plan.document().zones[zone as usize].id));
    }
    if let Some(section) = section_id(plan, unit.section) {
        set("section", json!(section));
    }
    if let Some(row) = unit.row {
        set("row", json!(row));
    }
    if let Some(category) = unit.category {
        set("category", json!(plan.categories()[category as usize].id));
    }
    if let Some(at) = unit.at {
        set("x", json!(at.x));
        set("y", json!(at.y));
    }
    let marks = [
        ("gap_before", unit.gap_before),
        ("accessible", unit.accessible),
        ("companion", unit.companion),
        ("restricted_view", unit.restricted_view),
        ("whole", unit.whole),
        ("closed", unit.is_closed()),
    ];
    marks.into_iter().filter(|&(_, is_so)| is_so).for_each(|(key, _)| set(key, json!(true)));
    let own = plan.own_offer(number as UnitNo);
    if let Some(guests) = own.and_then(|own| plan.guests(own)) {
        set("min_guests", json!(guests.start()));
    }
    set("offer", json!(own.is_some()));
    if let Some(own) = own {
        set("price", json!(plan.money(plan.offer_price(own))));
    }
    json
}

fn offer_json(plan: &Plan, offer: OfferNo) -> Value {
    let mut units = serde_json::Map::new();
    plan.bill(offer, |unit, quantity| {
        units.insert(plan.unit(unit).id.to_string(), json!(quantity));
    });
    json!({"id": plan.offer_id(offer), "label": plan.offer_label(offer), "price": plan.money(plan.offer_price(offer)), "units": units})
}
