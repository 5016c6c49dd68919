//! What an operator decides about a sale. Part of the journal: record 1 carries the first settings, a
//! `Configured` event every later version.

mod patch;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::patch::SettingsPatch;
use super::time::Rfc3339;
use super::{Caller, Plan, Refusal, Timestamp, text};

/// Who may turn a hold into a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Checkout {
    /// A secret key, after payment.
    #[default]
    Key,
    /// The holder: free events, and the demo.
    Open,
}

/// What the server thinks of a hold that leaves a single free seat between taken ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SingleSeats {
    /// Nothing.
    #[default]
    Off,
    /// Refused where as many seats of the same stretch leave none.
    Lenient,
    /// Refused where the party has any choice that leaves none.
    Strict,
}

/// When a sale is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// Not before this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_from: Option<Rfc3339>,
    /// Not from this time on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_until: Option<Rfc3339>,
}

impl Window {
    pub fn check(self, now: Timestamp) -> Result<(), Refusal> {
        let (from, until) = (self.on_sale_from.map(|from| from.0), self.on_sale_until.map(|until| until.0));
        if from.is_some_and(|from| now < from) || until.is_some_and(|until| now >= until) {
            return Err(Refusal::NotOnSale { from, until });
        }
        Ok(())
    }

    pub(super) fn is_sound(self) -> bool {
        let (from, until) = (self.on_sale_from, self.on_sale_until);
        from.zip(until).is_none_or(|(from, until)| from.0 < until.0)
    }
}

/// What holds for one category, beside what holds for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryRule {
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_from: Option<Rfc3339>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_until: Option<Rfc3339>,
    /// Pieces of this category that one buyer may have. Null: no more than of all.
    #[schema(minimum = 1)]
    pub pieces_per_buyer: Option<u32>,
}

impl CategoryRule {
    pub fn window(self) -> Window {
        Window { on_sale_from: self.on_sale_from, on_sale_until: self.on_sale_until }
    }
}

/// The most categories and channels that have rules of their own.
pub const RULES_MAX: usize = 100;
/// The hardest limit on pieces in one hold of a buyer, and on what best available finds, whatever an operator sets.
pub const PIECES_PER_HOLD_MAX: u32 = 50;
/// The same for secret keys, where the settings let them have more: a school, a coach party.
pub const PIECES_PER_HOLD_OF_KEYS_MAX: u32 = 1_000;
/// Pieces in one hold, and of one buyer at once, unless an operator sets it.
const PIECES_PER_HOLD: u32 = 8;
/// Hold times that can be set, in seconds.
pub const HOLD_SECONDS: std::ops::RangeInclusive<u32> = 30..=1800;
/// The most extensions of one hold that can be set.
pub const EXTENSIONS_MAX: u32 = 2;

/// The rules of one inventory's sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Holds are refused before this time.
    pub on_sale_from: Option<Timestamp>,
    /// Holds are refused from this time on.
    pub on_sale_until: Option<Timestamp>,
    /// How long a hold lives.
    pub hold_seconds: u32,
    /// How often it may be extended; never beyond twice the hold time from its start.
    pub extensions_max: u32,
    /// Live holds of one buyer at a time.
    pub holds_per_buyer: u32,
    /// Pieces in one hold: the sum of its offers' quantities.
    #[serde(default = "pieces_per_hold_once")]
    pub pieces_per_hold: u32,
    /// No hold has fewer.
    pub pieces_per_hold_min: u32,
    /// Pieces in one hold that a secret key makes. None: no more than in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces_per_hold_of_keys: Option<u32>,
    /// Pieces of one buyer: held + sold − returned. None: unlimited.
    pub pieces_per_buyer: Option<u32>,
    pub checkout: Checkout,
    /// By category.
    pub categories: BTreeMap<String, CategoryRule>,
    /// By channel: its own time of sale, instead of all others.
    pub channels: BTreeMap<String, Window>,
    /// Whether a hold may leave single seats.
    pub single_seats: SingleSeats,
    /// That rule ends when fewer seats than this are left.
    pub single_seats_until_left: u32,
    /// Best available hands out accessible and companion seats like all others.
    pub release_accessible: bool,
    /// So it is from this time on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_accessible_at: Option<Timestamp>,
}

