//! Moments: UTC, to the microsecond.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Date;

/// A moment. Tables hold microseconds since 1970-01-01T00:00:00Z; text is RFC 3339 with the
/// offset of Asia/Shanghai, `2026-11-24T10:34:56.000000+08:00`.
///
/// China has kept one offset, +08:00, without summer time since 1991-09-15, before any moment
/// that this program records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
}

/// The text or number is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written in RFC 3339 with its offset, such as 2026-11-24T10:34:56+08:00")]
pub struct NotTimestamp;

const SHANGHAI: jiff::tz::Offset = jiff::tz::Offset::constant(8);
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Timestamp {
    /// A moment from microseconds since the Unix epoch.
    ///
    /// # Errors
    /// [`NotTimestamp`] outside the years 1800 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self, NotTimestamp> {
        let date = jiff::Timestamp::from_microsecond(micros).map_err(|_| NotTimestamp)?;
        let year = SHANGHAI.to_datetime(date).year();
        if (1800..=9999).contains(&year) { Ok(Self { micros }) } else { Err(NotTimestamp) }
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// Whole seconds since the Unix epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.micros.div_euclid(SECOND)
    }

    /// The civil day that it is in Asia/Shanghai at this moment.
    #[must_use]
    pub fn date_in_shanghai(self) -> Date {
        Date::from_jiff(SHANGHAI.to_datetime(self.jiff()).date())
    }

    /// The first moment of a civil day in Asia/Shanghai.
    #[must_use]
    pub fn start_of(date: Date) -> Self {
        let midnight = date.to_jiff().at(0, 0, 0, 0);
        let moment = SHANGHAI.to_timestamp(midnight).expect("days of 1800 to 9999 have a start");
        Self { micros: moment.as_microsecond() }
    }

    /// The last whole second of a civil day in Asia/Shanghai, 23:59:59.
    #[must_use]
    pub fn last_second_of(date: Date) -> Self {
        Self { micros: Self::start_of(date).micros + DAY - SECOND }
    }

    /// The moment `seconds` later, or earlier when negative.
    ///
    /// # Panics
    /// Beyond the years that 64 bits of microseconds hold.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let micros = seconds.checked_mul(SECOND).and_then(|step| self.micros.checked_add(step));
        Self { micros: micros.expect("moments stay within 64 bits of microseconds") }
    }

    /// RFC 3339 to the second, as messages carry it: `2026-11-24T10:34:56+08:00`.
    #[must_use]
    pub fn to_rfc3339_seconds(self) -> String {
        SHANGHAI.to_datetime(self.jiff()).strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()
    }

    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.micros).expect("the constructors check the range")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = SHANGHAI.to_datetime(self.jiff());
        f.pad(&local.strftime("%Y-%m-%dT%H:%M:%S.%6f+08:00").to_string())
    }
}

impl FromStr for Timestamp {
    type Err = NotTimestamp;

    fn from_str(text: &str) -> Result<Self, NotTimestamp> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| NotTimestamp)?;
        Self::from_micros(moment.as_microsecond())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_shanghai() {
        let last: Timestamp = "2026-11-24T23:59:59+08:00".parse().unwrap();
        assert_eq!(last.date_in_shanghai().to_string(), "2026-11-24");
        assert_eq!(last.plus_seconds(1).date_in_shanghai().to_string(), "2026-11-25");
        assert_eq!(Timestamp::last_second_of("2026-11-24".parse().unwrap()), last);
        assert_eq!(last.to_string(), "2026-11-24T23:59:59.000000+08:00");
        assert_eq!(last.to_rfc3339_seconds(), "2026-11-24T23:59:59+08:00");
    }

    #[test]
    fn moments_with_other_offsets_are_the_same_moment() {
        let utc: Timestamp = "2026-11-24T15:59:59Z".parse().unwrap();
        assert_eq!(utc, "2026-11-24T23:59:59+08:00".parse().unwrap());
        assert!("2026-11-24T15:59:59".parse::<Timestamp>().is_err());
    }
}
