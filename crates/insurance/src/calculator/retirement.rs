//! 退休: when, after how many months of contribution, and with which divisor.

use policy::benefit::{BetweenAges, Divisors, RetirementCategory, RetirementDelay};
use policy::{Explanation, Pack, Step, Text};
use units::{Date, ExactFen, Fen, Month, Rounding};

use super::{Explained, Refusal};

/// When a person may retire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Retirement {
    /// By how many months the original age is delayed.
    pub delay_months: u32,
    /// The age in months.
    pub age_months: u32,
    /// The month of retirement.
    pub month: Month,
    /// The earliest month under elastic retirement.
    pub earliest: Month,
    /// The latest month under elastic retirement.
    pub latest: Month,
}

/// The month of retirement for a birth month and a group.
///
/// `delay = min(max, n ÷ pace + 1)` with `n` whole months from the first delayed birth month.
///
/// Worked: a man born 1965-09 is delayed 3 months and retires in 2025-12.
///
/// # Errors
/// [`Refusal`] when the pack has no rule known on the day.
pub fn retirement(
    pack: &Pack,
    birth: Month,
    category: RetirementCategory,
    known_on: Date,
) -> Result<Explained<Retirement>, Refusal> {
    let rule = pack.topics().retirement_delay.on(known_on, known_on)?;
    let elastic = pack.topics().elastic_retirement.on(known_on, known_on)?;
    let group = rule.value.iter().find(|delay| delay.category == category);
    let group = group.ok_or(Refusal::AmountMustFit)?;
    let delay_months = delay(*group, birth);
    let original = group.original_age * 12;
    let age_months = original + delay_months;
    let at = |age: u32| birth.plus(i32::try_from(age).unwrap_or(0));
    let earliest = age_months.saturating_sub(elastic.value.earlier_months_max).max(original);
    let value = Retirement {
        delay_months,
        age_months,
        month: at(age_months),
        earliest: at(earliest),
        latest: at(age_months + elastic.value.later_months_max),
    };
    let then = |months: u32, then: &str| {
        let (years, months) = (months / 12, months % 12);
        Text::made(
            format!("{years}岁{months}个月{then}"),
            format!("{years} years {months} months{then}"),
        )
    };
    let steps = vec![
        Step::new(Text::fixed("原法定退休年龄", "age before the delay"), then(original, "")),
        Step::new(
            Text::fixed("延迟", "delay"),
            Text::made(format!("{delay_months}个月"), format!("{delay_months} months")),
        )
        .cited(pack.citation(&rule.terms)),
        Step::new(
            Text::fixed("法定退休年龄和时间", "age and month of retirement"),
            then(age_months, &format!(" → {}", value.month)),
        ),
        Step::new(
            Text::fixed("弹性退休区间", "elastic retirement"),
            format!("{} … {}", value.earliest, value.latest),
        )
        .cited(pack.citation(&elastic.terms)),
    ];
    let title = Text::made(
        format!("{birth}出生的退休时间"),
        format!("retirement of a person born {birth}"),
    );
    let explanation = Explanation { title, steps, amount: None, pack: Some(pack.pack_version()) };
    Ok(Explained { value, explanation })
}

/// The delay in months of one group.
#[must_use]
pub fn delay(group: RetirementDelay, birth: Month) -> u32 {
    match u32::try_from(birth.months_since(group.first_birth)) {
        Ok(n) => (n / group.birth_months_per_month.max(1) + 1).min(group.delay_max),
        Err(_) => 0,
    }
}

/// 最低缴费年限 for retiring in a year, in months.
///
/// # Errors
/// [`Refusal`] when the pack has no rule known on the day.
pub fn minimum_months(pack: &Pack, year: i32, known_on: Date) -> Result<u32, Refusal> {
    let table = pack.topics().minimum_months.on(known_on, known_on)?;
    let row = table.value.iter().rfind(|row| row.year <= year).or(table.value.first());
    row.map(|row| row.months).ok_or(Refusal::AmountMustFit)
}