/// As it was where a record does not say it.
fn pieces_per_hold_once() -> u32 {
    PIECES_PER_HOLD_MAX
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            on_sale_from: None,
            on_sale_until: None,
            hold_seconds: 300,
            extensions_max: EXTENSIONS_MAX,
            holds_per_buyer: 4,
            pieces_per_hold: PIECES_PER_HOLD,
            pieces_per_hold_min: 1,
            pieces_per_hold_of_keys: None,
            pieces_per_buyer: None,
            checkout: Checkout::Key,
            categories: BTreeMap::new(),
            channels: BTreeMap::new(),
            single_seats: SingleSeats::Off,
            single_seats_until_left: 0,
            release_accessible: false,
            release_accessible_at: None,
        }
    }
}

/// A setting that is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {must}")]
pub struct BadSetting {
    pub field: &'static str,
    pub must: &'static str,
}

impl Settings {
    /// These settings with the patch laid over them, or the field that is out of its range.
    pub fn patched(&self, patch: &SettingsPatch) -> Result<Self, BadSetting> {
        let time = |new: Option<Option<Rfc3339>>, old| new.map_or(old, |new| new.map(|time| time.0));
        let next = Self {
            on_sale_from: time(patch.on_sale_from, self.on_sale_from),
            on_sale_until: time(patch.on_sale_until, self.on_sale_until),
            hold_seconds: patch.hold_seconds.unwrap_or(self.hold_seconds),
            extensions_max: patch.extensions_max.unwrap_or(self.extensions_max),
            holds_per_buyer: patch.holds_per_buyer.unwrap_or(self.holds_per_buyer),
            pieces_per_hold: patch.pieces_per_hold.unwrap_or(self.pieces_per_hold),
            pieces_per_hold_min: patch.pieces_per_hold_min.unwrap_or(self.pieces_per_hold_min),
            pieces_per_hold_of_keys: patch.pieces_per_hold_of_keys.unwrap_or(self.pieces_per_hold_of_keys),
            pieces_per_buyer: patch.pieces_per_buyer.unwrap_or(self.pieces_per_buyer),
            checkout: patch.checkout.unwrap_or(self.checkout),
            categories: patch.categories.clone().unwrap_or_else(|| self.categories.clone()),
            channels: patch.channels.clone().unwrap_or_else(|| self.channels.clone()),
            single_seats: patch.single_seats.unwrap_or(self.single_seats),
            single_seats_until_left: patch.single_seats_until_left.unwrap_or(self.single_seats_until_left),
            release_accessible: patch.release_accessible.unwrap_or(self.release_accessible),
            release_accessible_at: time(patch.release_accessible_at, self.release_accessible_at),
        };
        next.check()?;
        Ok(next)
    }

    fn check(&self) -> Result<(), BadSetting> {
        let bad = |field, must| Err(BadSetting { field, must });
        if !HOLD_SECONDS.contains(&self.hold_seconds) {
            return bad("hold_seconds", "must be between 30 and 1800");
        }
        if self.extensions_max > EXTENSIONS_MAX {
            return bad("extensions_max", "must be between 0 and 2");
        }
        if !(1..=1_000_000).contains(&self.holds_per_buyer) {
            return bad("holds_per_buyer", "must be between 1 and 1000000");
        }
        if !(1..=PIECES_PER_HOLD_MAX).contains(&self.pieces_per_hold) {
            return bad("pieces_per_hold", "must be between 1 and 50");
        }
        if !(1..=self.pieces_per_hold).contains(&self.pieces_per_hold_min) {
            return bad("pieces_per_hold_min", "must be between 1 and pieces_per_hold");
        }
        if self.pieces_per_hold_of_keys.is_some_and(|max| !(1..=PIECES_PER_HOLD_OF_KEYS_MAX).contains(&max)) {
            return bad(
                "pieces_per_hold_of_keys",
                "must be between 1 and 1000, or null for no more than others",
            );
        }
        if self.pieces_per_buyer == Some(0) {
            return bad("pieces_per_buyer", "must be at least 1, or null for no limit");
        }
        if !self.window().is_sound() {
            return bad("on_sale_until", "must lie after on_sale_from");
        }
        self.check_rules()
    }

