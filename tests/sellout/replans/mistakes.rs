//! Plans with something wrong in them.

use serde_json::{Value, json};

use super::document::{Closed, Document};
use crate::support::rng::Rng;

/// Spoils the JSON; the code of what is wrong now. None: there was nothing to spoil.
pub(crate) fn make(document: &Document, json: &mut Value, tag: &str, rng: &mut Rng) -> Option<&'static str> {
    let closed: Vec<&Closed> = document.cellar.iter().filter(|closed| closed.is_unit()).collect();
    let closed = (!closed.is_empty()).then(|| closed[rng.below(closed.len())]);
    let offer = |id: &str, unit: &str| json!({"id": id, "units": {unit: 1}});
    let (zone, row) = (rng.below(document.zones.len()), rng.below(2));
    let unit = document.items.first()?.id.as_str();
    let fresh = format!("{tag}-wrong");
    match rng.below(9) {
        0 => json["currency"] = json!("USD"),
        1 => {
            let id = closed?.id();
            let of_kind = json!({"id": id, "capacity": 1});
            match closed? {
                Closed::Item(_) => list(&mut json["zones"][zone], "areas").push(of_kind),
                _ => list(json, "items").push(of_kind),
            }
            return Some("kind_changed");
        }
        2 => {
            list(json, "offers").push(offer(closed?.id(), unit));
            return Some("offer_clash");
        }
        3 => {
            list(json, "offers").push(offer(unit, unit));
            return Some("offer_clash");
        }
        4 => {
            let again = json["items"][0].clone();
            list(json, "items").push(again);
            return Some("duplicate_id");
        }
        5 => {
            *json["zones"][zone]["rows"].get_mut(row)?.get_mut("seats")?.get_mut(0)?.get_mut("category")? =
                json!("nobody knows it");
            return Some("category_unknown");
        }
        6 => {
            list(json, "offers").push(offer(&fresh, "nobody knows it"));
            return Some("unit_unknown");
        }
        7 => {
            list(&mut json["zones"][zone], "rows").push(json!({"id": fresh, "seats": []}));
            return Some("row_empty");
        }
        _ => {
            json["zones"][zone]["rows"].get_mut(row)?["section"] = json!("nobody knows it");
            return Some("section_unknown");
        }
    }
    Some("currency_changed")
}

fn list<'a>(json: &'a mut Value, key: &str) -> &'a mut Vec<Value> {
    json[key].as_array_mut().expect("our documents have all lists")
}
