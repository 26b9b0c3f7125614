//! Exact rounding of `base × rate` without dividing: multiplication by a scaled reciprocal.
//!
//! Proof. Let `m = ⌈2^64 / d⌉` and `e = m·d − 2^64`. For a whole `x`, `x·m / 2^64` is
//! `x/d + x·e / (d·2^64)`. The fractional part of `x/d` is at most `(d−1)/d`, so the floors are
//! equal when `x·e < 2^64`. The constructor checks this for the greatest `x`; where it does not
//! hold, the caller divides.

use units::{Fen, Rate, Rounding, RoundingMode};

/// Computes `rounding(base × rate)` for bases up to a bound, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reciprocal {
    factor: u64,
    addend: u64,
    multiplier: u64,
    unit: u64,
}

impl Reciprocal {
    /// For bases from 0 to `base_max`; `None` when the numbers are too large for 64 bits.
    pub(crate) fn new(rate: Rate, rounding: Rounding, base_max: Fen) -> Option<Self> {
        let unit = rounding.unit().fen().unsigned_abs();
        // Rounding as ⌊(base × factor + addend) / divisor⌋ units. Both are doubled, for the half
        // and so that the divisor is at least two and the multiplier fits.
        let step = rate.denominator().checked_mul(unit)?;
        let divisor = step.checked_mul(2)?;
        let factor = rate.numerator().checked_mul(2)?;
        let addend = match rounding.mode() {
            RoundingMode::Down => 0,
            RoundingMode::HalfUp => step,
            RoundingMode::Up => divisor - 2,
        };
        let x_max = base_max.fen().unsigned_abs().checked_mul(factor)?.checked_add(addend)?;
        let multiplier = u64::MAX / divisor + 1;
        let error = u128::from(multiplier) * u128::from(divisor) - (1_u128 << 64);
        let exact = u128::from(x_max).checked_mul(error)? < 1_u128 << 64;
        exact.then_some(Self { factor, addend, multiplier, unit })
    }

    /// The rounded amount in fen for a base in fen; the base must not be more than the bound.
    #[inline]
    pub(crate) fn apply(&self, base: u64) -> u64 {
        let x = base * self.factor + self.addend;
        let product = u128::from(x) * u128::from(self.multiplier);
        let units = u64::try_from(product >> 64).expect("the high half of 128 bits is 64 bits");
        units * self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use units::ExactFen;

    proptest! {
        #[test]
        fn the_reciprocal_equals_the_exact_rounding(
            base in 0_i64..100_000_000,
            numerator in 0_u64..10_000,
            unit in prop_oneof![Just(1_i64), Just(10), Just(100)],
            mode in prop_oneof![
                Just(RoundingMode::HalfUp), Just(RoundingMode::Up), Just(RoundingMode::Down)
            ],
        ) {
            let rate = Rate::new(numerator, 10_000).unwrap();
            let rounding = Rounding::new(Fen::new(unit).unwrap(), mode).unwrap();
            let base = Fen::new(base).unwrap();
            let exact = rounding.apply(ExactFen::of(base).times(rate).unwrap()).unwrap();
            let fast = Reciprocal::new(rate, rounding, Fen::new(100_000_000).unwrap()).unwrap();
            prop_assert_eq!(fast.apply(base.fen().unsigned_abs()), exact.fen().unsigned_abs());
        }
    }

    #[test]
    fn numbers_too_large_for_the_short_cut_are_left_to_division() {
        let rate = Rate::new(999_999_999, 1_000_000_000).unwrap();
        assert_eq!(Reciprocal::new(rate, Rounding::FEN_HALF_UP, Fen::MAX), None);
    }
}
