//! A change of settings and details, as it is asked for.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{BadSetting, CategoryRule, Checkout, SingleSeats, Window};
use crate::domain::details::{Details, GivenTime, Listing};
use crate::domain::time::Rfc3339;

/// A change of settings and details: fields that are absent stay. `null` clears what may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsPatch {
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_from: Option<Option<Rfc3339>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub on_sale_until: Option<Option<Rfc3339>>,
    #[schema(minimum = 30, maximum = 1800)]
    pub hold_seconds: Option<u32>,
    #[schema(maximum = 2)]
    pub extensions_max: Option<u32>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub holds_per_buyer: Option<u32>,
    #[schema(minimum = 1, maximum = 50)]
    pub pieces_per_hold: Option<u32>,
    #[schema(minimum = 1, maximum = 50)]
    pub pieces_per_hold_min: Option<u32>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub pieces_per_hold_of_keys: Option<Option<u32>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub pieces_per_buyer: Option<Option<u32>>,
    pub checkout: Option<Checkout>,
    /// All rules of categories: those that are not named here end.
    pub categories: Option<BTreeMap<String, CategoryRule>>,
    /// All rules of channels, likewise.
    pub channels: Option<BTreeMap<String, Window>>,
    pub single_seats: Option<SingleSeats>,
    pub single_seats_until_left: Option<u32>,
    pub release_accessible: Option<bool>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub release_accessible_at: Option<Option<Rfc3339>>,
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub venue: Option<Option<String>>,
    /// When the event begins: with an offset, or as clocks in its time zone show it. The end of the sale moves with it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "2026-12-05T19:00:00+09:00")]
    pub starts_at: Option<Option<GivenTime>>,
    /// Where clocks show the event's time, by its IANA name.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "Asia/Seoul")]
    pub time_zone: Option<Option<String>>,
    pub listing: Option<Listing>,
    /// The public sale ends so long before the event begins. Null: the begin does not end it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<u32>, maximum = 31_622_400)]
    pub sale_ends_before_start_seconds: Option<Option<u32>>,
}

impl SettingsPatch {
    /// The first of the details that it names.
    pub fn detail(&self) -> Option<&'static str> {
        let named = [
            ("name", self.name.is_some()),
            ("venue", self.venue.is_some()),
            ("starts_at", self.starts_at.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("listing", self.listing.is_some()),
        ];
        named.into_iter().find_map(|(field, is_named)| is_named.then_some(field))
    }

    /// The details with what it says of them, if it says anything.
    pub fn details(&self, before: &Details) -> Option<Result<Details, BadSetting>> {
        let is_named = self.detail().is_some() || self.sale_ends_before_start_seconds.is_some();
        is_named.then(|| before.patched(self))
    }
}

/// Tells `null` (`Some(None)`) from an absent field (`None`).
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
