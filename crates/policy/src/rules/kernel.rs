//! A branch's charge, compiled for one month: no allocation and no division per due.

use units::{Fen, Rounding};

use super::reciprocal::Reciprocal;
use crate::component::{Component, ComponentSum};
use crate::contribution_base::{BaseLimits, BaseRefusal, Outside};

/// 核定 of one branch of one month: what is asked for, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The branch's base; zero when the contribution is a fixed sum.
    pub base: Fen,
    /// What is asked for: `account + pool`.
    pub amount: Fen,
    /// What of it goes to the individual account (个人账户).
    pub account: Fen,
    /// What of it goes to the pooled fund (统筹基金).
    pub pool: Fen,
}

/// A compiled charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Everyone is charged the same.
    Constant(Charge),
    /// One charge per tier, found by the base.
    Tiers(Box<TierTable>),
    /// Any base of a range.
    Range(Box<RangeKernel>),
}

/// Charges by tier, in a table without collisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TierTable {
    multiplier: u64,
    slots: [Option<Charge>; SLOTS],
}

/// Slots of a tier table; twelve tiers leave most of them empty, so that a multiplier without
/// collisions is found at once.
const SLOTS: usize = 64;
/// More tiers than any city has; twice as many slots still find a multiplier.
const TIERS_MAX: usize = 32;
const SLOT_SHIFT: u32 = 58;
/// Odd constant of Fibonacci hashing, 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// How many multipliers are tried; about one in three fits twelve tiers.
const MULTIPLIERS_MAX: u64 = 100_000;

/// Charges on any base of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RangeKernel {
    limits: BaseLimits,
    floor: Fen,
    cap: Fen,
    clamp: bool,
    /// Amount and account of each component that is a rate; `None` where only division is exact.
    rates: Option<Vec<(Reciprocal, Reciprocal)>>,
    /// The sum of the fixed components.
    fixed: u64,
    components: Vec<Component>,
}

impl Kernel {
    /// `None` when an amount would leave 64 bits.
    pub(crate) fn compile(limits: &BaseLimits, components: &[Component]) -> Option<Self> {
        match limits {
            BaseLimits::Fixed(base) => charge_on(*base, components).map(Self::Constant),
            BaseLimits::Tiers(tiers) => {
                let charges: Option<Vec<_>> =
                    tiers.iter().map(|tier| charge_on(*tier, components)).collect();
                TierTable::new(&charges?).map(|table| Self::Tiers(Box::new(table)))
            }
            BaseLimits::Range { floor, cap, outside } => {
                charge_on(*cap, components)?;
                let clamp = *outside == Outside::Clamp;
                let range = RangeKernel {
                    limits: limits.clone(),
                    floor: *floor,
                    cap: *cap,
                    clamp,
                    rates: reciprocals(components, *cap),
                    fixed: fixed_sum(components)?.fen().unsigned_abs(),
                    components: components.to_vec(),
                };
                Some(Self::Range(Box::new(range)))
            }
        }
    }

    /// The charge for a chosen base.
    #[inline]
    pub(crate) fn charge(&self, limits: &BaseLimits, chosen: Fen) -> Result<Charge, BaseRefusal> {
        match self {
            Self::Constant(charge) => Ok(*charge),
            Self::Tiers(table) => match table.find(chosen) {
                Some(charge) => Ok(charge),
                None => Err(limits.apply(chosen).expect_err("a base outside the table is no tier")),
            },
            Self::Range(range) => range.charge(chosen),
        }
    }
}

impl Kernel {
    /// Fills `amounts` from `bases`; returns the first row whose base is not allowed.
    pub(super) fn fill(&self, bases: &[i64], amounts: &mut [i64]) -> Option<usize> {
        match self {
            Self::Constant(charge) => {
                amounts.fill(charge.amount.fen());
                None
            }
            Self::Tiers(table) => table.fill(bases, amounts),
            Self::Range(range) => range.fill(bases, amounts),
        }
    }
}

/// The charge on a branch's base, component by component, by exact division.
pub(crate) fn charge_on(base: Fen, components: &[Component]) -> Option<Charge> {
    let mut charge = Charge { base, amount: Fen::ZERO, account: Fen::ZERO, pool: Fen::ZERO };
    for component in components {
        let parts = component.on(base)?;
        charge.amount = charge.amount.checked_add(parts.amount)?;
        charge.account = charge.account.checked_add(parts.account)?;
    }
    charge.pool = charge.amount.checked_sub(charge.account)?;
    Some(charge)
}

fn fixed_sum(components: &[Component]) -> Option<Fen> {
    Fen::checked_sum(components.iter().filter_map(|component| match component.sum {
        ComponentSum::Fixed(sum) => Some(sum),
        ComponentSum::Rate(..) => None,
    }))
}

