//! Points in time as the core sees them: milliseconds since 1970-01-01T00:00:00Z.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

    /// `2026-05-01T11:00:00.123Z`; whole seconds without a fraction.
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
        let time = jiff::Timestamp::from_millisecond(self.0.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        fmt::Display::fmt(&time, f)
    }
}

impl FromStr for Rfc3339 {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let time: jiff::Timestamp = text.parse()?;
        Ok(Self(Timestamp(time.as_millisecond())))
    }
}

impl Serialize for Rfc3339 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let time = jiff::Timestamp::deserialize(from)?;
        Ok(Self(Timestamp(time.as_millisecond())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_rfc_3339_in_utc() {
        let at = Timestamp(1_777_633_200_000);
        assert_eq!(at.rfc3339().to_string(), "2026-05-01T11:00:00Z");
        let read: Rfc3339 = serde_json::from_str("\"2026-05-01T20:00:00+09:00\"").unwrap();
        assert_eq!(read.0, at);
        assert_eq!("2026-05-01T20:00:00+09:00".parse::<Rfc3339>().map(|read| read.0).ok(), Some(at));
        assert!("2026-05-01T20:00:00".parse::<Rfc3339>().is_err(), "no zone, no time");
        assert!(serde_json::from_str::<Rfc3339>("\"tomorrow\"").is_err());
    }
}
