//! The plan document: the JSON that operators write and importers produce (`docs/plan-format.md`).

use serde::{Deserialize, Serialize};

use super::shape::Shape;
use crate::domain::money::Currency;

/// A whole layout. Lengths and positions are in the plan's own unit; y grows downwards, as on a screen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanDocument {
    pub name: String,
    /// Needed as soon as anything has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Where everybody looks: best available prefers seats near it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<Point>,
    pub categories: Vec<Category>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub floors: Vec<Floor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<NamedOffer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// A price band. `price` is in minor units; absent means unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Category {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Floor {
    pub id: String,
    pub name: String,
}

/// A part of the house: a section, a stand, a room.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Zone {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// Where this zone looks, instead of the plan's focal point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<Point>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Area>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Drawn, never sold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shapes: Vec<Shape>,
}

/// A named part of a zone, which rows, tables and areas may say that they are in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Unique in its zone.
    pub id: String,
    /// May be empty.
    pub name: String,
    /// Where its people come in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrance: Option<String>,
}

/// Seats beside each other, in order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    /// May be empty; if not, unique among the rows and tables of its zone.
    pub id: String,
    pub label: String,
    /// The id of a section of its zone, as of tables and areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    pub seats: Vec<Seat>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seat {
    pub id: String,
    /// What people read, as of every unit and offer. Empty: its id.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    /// An aisle or a pillar lies between the previous seat and this one: they are not neighbours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gap_before: bool,
    /// For wheelchairs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub accessible: bool,
    /// Beside an accessible seat, for whoever comes along.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted_view: bool,
}

/// General admission: standing places without numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Area {
    pub id: String,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    pub capacity: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// A booth: whoever takes it takes all of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// Only of a whole area: it is picked with the number of guests, from this many to its capacity, and each
    /// pays the price. Without it, it is one piece at one price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_guests: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
}

/// Seats around a table; its seats are neighbours in the order given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    pub id: String,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Sold as a whole: one offer by the table's id, at the price of its category. Its seats are no offers then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// Only of a whole table: its category and that of its seats, whatever they say themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub seats: Vec<Seat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
}

/// Stock: pieces of a product, grams of coffee.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    pub id: String,
    pub label: String,
    /// The first stock; later it changes by restock.
    pub capacity: u32,
    /// What one piece is, such as `g` or `ml`; for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// Whether it can be bought by its own id. An ingredient cannot.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sellable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
}

/// What a buyer picks that is not simply one unit: a price and a bill of units.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NamedOffer {
    pub id: String,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// Unit id to quantity for one piece.
    pub units: std::collections::BTreeMap<String, u32>,
}
