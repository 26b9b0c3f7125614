//! 补缴: what catching up costs: principal, and interest on months of earlier settlement years.
//!
//! The flexibly employed owe no late fee (滞纳金): the Social Insurance Law, Article 86, charges it to
//! employers.

use policy::collection::{
    BackPaymentReach, BackPaymentRule, InterestRule, InterestYears, RoundedPer,
};
use policy::{Branch, Dated, Explanation, Pack, Step, Text};
use units::{Date, ExactFen, Fen, Month, Rounding};

use super::compound::Compound;
use super::{Explained, Refusal};

/// A month in arrears (欠费).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedMonth {
    /// 费款所属期.
    pub month: Month,
    /// The due as it was assessed, within the limits of its own month.
    pub principal: Fen,
}

/// What catching up costs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BackPayment {
    /// The sum of the dues.
    pub principal: Fen,
    /// The interest on months of earlier settlement years.
    pub interest: Fen,
    /// The same, month by month or year by year as the pack rounds.
    pub parts: Vec<BackPaymentPart>,
}

/// Months that are rounded together.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BackPaymentPart {
    /// The first of them.
    pub first: Month,
    /// The last of them.
    pub last: Month,
    /// Their dues.
    pub principal: Fen,
    /// Whether they lie before the settlement year of payment: interest is due in principle, even
    /// where the years to compound give nothing.
    pub is_interest_bearing: bool,
    /// The interest.
    pub interest: Fen,
}

/// What paying these months of a branch on a day costs.
///
/// `interest(month of year Y, paid in year P) = principal × (Π (1 + r) over the years after Y and
/// before P − 1)`; the pack may count the year Y too.
///
/// Worked: 898.80 of 2023-05, paid 2026-10: × (1.0262 × 1.0150 − 1) = 37.38.
///
/// # Errors
/// [`Refusal`] when the city takes no back-payment, a month lies too far back or has not ended,
/// or a settlement year or a year's crediting rate is not encoded.
pub fn quote(
    pack: &Pack,
    branch: Branch,
    owed: &[OwedMonth],
    paid_on: Date,
) -> Result<Explained<BackPayment>, Refusal> {
    let rule = pack.topics().back_payment.on(paid_on, paid_on)?;
    quote_by(pack, rule, (branch, owed), paid_on)
}

/// The same by a rule of the caller's choice: what another variant would cost.
///
/// # Errors
/// As [`quote`].
pub fn quote_by(
    pack: &Pack,
    rule: &Dated<BackPaymentRule>,
    (branch, owed): (Branch, &[OwedMonth]),
    paid_on: Date,
) -> Result<Explained<BackPayment>, Refusal> {
    let reach = Step::new(
        Text::fixed("补缴规定", "rule of back-payment"),
        reach_in_words(rule.value.reach),
    );
    let mut steps = vec![reach.cited(pack.citation(&rule.terms))];
    let mut parts: Vec<BackPaymentPart> = Vec::new();
    for group in groups(owed, rule.value.interest) {
        let bears = bears_interest(pack, (branch, &rule.value), group, paid_on)?;
        let principal =
            Fen::checked_sum(group.iter().map(|m| m.principal)).ok_or(Refusal::AmountMustFit)?;
        let interest = match rule.value.interest.filter(|_| bears) {
            Some(interest) => {
                interest_on(pack, interest, (principal, group), (paid_on, &mut steps))?
            }
            None => Fen::ZERO,
        };
        let (first, last) = (group[0].month, group[group.len() - 1].month);
        steps.push(part_step(first, last, principal, interest));
        parts.push(BackPaymentPart {
            first,
            last,
            principal,
            is_interest_bearing: bears,
            interest,
        });
    }
    let sum = |part: fn(&BackPaymentPart) -> Fen| {
        Fen::checked_sum(parts.iter().map(part)).ok_or(Refusal::AmountMustFit)
    };
    let (principal, interest) = (sum(|part| part.principal)?, sum(|part| part.interest)?);
    let total = principal.checked_add(interest).ok_or(Refusal::AmountMustFit)?;
    steps.push(
        Step::new(
            Text::fixed("滞纳金", "late fee"),
            Text::fixed("0.00（仅对用人单位）", "0.00 (employers only)"),
        )
        .amount(Fen::ZERO),
    );
    let formula = format!("{principal} + {interest} = {total}");
    steps.push(Step::new(Text::fixed("合计", "total"), formula).amount(total));
    let explanation = Explanation {
        title: Text::made(
            format!("{}补缴（{paid_on}缴纳）", branch.chinese()),
            format!("back-payment of {} insurance on {paid_on}", branch.word()),
        ),
        steps,
        amount: Some(total),
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value: BackPayment { principal, interest, parts }, explanation })
}

