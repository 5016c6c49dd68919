//! Shapes as areas of pretix. Their sizes are whole pixels there.

use serde::Serialize;

use super::Writer;
use crate::domain::plan::{Point, Shape, Style, Zone};

const ROUNDED: &str = "fractions of the sizes of drawings";
/// The size of letters where a shape has its name in it.
const LETTERS: i64 = 16;

#[derive(Serialize)]
pub(super) struct Drawing<'a> {
    shape: &'static str,
    position: Point,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    border_color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rectangle: Option<Rectangle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<Circle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ellipse: Option<Ellipse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    polygon: Option<Polygon>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
}

#[derive(Serialize)]
struct Rectangle {
    width: i64,
    height: i64,
}

#[derive(Serialize)]
struct Circle {
    radius: i64,
}

#[derive(Serialize)]
struct Ellipse {
    radius: Point,
}

#[derive(Serialize)]
struct Polygon {
    points: Vec<Point>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
    position: Point,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
    size: i64,
}

impl<'a> Writer<'a> {
    /// Its shapes, and the outlines of its tables and areas.
    pub(super) fn drawings(&mut self, zone: &'a Zone) -> Vec<Drawing<'a>> {
        let tables = zone.tables.iter().filter_map(|table| table.shape.as_ref());
        let areas = zone.areas.iter().filter_map(|area| area.shape.as_ref());
        let shapes = zone.shapes.iter().chain(tables).chain(areas);
        shapes.map(|shape| self.drawing(shape)).collect()
    }

    fn drawing(&mut self, shape: &'a Shape) -> Drawing<'a> {
        match shape {
            Shape::Rectangle { x, y, width, height, style } => {
                let rectangle = Rectangle { width: self.pixels(*width), height: self.pixels(*height) };
                let middle = Point { x: width / 2.0, y: height / 2.0 };
                let drawing = styled("rectangle", Point { x: *x, y: *y }, style, middle);
                Drawing { rectangle: Some(rectangle), ..drawing }
            }
            Shape::Circle { x, y, radius, style } => {
                let circle = Circle { radius: self.pixels(*radius) };
                Drawing { circle: Some(circle), ..styled("circle", Point { x: *x, y: *y }, style, ORIGIN) }
            }
            Shape::Ellipse { x, y, radius_x, radius_y, style } => {
                let ellipse = Ellipse { radius: Point { x: *radius_x, y: *radius_y } };
                Drawing { ellipse: Some(ellipse), ..styled("ellipse", Point { x: *x, y: *y }, style, ORIGIN) }
            }
            Shape::Polygon { points, style } => {
                let first = points.first().copied().unwrap_or(ORIGIN);
                let around = |point: &Point| Point { x: point.x - first.x, y: point.y - first.y };
                let points: Vec<Point> = points.iter().map(around).collect();
                let count = points.len() as f64;
                let middle = Point {
                    x: points.iter().map(|point| point.x).sum::<f64>() / count,
                    y: points.iter().map(|point| point.y).sum::<f64>() / count,
                };
                Drawing { polygon: Some(Polygon { points }), ..styled("polygon", first, style, middle) }
            }
            Shape::Text { x, y, text, color, size, rotation } => {
                let size = size.map_or(LETTERS, |size| self.pixels(size));
                let text = Text { text, position: ORIGIN, color: color.as_deref(), size };
                let bare = bare("text", Point { x: *x, y: *y });
                Drawing { text: Some(text), rotation: *rotation, ..bare }
            }
        }
    }

    fn pixels(&mut self, length: f64) -> i64 {
        self.left_out.count(ROUNDED, usize::from(length.fract() != 0.0));
        (length.round() as i64).max(1)
    }
}

const ORIGIN: Point = Point { x: 0.0, y: 0.0 };

/// A drawing with nothing but its style; its label becomes words in its middle.
fn styled<'a>(shape: &'static str, position: Point, style: &'a Style, middle: Point) -> Drawing<'a> {
    let text = style.label.as_deref().map(|text| Text { text, position: middle, color: None, size: LETTERS });
    let (color, border_color) = (style.color.as_deref(), style.border_color.as_deref());
    Drawing { rotation: style.rotation, color, border_color, text, ..bare(shape, position) }
}

fn bare<'a>(shape: &'static str, position: Point) -> Drawing<'a> {
    Drawing {
        shape,
        position,
        rotation: None,
        color: None,
        border_color: None,
        rectangle: None,
        circle: None,
        ellipse: None,
        polygon: None,
        text: None,
    }
}
