//! 费款所属期: the month that a contribution belongs to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Date;

/// A calendar month, `1800-01 ..= 9999-12`, written `YYYY-MM`.
///
/// ```
/// use units::Month;
/// let month: Month = "2026-12".parse().unwrap();
/// assert_eq!(month.next().to_string(), "2027-01");
/// assert_eq!(month.last_day().to_string(), "2026-12-31");
/// assert_eq!(month.yyyymm(), 202_612);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Months since 0000-01.
    index: i32,
}

/// The text or number is not a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM, from 1800-01 to 9999-12")]
pub struct NotMonth;

impl Month {
    /// The month of a year.
    ///
    /// # Errors
    /// [`NotMonth`] for a month outside 1–12 or a year outside 1800–9999.
    pub fn new(year: i32, month: u32) -> Result<Self, NotMonth> {
        match i32::try_from(month) {
            Ok(month) if (1..=12).contains(&month) && (1800..=9999).contains(&year) => {
                Ok(Self { index: year * 12 + month - 1 })
            }
            _ => Err(NotMonth),
        }
    }

    /// Reads the form that tables hold: 202612.
    ///
    /// # Errors
    /// [`NotMonth`].
    pub fn from_yyyymm(yyyymm: i64) -> Result<Self, NotMonth> {
        let year = i32::try_from(yyyymm / 100).map_err(|_| NotMonth)?;
        Self::new(year, u32::try_from(yyyymm % 100).map_err(|_| NotMonth)?)
    }

    /// The form that tables hold: 202612.
    #[must_use]
    pub fn yyyymm(self) -> i64 {
        i64::from(self.year()) * 100 + i64::from(self.number())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// The month's number in its year, 1 to 12.
    #[must_use]
    pub fn number(self) -> u32 {
        self.index.rem_euclid(12).unsigned_abs() + 1
    }

    /// The month after this one.
    ///
    /// # Panics
    /// After 9999-12.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before this one.
    ///
    /// # Panics
    /// Before 1800-01.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus(-1)
    }

    /// The month `count` months later, or earlier when negative.
    ///
    /// # Panics
    /// Outside 1800-01 ..= 9999-12.
    #[must_use]
    pub fn plus(self, count: i32) -> Self {
        let index = self.index.checked_add(count).expect("months stay within calendar years");
        assert!((1800 * 12..10_000 * 12).contains(&index), "months stay within 1800 to 9999");
        Self { index }
    }

    /// How many months `self` is after `earlier`; negative when it is before.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i32 {
        self.index - earlier.index
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year(), self.number(), 1).expect("every month has a first day")
    }

    /// Its last day, the 28th to the 31st.
    #[must_use]
    pub fn last_day(self) -> Date {
        Date::new(self.year(), self.number(), self.days()).expect("days() counts the month's days")
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u32 {
        let leap = self.year() % 4 == 0 && (self.year() % 100 != 0 || self.year() % 400 == 0);
        match self.number() {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// A day of this month, or `None` when it has no such day.
    #[must_use]
    pub fn day(self, day: u32) -> Option<Date> {
        Date::new(self.year(), self.number(), day).ok()
    }

    /// Every month from `self` to `last`, both included; none when `last` is earlier.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        (self.index..=last.index).map(|index| Self { index })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year(), self.number()))
    }
}

impl FromStr for Month {
    type Err = NotMonth;

    fn from_str(text: &str) -> Result<Self, NotMonth> {
        let bytes = text.as_bytes();
        let digits = bytes.iter().enumerate().all(|(i, b)| i == 4 || b.is_ascii_digit());
        if bytes.len() != 7 || bytes.get(4) != Some(&b'-') || !digits {
            return Err(NotMonth);
        }
        let (year, month) = text.split_once('-').ok_or(NotMonth)?;
        Self::new(year.parse().map_err(|_| NotMonth)?, month.parse().map_err(|_| NotMonth)?)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_across_years_in_both_directions() {
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.plus(-12).to_string(), "2025-12");
        assert_eq!(december.months_since("2026-01".parse().unwrap()), 11);
        assert_eq!(Month::from_yyyymm(december.yyyymm()), Ok(december));
    }

    #[test]
    fn withholding_ends_on_the_last_day_that_the_month_has() {
        for (month, last) in [("2023-02", 28), ("2024-02", 29), ("2026-04", 30), ("2026-12", 31)] {
            assert_eq!(month.parse::<Month>().unwrap().last_day().day(), last, "{month}");
        }
        assert_eq!("2023-02".parse::<Month>().unwrap().day(29), None);
    }

    #[test]
    fn text_that_is_not_a_month_is_refused() {
        for text in
            ["2026-13", "2026-00", "2026-1", "202601", "26-01", "2026-01-01", "1799-12", "+026-01"]
        {
            assert_eq!(text.parse::<Month>(), Err(NotMonth), "{text}");
        }
    }
}
