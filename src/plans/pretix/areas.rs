//! Areas of pretix: drawings. A drawing that cannot be drawn is dropped; no seat depends on it.

use serde_json::Value;

use super::{ORIGIN, sum};
use crate::domain::plan::{Point, Shape, Style};
use crate::plans::findings::{Findings, quote};
use crate::plans::pointer::At;

const DROPPED: &str = "the drawing was dropped";
const KINDS: [&str; 4] = ["polygon", "rectangle", "ellipse", "circle"];

/// Appends the shapes of one area: its outline and the words in it.
pub(super) fn draw(findings: &mut Findings, area: &Value, at: &At<'_>, zone: Point, shapes: &mut Vec<Shape>) {
    if !area.is_object() {
        findings.cured("wrong_type", at, "must be an object", DROPPED);
        return;
    }
    let kind = findings.text(area, at, "shape").or_else(|| guess(area).map(str::to_owned));
    let Some(kind) = kind else {
        findings.cured("shape_unknown", at.key("shape"), "is missing", DROPPED);
        return;
    };
    let place = Place {
        at: sum(zone, findings.point(area, at, "position").unwrap_or(ORIGIN)),
        rotation: findings.rotation(area, at),
    };
    if !(place.at.x.is_finite() && place.at.y.is_finite()) {
        findings.cured("position_not_finite", at.key("position"), "lies beyond all bounds", DROPPED);
        return;
    }
    let shape = match kind.as_str() {
        "rectangle" => rectangle(findings, area, at, &place),
        "circle" => circle(findings, area, at, &place),
        "ellipse" => ellipse(findings, area, at, &place),
        "polygon" => polygon(findings, area, at, &place),
        "text" => None,
        _ => {
            let wrong = format!("{} is not a known shape", quote(&kind));
            findings.cured("shape_unknown", at.key("shape"), wrong, DROPPED);
            return;
        }
    };
    shapes.extend(shape);
    shapes.extend(words(findings, area, at, &place));
}

/// Where an area stands; it is turned around this point.
struct Place {
    at: Point,
    rotation: Option<f64>,
}

impl Place {
    /// Where a point of the area is in the plan.
    fn of(&self, point: Point) -> Point {
        let (sin, cos) = self.rotation.unwrap_or(0.0).to_radians().sin_cos();
        let turned = Point { x: point.x * cos - point.y * sin, y: point.x * sin + point.y * cos };
        sum(self.at, turned)
    }
}

/// The kind of an area that does not say it. The oldest files have rectangles only.
fn guess(area: &Value) -> Option<&'static str> {
    let has = |key: &str| area.get(key).is_some_and(|value| !value.is_null());
    let named = KINDS.into_iter().find(|kind| has(kind));
    let old = || (has("width") && has("height")).then_some("rectangle");
    named.or_else(old).or_else(|| has("text").then_some("text"))
}

fn style(findings: &mut Findings, area: &Value, at: &At<'_>, rotation: Option<f64>) -> Style {
    let color = findings.color(area, at, "color");
    let border_color = findings.color(area, at, "border_color");
    let in_words = area.get("text").is_some_and(Value::is_string);
    let label = if in_words { findings.text(area, at, "text") } else { None };
    Style { color, border_color, rotation, label }
}

fn rectangle(findings: &mut Findings, area: &Value, at: &At<'_>, place: &Place) -> Option<Shape> {
    let inner = at.key("rectangle");
    let (value, size_at) = area.get("rectangle").map_or((area, at), |rectangle| (rectangle, &inner));
    let width = findings.size(value, size_at, "width", DROPPED);
    let height = findings.size(value, size_at, "height", DROPPED);
    let style = style(findings, area, at, place.rotation);
    let Point { x, y } = place.at;
    Some(Shape::Rectangle { x, y, width: width?, height: height?, style })
}

fn circle(findings: &mut Findings, area: &Value, at: &At<'_>, place: &Place) -> Option<Shape> {
    let radius =
        findings.size(area.get("circle").unwrap_or(&Value::Null), &at.key("circle"), "radius", DROPPED);
    let style = style(findings, area, at, place.rotation);
    let Point { x, y } = place.at;
    Some(Shape::Circle { x, y, radius: radius?, style })
}

fn ellipse(findings: &mut Findings, area: &Value, at: &At<'_>, place: &Place) -> Option<Shape> {
    let inner = at.key("ellipse");
    let radius = findings.point(area.get("ellipse").unwrap_or(&Value::Null), &inner, "radius");
    let style = style(findings, area, at, place.rotation);
    let Point { x, y } = place.at;
    match radius {
        Some(Point { x: radius_x, y: radius_y }) if radius_x > 0.0 && radius_y > 0.0 => {
            Some(Shape::Ellipse { x, y, radius_x, radius_y, style })
        }
        _ => {
            findings.cured("size_range", inner.key("radius"), "x and y must be numbers above 0", DROPPED);
            None
        }
    }
}

fn polygon(findings: &mut Findings, area: &Value, at: &At<'_>, place: &Place) -> Option<Shape> {
    let inner = at.key("polygon");
    let points_at = inner.key("points");
    let values = findings.list(area.get("polygon").unwrap_or(&Value::Null), &inner, "points");
    let number = |value: &Value, key| value.get(key).and_then(Value::as_f64);
    let point = |value| Some(place.of(Point { x: number(value, "x")?, y: number(value, "y")? }));
    let mut points = Vec::with_capacity(values.len());
    for (n, value) in values.iter().enumerate() {
        match point(value).filter(|point| point.x.is_finite() && point.y.is_finite()) {
            Some(point) => points.push(point),
            None => {
                let wrong = "x and y must be numbers";
                findings.cured("position_missing", points_at.index(n), wrong, "the corner was dropped");
            }
        }
    }
    // Its points are turned already.
    let style = style(findings, area, at, None);
    if points.len() < 3 {
        findings.cured("polygon_points", points_at, "must have at least 3 points", DROPPED);
        return None;
    }
    Some(Shape::Polygon { points, style })
}

/// The text of an area, whatever its shape; an empty one is nothing.
fn words(findings: &mut Findings, area: &Value, at: &At<'_>, place: &Place) -> Option<Shape> {
    let at = at.key("text");
    let value = area.get("text").filter(|text| text.is_object())?;
    let text = findings.text(value, &at, "text")?;
    let color = findings.color(value, &at, "color");
    let has_size = value.get("size").is_some_and(|size| !size.is_null());
    let size = if has_size { findings.size(value, &at, "size", "was left out") } else { None };
    let Point { x, y } = place.of(findings.point(value, &at, "position").unwrap_or(ORIGIN));
    Some(Shape::Text { x, y, text, color, size, rotation: place.rotation })
}
