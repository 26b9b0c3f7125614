//! 丧葬补助金 and 抚恤金: what the pooled fund pays when a contributing member dies.

use policy::benefit::SurvivorsGrant;
use policy::{Explanation, Pack, Step, Text};
use units::{Date, Fen};

use super::{Explained, Refusal};

/// The grants on one death.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Grants {
    /// Months of the survivors' grant.
    pub months: u32,
    /// 丧葬补助金.
    pub funeral: Fen,
    /// 抚恤金.
    pub survivors: Fen,
}

/// The grants, from the months of contribution and the province's urban disposable income a head
/// and month of the year before.
///
/// Worked: 16 years give 10 months. Years not completed do not count above fifteen, as long as no
/// document says otherwise.
///
/// # Errors
/// [`Refusal`] when no rule covers the day.
pub fn grants(
    pack: &Pack,
    contributed_months: u32,
    monthly_income: Fen,
    on: Date,
) -> Result<Explained<Grants>, Refusal> {
    let rule = pack.topics().survivors_grant.on(on, on)?;
    let months = months(rule.value, contributed_months);
    let times = |count: u32| monthly_income.checked_mul(count).ok_or(Refusal::AmountMustFit);
    let (funeral, survivors) = (times(rule.value.funeral_months)?, times(months)?);
    let total = funeral.checked_add(survivors).ok_or(Refusal::AmountMustFit)?;
    let step = |label, months: u32, amount: Fen| {
        Step::new(label, format!("{monthly_income} × {months} = {amount}")).amount(amount)
    };
    let cited = pack.citation(&rule.terms);
    let funeral_step =
        step(Text::fixed("丧葬补助金", "funeral grant"), rule.value.funeral_months, funeral);
    let steps = vec![
        funeral_step.cited(cited.clone()),
        step(Text::fixed("抚恤金", "survivors' grant"), months, survivors).cited(cited),
        Step::new(Text::fixed("合计", "total"), total.to_string()).amount(total),
    ];
    Ok(Explained {
        value: Grants { months, funeral, survivors },
        explanation: Explanation {
            title: Text::fixed("遗属待遇", "survivors' grants"),
            steps,
            amount: Some(total),
            pack: Some(pack.pack_version()),
        },
    })
}

/// Months of the survivors' grant for months of contribution.
#[must_use]
pub fn months(rule: SurvivorsGrant, contributed_months: u32) -> u32 {
    let years = contributed_months / 12;
    let months = match years {
        0..5 => rule.under_5_years,
        5..10 => rule.under_10_years,
        10..=15 => rule.up_to_15_years,
        _ => rule.up_to_15_years + rule.per_further_year.saturating_mul(years - 15),
    };
    months.min(rule.months_max)
}
