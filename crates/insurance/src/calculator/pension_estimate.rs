//! 养老金测算: how much a month, by the formula of 国发〔2005〕38号.

use policy::{Explanation, Pack, Step, Text};
use units::{Date, ExactFen, Fen, Rate};

use super::retirement::divisor_tenths;
use super::{Explained, Refusal};

/// What a pension is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Career {
    /// 计发基数 of the month of retirement, a month.
    pub calculation_base: Fen,
    /// 平均缴费工资指数.
    pub index: Rate,
    /// Months of contribution, deemed ones included.
    pub months: u32,
    /// 个人账户储存额.
    pub account: Fen,
    /// The age at retirement, in months.
    pub age_months: u32,
    /// 过渡性养老金 and other parts that others computed.
    pub other: Fen,
}

/// A month's pension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Pension {
    /// 基础养老金.
    pub basic: Fen,
    /// 个人账户养老金.
    pub account: Fen,
    /// The divisor, in tenths of a month.
    pub divisor_tenths: u32,
    /// The sum, rounded as the pack says.
    pub total: Fen,
}

/// Estimates a pension that begins on a day.
///
/// `basic = (P + P × index) ÷ 2 × months ÷ 12 × 1 %`; `account = balance ÷ divisor`.
///
/// Worked (P 8,613, index 1.2762, 304 months): 2,483.29. Rounding the years to 25.33 first would
/// give 2,482.96, which is wrong: months are divided by twelve exactly.
///
/// # Errors
/// [`Refusal`] when the pack has no formula or divisor for the day or age.
pub fn estimate(pack: &Pack, career: Career, on: Date) -> Result<Explained<Pension>, Refusal> {
    let formula = pack.topics().pension_formula.on(on, on)?;
    let table = pack.topics().divisors.on(on, on)?;
    let divisor = divisor_tenths(&table.value, career.age_months)?;
    let part = |exact: Option<ExactFen>| {
        let exact = exact.ok_or(Refusal::AmountMustFit)?;
        formula.value.part_round.apply(exact).map_err(|_| Refusal::AmountMustFit)
    };
    let basic = part(basic(career, formula.value.per_year))?;
    let account = tenfold(career.account).and_then(|sum| sum.divided_by(divisor.into()));
    let account = part(account)?;
    let sum = Fen::checked_sum([basic, account, career.other]).ok_or(Refusal::AmountMustFit)?;
    let total = formula.value.total_round.apply(ExactFen::of(sum));
    let total = total.map_err(|_| Refusal::AmountMustFit)?;
    let Career { calculation_base: base, index, months, account: balance, other, .. } = career;
    let cited = pack.citation(&formula.terms);
    let index_text = decimal(index);
    let steps = vec![
        Step::new(
            Text::fixed("基础养老金", "basic pension"),
            format!(
                "({base} + {base} × {index_text}) ÷ 2 × {months} ÷ 12 × {} = {basic}",
                formula.value.per_year
            ),
        )
        .amount(basic)
        .cited(cited.clone()),
        Step::new(
            Text::fixed("个人账户养老金", "account pension"),
            format!("{balance} ÷ {}.{} = {account}", divisor / 10, divisor % 10),
        )
        .amount(account)
        .cited(pack.citation(&table.terms)),
        Step::new(Text::fixed("其他", "other parts"), other.to_string()).amount(other),
        Step::new(Text::fixed("合计", "total"), format!("{sum} → {total}"))
            .rounded(ExactFen::of(sum), total)
            .cited(cited),
    ];
    Ok(Explained {
        value: Pension { basic, account, divisor_tenths: divisor, total },
        explanation: Explanation {
            title: Text::fixed("养老金测算（仅供参考）", "pension estimate (not a decision)"),
            steps,
            amount: Some(total),
            pack: Some(pack.pack_version()),
        },
    })
}

fn basic(career: Career, per_year: Rate) -> Option<ExactFen> {
    let base = ExactFen::of(career.calculation_base);
    let mean = base.plus(base.times(career.index)?)?.divided_by(2)?;
    let years = Rate::new(career.months.into(), 12).ok()?;
    mean.times(years)?.times(per_year)
}

fn tenfold(amount: Fen) -> Option<ExactFen> {
    amount.checked_mul(10).map(ExactFen::of)
}

/// An index as people write it: 1.2762, not 127.62 %.
fn decimal(index: Rate) -> String {
    let scaled = u128::from(index.numerator()) * 10_000;
    let denominator = u128::from(index.denominator());
    if scaled.is_multiple_of(denominator) {
        let parts = scaled / denominator;
        return format!("{}.{:04}", parts / 10_000, parts % 10_000);
    }
    index.to_string()
}
