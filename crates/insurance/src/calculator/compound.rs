//! A product of many rates, exact however many years it spans.

use units::{ExactFen, Fen, Rate};

/// An amount compounded by yearly rates: a whole number of any length over small divisors.
#[derive(Clone, Debug)]
pub(super) struct Compound {
    /// Limbs of the numerator, least first.
    limbs: Vec<u64>,
    divisors: Vec<u64>,
}

/// Steps in a fen that the rounding can still tell apart.
const STEPS: u64 = 1_000_000;

impl Compound {
    pub(super) fn of(amount: Fen) -> Self {
        Self { limbs: vec![amount.fen().unsigned_abs()], divisors: Vec::new() }
    }

    /// Times one plus a yearly rate.
    pub(super) fn grow(&mut self, rate: Rate) -> Option<()> {
        self.multiply(rate.numerator().checked_add(rate.denominator())?);
        self.divisors.push(rate.denominator());
        Some(())
    }

    fn multiply(&mut self, factor: u64) {
        let mut carry = 0_u128;
        for limb in &mut self.limbs {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            (*limb, carry) = halves(product);
        }
        if carry > 0 {
            self.limbs.push(halves(carry).0);
        }
    }

    /// The amount as a fraction of fen that rounds as the exact one does to any whole fen.
    ///
    /// The quotient is cut to millionths of a fen. What is cut off is never a half or a whole fen,
    /// only the part between two steps: half a step stands for it, so that "more than a half" and
    /// "more than nothing" stay true.
    pub(super) fn exact(mut self) -> Option<ExactFen> {
        self.multiply(STEPS);
        let mut is_inexact = false;
        for divisor in std::mem::take(&mut self.divisors) {
            let mut rest = 0_u128;
            for limb in self.limbs.iter_mut().rev() {
                let dividend = (rest << 64) | u128::from(*limb);
                *limb = halves(dividend / u128::from(divisor)).0;
                rest = dividend % u128::from(divisor);
            }
            is_inexact |= rest > 0;
        }
        let (least, others) = self.limbs.split_first()?;
        if others.iter().any(|limb| *limb > 0) {
            return None;
        }
        let doubled = least.checked_mul(2)?.checked_add(u64::from(is_inexact))?;
        let fen = Fen::new(i64::try_from(doubled).ok()?).ok()?;
        ExactFen::of(fen).divided_by(2 * STEPS)
    }
}

/// The low and the high 64 bits.
fn halves(wide: u128) -> (u64, u128) {
    let low = u64::try_from(wide & u128::from(u64::MAX)).expect("64 bits are kept");
    (low, wide >> 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use units::Rounding;

    fn compound(amount: &str, rates: &[&str]) -> String {
        let mut compound = Compound::of(amount.parse().unwrap());
        for rate in rates {
            compound.grow(rate.parse().unwrap()).unwrap();
        }
        Rounding::FEN_HALF_UP.apply(compound.exact().unwrap()).unwrap().to_string()
    }

    #[test]
    fn many_years_compound_exactly() {
        assert_eq!(compound("898.80", &["2.62%", "1.50%"]), "936.18");
        assert_eq!(
            compound(
                "1000.00",
                &[
                    "8.31%", "7.12%", "8.29%", "7.61%", "6.04%", "6.69%", "6.12%", "3.97%",
                    "2.62%", "1.50%"
                ]
            ),
            "1757.83"
        );
        let fifty = ["8.31%"; 50];
        assert_eq!(compound("1.00", &fifty), "54.13");
    }

    #[test]
    fn a_half_is_told_from_a_little_more_and_less() {
        assert_eq!(compound("1.00", &["0.5%"]), "1.01");
        assert_eq!(compound("1.00", &["0.4999999%"]), "1.00");
        assert_eq!(compound("1.00", &["0.5000001%"]), "1.01");
    }
}
