//! What becomes of a month already assessed when a value for it is published later.

use units::{Date, Fen, Month};

use crate::branch::Branch;
use crate::citation::Citation;
use crate::collection::AdjustmentRule;
use crate::explanation::{Explanation, Step};
use crate::pack::Pack;
use crate::refusal::Refusal;
use crate::rules::{Charge, Rules};
use crate::text::Text;

/// A difference on a month already assessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// As it was assessed.
    pub assessed: Charge,
    /// As it would be assessed now.
    pub revised: Charge,
    /// Which way the difference goes.
    pub difference: Difference,
    /// Why.
    pub explanation: Explanation,
}

/// Which way a difference goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The person owes it.
    ToCollect(Charge),
    /// The person gets it back.
    ToReturn(Charge),
}

/// A due as it was assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// 险种.
    pub branch: Branch,
    /// 费款所属期.
    pub month: Month,
    /// The base that the person had chosen.
    pub chosen: Fen,
    /// The day whose knowledge it was assessed with.
    pub known_on: Date,
}

/// A month's law as it was known on two days, where the pack adjusts what was assessed in between.
/// Compiled once for everybody.
#[derive(Clone, Debug)]
pub struct Review {
    before: Rules,
    after: Rules,
    rule: Citation,
}

impl Pack {
    /// What was published for a month between two days, where the pack collects differences;
    /// `None` where it does not, or where everything costs the same.
    ///
    /// # Errors
    /// [`Refusal`] when the pack does not cover the month.
    pub fn review(
        &self,
        month: Month,
        assessed_on: Date,
        known_on: Date,
    ) -> Result<Option<Review>, Refusal> {
        let rule = self.topics().adjustment.on(month.first_day(), known_on)?;
        match rule.value {
            AdjustmentRule::None | AdjustmentRule::FromPublicationOn => return Ok(None),
            AdjustmentRule::CollectDifference => {}
        }
        let (before, after) = (self.rules(month, assessed_on)?, self.rules(month, known_on)?);
        let review = Review { before, after, rule: self.citation(&rule.terms) };
        Ok((!review.before.cost_the_same(&review.after)).then_some(review))
    }

    /// The adjustment of an assessed month by what is known on a later day, if there is one.
    ///
    /// Worked (Nanjing, difference collected): 2025-03 assessed on 4,879 as 975.80; the notice of
    /// 2025-09-18 lifts the base to 4,952 from January, 990.40, so 14.60 are asked for.
    ///
    /// # Errors
    /// [`Refusal`] when the pack does not cover the month or refuses the base.
    pub fn adjustment(
        &self,
        assessed: Assessed,
        known_on: Date,
    ) -> Result<Option<Adjustment>, Refusal> {
        let Assessed { branch, month, chosen, known_on: assessed_on } = assessed;
        match self.review(month, assessed_on, known_on)? {
            Some(review) => review.adjustment(branch, chosen),
            None => Ok(None),
        }
    }
}

impl Review {
    /// The rules as they are known now.
    #[must_use]
    pub const fn after(&self) -> &Rules {
        &self.after
    }

    /// The difference for a person's branch, on the base that the person had chosen. It allocates
    /// nothing.
    ///
    /// # Errors
    /// [`Refusal`] when the branch is not open or not encoded.
    pub fn difference(&self, branch: Branch, chosen: Fen) -> Result<Option<Difference>, Refusal> {
        let (old, new) = self.charges(branch, chosen)?;
        Ok(Difference::between(old, new))
    }

    /// The same with its explanation.
    ///
    /// # Errors
    /// As [`difference`](Self::difference).
    pub fn adjustment(&self, branch: Branch, chosen: Fen) -> Result<Option<Adjustment>, Refusal> {
        let (old, new) = self.charges(branch, chosen)?;
        let Some(difference) = Difference::between(old, new) else { return Ok(None) };
        let base = self.after.carried_base(branch, chosen)?;
        let mut explanation = self.after.explain(branch, base)?;
        let part = difference.charge();
        let assessed_on = self.before.known_on();
        let assessed = Text::made(
            format!("已按{assessed_on}所知标准核定"),
            format!("assessed with what was known on {assessed_on}"),
        );
        explanation.steps.push(Step::new(assessed, old.amount.to_string()).amount(old.amount));
        let (label, formula) = match difference {
            Difference::ToCollect(_) => (
                Text::fixed("应补差额", "difference to be paid"),
                format!("{} − {} = {}", new.amount, old.amount, part.amount),
            ),
            Difference::ToReturn(_) => (
                Text::fixed("应退差额", "difference to be returned"),
                format!("{} − {} = {}", old.amount, new.amount, part.amount),
            ),
        };
        explanation
            .steps
            .push(Step::new(label, formula).amount(part.amount).cited(self.rule.clone()));
        explanation.amount = Some(part.amount);
        Ok(Some(Adjustment { assessed: old, revised: new, difference, explanation }))
    }

    fn charges(&self, branch: Branch, chosen: Fen) -> Result<(Charge, Charge), Refusal> {
        let of = |rules: &Rules| rules.charge(branch, rules.carried_base(branch, chosen)?);
        Ok((of(&self.before)?, of(&self.after)?))
    }
}

impl Difference {
    fn between(old: Charge, new: Charge) -> Option<Self> {
        let minus = |more: Charge, less: Charge| {
            let amount = more.amount.checked_sub(less.amount)?;
            // A split may move between account and pool; the account's share never exceeds the
            // difference itself.
            let account = more.account.saturating_sub(less.account).min(amount);
            let pool = amount.saturating_sub(account);
            Some(Charge { base: new.base, amount, account, pool })
        };
        match new.amount.cmp(&old.amount) {
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => minus(new, old).map(Self::ToCollect),
            std::cmp::Ordering::Less => minus(old, new).map(Self::ToReturn),
        }
    }

    /// The difference itself, whichever way it goes.
    #[must_use]
    pub const fn charge(&self) -> Charge {
        match self {
            Self::ToCollect(charge) | Self::ToReturn(charge) => *charge,
        }
    }
}
