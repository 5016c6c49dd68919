//! What `GET …/plan` answers. Made by `realtime::plan_text`.
#![expect(dead_code, reason = "describes JSON that is made elsewhere")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

use crate::domain::Money;

/// A layout and its offers: one version of a plan, which never changes.
#[derive(ToSchema)]
#[schema(example = json!({"plan_version": 1, "name": "Hall", "currency": "KRW", "size": null,
    "focal_point": {"x": 50.0, "y": 0.0},
    "units": [{"id": "A-1-7", "kind": "seat", "capacity": 1, "label": "7", "zone": "A", "row": 0,
        "category": "R", "x": 12.5, "y": 20.0, "offer": true, "price": {"amount": 150000, "currency": "KRW"}}],
    "zones": [{"id": "A", "name": "Stalls", "floor": null, "focal_point": null, "sections": [], "shapes": []}],
    "rows": [{"id": "A-1", "label": "1", "zone": "A", "section": null, "table": false, "whole": false, "units": [0]}],
    "categories": [{"id": "R", "name": "Regular", "color": null, "price": {"amount": 150000, "currency": "KRW"}}],
    "offers": [], "floors": []}))]
pub(in crate::http) struct PlanAnswer {
    #[schema(minimum = 1)]
    plan_version: u32,
    name: String,
    /// Null when nothing has a price.
    #[schema(required, example = "KRW")]
    currency: Option<String>,
    #[schema(required)]
    size: Option<PlanSize>,
    /// Where everybody looks.
    #[schema(required)]
    focal_point: Option<PlanPoint>,
    /// In unit order: a unit's number is its place here, and its for life.
    units: Vec<PlanUnit>,
    zones: Vec<PlanZone>,
    rows: Vec<PlanRow>,
    categories: Vec<PlanCategory>,
    /// What can be picked that is not simply one unit.
    offers: Vec<PlanOffer>,
    floors: Vec<PlanFloor>,
}

#[derive(ToSchema)]
pub(in crate::http) struct PlanSize {
    width: f64,
    height: f64,
}

/// In the plan's own unit; y grows downwards, as on a screen.
#[derive(ToSchema)]
pub(in crate::http) struct PlanPoint {
    x: f64,
    y: f64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum PlanUnitKind {
    Seat,
    Area,
    Item,
}

/// One claimable thing. What is left of it stands in `availability` and in the live stream. A mark that is
/// absent is false.
#[derive(ToSchema)]
pub(in crate::http) struct PlanUnit {
    id: String,
    kind: PlanUnitKind,
    /// The first stock.
    capacity: u32,
    /// What people read.
    label: String,
    /// A zone's id.
    #[schema(required = false)]
    zone: String,
    /// A section's id, unique in its zone.
    #[schema(required = false)]
    section: String,
    /// The place of its row in `rows`.
    #[schema(required = false)]
    row: u32,
    /// A category's id.
    #[schema(required = false)]
    category: String,
    #[schema(required = false)]
    x: f64,
    #[schema(required = false)]
    y: f64,
    /// An aisle lies between the seat before it and this one.
    #[schema(required = false)]
    gap_before: bool,
    /// For wheelchairs.
    #[schema(required = false)]
    accessible: bool,
    /// Beside an accessible seat, for whoever comes along.
    #[schema(required = false)]
    companion: bool,
    #[schema(required = false)]
    restricted_view: bool,
    /// It is taken all at once: a booth, or a seat of a table that is sold as a whole.
    #[schema(required = false)]
    whole: bool,
    /// No longer a part of the plan: it keeps its number and stays off sale.
    #[schema(required = false)]
    closed: bool,
    /// It is picked with the number of guests, from this many to its capacity.
    #[schema(required = false, minimum = 1)]
    min_guests: u32,
    /// The outline of an area.
    #[schema(required = false)]
    shape: PlanShape,
    /// Whether it can be picked by its own id.
    offer: bool,
    /// Of one piece, where it is an offer; null when unknown.
    price: Option<Money>,
}

/// A part of the house.
#[derive(ToSchema)]
pub(in crate::http) struct PlanZone {
    id: String,
    name: String,
    /// A floor's id.
    #[schema(required)]
    floor: Option<String>,
    /// Where this zone looks, instead of the plan's focal point.
    #[schema(required)]
    focal_point: Option<PlanPoint>,
    sections: Vec<PlanSection>,
    /// Drawn, never sold.
    shapes: Vec<PlanShape>,
}

#[derive(ToSchema)]
pub(in crate::http) struct PlanSection {
    /// Unique in its zone.
    id: String,
    /// May be empty.
    name: String,
    /// Where its people come in.
    #[schema(required = false)]
    entrance: String,
}

/// Seats beside each other: a row, or the seats of a table.
#[derive(ToSchema)]
pub(in crate::http) struct PlanRow {
    /// May be empty.
    id: String,
    label: String,
    /// A zone's id.
    zone: String,
    /// A section's id.
    #[schema(required)]
    section: Option<String>,
    table: bool,
    /// A table that is sold as a whole: its offer has the id of the row.
    whole: bool,
    /// The numbers of its seats, in order.
    units: Vec<u32>,
    /// What is drawn of a table.
    #[schema(required = false)]
    shape: PlanShape,
}

/// A price band.
#[derive(ToSchema)]
pub(in crate::http) struct PlanCategory {
    id: String,
    name: String,
    #[schema(required, example = "#e11d48")]
    color: Option<String>,
    /// Null when unknown.
    #[schema(required)]
    price: Option<Money>,
}

/// A price and a bill of units.
#[derive(ToSchema)]
pub(in crate::http) struct PlanOffer {
    id: String,
    label: String,
    /// Null when unknown.
    #[schema(required)]
    price: Option<Money>,
    /// Unit id and how many of it one piece takes.
    units: BTreeMap<String, u32>,
}

#[derive(ToSchema)]
pub(in crate::http) struct PlanFloor {
    id: String,
    name: String,
}

/// Something to draw.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "kind", mapping(
    ("rectangle" = "#/components/schemas/RectangleShape"), ("circle" = "#/components/schemas/CircleShape"),
    ("ellipse" = "#/components/schemas/EllipseShape"), ("polygon" = "#/components/schemas/PolygonShape"),
    ("text" = "#/components/schemas/TextShape"))))]
