//! What the list of inventories shows, and which of them it shows.

use serde::{Deserialize, Serialize};

use crate::domain::details::public_window;
use crate::domain::settings::Window;
use crate::domain::state::Figures;
use crate::domain::time::Rfc3339;
use crate::domain::{Cancelled, Details, InventoryId, Settings, State, Timestamp};

/// What the list shows of an inventory beside its figures: the row follows the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueFacts {
    /// The record that it is as of.
    #[serde(skip)]
    pub seq: u64,
    /// None: the journal is silent about them, and the row keeps what it has.
    pub details: Option<Details>,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
    pub cancelled: Option<Cancelled>,
}

impl CatalogueFacts {
    pub fn new(
        seq: u64,
        settings: &Settings,
        details: Option<&Details>,
        cancelled: Option<&Cancelled>,
    ) -> Self {
        let window = public_window(settings, details);
        Self {
            seq,
            details: details.cloned(),
            opens_at: window.on_sale_from.map(|at| at.0),
            closes_at: window.on_sale_until.map(|at| at.0),
            cancelled: cancelled.cloned(),
        }
    }

    pub fn of(state: &State) -> Self {
        Self::new(state.settings_version(), state.settings(), state.details(), state.cancelled())
    }

    /// When the public sale is open.
    pub fn window(&self) -> Window {
        Window { on_sale_from: self.opens_at.map(Rfc3339), on_sale_until: self.closes_at.map(Rfc3339) }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.details.as_ref().map(|details| details.name.as_str())
    }

    /// What a search looks in: engines differ in what they take for a capital letter.
    pub(super) fn search(&self) -> Option<String> {
        self.name().map(str::to_lowercase)
    }

    pub(super) fn starts_at(&self) -> Option<i64> {
        Some(self.details.as_ref()?.starts_at?.0)
    }

    pub(super) fn listing(&self) -> Option<&'static str> {
        self.details.as_ref().map(|details| details.listing.name())
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("it has only string keys")
    }

    /// Out of its columns.
    pub(super) fn read(json: Option<&str>, seq: u64) -> Result<Option<Self>, serde_json::Error> {
        let read = |json| serde_json::from_str(json).map(|shown| Self { seq, ..shown });
        json.map(read).transpose()
    }
}

/// Which inventories to list; nothing given means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the name; capital and small letters are the same.
    pub name: Option<String>,
    /// Only those that begin at this time or later.
    pub starts_from: Option<Timestamp>,
    /// Only those that begin before this time.
    pub starts_until: Option<Timestamp>,
    /// Only those that are for everybody's eyes.
    pub public_only: bool,
}

impl Filter {
    /// What has to be in [`CatalogueFacts::search`].
    pub(super) fn search(&self) -> Option<String> {
        self.name.as_ref().map(|name| name.to_lowercase())
    }
}

/// A line of the list of inventories. Figures are those of the last stored snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRow {
    pub id: InventoryId,
    pub name: String,
    pub created_at: Timestamp,
    pub starts_at: Option<Timestamp>,
    pub plan_version: u32,
    pub units: u32,
    pub figures: Figures,
    /// The seq and time that the figures are of.
    pub seq: u64,
    pub as_of: Timestamp,
    /// None: an inventory of a release before, that nobody has looked at since.
    pub shown: Option<CatalogueFacts>,
}

impl InventoryRow {
    /// As far as the catalogue knows.
    pub fn details(&self) -> Details {
        let own = || Details { starts_at: self.starts_at, ..Details::named(self.name.clone()) };
        self.shown.as_ref().and_then(|shown| shown.details.clone()).unwrap_or_else(own)
    }
}
