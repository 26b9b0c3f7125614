//! 滞纳金: what an employer owes for paying late. The flexibly employed owe none; a person who
//! supervises an employer sees it.

use policy::{Explanation, Pack, Step, Text};
use units::{Date, ExactFen, Fen};

use super::{Explained, Refusal};

/// The fee on arrears for a number of days.
///
/// Worked: 10,000.00 for 30 days is 10,000 × 0.05 % × 30 = 150.00.
///
/// # Errors
/// [`Refusal`] when no rule covers the day.
pub fn fee(pack: &Pack, arrears: Fen, days: u32, on: Date) -> Result<Explained<Fen>, Refusal> {
    let rule = pack.topics().employer_late_fee.on(on, on)?;
    let exact = arrears
        .checked_mul(days)
        .and_then(|product| ExactFen::of(product).times(rule.value.per_day))
        .ok_or(Refusal::AmountMustFit)?;
    let fee = rule.value.round.apply(exact).map_err(|_| Refusal::AmountMustFit)?;
    let formula = format!("{arrears} × {} × {days} = {fee}", rule.value.per_day);
    let step = Step::new(Text::fixed("滞纳金", "late fee"), formula)
        .rounded(exact, fee)
        .cited(pack.citation(&rule.terms));
    let explanation = Explanation {
        title: Text::fixed("用人单位滞纳金", "late fee of an employer"),
        steps: vec![step],
        amount: Some(fee),
        pack: Some(pack.pack_version()),
    };
    Ok(Explained { value: fee, explanation })
}
