//! A charge step by step, with the law behind each step.

use units::Fen;

use super::{BranchRules, Rules};
use crate::branch::Branch;
use crate::component::{Component, ComponentSum};
use crate::contribution_base::BaseRule;
use crate::explanation::{Explanation, Step};
use crate::refusal::Refusal;
use crate::text::Text;

impl Rules {
    /// The charge with its steps and citations; lines of zero stay visible.
    ///
    /// # Errors
    /// As [`charge`](Self::charge).
    pub fn explain(&self, branch: Branch, chosen: Fen) -> Result<Explanation, Refusal> {
        let charge = self.charge(branch, chosen)?;
        let rules = self.branch(branch)?;
        let mut steps = Vec::with_capacity(rules.components.len() + 4);
        steps.push(rules.base_step(chosen, charge.base));
        steps.extend(rules.components.iter().map(|part| rules.component_step(part, charge.base)));
        let split = format!("{} + {} = {}", charge.account, charge.pool, charge.amount);
        let money = |label, amount: Fen| Step::new(label, amount.to_string()).amount(amount);
        steps.push(money(
            Text::fixed("其中记入个人账户", "of it to the individual account"),
            charge.account,
        ));
        steps.push(money(Text::fixed("其中记入统筹基金", "of it to the pooled fund"), charge.pool));
        steps.push(
            Step::new(Text::fixed("本月应缴", "due for the month"), split).amount(charge.amount),
        );
        Ok(Explanation {
            title: Text::made(
                format!("{} {}", self.month, branch.chinese()),
                format!("{} {} insurance", self.month, branch.word()),
            ),
            steps,
            amount: Some(charge.amount),
            pack: Some(self.pack.clone()),
        })
    }
}

impl BranchRules {
    fn base_step(&self, chosen: Fen, base: Fen) -> Step {
        let (floor, cap) = (self.limits.floor(), self.limits.cap());
        let formula = match &self.rule {
            BaseRule::Tiers(_) => format!("{base} ∈ {floor} … {cap}").into(),
            BaseRule::Range { .. } if chosen == base => format!("{floor} ≤ {base} ≤ {cap}").into(),
            BaseRule::Range { .. } => format!("{chosen} → {base} ({floor} … {cap})").into(),
            BaseRule::FloorOf(branch) => Text::made(
                format!("{base} = min {}", branch.chinese()),
                format!("{base} = min {}", branch.word()),
            ),
            BaseRule::SameAs(branch) => Text::made(
                format!("{base} = {}", branch.chinese()),
                format!("{base} = {}", branch.word()),
            ),
            BaseRule::Fixed(_) | BaseRule::Nothing(_) => base.to_string().into(),
        };
        Step::new(Text::fixed("缴费基数", "contribution base"), formula)
            .amount(base)
            .cited(self.base_citation.clone())
    }

    fn component_step(&self, component: &Component, base: Fen) -> Step {
        let parts = component.on(base).expect("the charge was computed on this base");
        let formula = match component.sum {
            ComponentSum::Fixed(sum) => sum.to_string(),
            ComponentSum::Rate(rate, _) => {
                let (exact, rounded) = (parts.exact.to_string(), parts.amount.to_string());
                let arrow =
                    if exact == rounded { String::new() } else { format!(" → {rounded}") };
                format!("{base} × {rate} = {exact}{arrow}")
            }
        };
        Step::new(component.name.clone(), formula)
            .rounded(parts.exact, parts.amount)
            .cited(self.charge_citation.clone())
    }
}
