//! 缴费基数: what a branch's contribution is computed on.

use serde::Deserialize;
use units::Fen;

use crate::Branch;
use crate::written;

/// How a branch's base follows from the one base that the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BaseRule {
    /// 档次: one of these amounts, from the floor to the cap.
    #[serde(deserialize_with = "written::yuans")]
    Tiers(Vec<Fen>),
    /// Any amount from the floor to the cap.
    Range {
        /// The least base.
        #[serde(deserialize_with = "written::yuan")]
        floor: Fen,
        /// The greatest base.
        #[serde(deserialize_with = "written::yuan")]
        cap: Fen,
        /// What becomes of a choice outside them.
        outside: Outside,
    },
    /// The same amount for everyone.
    #[serde(deserialize_with = "written::yuan")]
    Fixed(Fen),
    /// The floor of another branch's base, for everyone.
    FloorOf(Branch),
    /// The rule and the base of another branch.
    SameAs(Branch),
    /// No base: the contribution is a fixed sum.
    Nothing(Nothing),
}

/// The only word that [`BaseRule::Nothing`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nothing {
    /// `value = { nothing = "fixed_sum" }`.
    FixedSum,
}

/// What becomes of a chosen base that lies outside a branch's floor and cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// It is refused.
    Refuse,
    /// It is lifted to the floor or lowered to the cap: for a branch whose limits differ from
    /// those of the branch that the person chose the base for.
    Clamp,
}

/// A base rule with the references to other branches filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseLimits {
    /// One of these amounts, ascending, at least one.
    Tiers(Vec<Fen>),
    /// Any amount between two.
    Range {
        /// The least base.
        floor: Fen,
        /// The greatest base.
        cap: Fen,
        /// What becomes of a choice outside them.
        outside: Outside,
    },
    /// The same amount for everyone, whatever they chose.
    Fixed(Fen),
}

impl BaseLimits {
    /// The least base.
    #[must_use]
    pub fn floor(&self) -> Fen {
        match self {
            Self::Tiers(tiers) => tiers.first().copied().unwrap_or(Fen::ZERO),
            Self::Range { floor, .. } => *floor,
            Self::Fixed(amount) => *amount,
        }
    }

    /// The greatest base.
    #[must_use]
    pub fn cap(&self) -> Fen {
        match self {
            Self::Tiers(tiers) => tiers.last().copied().unwrap_or(Fen::ZERO),
            Self::Range { cap, .. } => *cap,
            Self::Fixed(amount) => *amount,
        }
    }

    /// The branch's base for a chosen one.
    ///
    /// # Errors
    /// [`BaseRefusal`] when the choice is not allowed.
    pub fn apply(&self, chosen: Fen) -> Result<Fen, BaseRefusal> {
        let (floor, cap) = (self.floor(), self.cap());
        match self {
            Self::Fixed(amount) => Ok(*amount),
            Self::Range { outside: Outside::Clamp, .. } => Ok(chosen.clamp(floor, cap)),
            _ if chosen < floor => Err(BaseRefusal::BelowFloor { chosen, floor }),
            _ if chosen > cap => Err(BaseRefusal::AboveCap { chosen, cap }),
            Self::Range { .. } => Ok(chosen),
            Self::Tiers(tiers) => match tiers.binary_search(&chosen) {
                Ok(_) => Ok(chosen),
                Err(above) => Err(BaseRefusal::BetweenTiers {
                    chosen,
                    below: tiers.get(above.saturating_sub(1)).copied().unwrap_or(floor),
                    above: tiers.get(above).copied().unwrap_or(cap),
                }),
            },
        }
    }
}

/// Why a chosen base is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseRefusal {
    /// Less than the floor.
    BelowFloor {
        /// What the person chose.
        chosen: Fen,
        /// The least base.
        floor: Fen,
    },
    /// More than the cap.
    AboveCap {
        /// What the person chose.
        chosen: Fen,
        /// The greatest base.
        cap: Fen,
    },
    /// Not one of the tiers.
    BetweenTiers {
        /// What the person chose.
        chosen: Fen,
        /// The next lower tier.
        below: Fen,
        /// The next higher tier.
        above: Fen,
    },
}
