//! 社保补贴: the part of what was paid that a recognised hard-to-employ person gets back.

use policy::{Branch, BranchSet, Explanation, Pack, Rules, Step, Text};
use units::{ExactFen, Fen};

use super::{Explained, Refusal};

/// The subsidy of a month, from what was paid for it.
///
/// A share of the charge on the floor, and a share of what was paid above it, per branch; a branch
/// that was not paid gives nothing.
///
/// Worked (Nanjing, pension on 6,000): 990.40 × 2/3 + (1,200.00 − 990.40) × 1/2 = 765.07.
///
/// # Errors
/// [`Refusal`] when the pack has no subsidy, or refuses the base.
pub fn monthly(
    pack: &Pack,
    rules: &Rules,
    (paid, chosen): (BranchSet, Fen),
) -> Result<Explained<Fen>, Refusal> {
    let rule = pack.topics().subsidy.on(rules.month().first_day(), rules.known_on())?;
    let citation = pack.citation(&rule.terms);
    let mut steps = Vec::new();
    let mut sum = Fen::ZERO;
    for branch in rule.value.branches.iter().copied() {
        let mut part = Fen::ZERO;
        let mut formula = Text::fixed("0.00（未缴）", "0.00 (not paid)");
        if paid.contains(branch) {
            let max = rule.value.pension_base_max.filter(|_| branch == Branch::Pension);
            let counted = max.map_or(chosen, |max| max.min(chosen));
            let charge = rules.charge(branch, counted)?.amount;
            let floor = rules.base_limits(branch)?.floor();
            let on_floor = rules.charge(branch, floor)?.amount.min(charge);
            let above = charge.saturating_sub(on_floor);
            let exact = ExactFen::of(on_floor)
                .times(rule.value.of_floor)
                .and_then(|share| share.plus(ExactFen::of(above).times(rule.value.of_above)?));
            let exact = exact.ok_or(Refusal::AmountMustFit)?;
            part = rule.value.round.apply(exact).map_err(|_| Refusal::AmountMustFit)?;
            let (of_floor, of_above) = (rule.value.of_floor, rule.value.of_above);
            formula = format!("{on_floor} × {of_floor} + {above} × {of_above} = {part}").into();
        }
        sum = sum.checked_add(part).ok_or(Refusal::AmountMustFit)?;
        let label = Text::made(branch.chinese(), branch.word());
        steps.push(Step::new(label, formula).amount(part).cited(citation.clone()));
    }
    if let Some(max) = rule.value.monthly_max {
        let label = Text::fixed("每月最高", "at most a month");
        steps.push(Step::new(label, format!("min({sum}, {max})")).amount(max).cited(citation));
        sum = sum.min(max);
    }
    let explanation = Explanation {
        title: Text::made(
            format!("{} 社保补贴", rules.month()),
            format!("subsidy of {}", rules.month()),
        ),
        steps,
        amount: Some(sum),
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value: sum, explanation })
}

/// For how many months a subsidy is paid when `months_left` remain to retirement at its first
/// approval; `None` when the pack does not say.
///
/// # Errors
/// [`Refusal`] when the pack has no subsidy in the month.
pub fn months(pack: &Pack, rules: &Rules, months_left: u32) -> Result<Option<u32>, Refusal> {
    let rule = pack.topics().subsidy.on(rules.month().first_day(), rules.known_on())?;
    let below = rule.value.until_retirement_below_months;
    let until_retirement = below.filter(|below| months_left < *below).map(|_| months_left);
    Ok(until_retirement.or(rule.value.months_max.map(|max| max.min(months_left))))
}
