//! Dividing a sum among heirs so that not a fen is lost or made.

use units::Fen;

/// More heirs than any family has; a larger number is a mistake.
pub const HEIRS_MAX: usize = 20;

/// Divides a sum by weights (份额). Everybody gets the whole fen of their part; the fen that are
/// left go one each to the first in the list, so that the parts add up to the sum exactly.
///
/// Worked: 100.00 among three equal heirs is 33.34, 33.33 and 33.33.
///
/// Answers `None` when there is no weight at all, or the numbers do not fit.
///
/// ```
/// use insurance::casework::share::divide;
/// use units::Fen;
/// let parts = divide(Fen::from_yuan(100), &[1, 1, 1]).unwrap();
/// let fen: Vec<i64> = parts.into_iter().map(Fen::fen).collect();
/// assert_eq!(fen, [3334, 3333, 3333]);
/// ```
#[must_use]
pub fn divide(sum: Fen, weights: &[u32]) -> Option<Vec<Fen>> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        return None;
    }
    let part = |weight: &u32| {
        let fen = i128::from(sum.fen()) * i128::from(*weight) / all;
        i64::try_from(fen).ok().and_then(|fen| Fen::new(fen).ok())
    };
    let mut parts: Vec<Fen> = weights.iter().map(part).collect::<Option<_>>()?;
    let given = Fen::checked_sum(parts.iter().copied())?;
    let left = usize::try_from(sum.checked_sub(given)?.fen()).ok()?;
    let one = Fen::new(1).ok()?;
    let with_weight = parts.iter_mut().zip(weights).filter(|(_, weight)| **weight > 0);
    for (part, _) in with_weight.take(left) {
        *part = part.checked_add(one)?;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_fen(
            fen in 0_i64..10_000_000_000,
            weights in prop::collection::vec(0_u32..1000, 1..12),
        ) {
            let sum = Fen::new(fen).unwrap();
            match divide(sum, &weights) {
                None => prop_assert!(weights.iter().all(|weight| *weight == 0)),
                Some(parts) => {
                    prop_assert_eq!(Fen::checked_sum(parts.iter().copied()), Some(sum));
                    for (part, weight) in parts.iter().zip(&weights) {
                        prop_assert!(*weight > 0 || part.is_zero());
                    }
                }
            }
        }
    }
}