/// Months that are rounded together: each by itself, or those of one calendar year.
fn groups(
    owed: &[OwedMonth],
    interest: Option<InterestRule>,
) -> impl Iterator<Item = &[OwedMonth]> {
    let per = interest.map_or(RoundedPer::Month, |interest| interest.rounded_per);
    owed.chunk_by(move |a, b| match per {
        RoundedPer::Month => false,
        RoundedPer::Year => a.month.year() == b.month.year(),
    })
}

fn bears_interest(
    pack: &Pack,
    (branch, rule): (Branch, &BackPaymentRule),
    group: &[OwedMonth],
    paid_on: Date,
) -> Result<bool, Refusal> {
    let calendar = pack.calendar();
    let mut bears = false;
    for OwedMonth { month, .. } in group {
        if month.last_day() >= paid_on {
            return Err(Refusal::MonthMustHaveEnded(*month));
        }
        if rule.reach == BackPaymentReach::None {
            return Err(Refusal::BackPaymentMustBeOpen);
        }
        let months_back = paid_on.month().months_since(*month);
        if let Some(max) = rule.months_max.filter(|max| i64::from(months_back) > i64::from(*max)) {
            return Err(Refusal::MonthMustLieWithinReach(*month, max));
        }
        let now = calendar.settlement_year(branch, paid_on)?;
        if month.first_day() >= now.first {
            continue;
        }
        let allowed = rule.reach == BackPaymentReach::PriorYearsWithInterest
            && rule.branches.contains(&branch);
        if !allowed {
            return Err(Refusal::MonthMustLieInSettlementYear(*month));
        }
        bears = true;
    }
    Ok(bears)
}

fn interest_on(
    pack: &Pack,
    rule: InterestRule,
    (principal, group): (Fen, &[OwedMonth]),
    (paid_on, steps): (Date, &mut Vec<Step>),
) -> Result<Fen, Refusal> {
    let owed_year = group[0].month.year();
    let first = match rule.years {
        InterestYears::AfterTheMonthsYear => owed_year + 1,
        InterestYears::WithTheMonthsYear => owed_year,
    };
    let mut compound = Compound::of(principal);
    for year in first..paid_on.year() {
        let day = Date::new(year, 1, 1).map_err(|_| Refusal::AmountMustFit)?;
        let rate = pack.topics().crediting_rate.on(day, paid_on)?;
        compound.grow(rate.value).ok_or(Refusal::AmountMustFit)?;
        let label = Text::made(format!("{year}年记账利率"), format!("crediting rate of {year}"));
        let grown = compound.clone().exact().ok_or(Refusal::AmountMustFit)?;
        let shown = Rounding::FEN_HALF_UP.apply(grown).map_err(|_| Refusal::AmountMustFit)?;
        let formula = format!("{principal} … × (1 + {}) ≈ {shown}", rate.value);
        let step = Step::new(label, formula);
        steps.push(step.cited(pack.citation(&rate.terms)));
    }
    let grown = compound.exact().ok_or(Refusal::AmountMustFit)?;
    let exact = grown.minus(ExactFen::of(principal)).ok_or(Refusal::AmountMustFit)?;
    rule.round.apply(exact).map_err(|_| Refusal::AmountMustFit)
}

fn part_step(first: Month, last: Month, principal: Fen, interest: Fen) -> Step {
    let span = if first == last { first.to_string() } else { format!("{first}…{last}") };
    let label = Text::made(format!("{span}本金和利息"), format!("{span} principal and interest"));
    Step::new(label, format!("{principal} + {interest}"))
        .amount(principal.checked_add(interest).unwrap_or(Fen::MAX))
}

const fn reach_in_words(reach: BackPaymentReach) -> Text {
    match reach {
        BackPaymentReach::None => Text::fixed("不得补缴", "none"),
        BackPaymentReach::SameSettlementYear => {
            Text::fixed("限当前结算年度", "the current settlement year")
        }
        BackPaymentReach::PriorYearsWithInterest => {
            Text::fixed("以前结算年度须缴本金和利息", "earlier settlement years with interest")
        }
    }
}
