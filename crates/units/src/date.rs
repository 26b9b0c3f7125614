//! Civil days in Asia/Shanghai, the days that the law speaks of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Month;

/// A civil day, `1800-01-01 ..= 9999-12-31`, written `YYYY-MM-DD`.
///
/// It has no time zone: the edge turns a moment into the day it is in Asia/Shanghai with
/// [`Timestamp::date_in_shanghai`](crate::Timestamp::date_in_shanghai) and passes the day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// The text or numbers are not a day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day is written YYYY-MM-DD and must exist in the calendar, from 1800 to 9999")]
pub struct NotDate;

impl Date {
    /// The day of a month of a year.
    ///
    /// # Errors
    /// [`NotDate`] for a day that the calendar does not have.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, NotDate> {
        let narrow = |part: u32| i8::try_from(part).map_err(|_| NotDate);
        let year = i16::try_from(year).ok().filter(|y| (1800..=9999).contains(y)).ok_or(NotDate)?;
        jiff::civil::Date::new(year, narrow(month)?, narrow(day)?).map(Self).map_err(|_| NotDate)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.0.year())
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day().unsigned_abs().into()
    }

    /// The month it lies in.
    #[must_use]
    pub fn month(self) -> Month {
        Month::new(self.year(), self.0.month().unsigned_abs().into())
            .expect("a valid day lies in a valid month")
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        match self.0.weekday() {
            jiff::civil::Weekday::Monday => Weekday::Monday,
            jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
            jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
            jiff::civil::Weekday::Thursday => Weekday::Thursday,
            jiff::civil::Weekday::Friday => Weekday::Friday,
            jiff::civil::Weekday::Saturday => Weekday::Saturday,
            jiff::civil::Weekday::Sunday => Weekday::Sunday,
        }
    }

    /// The day `days` later, or earlier when negative; `None` outside 1800 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        let moved = self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        (moved.year() >= 1800).then_some(Self(moved))
    }

    /// The next day.
    ///
    /// # Panics
    /// After 9999-12-31.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus_days(1).expect("days stay within 1800 to 9999")
    }

    /// How many days `self` is after `earlier`; negative when it is before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0.since(earlier.0).map_or(0, |span| span.get_days())
    }

    /// Every day from `self` to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors((self <= last).then_some(self), move |day| {
            day.plus_days(1).filter(|next| *next <= last)
        })
    }

    pub(crate) const fn from_jiff(date: jiff::civil::Date) -> Self {
        Self(date)
    }

    pub(crate) const fn to_jiff(self) -> jiff::civil::Date {
        self.0
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day()))
    }
}

impl FromStr for Date {
    type Err = NotDate;

    fn from_str(text: &str) -> Result<Self, NotDate> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| match i {
                4 | 7 => b == b'-',
                _ => b.is_ascii_digit(),
            });
        if !shape {
            return Err(NotDate);
        }
        let part = |range: std::ops::Range<usize>| {
            text.get(range).and_then(|digits| digits.parse::<u32>().ok()).ok_or(NotDate)
        };
        let year = i32::try_from(part(0..4)?).map_err(|_| NotDate)?;
        Self::new(year, part(5..7)?, part(8..10)?)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_the_calendar_lacks_is_refused() {
        for text in [
            "1990-02-30",
            "1900-02-29",
            "2026-13-01",
            "2026-1-1",
            "20260101",
            "2026/01/01",
            "1799-12-31",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotDate), "{text}");
        }
        assert_eq!("2000-02-29".parse::<Date>().unwrap().to_string(), "2000-02-29");
    }

    #[test]
    fn days_count_across_months_and_know_their_weekday() {
        let day: Date = "2026-02-28".parse().unwrap();
        assert_eq!(day.next().to_string(), "2026-03-01");
        assert_eq!(day.plus_days(-28).unwrap().to_string(), "2026-01-31");
        assert_eq!("2027-02-28".parse::<Date>().unwrap().days_since(day), 365);
        assert_eq!("2026-11-24".parse::<Date>().unwrap().weekday(), Weekday::Tuesday);
        assert_eq!(day.through("2026-03-02".parse().unwrap()).count(), 3);
    }
}
