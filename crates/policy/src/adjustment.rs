//! What becomes of a month already assessed when a value for it is published later.

use units::{Date, Fen, Month};

use crate::branch::Branch;
use crate::collection::AdjustmentRule;
use crate::explanation::{Explanation, Step};
use crate::pack::Pack;
use crate::refusal::Refusal;
use crate::rules::Charge;
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

impl Pack {
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
        let rule = self.topics().adjustment.on(month.first_day(), known_on)?;
        match rule.value {
            AdjustmentRule::None | AdjustmentRule::FromPublicationOn => return Ok(None),
            AdjustmentRule::CollectDifference => {}
        }
        let before = self.rules(month, assessed_on)?;
        let after = self.rules(month, known_on)?;
        let old = before.charge(branch, before.carried_base(branch, chosen)?)?;
        let base = after.carried_base(branch, chosen)?;
        let new = after.charge(branch, base)?;
        let Some(difference) = Difference::between(old, new) else { return Ok(None) };
        let mut explanation = after.explain(branch, base)?;
        let part = difference.charge();
        explanation.steps.push(
            Step::new(
                Text::made(
                    format!("已按{assessed_on}所知标准核定"),
                    format!("assessed with what was known on {assessed_on}"),
                ),
                old.amount.to_string(),
            )
            .amount(old.amount),
        );
        let label = match difference {
            Difference::ToCollect(_) => Text::fixed("应补差额", "difference to be paid"),
            Difference::ToReturn(_) => Text::fixed("应退差额", "difference to be returned"),
        };
        let formula = format!("|{} − {}| = {}", new.amount, old.amount, part.amount);
        explanation
            .steps
            .push(Step::new(label, formula).amount(part.amount).cited(self.citation(&rule.terms)));
        explanation.amount = Some(part.amount);
        Ok(Some(Adjustment { assessed: old, revised: new, difference, explanation }))
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
