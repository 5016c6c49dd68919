//! The plan of a hall as its operators think of it, and the JSON that they send.

use std::collections::BTreeSet;

use serde_json::{Value, json};

#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// No two documents have the same: it tells who made a version.
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) categories: Vec<Category>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) items: Vec<Item>,
    pub(crate) offers: Vec<Offer>,
    /// What was closed and may come back; no part of the JSON.
    pub(crate) cellar: Vec<Closed>,
}

#[derive(Debug, Clone)]
pub(crate) struct Category {
    pub(crate) id: String,
    pub(crate) price: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Id and name.
    pub(crate) sections: Vec<(String, String)>,
    /// Rows and tables.
    pub(crate) benches: Vec<Bench>,
    pub(crate) areas: Vec<Area>,
}

#[derive(Debug, Clone)]
pub(crate) struct Bench {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) section: Option<String>,
    pub(crate) is_table: bool,
    /// The category of a table that is sold as a whole.
    pub(crate) whole: Option<String>,
    pub(crate) seats: Vec<Seat>,
}

#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) category: Option<String>,
    pub(crate) at: (i64, i64),
    pub(crate) gap_before: bool,
    pub(crate) accessible: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) section: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) capacity: i64,
    pub(crate) whole: bool,
    pub(crate) guests: Option<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) capacity: i64,
    pub(crate) sellable: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) id: String,
    pub(crate) price: u64,
    pub(crate) units: Vec<(String, u64)>,
}

/// What was closed, with where it stood.
#[derive(Debug, Clone)]
pub(crate) enum Closed {
    /// The bench has no seats here.
    Seat {
        zone: String,
        bench: Bench,
        seat: Seat,
    },
    Area {
        zone: String,
        area: Area,
    },
    Item(Item),
    Offer(Offer),
}

impl Closed {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Seat { seat, .. } => &seat.id,
            Self::Area { area, .. } => &area.id,
            Self::Item(item) => &item.id,
            Self::Offer(offer) => &offer.id,
        }
    }

    pub(crate) fn is_unit(&self) -> bool {
        !matches!(self, Self::Offer(_))
    }
}

impl Document {
    pub(crate) fn json(&self) -> Value {
        let categories = self.categories.iter();
        // An inventory has a name of its own, so a document is known again by those of its categories.
        let category = |one: &Category| json!({"id": one.id, "name": format!("Price {} of {}", one.id, self.name), "price": one.price});
        let item = |one: &Item| {
            let mut json = json!({"id": one.id, "label": one.label, "capacity": one.capacity});
            if one.sellable {
                json["sellable"] = json!(true);
                json["price"] = json!(700);
            }
            json
        };
        let offer = |one: &Offer| {
            let units: serde_json::Map<String, Value> =
                one.units.iter().map(|(id, n)| (id.clone(), json!(n))).collect();
            json!({"id": one.id, "label": format!("Offer {}", one.id), "price": one.price, "units": units})
        };
        json!({
            "name": self.name, "currency": self.currency, "focal_point": {"x": 200, "y": 0},
            "categories": categories.map(category).collect::<Vec<_>>(),
            "zones": self.zones.iter().map(Zone::json).collect::<Vec<_>>(),
            "items": self.items.iter().map(item).collect::<Vec<_>>(),
            "offers": self.offers.iter().map(offer).collect::<Vec<_>>(),
        })
    }

    pub(crate) fn seats(&self) -> impl Iterator<Item = (&Bench, &Seat)> {
        let benches = self.zones.iter().flat_map(|zone| &zone.benches);
        benches.flat_map(|bench| bench.seats.iter().map(move |seat| (bench, seat)))
    }

    pub(crate) fn areas(&self) -> impl Iterator<Item = &Area> {
        self.zones.iter().flat_map(|zone| &zone.areas)
    }

    /// The ids of all units.
    pub(crate) fn units(&self) -> BTreeSet<&str> {
        let seats = self.seats().map(|(_, seat)| seat.id.as_str());
        let areas = self.areas().map(|area| area.id.as_str());
        seats.chain(areas).chain(self.items.iter().map(|item| item.id.as_str())).collect()
    }
}

impl Zone {
    fn json(&self) -> Value {
        let section = |(id, name): &(String, String)| json!({"id": id, "name": name});
        let benches = |tables: bool| -> Vec<Value> {
            self.benches.iter().filter(|bench| bench.is_table == tables).map(Bench::json).collect()
        };
        json!({
            "id": self.id, "name": self.name, "sections": self.sections.iter().map(section).collect::<Vec<_>>(),
            "rows": benches(false), "tables": benches(true),
            "areas": self.areas.iter().map(Area::json).collect::<Vec<_>>(),
        })
    }
}