pub(in crate::http) enum PlanShape {
    Rectangle(RectangleShape),
    Circle(CircleShape),
    Ellipse(EllipseShape),
    Polygon(PolygonShape),
    Text(TextShape),
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum RectangleKind {
    Rectangle,
}

/// `x` and `y` are its upper left corner.
#[derive(ToSchema)]
pub(in crate::http) struct RectangleShape {
    #[schema(inline)]
    kind: RectangleKind,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    #[schema(required = false)]
    color: String,
    #[schema(required = false)]
    border_color: String,
    /// Degrees, clockwise, around `x` and `y`.
    #[schema(required = false)]
    rotation: f64,
    #[schema(required = false)]
    label: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum CircleKind {
    Circle,
}

/// `x` and `y` are its centre.
#[derive(ToSchema)]
pub(in crate::http) struct CircleShape {
    #[schema(inline)]
    kind: CircleKind,
    x: f64,
    y: f64,
    radius: f64,
    #[schema(required = false)]
    color: String,
    #[schema(required = false)]
    border_color: String,
    /// Degrees, clockwise, around `x` and `y`.
    #[schema(required = false)]
    rotation: f64,
    #[schema(required = false)]
    label: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum EllipseKind {
    Ellipse,
}

/// `x` and `y` are its centre.
#[derive(ToSchema)]
pub(in crate::http) struct EllipseShape {
    #[schema(inline)]
    kind: EllipseKind,
    x: f64,
    y: f64,
    radius_x: f64,
    radius_y: f64,
    #[schema(required = false)]
    color: String,
    #[schema(required = false)]
    border_color: String,
    /// Degrees, clockwise, around `x` and `y`.
    #[schema(required = false)]
    rotation: f64,
    #[schema(required = false)]
    label: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum PolygonKind {
    Polygon,
}

#[derive(ToSchema)]
pub(in crate::http) struct PolygonShape {
    #[schema(inline)]
    kind: PolygonKind,
    points: Vec<PlanPoint>,
    #[schema(required = false)]
    color: String,
    #[schema(required = false)]
    border_color: String,
    /// Degrees, clockwise, around its first point.
    #[schema(required = false)]
    rotation: f64,
    #[schema(required = false)]
    label: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum TextKind {
    Text,
}

/// `x` and `y` are the middle of the text.
#[derive(ToSchema)]
pub(in crate::http) struct TextShape {
    #[schema(inline)]
    kind: TextKind,
    x: f64,
    y: f64,
    text: String,
    #[schema(required = false)]
    color: String,
    #[schema(required = false)]
    size: f64,
    /// Degrees, clockwise, around its point.
    #[schema(required = false)]
    rotation: f64,
}
