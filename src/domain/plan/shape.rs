//! Things to draw. Positions are the plan's own, like those of seats.
//!
//! A shape is read from one flat object of which every field is known, so that a misspelt or misplaced
//! field is refused with its pointer instead of being lost.

use serde::{Deserialize, Serialize};

use super::Point;

/// Something to draw: a stage, the outline of an area, a word on the floor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
pub enum Shape {
    /// `x` and `y` are its upper left corner.
    Rectangle {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        #[serde(flatten)]
        style: Style,
    },
    /// `x` and `y` are its centre, as of the ellipse.
    Circle {
        x: f64,
        y: f64,
        radius: f64,
        #[serde(flatten)]
        style: Style,
    },
    Ellipse {
        x: f64,
        y: f64,
        radius_x: f64,
        radius_y: f64,
        #[serde(flatten)]
        style: Style,
    },
    Polygon {
        points: Vec<Point>,
        #[serde(flatten)]
        style: Style,
    },
    /// `x` and `y` are the middle of the text.
    Text {
        x: f64,
        y: f64,
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        color: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        size: Option<f64>,
        /// Degrees, clockwise, around its point.
        #[serde(skip_serializing_if = "Option::is_none")]
        rotation: Option<f64>,
    },
}

#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Style {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border_color: Option<String>,
    /// Degrees, clockwise, around `x` and `y`; a polygon's first point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// All fields of all kinds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: String,
    x: Option<f64>,
    y: Option<f64>,
    width: Option<f64>,
    height: Option<f64>,
    radius: Option<f64>,
    radius_x: Option<f64>,
    radius_y: Option<f64>,
    points: Option<Vec<Point>>,
    text: Option<String>,
    size: Option<f64>,
    color: Option<String>,
    border_color: Option<String>,
    rotation: Option<f64>,
    label: Option<String>,
}

impl TryFrom<Fields> for Shape {
    type Error = String;

    fn try_from(mut from: Fields) -> Result<Self, String> {
        let kind = std::mem::take(&mut from.kind);
        let shape = match kind.as_str() {
            "rectangle" => {
                let (x, y) = from.position()?;
                let (width, height) = (need(&mut from.width, "width")?, need(&mut from.height, "height")?);
                Self::Rectangle { x, y, width, height, style: from.style() }
            }
            "circle" => {
                let (x, y) = from.position()?;
                let radius = need(&mut from.radius, "radius")?;
                Self::Circle { x, y, radius, style: from.style() }
            }
            "ellipse" => {
                let (x, y) = from.position()?;
                let radius_x = need(&mut from.radius_x, "radius_x")?;
                let radius_y = need(&mut from.radius_y, "radius_y")?;
                Self::Ellipse { x, y, radius_x, radius_y, style: from.style() }
            }
            "polygon" => Self::Polygon { points: need(&mut from.points, "points")?, style: from.style() },
            "text" => {
                let (x, y) = from.position()?;
                let text = need(&mut from.text, "text")?;
                let (color, size, rotation) = (from.color.take(), from.size.take(), from.rotation.take());
                Self::Text { x, y, text, color, size, rotation }
            }
            _ => return Err(format!("kind {kind:?} is not rectangle, circle, ellipse, polygon or text")),
        };
        match from.left() {
            Some(field) => Err(format!("a {kind} has no `{field}`")),
            None => Ok(shape),
        }
    }
}

impl Fields {
    fn position(&mut self) -> Result<(f64, f64), String> {
        Ok((need(&mut self.x, "x")?, need(&mut self.y, "y")?))
    }

    fn style(&mut self) -> Style {
        Style {
            color: self.color.take(),
            border_color: self.border_color.take(),
            rotation: self.rotation.take(),
            label: self.label.take(),
        }
    }

    /// A field that the shape did not take.
    fn left(&self) -> Option<&'static str> {
        let fields = [
            ("x", self.x.is_some()),
            ("y", self.y.is_some()),
            ("width", self.width.is_some()),
            ("height", self.height.is_some()),
            ("radius", self.radius.is_some()),
            ("radius_x", self.radius_x.is_some()),
            ("radius_y", self.radius_y.is_some()),
            ("points", self.points.is_some()),
            ("text", self.text.is_some()),
            ("size", self.size.is_some()),
            ("color", self.color.is_some()),
            ("border_color", self.border_color.is_some()),
            ("rotation", self.rotation.is_some()),
            ("label", self.label.is_some()),
        ];
        fields.into_iter().find_map(|(name, there)| there.then_some(name))
    }
}

fn need<T>(field: &mut Option<T>, name: &str) -> Result<T, String> {
    field.take().ok_or_else(|| format!("missing field `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_what_it_writes() {
        for json in [
            r#"{"kind":"rectangle","x":1.0,"y":2.0,"width":3.0,"height":4.5,"color":"red","rotation":90.0}"#,
            r#"{"kind":"circle","x":1.0,"y":2.0,"radius":3.0,"label":"bar"}"#,
            r#"{"kind":"ellipse","x":1.0,"y":2.0,"radius_x":3.0,"radius_y":4.0}"#,
            r##"{"kind":"polygon","points":[{"x":0.0,"y":0.0},{"x":1.0,"y":0.0}],"border_color":"#000"}"##,
            r#"{"kind":"text","x":1.0,"y":2.0,"text":"exit","size":16.0,"rotation":45.0}"#,
        ] {
            let shape: Shape = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&shape).unwrap(), json);
        }
    }

    #[test]
    fn a_field_of_another_kind_is_refused() {
        for (json, why) in [
            (r#"{"kind":"circle","x":0,"y":0,"radius":1,"width":2}"#, "a circle has no `width`"),
            (r#"{"kind":"circle","x":0,"y":0}"#, "missing field `radius`"),
            (r#"{"kind":"star","x":0,"y":0}"#, "kind \"star\" is not"),
            (r#"{"kind":"circle","x":0,"y":0,"radius":1,"colour":"red"}"#, "unknown field `colour`"),
        ] {
            let error = serde_json::from_str::<Shape>(json).unwrap_err().to_string();
            assert!(error.starts_with(why), "{error}");
        }
    }
}
