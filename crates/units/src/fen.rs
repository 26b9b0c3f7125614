//! Money: a whole number of fen (分, 1/100 yuan), never negative.
//!
//! Direction is a side (debit or credit), not a sign; so a difference is either
//! [`Fen::checked_sub`] or [`Fen::saturating_sub`], chosen where the law says which.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount of money in fen, `0 ..= i64::MAX`.
///
/// ```
/// use units::Fen;
/// let dues: Fen = ["975.80", "400.32"].iter().map(|yuan| yuan.parse::<Fen>().unwrap()).sum();
/// assert_eq!(dues.to_string(), "1376.12");
/// assert_eq!(dues.fen(), 137_612);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Fen(i64);

/// Why a text or a number is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Below zero.
    #[error("an amount of money must not be negative")]
    Negative,
    /// More than `i64::MAX` fen.
    #[error("an amount of money must not exceed 92,233,720,368,547,758.07 yuan")]
    TooLarge,
    /// Not `digits` or `digits.digits`, with one or two decimals.
    #[error("an amount in yuan is written as digits with at most two decimals, such as 1055.23")]
    Malformed,
}

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// One yuan.
    pub const YUAN: Self = Self(100);
    /// The largest amount.
    pub const MAX: Self = Self(i64::MAX);

    /// An amount from a count of fen, as a column or a message holds it.
    ///
    /// # Errors
    /// [`NotMoney::Negative`] below zero.
    pub const fn new(fen: i64) -> Result<Self, NotMoney> {
        if fen < 0 { Err(NotMoney::Negative) } else { Ok(Self(fen)) }
    }

    /// An amount from whole yuan, for constants and tests.
    #[must_use]
    pub const fn from_yuan(yuan: u32) -> Self {
        // A u32 times 100 always fits: 429,496,729,500 < 2^63. `From` is not const.
        #[expect(clippy::as_conversions, reason = "widening u32 to i64 loses nothing")]
        Self(yuan as i64 * 100)
    }

    /// The count of fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether there is no money.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or `None` beyond [`Fen::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` when `other` is more than `self`.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        if other.0 > self.0 { None } else { Some(Self(self.0 - other.0)) }
    }

    /// The difference, and zero when `other` is more than `self`.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        if other.0 > self.0 { Self::ZERO } else { Self(self.0 - other.0) }
    }

    /// The amount times a count, or `None` beyond [`Fen::MAX`].
    #[must_use]
    pub fn checked_mul(self, count: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(count)).map(Self)
    }

    /// The sum of amounts, or `None` beyond [`Fen::MAX`].
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Sums amounts of one person or one file.
///
/// # Panics
/// Beyond [`Fen::MAX`], which is more than all the money of the country; use
/// [`Fen::checked_sum`] for sums that a message claims.
impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self::checked_sum(amounts).expect("a sum of booked amounts stays below 92 quadrillion yuan")
    }
}

impl std::ops::Add for Fen {
    type Output = Self;
    /// # Panics
    /// Beyond [`Fen::MAX`]; see [`Fen::checked_add`].
    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("a sum of booked amounts stays below 92 quadrillion yuan")
    }
}

impl std::ops::AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Yuan with two decimals: `1055.23`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

/// Reads yuan with up to two decimals: `1055.23`, `90`, `4952.4`; nothing else.
impl FromStr for Fen {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (yuan, decimals) = text.split_once('.').unwrap_or((text, "00"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if text.starts_with('-') {
            return Err(NotMoney::Negative);
        }
        if !digits(yuan) || !digits(decimals) || decimals.len() > 2 {
            return Err(NotMoney::Malformed);
        }
        let yuan: i64 = yuan.parse().map_err(|_| NotMoney::TooLarge)?;
        let decimals: i64 = format!("{decimals:0<2}").parse().map_err(|_| NotMoney::Malformed)?;
        yuan.checked_mul(100)
            .and_then(|fen| fen.checked_add(decimals))
            .map(Self)
            .ok_or(NotMoney::TooLarge)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_text_reads_and_prints_the_same_fen() {
        for (text, fen) in
            [("0.01", 1), ("0.10", 10), ("1055.23", 105_523), ("24762.00", 2_476_200)]
        {
            assert_eq!(text.parse::<Fen>().unwrap().fen(), fen);
            assert_eq!(Fen::new(fen).unwrap().to_string(), text);
        }
        assert_eq!("90".parse::<Fen>().unwrap().fen(), 9_000);
        assert_eq!("4952.4".parse::<Fen>().unwrap().fen(), 495_240);
    }

    #[test]
    fn text_that_is_not_yuan_is_refused() {
        for text in ["", ".", "1.", ".5", "1.234", "1,000.00", "1e3", " 1", "+1", "１.00"] {
            assert_eq!(text.parse::<Fen>(), Err(NotMoney::Malformed), "{text:?}");
        }
        assert_eq!("-1.00".parse::<Fen>(), Err(NotMoney::Negative));
        assert_eq!("92233720368547758.08".parse::<Fen>(), Err(NotMoney::TooLarge));
        assert_eq!("92233720368547758.07".parse::<Fen>(), Ok(Fen::MAX));
    }

    #[test]
    fn a_difference_below_zero_is_no_money() {
        assert_eq!(Fen::from_yuan(1).checked_sub(Fen::from_yuan(2)), None);
        assert_eq!(Fen::from_yuan(1).saturating_sub(Fen::from_yuan(2)), Fen::ZERO);
        assert_eq!(Fen::MAX.checked_add(Fen::new(1).unwrap()), None);
    }
}