    fn check_rules(&self) -> Result<(), BadSetting> {
        let bad = |field, must| Err(BadSetting { field, must });
        if self.categories.len() > RULES_MAX {
            return bad("categories", "must be at most 100");
        }
        if self.channels.len() > RULES_MAX {
            return bad("channels", "must be at most 100");
        }
        if self.channels.keys().any(|name| text::clean(name).as_ref() != Ok(name)) {
            return bad(
                "channels",
                "must have names of 1 to 200 characters that can be seen, in Unicode form NFC",
            );
        }
        if self.categories.values().any(|rule| rule.pieces_per_buyer == Some(0)) {
            return bad("categories", "must allow at least 1 piece, or null for no limit");
        }
        if !self.categories.values().all(|rule| rule.window().is_sound()) {
            return bad("categories", "must end after they begin");
        }
        if !self.channels.values().all(|window| window.is_sound()) {
            return bad("channels", "must end after they begin");
        }
        Ok(())
    }

    /// Whether they speak only of what the plan has.
    pub fn fit(&self, plan: &Plan) -> Result<(), BadSetting> {
        if self.categories.keys().any(|id| plan.category_by_id(id).is_none()) {
            return Err(BadSetting { field: "categories", must: "must name categories of the plan" });
        }
        Ok(())
    }

    /// Whether accessible and companion seats are like all others now.
    pub fn is_released(&self, now: Timestamp) -> bool {
        self.release_accessible || self.release_accessible_at.is_some_and(|at| at <= now)
    }

    /// The most pieces of one hold that this caller makes: as set, and whatever is set.
    pub fn pieces_of_hold(&self, caller: &Caller) -> (u32, u32) {
        match (caller, self.pieces_per_hold_of_keys) {
            (Caller::Key(_), Some(max)) => (max, PIECES_PER_HOLD_OF_KEYS_MAX),
            _ => (self.pieces_per_hold, PIECES_PER_HOLD_MAX),
        }
    }

    /// When the public sale is open.
    pub fn window(&self) -> Window {
        let rfc3339 = |at: Option<Timestamp>| at.map(Timestamp::rfc3339);
        Window { on_sale_from: rfc3339(self.on_sale_from), on_sale_until: rfc3339(self.on_sale_until) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(json: &str) -> Result<Settings, BadSetting> {
        Settings::default().patched(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn absent_fields_stay_and_null_clears() {
        let limited = patch(r#"{"pieces_per_buyer":2}"#).unwrap();
        assert_eq!(limited.pieces_per_buyer, Some(2));
        assert_eq!(limited.hold_seconds, 300);
        let cleared =
            limited.patched(&serde_json::from_str(r#"{"pieces_per_buyer":null}"#).unwrap()).unwrap();
        assert_eq!(cleared.pieces_per_buyer, None);
        let untouched = limited.patched(&SettingsPatch::default()).unwrap();
        assert_eq!(untouched, limited);
    }

    #[test]
    fn every_range_is_kept() {
        for (json, field) in [
            (r#"{"hold_seconds":29}"#, "hold_seconds"),
            (r#"{"hold_seconds":1801}"#, "hold_seconds"),
            (r#"{"extensions_max":3}"#, "extensions_max"),
            (r#"{"holds_per_buyer":0}"#, "holds_per_buyer"),
            (r#"{"pieces_per_hold":51}"#, "pieces_per_hold"),
            (r#"{"pieces_per_buyer":0}"#, "pieces_per_buyer"),
            (
                r#"{"on_sale_from":"2026-05-01T00:00:00Z","on_sale_until":"2026-05-01T00:00:00Z"}"#,
                "on_sale_until",
            ),
        ] {
            assert_eq!(patch(json).map_err(|bad| bad.field), Err(field), "{json}");
        }
    }
}
