//! Rounding: the one place where an amount loses precision.
//!
//! Unit and mode come from the policy pack with their citation, per city and item: Nanjing's
//! medical charge is published to the jiao, Shanghai rounds every charge up to the jiao
//! (见分进角), Chengdu rounds each component to the fen.

use serde::{Deserialize, Serialize};

use crate::{ExactFen, Fen};

/// What happens to the part below the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest unit, a half upwards (四舍五入).
    HalfUp,
    /// Always upwards (见分进角).
    Up,
    /// Always downwards (舍去).
    Down,
}

/// A unit and a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rounding {
    unit: Fen,
    mode: RoundingMode,
}

/// Why an amount can't be rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundingError {
    /// The unit is zero.
    #[error("a rounding unit must be at least one fen")]
    ZeroUnit,
    /// The rounded amount is more than [`Fen::MAX`].
    #[error("the rounded amount is too large")]
    TooLarge,
}

impl Rounding {
    /// To the fen, half up: what a pack says when the law names no other rule.
    pub const FEN_HALF_UP: Self = Self { unit: FEN, mode: RoundingMode::HalfUp };

    /// Rounding to `unit` (one fen, one jiao, one yuan …).
    ///
    /// # Errors
    /// [`RoundingError::ZeroUnit`].
    pub const fn new(unit: Fen, mode: RoundingMode) -> Result<Self, RoundingError> {
        if unit.is_zero() { Err(RoundingError::ZeroUnit) } else { Ok(Self { unit, mode }) }
    }

    /// The unit, at least one fen.
    #[must_use]
    pub const fn unit(self) -> Fen {
        self.unit
    }

    /// The mode.
    #[must_use]
    pub const fn mode(self) -> RoundingMode {
        self.mode
    }

    /// Rounds `amount` to a whole number of units.
    ///
    /// Worked: 359.52 yuan to the jiao is 359.50 half up or down, 359.60 up.
    ///
    /// # Errors
    /// [`RoundingError::TooLarge`] when the result is more than [`Fen::MAX`].
    pub fn apply(self, amount: ExactFen) -> Result<Fen, RoundingError> {
        let unit = u128::from(self.unit.fen().unsigned_abs());
        let step = amount.denominator().checked_mul(unit).ok_or(RoundingError::TooLarge)?;
        let (whole, rest) = (amount.numerator() / step, amount.numerator() % step);
        let goes_up = match self.mode {
            RoundingMode::Up => rest > 0,
            RoundingMode::Down => false,
            RoundingMode::HalfUp => rest >= step - rest,
        };
        let units = whole + u128::from(goes_up);
        units
            .checked_mul(unit)
            .and_then(|fen| i64::try_from(fen).ok())
            .and_then(|fen| Fen::new(fen).ok())
            .ok_or(RoundingError::TooLarge)
    }
}

/// The smallest unit of account.
const FEN: Fen = match Fen::new(1) {
    Ok(fen) => fen,
    Err(_) => Fen::YUAN,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rate;

    fn check(base: u32, rate: &str, unit_fen: i64, mode: RoundingMode, expected: &str) {
        let exact =
            ExactFen::of(Fen::from_yuan(base)).times(rate.parse::<Rate>().unwrap()).unwrap();
        let rounding = Rounding::new(Fen::new(unit_fen).unwrap(), mode).unwrap();
        assert_eq!(rounding.apply(exact).unwrap().to_string(), expected, "{base} × {rate}");
    }

    #[test]
    fn published_charges_are_reproduced_by_unit_and_mode() {
        check(4494, "8%", 10, RoundingMode::HalfUp, "359.50");
        check(4494, "8%", 10, RoundingMode::Down, "359.50");
        check(4494, "8%", 10, RoundingMode::Up, "359.60");
        check(4494, "2%", 100, RoundingMode::HalfUp, "90.00");
        check(6015, "8.75%", 1, RoundingMode::HalfUp, "526.31");
        check(6015, "9.5%", 1, RoundingMode::HalfUp, "571.43");
        check(7546, "11%", 10, RoundingMode::Up, "830.10");
    }

    #[test]
    fn a_half_goes_up_and_one_below_it_does_not() {
        check(1, "0.5%", 1, RoundingMode::HalfUp, "0.01");
        check(1, "0.499999999%", 1, RoundingMode::HalfUp, "0.00");
        check(1, "1%", 1, RoundingMode::Up, "0.01");
    }

    #[test]
    fn a_unit_of_nothing_is_refused() {
        assert_eq!(Rounding::new(Fen::ZERO, RoundingMode::Up), Err(RoundingError::ZeroUnit));
    }
}
