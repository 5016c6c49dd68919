//! Points in time as the core sees them: milliseconds since 1970-01-01T00:00:00Z.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time in whole milliseconds. RFC 3339 in JSON that people read ([`Timestamp::rfc3339`]), a
/// plain number in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        self.plus_ms(i64::from(seconds) * 1000)
    }

    /// Milliseconds from `earlier` to here; negative when it lies ahead.
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `2026-05-01T11:00:00.123Z`, always to the millisecond: what sorts as text sorts as time.
    pub fn rfc3339(self) -> Rfc3339 {
        Rfc3339(self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        i64::deserialize(from).map(Self)
    }
}

/// A [`Timestamp`] that prints and reads as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rfc3339(pub Timestamp);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.0.0 < 0 { DateTime::MIN } else { DateTime::MAX };
        let time = EPOCH.checked_add(SignedDuration::from_millis(self.0.0)).unwrap_or(end);
        write!(f, "{time:.3}Z")
    }
}

impl FromStr for Rfc3339 {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(Timestamp(time.as_millisecond())));
        }
        // The library's own points in time end a day before the years do that have four digits.
        let pieces = Pieces::parse(text)?;
        let (Some(time), Some(offset)) = (pieces.time(), pieces.to_numeric_offset()) else {
            return Err(jiff::Error::from_args(format_args!("a time without a zone is no point in time")));
        };
        let local = EPOCH.until((jiff::Unit::Millisecond, pieces.date().to_datetime(time)))?;
        Ok(Self(Timestamp(local.get_milliseconds() - i64::from(offset.seconds()) * 1000)))
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TimeText)
    }
}

struct TimeText;

impl Visitor<'_> for TimeText {
    type Value = Rfc3339;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time with its zone, as in 2026-05-01T20:00:00+09:00")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Rfc3339, E> {
        text.parse().map_err(|_unread: jiff::Error| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_rfc_3339_in_utc() {
        let at = Timestamp(1_777_633_200_000);
        assert_eq!(at.rfc3339().to_string(), "2026-05-01T11:00:00.000Z");
        let read: Rfc3339 = serde_json::from_str("\"2026-05-01T20:00:00+09:00\"").unwrap();
        assert_eq!(read.0, at);
        assert_eq!("2026-05-01T20:00:00+09:00".parse::<Rfc3339>().map(|read| read.0).ok(), Some(at));
        for bad in ["2026-05-01", "9999-12-31T23:59:59", "9999-12-31", "10000-01-01T00:00:00Z", "soon", ""] {
            assert!(bad.parse::<Rfc3339>().is_err(), "{bad}");
        }
        assert!("2026-05-01T20:00:00".parse::<Rfc3339>().is_err(), "no zone, no time");
        let error = serde_json::from_str::<Rfc3339>("\"tomorrow\"").unwrap_err().to_string();
        assert!(error.contains("2026-05-01T20:00:00+09:00"), "{error}");
    }

    #[test]
    fn all_times_have_one_width_and_read_as_they_are_printed() {
        for ms in [0, 1, 820, 800, 999, 1_777_633_200_819, -1, 253_402_300_799_999, 253_402_250_399_999] {
            let text = Timestamp(ms).rfc3339().to_string();
            assert_eq!(text.len(), "2026-05-01T11:00:00.123Z".len(), "{text}");
            assert_eq!(text.parse::<Rfc3339>().unwrap().0, Timestamp(ms), "{text}");
        }
        for (text, printed) in [
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"),
            ("9999-12-31T12:00:00+09:00", "9999-12-31T03:00:00.000Z"),
        ] {
            assert_eq!(text.parse::<Rfc3339>().unwrap().to_string(), printed);
        }
        assert_eq!(Timestamp(i64::MAX).rfc3339().to_string(), "9999-12-31T23:59:59.999Z");
    }
}