fn reciprocals(components: &[Component], cap: Fen) -> Option<Vec<(Reciprocal, Reciprocal)>> {
    let rates = components.iter().filter_map(|component| match component.sum {
        ComponentSum::Rate(rate, rounding) => Some((rate, component.account, rounding)),
        ComponentSum::Fixed(_) => None,
    });
    rates
        .map(|(rate, account, rounding)| {
            let whole = Reciprocal::new(rate, rounding, cap)?;
            Some((whole, Reciprocal::new(account, Rounding::FEN_HALF_UP, cap)?))
        })
        .collect()
}

impl TierTable {
    /// `None` when two tiers are equal, or there are too many: then no multiplier tells them apart.
    fn new(charges: &[Charge]) -> Option<Self> {
        if charges.len() > TIERS_MAX {
            return None;
        }
        (0..MULTIPLIERS_MAX).find_map(|attempt| {
            let multiplier = GOLDEN.wrapping_mul(2 * attempt + 1);
            let mut slots = [None; SLOTS];
            for charge in charges {
                let slot = slots.get_mut(slot(multiplier, charge.base))?;
                if slot.replace(*charge).is_some() {
                    return None;
                }
            }
            Some(Self { multiplier, slots })
        })
    }

    fn fill(&self, bases: &[i64], amounts: &mut [i64]) -> Option<usize> {
        // A base of no tier meets an empty slot or another tier's: never its own base.
        let slots = self.slots.map(|slot| {
            slot.map_or((i64::MIN, 0), |charge| (charge.base.fen(), charge.amount.fen()))
        });
        for (row, (base, amount)) in bases.iter().zip(amounts).enumerate() {
            let hash = base.cast_unsigned().wrapping_mul(self.multiplier) >> SLOT_SHIFT;
            let (tier, charge) = slots[usize::try_from(hash).expect("six bits fit")];
            if tier != *base {
                return Some(row);
            }
            *amount = charge;
        }
        None
    }

    #[inline]
    fn find(&self, base: Fen) -> Option<Charge> {
        self.slots[slot(self.multiplier, base)].filter(|charge| charge.base == base)
    }
}

#[inline]
fn slot(multiplier: u64, base: Fen) -> usize {
    let hash = base.fen().unsigned_abs().wrapping_mul(multiplier) >> SLOT_SHIFT;
    usize::try_from(hash).expect("six bits fit")
}

impl RangeKernel {
    #[inline]
    fn charge(&self, chosen: Fen) -> Result<Charge, BaseRefusal> {
        let base = if self.clamp {
            chosen.clamp(self.floor, self.cap)
        } else if chosen < self.floor || chosen > self.cap {
            return self.limits.apply(chosen).map(|base| self.divide(base));
        } else {
            chosen
        };
        let Some(rates) = &self.rates else { return Ok(self.divide(base)) };
        let (mut amount, mut account) = (self.fixed, 0);
        for (whole, to_account) in rates {
            let part = whole.apply(base.fen().unsigned_abs());
            amount += part;
            account += to_account.apply(base.fen().unsigned_abs()).min(part);
        }
        Ok(Charge { base, amount: fen(amount), account: fen(account), pool: fen(amount - account) })
    }

    fn fill(&self, bases: &[i64], amounts: &mut [i64]) -> Option<usize> {
        let (floor, cap) = (self.floor.fen(), self.cap.fen());
        let inside = floor..=cap;
        if !self.clamp
            && let Some(row) = bases.iter().position(|base| !inside.contains(base))
        {
            return Some(row);
        }
        let Some(rates) = &self.rates else { return self.fill_by_division(bases, amounts) };
        amounts.fill(self.fixed.cast_signed());
        for (whole, _) in rates {
            for (base, amount) in bases.iter().zip(&mut *amounts) {
                *amount += whole.apply((*base).clamp(floor, cap).cast_unsigned()).cast_signed();
            }
        }
        None
    }

    fn fill_by_division(&self, bases: &[i64], amounts: &mut [i64]) -> Option<usize> {
        for (row, (base, amount)) in bases.iter().zip(amounts).enumerate() {
            let Ok(base) = Fen::new(*base) else { return Some(row) };
            *amount = self.divide(base.clamp(self.floor, self.cap)).amount.fen();
        }
        None
    }

    fn divide(&self, base: Fen) -> Charge {
        charge_on(base, &self.components).expect("bases up to the cap were tried at compiling")
    }
}

#[inline]
fn fen(amount: u64) -> Fen {
    let amount = i64::try_from(amount).expect("the charge on the cap was tried at compiling");
    Fen::new(amount).expect("an unsigned amount is not negative")
}
