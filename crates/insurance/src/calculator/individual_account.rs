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
    let month_fen = month_product((year, 12), deposits, rule.value.deposits);
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
            made(rule.value.deposits, |words| format!("{words} = {deposit_interest}")),
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

/// What an account earns from January to the month in which it is paid out, at the rate of the last
/// year that is published: its own year's rate is not known yet.
///
/// Worked (paid out in 2025-08 at 2.62 % of 2024): 31,250.40 for eight months earns 545.84; six
/// deposits of 396.16 from January on earn, from the month after, for 7 + 6 + 5 + 4 + 3 + 2 months,
/// 23.35.
///
/// # Errors
/// [`Refusal`] when no rate is known on the day.
pub fn running_year_by(
    pack: &Pack,
    rule: &Dated<AccountCrediting>,
    (opening, deposits): (Fen, &[Deposit]),
    on: Date,
) -> Result<Explained<Fen>, Refusal> {
    let rates = &pack.topics().crediting_rate;
    let known = rates.entries().iter().filter(|rate| rate.terms.published <= on);
    let last = known.max_by_key(|rate| (rate.terms.from, rate.terms.layer, rate.terms.published));
    let rate = last.map_or_else(|| rates.on(on, on), Ok)?;
    let months = on.month().number();
    let round = |exact: Option<ExactFen>| {
        let exact = exact.and_then(|sum| sum.times(rate.value)).and_then(|sum| sum.divided_by(12));
        rule.value
            .round
            .apply(exact.ok_or(Refusal::AmountMustFit)?)
            .map_err(|_| Refusal::AmountMustFit)
    };
    let of_opening = round(opening.checked_mul(months).map(ExactFen::of))?;
    let of_deposits = round(month_product((on.year(), months), deposits, rule.value.deposits))?;
    let interest = of_opening.checked_add(of_deposits).ok_or(Refusal::AmountMustFit)?;
    let formula = made(rule.value.deposits, |words| {
        let sums = format!("{of_opening} + {of_deposits} = {interest}");
        format!("{opening} × {} × {months} ÷ 12 + {words} = {sums}", rate.value)
    });
    let year = rate.terms.from.year();
    let label = Text::made(
        format!("按{year}年记账利率计当年利息"),
        format!("interest of the running year at the rate of {year}"),
    );
    let explanation = Explanation {
        title: label.clone(),
        steps: vec![Step::new(label, formula).amount(interest).cited(pack.citation(&rate.terms))],
        amount: Some(interest),
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value: interest, explanation })
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

/// Σ deposit × months that it earns in its year, up to the end of a month of it.
fn month_product(
    (year, last): (i32, u32),
    deposits: &[Deposit],
    earn: DepositsEarn,
) -> Option<ExactFen> {
    let of_year = deposits.iter().filter(|deposit| deposit.month.year() == year);
    of_year
        .map(|deposit| {
            let month = deposit.month.number();
            let months = match earn {
                DepositsEarn::FromTheMonthAfter => last.saturating_sub(month),
                DepositsEarn::FromTheirMonth => (last + 1).saturating_sub(month),
                DepositsEarn::NotInTheirYear => 0,
            };
            deposit.amount.checked_mul(months).map(ExactFen::of)
        })
        .try_fold(ExactFen::ZERO, |sum, product| sum.plus(product?))
}

/// A formula that holds how deposits earn.
fn made(earn: DepositsEarn, formula: impl Fn(&str) -> String) -> Text {
    let words = in_words(earn);
    Text::made(formula(&words.zh), formula(&words.en))
}

const fn in_words(earn: DepositsEarn) -> Text {
    match earn {
        DepositsEarn::FromTheMonthAfter => Text::fixed(
            "Σ 记账额 × 次月起月数 ÷ 12",
            "Σ deposit × months from the month after ÷ 12",
        ),
        DepositsEarn::FromTheirMonth => {
            Text::fixed("Σ 记账额 × 当月起月数 ÷ 12", "Σ deposit × months from its own month ÷ 12")
        }
        DepositsEarn::NotInTheirYear => Text::fixed("当年不计息", "no interest in their own year"),
    }
}
