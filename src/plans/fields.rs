//! Fields of somebody else's JSON, read leniently: what is absent is absent, what has a wrong type or value is
//! a defect, and the value that goes on is one that a plan can hold.

use serde_json::Value;

use super::findings::{Findings, mended, quote};
use super::pointer::At;
use crate::domain::plan::{Point, is_color};

impl Findings {
    /// Whether the value is an object, else a defect that nothing can be done about.
    pub(super) fn object(&mut self, value: &Value, at: &At<'_>) -> bool {
        if !value.is_object() {
            self.beyond_repair("wrong_type", at, "must be an object");
        }
        value.is_object()
    }

    /// The elements of a list; none where there is no list.
    pub(super) fn list<'v>(&mut self, object: &'v Value, at: &At<'_>, key: &str) -> &'v [Value] {
        match object.get(key) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(elements)) => elements,
            Some(_) => {
                self.beyond_repair("wrong_type", at.key(key), "must be a list");
                &[]
            }
        }
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, object: &Value, at: &At<'_>, key: &str) -> Option<String> {
        self.words(object.get(key)?, &at.key(key))
    }

    /// A value that is such a text, or null.
    pub(super) fn words(&mut self, value: &Value, at: &At<'_>) -> Option<String> {
        let text = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Number(number) => {
                let text = number.to_string();
                self.cured("wrong_type", at, "must be text", format!("{text} is now {text:?}"));
                text
            }
            _ => {
                self.cured("wrong_type", at, "must be text", "was left out");
                return None;
            }
        };
        Some(self.sound(text, at)).filter(|text| !text.is_empty())
    }

    /// The text as the rules want it.
    pub(super) fn sound(&mut self, text: String, at: &impl std::fmt::Display) -> String {
        let Some(good) = mended(&text) else { return text };
        let wrong = "is longer than 200 characters, has control characters or is not in form NFC";
        let done = format!("{} is now {}", quote(&text), quote(&good));
        self.cured("bad_text", at, wrong, done);
        good
    }

    pub(super) fn color(&mut self, object: &Value, at: &At<'_>, key: &str) -> Option<String> {
        let color = self.text(object, at, key)?;
        self.known_color(color, &at.key(key))
    }

    pub(super) fn known_color(&mut self, color: String, at: &At<'_>) -> Option<String> {
        if is_color(&color) {
            return Some(color);
        }
        let wrong = format!("{} is not a hexadecimal colour or a colour name", quote(&color));
        self.cured("bad_color", at, wrong, "was left out");
        None
    }

    /// Degrees; none for no turn at all.
    pub(super) fn rotation(&mut self, object: &Value, at: &At<'_>) -> Option<f64> {
        let degrees = object.get("rotation").filter(|degrees| !degrees.is_null())?;
        if !degrees.is_number() {
            self.cured("wrong_type", at.key("rotation"), "must be a number", "was left out");
        }
        degrees.as_f64().filter(|degrees| *degrees != 0.0)
    }

    /// A position; None where it is absent, or a defect.
    pub(super) fn point(&mut self, object: &Value, at: &At<'_>, key: &str) -> Option<Point> {
        let value = object.get(key).filter(|value| !value.is_null())?;
        let number = |key| value.get(key).and_then(Value::as_f64);
        if let (Some(x), Some(y)) = (number("x"), number("y")) {
            return Some(Point { x, y });
        }
        self.cured("position_missing", at.key(key), "x and y must be numbers", "was left out");
        None
    }

    /// A size in whole pixels. `without` says what becomes of the thing when it has none.
    pub(super) fn size(&mut self, object: &Value, at: &At<'_>, key: &str, without: &str) -> Option<f64> {
        let size = object.get(key).and_then(Value::as_f64).filter(|size| *size > 0.0);
        let Some(size) = size else {
            self.cured("size_range", at.key(key), "must be a number above 0", without);
            return None;
        };
        if size.fract() == 0.0 {
            return Some(size);
        }
        let whole = size.round().max(1.0);
        let wrong = format!("{size} is not a whole number of pixels");
        self.cured("size_not_integer", at.key(key), wrong, format!("{size} is now {whole}"));
        Some(whole)
    }
}
