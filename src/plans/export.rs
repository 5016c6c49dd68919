//! Plans written for others, and what did not go with them.

use std::collections::BTreeMap;

use super::pretix;
use crate::domain::plan::PlanDocument;

/// The formats that can be written, by the names that they are read by.
pub const WRITTEN: [&str; 2] = ["fairhold", "pretix"];

/// A plan as the text of a file.
#[derive(Debug)]
pub struct Exported {
    pub text: String,
    pub left_out: LeftOut,
}

/// What the format has no place for, and how many of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut(BTreeMap<&'static str, usize>);

impl LeftOut {
    pub(super) fn count(&mut self, what: &'static str, more: usize) {
        if more > 0 {
            *self.0.entry(what).or_default() += more;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().map(|(what, count)| (*what, *count))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a plan in one of [`WRITTEN`]; None: there is no such format.
pub fn export(document: &PlanDocument, format: super::Format) -> Option<serde_json::Result<Exported>> {
    match format {
        super::Format::Fairhold => {
            let text = serde_json::to_string_pretty(document);
            Some(text.map(|text| Exported { text, left_out: LeftOut::default() }))
        }
        super::Format::Pretix => Some(pretix::to_pretix(document)),
        super::Format::Auto | super::Format::Seatsio | super::Format::Csv => None,
    }
}
