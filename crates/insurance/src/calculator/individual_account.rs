//! 个人账户: the yearly interest of a pension account.

use policy::benefit::{AccountCrediting, DepositsEarn};
use policy::{Dated, Explanation, Pack, Step, Text};
use units::{Date, ExactFen, Fen, Month};

use super::{Explained, Refusal};

/// A deposit of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// The month in which it was credited.
    pub month: Month,
    /// How much.
    pub amount: Fen,
}

/// An account over one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AccountYear {
    /// The calendar year.
    pub year: i32,
    /// The balance at its start.
    pub opening: Fen,
    /// All deposits of the year.
    pub deposits: Fen,
    /// Interest on the opening balance.
    pub opening_interest: Fen,
    /// Interest on the deposits of the year.
    pub deposit_interest: Fen,
    /// The balance at its end.
    pub closing: Fen,
}

/// Credits one year: the opening balance earns the year's rate, each deposit earns for the months
/// that the pack counts (月积数法). Each of the two interests is rounded once.
///
/// Worked (2024, 2.62 %, opening 10,000.00, twelve deposits of 390.32): 262.00, and 56.25 when
/// deposits earn from the month after; 15,002.09 at the end.
///
/// # Errors
/// [`Refusal`] when the year's rate or the way of counting is not known on `known_on`.
pub fn credit_year(
    pack: &Pack,
    (year, opening): (i32, Fen),
    deposits: &[Deposit],
    known_on: Date,
) -> Result<Explained<AccountYear>, Refusal> {
    let first_day = Date::new(year, 1, 1).map_err(|_| Refusal::AmountMustFit)?;
    let rule = pack.topics().account_crediting.on(first_day, known_on)?;
    credit_year_by(pack, rule, (year, opening, deposits), known_on)
}

/// The same by a rule of the caller's choice: what another way of counting would give.
///
/// # Errors
/// As [`credit_year`].
pub fn credit_year_by(
    pack: &Pack,
    rule: &Dated<AccountCrediting>,
    (year, opening, deposits): (i32, Fen, &[Deposit]),
    known_on: Date,
) -> Result<Explained<AccountYear>, Refusal> {
    let first_day = Date::new(year, 1, 1).map_err(|_| Refusal::AmountMustFit)?;
    let rate = pack.topics().crediting_rate.on(first_day, known_on)?;
    let round = |exact: Option<ExactFen>| {
        let exact = exact.ok_or(Refusal::AmountMustFit)?;
        rule.value.round.apply(exact).map_err(|_| Refusal::AmountMustFit)
    };
    let opening_interest = round(ExactFen::of(opening).times(rate.value))?;
    let month_fen = month_product(year, deposits, rule.value.deposits);
    let exact = month_fen.and_then(|sum| sum.times(rate.value)).and_then(|sum| sum.divided_by(12));
    let deposit_interest = round(exact)?;
    let of_year = deposits.iter().filter(|deposit| deposit.month.year() == year);
    let deposits = Fen::checked_sum(of_year.map(|deposit| deposit.amount));
    let deposits = deposits.ok_or(Refusal::AmountMustFit)?;
    let closing = Fen::checked_sum([opening, deposits, opening_interest, deposit_interest]);
    let closing = closing.ok_or(Refusal::AmountMustFit)?;
    let steps = vec![
        Step::new(
            Text::made(format!("{year}年记账利率"), format!("crediting rate of {year}")),
            rate.value.to_string(),
        )
        .cited(pack.citation(&rate.terms)),
        Step::new(
            Text::fixed("年初余额利息", "interest on the opening balance"),
            format!("{opening} × {} = {opening_interest}", rate.value),
        )
        .amount(opening_interest),
        Step::new(
            Text::fixed("本年记账额利息", "interest on the deposits of the year"),
            format!("{} = {deposit_interest}", in_words(rule.value.deposits)),
        )
        .amount(deposit_interest)
        .cited(pack.citation(&rule.terms)),
        Step::new(
            Text::fixed("年末余额", "closing balance"),
            format!("{opening} + {deposits} + {opening_interest} + {deposit_interest} = {closing}"),
        )
        .amount(closing),
    ];
    let title = Text::made(format!("{year}年个人账户"), format!("individual account of {year}"));
    Ok(Explained {
        value: AccountYear { year, opening, deposits, opening_interest, deposit_interest, closing },
        explanation: Explanation {
            title,
            steps,
            amount: Some(closing),
            pack: Some(pack.pack_version()),
        },
    })
}

/// Credits year after year, from an opening balance, to the end of `last`.
///
/// # Errors
/// [`Refusal`] for the first year whose rate is not known.
pub fn credit_years(
    pack: &Pack,
    (first, last, opening): (i32, i32, Fen),
    deposits: &[Deposit],
    known_on: Date,
) -> Result<Vec<Explained<AccountYear>>, Refusal> {
    let mut balance = opening;
    (first..=last)
        .map(|year| {
            let credited = credit_year(pack, (year, balance), deposits, known_on)?;
            balance = credited.value.closing;
            Ok(credited)
        })
        .collect()
}

/// Σ deposit × months that it earns in its year.
fn month_product(year: i32, deposits: &[Deposit], earn: DepositsEarn) -> Option<ExactFen> {
    let of_year = deposits.iter().filter(|deposit| deposit.month.year() == year);
    of_year
        .map(|deposit| {
            let months = match earn {
                DepositsEarn::FromTheMonthAfter => 12 - deposit.month.number(),
                DepositsEarn::FromTheirMonth => 13 - deposit.month.number(),
                DepositsEarn::NotInTheirYear => 0,
            };
            deposit.amount.checked_mul(months).map(ExactFen::of)
        })
        .try_fold(ExactFen::ZERO, |sum, product| sum.plus(product?))
}

const fn in_words(earn: DepositsEarn) -> &'static str {
    match earn {
        DepositsEarn::FromTheMonthAfter => "Σ 记账额 × 次月起月数 ÷ 12 (from the month after)",
        DepositsEarn::FromTheirMonth => "Σ 记账额 × 当月起月数 ÷ 12 (from their month)",
        DepositsEarn::NotInTheirYear => "当年不计息 (not in their year)",
    }
}
