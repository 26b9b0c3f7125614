//! Amounts before rounding.

use crate::{Fen, Rate};

/// An exact, not yet rounded, non-negative amount: a fraction of fen.
///
/// It exists between a formula and [`Rounding::apply`](crate::Rounding::apply), and is never
/// stored or shown as money.
///
/// ```
/// use units::{ExactFen, Fen, Rounding};
/// let base = Fen::from_yuan(6015);
/// let exact = ExactFen::of(base).times("8.75%".parse().unwrap()).unwrap();
/// assert_eq!(exact.to_string(), "526.3125");
/// assert_eq!(Rounding::FEN_HALF_UP.apply(exact).unwrap().to_string(), "526.31");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactFen {
    numerator: u128,
    denominator: u128,
}

impl ExactFen {
    /// No money.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// A rounded amount, taken exactly.
    #[must_use]
    pub fn of(amount: Fen) -> Self {
        Self { numerator: amount.fen().unsigned_abs().into(), denominator: 1 }
    }

    /// The upper number of the fraction of fen.
    #[must_use]
    pub const fn numerator(self) -> u128 {
        self.numerator
    }

    /// The lower number of the fraction of fen, at least 1.
    #[must_use]
    pub const fn denominator(self) -> u128 {
        self.denominator
    }

    /// The product with a rate, or `None` when the fraction no longer fits in 128 bits.
    #[must_use]
    pub fn times(self, rate: Rate) -> Option<Self> {
        Self::reduced(
            self.numerator.checked_mul(rate.numerator().into())?,
            self.denominator.checked_mul(rate.denominator().into())?,
        )
    }

    /// The quotient by a count, or `None` for zero or beyond 128 bits.
    #[must_use]
    pub fn divided_by(self, count: u64) -> Option<Self> {
        if count == 0 {
            return None;
        }
        Self::reduced(self.numerator, self.denominator.checked_mul(count.into())?)
    }

    /// The sum, or `None` beyond 128 bits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::reduced(left.checked_add(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The difference, or `None` when `other` is more or the fraction leaves 128 bits.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::reduced(left.checked_sub(right)?, self.denominator.checked_mul(other.denominator)?)
    }

    fn reduced(numerator: u128, denominator: u128) -> Option<Self> {
        let (mut a, mut b) = (numerator, denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Self { numerator: numerator / a, denominator: denominator / a })
    }
}

/// Yuan: exactly where the decimal ends within twelve places, else cut there and marked `…`.
impl std::fmt::Display for ExactFen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let yuan_denominator = self.denominator.saturating_mul(100);
        let mut rest = self.numerator % yuan_denominator;
        let mut decimals = String::new();
        while rest != 0 && decimals.len() < 12 {
            let Some(shifted) = rest.checked_mul(10) else { break };
            decimals.push_str(&(shifted / yuan_denominator).to_string());
            rest = shifted % yuan_denominator;
        }
        let mark = if rest == 0 { "" } else { "…" };
        write!(f, "{}.{decimals:0<2}{mark}", self.numerator / yuan_denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_amounts_show_every_decimal_or_say_that_they_go_on() {
        let base = ExactFen::of(Fen::from_yuan(6015));
        assert_eq!(base.times("0.75%".parse().unwrap()).unwrap().to_string(), "45.1125");
        assert_eq!(base.to_string(), "6015.00");
        let third = ExactFen::of(Fen::from_yuan(1)).times("1/3".parse().unwrap()).unwrap();
        assert_eq!(third.to_string(), "0.333333333333…");
    }

    #[test]
    fn arithmetic_stays_exact() {
        let third = ExactFen::of(Fen::from_yuan(1)).divided_by(3).unwrap();
        let whole = third.plus(third).and_then(|two| two.plus(third)).unwrap();
        assert_eq!(whole, ExactFen::of(Fen::from_yuan(1)));
        assert_eq!(whole.minus(third).unwrap(), third.plus(third).unwrap());
        assert_eq!(third.minus(whole), None);
        assert_eq!(third.divided_by(0), None);
    }
}
