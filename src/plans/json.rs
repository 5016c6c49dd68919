//! JSON as a whole: read into a type or a tree, with the place of what is wrong.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::pointer::token;
use super::{Report, unreadable};
use crate::domain::plan::Defect;

/// One thing that is wrong with a file.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) code: &'static str,
    pub(super) pointer: String,
    pub(super) detail: String,
}

/// The object that the file is, or the first thing that is wrong with it.
pub(super) fn typed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Flaw> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let object = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = Steps::of(error.path()).to_string();
        Flaw::new(pointer, error.into_inner().to_string())
    })?;
    json.end().map_err(|error| Flaw::new(String::new(), error.to_string()))?;
    // Serde takes a list of values for an object, we do not.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Flaw::new(String::new(), "must be an object".to_owned()));
    }
    Ok(object)
}

/// The file as a tree of values.
pub(super) fn object(bytes: &[u8]) -> Result<Value, Box<Report>> {
    let root: Value =
        serde_json::from_slice(bytes).map_err(|error| unreadable("json_malformed", error.to_string()))?;
    if root.is_object() { Ok(root) } else { Err(unreadable("wrong_type", "must be an object")) }
}

impl Flaw {
    pub(super) fn new(pointer: String, detail: String) -> Self {
        let code = match detail.split(' ').take(2).collect::<Vec<_>>().as_slice() {
            ["unknown", "field"] => "unknown_field",
            ["missing", "field"] => "missing_field",
            ["duplicate", "field"] => "duplicate_field",
            ["invalid", "type:"] => "wrong_type",
            _ => "invalid_value",
        };
        Self { code, pointer, detail: in_words(detail) }
    }

    /// That this is why nothing of the file can be read.
    pub(super) fn report(self) -> Box<Report> {
        let defects = vec![Defect::new(self.code, self.pointer, self.detail)];
        Box::new(Report { defects, ..Report::default() })
    }
}

/// What the parser expected, as people say it.
fn in_words(detail: String) -> String {
    if !detail.starts_with("invalid type:") && !detail.starts_with("invalid value:") {
        return detail;
    }
    let expected = detail.rsplit_once("expected ").map(|(_, expected)| expected);
    let words = match expected.and_then(|expected| expected.split(" at line").next()) {
        Some("a string") => "must be text",
        Some("a sequence") => "must be a list",
        Some("a map") => "must be an object",
        Some(expected) if expected.starts_with("struct ") => "must be an object",
        Some("a boolean") => "must be true or false",
        Some("f64") => "must be a number",
        Some("i64") => "must be a whole number",
        Some("u32") => "must be a whole number, 0 or more",
        _ => return detail,
    };
    words.to_owned()
}

/// The way to a value.
pub(super) struct Steps(Vec<Step>);

enum Step {
    Key(String),
    Index(usize),
}

impl Steps {
    pub(super) fn of(path: &Path) -> Self {
        let step = |segment: &Segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        Self(path.iter().filter_map(step).collect())
    }

    /// Takes the field at the end of the way out of its object; an element of a list, with its whole list.
    pub(super) fn take_from(&self, root: &mut Value) -> bool {
        let Some(last) = self.0.iter().rposition(|step| matches!(step, Step::Key(_))) else { return false };
        let mut value = Some(root);
        for step in &self.0[..last] {
            value = value.and_then(|value| match step {
                Step::Key(key) => value.get_mut(key),
                Step::Index(index) => value.get_mut(index),
            });
        }
        let object = value.and_then(Value::as_object_mut);
        match (&self.0[last], object) {
            (Step::Key(key), Some(object)) => object.remove(key).is_some(),
            _ => false,
        }
    }
}

impl std::fmt::Display for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(f, "/{}", token(key)),
            Step::Index(index) => write!(f, "/{index}"),
        })
    }
}
