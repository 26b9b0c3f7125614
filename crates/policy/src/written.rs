//! How values are written in a pack: TOML dates, and money in yuan as text or whole numbers.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use units::{Date, Fen, Month};

/// A day as TOML writes it, without quotation marks: `2026-01-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        if written.time.is_some() {
            return Err(de::Error::custom("a day is written without a time: 2026-01-01"));
        }
        let day = written.date.ok_or_else(|| de::Error::custom("a day is written 2026-01-01"))?;
        Date::new(day.year.into(), day.month.into(), day.day.into())
            .map(Self)
            .map_err(de::Error::custom)
    }
}

/// For `#[serde(deserialize_with)]` on a [`Date`].
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    Day::deserialize(deserializer).map(|day| day.0)
}

/// For `#[serde(default, deserialize_with)]` on an optional [`Date`].
pub(crate) fn some_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    date(deserializer).map(Some)
}

/// For `#[serde(deserialize_with)]` on lists of [`Date`]s.
pub(crate) fn dates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    let days = Vec::<Day>::deserialize(deserializer)?;
    Ok(days.into_iter().map(|day| day.0).collect())
}

/// For `#[serde(deserialize_with)]` on lists of first and last days.
pub(crate) fn date_ranges<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(Date, Date)>, D::Error> {
    let ranges = Vec::<(Day, Day)>::deserialize(deserializer)?;
    Ok(ranges.into_iter().map(|(first, last)| (first.0, last.0)).collect())
}

/// Money in yuan: `"359.50"`, or `4952` for whole yuan. A TOML float is refused, because 0.1 is
/// not exact in binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yuan(pub(crate) Fen);

impl Yuan {
    /// The money.
    #[must_use]
    pub const fn fen(self) -> Fen {
        self.0
    }
}

impl<'de> Deserialize<'de> for Yuan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YuanVisitor).map(Self)
    }
}

struct YuanVisitor;

impl Visitor<'_> for YuanVisitor {
    type Value = Fen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("yuan, as whole number 4952 or as text \"359.50\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Fen, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, yuan: i64) -> Result<Fen, E> {
        let fen = yuan.checked_mul(100).ok_or_else(|| E::custom("the amount is too large"))?;
        Fen::new(fen).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, yuan: u64) -> Result<Fen, E> {
        i64::try_from(yuan).map_err(E::custom).and_then(|yuan| self.visit_i64(yuan))
    }
}

/// For `#[serde(deserialize_with)]` on a [`Fen`] written in yuan.
pub(crate) fn yuan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
    Yuan::deserialize(deserializer).map(|yuan| yuan.0)
}

/// For `#[serde(deserialize_with)]` on lists of [`Fen`] written in yuan.
pub(crate) fn yuans<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fen>, D::Error> {
    let amounts = Vec::<Yuan>::deserialize(deserializer)?;
    Ok(amounts.into_iter().map(|yuan| yuan.0).collect())
}

/// For `#[serde(default, deserialize_with)]` on an optional [`Fen`] written in yuan.
pub(crate) fn some_yuan<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Fen>, D::Error> {
    yuan(deserializer).map(Some)
}

/// For `#[serde(deserialize_with)]` on a [`Month`], written `"1965-01"`.
pub(crate) fn month<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Month, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}
