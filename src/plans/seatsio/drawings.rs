//! Shapes, texts and the outlines of areas. What is only there to be looked at, and cannot be drawn, is left
//! out: no seat depends on it.

use serde_json::Value;

use super::chart::{self, Outline};
use super::frame::Frame;
use super::{ChartReader, Fields, List, Maybe};
use crate::domain::plan::{Point, Shape, Style};
use crate::plans::pointer::At;

const LEFT_OUT: &str = "was left out";

/// What came of an outline: perhaps only a place.
pub(super) struct Drawn {
    pub(super) middle: Option<Point>,
    rotation: Option<f64>,
    pub(super) shape: Option<Bare>,
}

/// A shape that is still to be styled.
pub(super) struct Bare(Shape);

impl Bare {
    pub(super) fn named(self, label: Option<&str>) -> Shape {
        self.styled(|style| style.label = label.map(str::to_owned))
    }

    fn styled(mut self, change: impl FnOnce(&mut Style)) -> Shape {
        match &mut self.0 {
            Shape::Rectangle { style, .. }
            | Shape::Circle { style, .. }
            | Shape::Ellipse { style, .. }
            | Shape::Polygon { style, .. } => change(style),
            Shape::Text { .. } => {}
        }
        self.0
    }
}

/// The outline of a section with its name in it.
pub(super) fn outlined(corners: &[Point], label: &str) -> Option<Shape> {
    let polygon = Shape::Polygon { points: corners.to_vec(), style: Style::default() };
    (corners.len() >= 3).then(|| Bare(polygon).named(Some(label)))
}

impl ChartReader {
    /// A shape, a text or an icon; an icon is drawn by its words, if it has any.
    pub(super) fn drawing(
        &mut self,
        mut drawing: chart::Drawing,
        at: &At<'_>,
        frame: Frame,
    ) -> Option<Shape> {
        let outline = drawing.outline();
        let label = self.findings.words(&drawing.label, &at.key("label"));
        let text = self.findings.words(&drawing.text, &at.key("text")).or_else(|| label.clone());
        let fill = self.color(&drawing.fill_color, &at.key("fillColor"));
        let border = self.color(&drawing.stroke_color, &at.key("strokeColor"));
        let Drawn { middle, rotation, shape } = self.shape(outline, at, frame);
        if let Some(shape) = shape {
            return Some(shape.styled(|style| {
                (style.color, style.border_color, style.label) = (fill, border, label);
            }));
        }
        let Point { x, y } = middle?;
        let size = match drawing.font_size {
            Maybe::Absent => self.size(drawing.label_size, &at.key("labelSize")),
            size => self.size(size, &at.key("fontSize")),
        };
        let color = self.color(&drawing.text_color, &at.key("textColor"));
        let color = color.or_else(|| self.color(&drawing.color, &at.key("color"))).or(fill);
        Some(Shape::Text { x, y, text: text?, color, size: size.map(|size| frame.length(size)), rotation })
    }

    /// What an outline draws, by whatever of it is there: corners, radii, or width and height around a centre.
    pub(super) fn shape(&mut self, outline: Outline, at: &At<'_>, frame: Frame) -> Drawn {
        let middle = self.middle(&outline, at, frame);
        let rotation = self.rotation(outline.rotation, at);
        let points = self.corners(outline.points, &at.key("points"), frame);
        let mut size = |size, key| self.size(size, &at.key(key)).map(|size| frame.length(size));
        let radius = size(outline.radius, "radius");
        let [radius1, radius2] = outline.radii;
        let radii = (size(radius1, "radius1").or(radius), size(radius2, "radius2").or(radius));
        let [width, height] = outline.sides;
        let sides = (size(width, "width"), size(height, "height"));
        let style = Style { rotation, ..Style::default() };
        let shape = match (middle, radii, sides) {
            _ if points.len() >= 3 => Some(Shape::Polygon { points, style: Style::default() }),
            (Some(Point { x, y }), (Some(radius_x), Some(radius_y)), _) if radius_x == radius_y => {
                Some(Shape::Circle { x, y, radius: radius_x, style: Style::default() })
            }
            (Some(Point { x, y }), (Some(radius_x), Some(radius_y)), _) => {
                Some(Shape::Ellipse { x, y, radius_x, radius_y, style })
            }
            (Some(middle), _, (Some(width), Some(height))) => {
                let Point { x, y } = corner(middle, width, height, rotation);
                Some(Shape::Rectangle { x, y, width, height, style })
            }
            _ => None,
        };
        Drawn { middle, rotation, shape: shape.map(Bare) }
    }