/// The same with its explanation.
///
/// Worked: 2034 needs 210 months.
///
/// # Errors
/// As [`minimum_months`].
pub fn explain_minimum_months(
    pack: &Pack,
    year: i32,
    known_on: Date,
) -> Result<Explained<u32>, Refusal> {
    let value = minimum_months(pack, year, known_on)?;
    let rule = pack.topics().minimum_months.on(known_on, known_on)?;
    let (years, months) = (value / 12, value % 12);
    let formula = Text::made(
        format!("{value}个月 = {years}年{months}个月"),
        format!("{value} months = {years} years {months} months"),
    );
    let step = Step::new(Text::fixed("最低缴费年限", "minimum of contributions"), formula);
    let explanation = Explanation {
        title: Text::made(format!("{year}年退休的最低缴费年限"), format!("retiring in {year}")),
        steps: vec![step.cited(pack.citation(&rule.terms))],
        amount: None,
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value, explanation })
}

/// The divisor of an age on a day, in tenths of a month, with its explanation.
///
/// Worked: 60 years 1 month in 2025 is 139 − (139 − 132) × 1 ÷ 12 ≈ 138.4.
///
/// # Errors
/// As [`divisor_tenths`], or no table for the day.
pub fn explain_divisor(pack: &Pack, age_months: u32, on: Date) -> Result<Explained<u32>, Refusal> {
    let table = pack.topics().divisors.on(on, on)?;
    let value = divisor_tenths(&table.value, age_months)?;
    let (age, months) = (age_months / 12, age_months % 12);
    let here = divisor_tenths(&table.value, age * 12)? / 10;
    let formula = if months == 0 || table.value.between_ages == BetweenAges::CompletedYear {
        here.to_string()
    } else {
        let next = divisor_tenths(&table.value, (age + 1) * 12)? / 10;
        format!("{here} − ({here} − {next}) × {months} ÷ 12 ≈ {}.{}", value / 10, value % 10)
    };
    let label = Text::made(format!("{age}岁{months}个月"), format!("age {age}, {months} months"));
    let explanation = Explanation {
        title: Text::fixed("计发月数", "divisor"),
        steps: vec![Step::new(label, formula).cited(pack.citation(&table.terms))],
        amount: None,
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value, explanation })
}

/// 计发月数 in tenths of a month: 1,384 is 138.4.
///
/// Worked: 60 years 1 month is 139 − 7 ÷ 12 = 138.4167, so 138.4; 60 years 3 months is 137.25, so
/// 137.3.
///
/// # Errors
/// [`Refusal::AgeMustHaveDivisor`] outside the table.
pub fn divisor_tenths(table: &Divisors, age_months: u32) -> Result<u32, Refusal> {
    let (age, months) = (age_months / 12, age_months % 12);
    let at = |age: u32| {
        let index = age.checked_sub(table.first_age).and_then(|i| usize::try_from(i).ok());
        index.and_then(|i| table.months.get(i)).copied().ok_or(Refusal::AgeMustHaveDivisor(age))
    };
    let here = at(age)?;
    if months == 0 || table.between_ages == BetweenAges::CompletedYear {
        return Ok(here * 10);
    }
    let next = at(age + 1)?;
    // Tenths in twelfths; a "fen" stands for a tenth here, so that the one rounding does it.
    let twelfths = here * (12 - months) + next * months;
    let exact = Fen::new(i64::from(twelfths) * 10)
        .ok()
        .and_then(|tenths| ExactFen::of(tenths).divided_by(12))
        .ok_or(Refusal::AmountMustFit)?;
    let tenths = Rounding::FEN_HALF_UP.apply(exact).map_err(|_| Refusal::AmountMustFit)?.fen();
    u32::try_from(tenths).map_err(|_| Refusal::AmountMustFit)
}