impl Bench {
    fn json(&self) -> Value {
        let seats: Vec<Value> = self.seats.iter().map(Seat::json).collect();
        let mut json = json!({"id": self.id, "label": self.label, "seats": seats});
        set(&mut json, "section", self.section.as_ref());
        if let Some(category) = &self.whole {
            json["whole"] = json!(true);
            json["category"] = json!(category);
        }
        json
    }
}

impl Seat {
    fn json(&self) -> Value {
        let mut json = json!({"id": self.id, "label": self.label, "x": self.at.0, "y": self.at.1});
        set(&mut json, "category", self.category.as_ref());
        set(&mut json, "gap_before", self.gap_before.then_some(true));
        set(&mut json, "accessible", self.accessible.then_some(true));
        json
    }
}

impl Area {
    fn json(&self) -> Value {
        let mut json = json!({"id": self.id, "label": self.label, "capacity": self.capacity});
        set(&mut json, "section", self.section.as_ref());
        set(&mut json, "category", self.category.as_ref());
        set(&mut json, "whole", self.whole.then_some(true));
        set(&mut json, "min_guests", self.guests);
        json
    }
}

fn set(json: &mut Value, key: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        json[key] = json!(value);
    }
}

const ROWS: usize = 12;
const SEATS: usize = 12;

/// Two zones of rows with aisles and wheelchairs, tables, standing room, a booth, stock and bundles.
pub(crate) fn hall() -> Document {
    let zones = [("stalls", "Stalls", 0), ("circle", "Circle", 200)];
    let item = |id: &str, capacity, sellable| Item {
        id: id.to_owned(),
        label: id.to_uppercase(),
        capacity,
        sellable,
    };
    let offer = |id: &str, units: &[(&str, u64)]| Offer {
        id: id.to_owned(),
        price: 900,
        units: units.iter().map(|&(unit, n)| (unit.to_owned(), n)).collect(),
    };
    let categories = [("R", 3_000), ("S", 2_000), ("T", 1_000)];
    Document {
        name: "hall".to_owned(),
        currency: "KRW".to_owned(),
        categories: categories.map(|(id, price)| Category { id: id.to_owned(), price }).into(),
        zones: zones.map(|(id, name, y)| zone(id, name, y)).into(),
        items: vec![item("cup", 90, false), item("poster", 60, true), item("beans", 900, false)],
        offers: vec![
            offer("coffee", &[("cup", 1), ("beans", 9)]),
            offer("souvenir", &[("poster", 1), ("cup", 2)]),
            offer("evening", &[("stalls-floor", 1), ("poster", 1)]),
        ],
        cellar: Vec::new(),
    }
}

fn zone(id: &str, name: &str, y: i64) -> Zone {
    let sections = ["left", "right"];
    let row = |n: usize| {
        let section = sections.get(n % 3).map(|&section| section.to_owned());
        let seat = |s: usize| Seat {
            id: format!("{id}-{n}-{s}"),
            label: (s + 1).to_string(),
            category: Some(["R", "S"][n % 2].to_owned()),
            at: (130 + 12 * s as i64, y + 10 * n as i64 + 20),
            gap_before: s == 8,
            accessible: n == 3 && s < 2,
        };
        let seats = (0..SEATS).map(seat).collect();
        Bench {
            id: format!("{id}-{n}"),
            label: format!("Row {n}"),
            section,
            is_table: false,
            whole: None,
            seats,
        }
    };
    let table = |n: usize| {
        let mut table = row(ROWS + n);
        table.seats.truncate(4);
        table.is_table = true;
        table.whole = (n == 0).then(|| "T".to_owned());
        table
    };
    let area = |what: &str, capacity, whole, guests| Area {
        id: format!("{id}-{what}"),
        label: what.to_owned(),
        section: None,
        category: Some("T".to_owned()),
        capacity,
        whole,
        guests,
    };
    Zone {
        id: id.to_owned(),
        name: name.to_owned(),
        sections: sections.map(|part| (part.to_owned(), format!("{name} {part}"))).into(),
        benches: (0..ROWS).map(row).chain((0..3).map(table)).collect(),
        areas: vec![
            area("floor", 60, false, None),
            area("booth", 6, true, None),
            area("lounge", 8, true, Some(3)),
        ],
    }
}