    /// The middle of an outline, where it says it.
    fn middle(&mut self, outline: &Outline, at: &At<'_>, frame: Frame) -> Option<Point> {
        let chart::Place { x, y } = outline.place;
        match &outline.center {
            Maybe::Absent if x == Maybe::Absent && y == Maybe::Absent => None,
            Maybe::Absent => self.point(x, y, at, frame),
            Maybe::Is(Fields(place)) => self.point(place.x, place.y, &at.key("center"), frame),
            Maybe::Wrong => {
                self.findings.cured("wrong_type", at.key("center"), "must be an object", LEFT_OUT);
                None
            }
        }
    }

    pub(super) fn corners(&mut self, points: List<chart::Place>, at: &At<'_>, frame: Frame) -> Vec<Point> {
        let points = points.read(&mut self.findings, at, LEFT_OUT).unwrap_or_default();
        let points = points.into_iter().enumerate();
        points.filter_map(|(n, point)| self.place(point, &at.index(n), frame)).collect()
    }

    /// A size that is there and above 0; others are nothing to draw.
    fn size(&mut self, size: Maybe<f64>, at: &At<'_>) -> Option<f64> {
        size.read(&mut self.findings, at, LEFT_OUT).filter(|size| *size > 0.0)
    }

    fn rotation(&mut self, degrees: Maybe<f64>, at: &At<'_>) -> Option<f64> {
        let degrees = degrees.read(&mut self.findings, &at.key("rotationAngle"), LEFT_OUT)?;
        Some(degrees).filter(|degrees| *degrees != 0.0)
    }

    /// A colour, also as `rgb(…)` writes it.
    pub(super) fn color(&mut self, color: &Value, at: &At<'_>) -> Option<String> {
        let color = self.findings.words(color, at)?;
        let color = hexadecimal(&color).unwrap_or(color);
        self.findings.known_color(color, at)
    }
}

/// The upper left corner of a rectangle around a centre, which turns around that corner with us.
fn corner(centre: Point, width: f64, height: f64, rotation: Option<f64>) -> Point {
    let (sin, cos) = rotation.unwrap_or(0.0).to_radians().sin_cos();
    let (x, y) = (-width / 2.0, -height / 2.0);
    Point { x: centre.x + x * cos - y * sin, y: centre.y + x * sin + y * cos }
}

/// `rgb(255, 0, 0)` and `rgba(255, 0, 0, 0.5)` in hexadecimal digits.
fn hexadecimal(color: &str) -> Option<String> {
    let (kind, rest) = color.split_once('(')?;
    let parts: Vec<&str> = rest.strip_suffix(')')?.split(',').map(str::trim).collect();
    let byte = |part: &str| part.parse::<u8>().ok();
    let [red, green, blue] = [byte(parts.first()?)?, byte(parts.get(1)?)?, byte(parts.get(2)?)?];
    let opaque = format!("#{red:02X}{green:02X}{blue:02X}");
    match (kind.trim(), parts.get(3)) {
        ("rgb", None) => Some(opaque),
        ("rgba", Some(alpha)) => {
            let alpha = alpha.parse::<f64>().ok().filter(|alpha| (0.0..=1.0).contains(alpha))?;
            Some(format!("{opaque}{:02X}", (alpha * 255.0).round() as u8))
        }
        _ => None,
    }
}
