//! Rates as exact fractions: 8 %, 0.05 % a day, two thirds.

use std::fmt;
use std::str::FromStr;

/// An exact non-negative fraction, kept in lowest terms.
///
/// ```
/// use units::Rate;
/// assert_eq!("8.75%".parse::<Rate>().unwrap(), Rate::new(7, 80).unwrap());
/// assert_eq!("2/3".parse::<Rate>().unwrap().to_string(), "2/3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    numerator: u64,
    denominator: u64,
}

/// Why a text or a pair of numbers is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRate {
    /// The denominator is zero.
    #[error("a rate must not divide by zero")]
    ZeroDenominator,
    /// Not `8%`, `8.75%`, `0.0875` or `2/3`, or with more than nine decimals.
    #[error("a rate is written as 8%, 8.75%, 0.0875 or 2/3")]
    Malformed,
}

impl Rate {
    /// Nothing of the base.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// The whole base.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// The fraction `numerator / denominator`, in lowest terms.
    ///
    /// # Errors
    /// [`NotRate::ZeroDenominator`].
    pub const fn new(numerator: u64, denominator: u64) -> Result<Self, NotRate> {
        if denominator == 0 {
            return Err(NotRate::ZeroDenominator);
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        Ok(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// The upper number of the fraction in lowest terms.
    #[must_use]
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The lower number of the fraction in lowest terms, at least 1.
    #[must_use]
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The sum of two rates, or `None` where the fraction no longer fits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        let denominator = self.denominator.checked_mul(other.denominator)?;
        Self::new(left.checked_add(right)?, denominator).ok()
    }
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// As a percentage where that ends within nine decimals (`8.75%`), else as a fraction (`2/3`).
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled = u128::from(self.numerator) * 100_000_000_000;
        let denominator = u128::from(self.denominator);
        if !scaled.is_multiple_of(denominator) {
            return f.pad(&format!("{}/{}", self.numerator, self.denominator));
        }
        let billionths = scaled / denominator;
        let decimals = format!("{:09}", billionths % 1_000_000_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        f.pad(&format!("{}{point}{decimals}%", billionths / 1_000_000_000))
    }
}

impl FromStr for Rate {
    type Err = NotRate;

    fn from_str(text: &str) -> Result<Self, NotRate> {
        let whole = |part: &str| part.parse::<u64>().map_err(|_| NotRate::Malformed);
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Self::new(whole(numerator)?, whole(denominator)?);
        }
        let (number, hundred) = text.strip_suffix('%').map_or((text, 1), |number| (number, 100));
        let (integer, decimals) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = integer.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit());
        if integer.is_empty() || !all_digits || decimals.len() > 9 || number.ends_with('.') {
            return Err(NotRate::Malformed);
        }
        let numerator = whole(&format!("{integer}{decimals}"))?;
        let places = u32::try_from(decimals.len()).map_err(|_| NotRate::Malformed)?;
        Self::new(numerator, 10_u64.pow(places) * hundred)
    }
}

impl<'de> serde::Deserialize<'de> for Rate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_decimals_and_fractions_are_read_exactly() {
        for (text, numerator, denominator, shown) in [
            ("20%", 1, 5, "20%"),
            ("8.75%", 7, 80, "8.75%"),
            ("0.0875", 7, 80, "8.75%"),
            ("0.05%", 1, 2_000, "0.05%"),
            ("2/3", 2, 3, "2/3"),
            ("0%", 0, 1, "0%"),
            ("8.31%", 831, 10_000, "8.31%"),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!((rate.numerator(), rate.denominator()), (numerator, denominator), "{text}");
            assert_eq!(rate.to_string(), shown);
        }
    }

    #[test]
    fn text_that_is_no_rate_is_refused() {
        for text in ["", "%", ".5", "5.", "-8%", "8 %", "1/0", "0.0000000001", "1e2", "八"] {
            assert!(text.parse::<Rate>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn rates_add_without_loss() {
        let sum = "8.75%".parse::<Rate>().unwrap().checked_add("0.75%".parse().unwrap());
        assert_eq!(sum.unwrap().to_string(), "9.5%");
    }
}
