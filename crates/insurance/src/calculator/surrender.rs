//! 退保 and 继承: what is paid out of an account when a relationship ends.
//!
//! Only the individual account is paid: the 12 points of the pooled fund stay there.

use policy::benefit::{AccountCrediting, RunningYear};
use policy::collection::{SurrenderOutcome, SurrenderReason};
use policy::{Dated, Explanation, Pack, Step, Text};
use units::{Date, Fen};

use super::individual_account::{self, Deposit};
use super::{Explained, Refusal};

/// An account when its relationship ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingAccount {
    /// The balance at the end of the last credited year.
    pub balance: Fen,
    /// The deposits since then.
    pub deposits: Vec<Deposit>,
    /// What was already paid out of the account as pension; zero before retirement.
    pub paid_out: Fen,
}

/// What follows from a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Surrender {
    /// What becomes of the account.
    pub outcome: SurrenderOutcome,
    /// What is paid out; zero when the account is kept.
    pub amount: Fen,
}

/// What is paid to the person or the heirs.
///
/// Worked: 31,250.40 at the year's end and six deposits of 396.16 give 33,627.36 when the running
/// year earns nothing.
///
/// # Errors
/// [`Refusal::ReasonMustBeRecognised`], or a rule that is not encoded for the day.
pub fn settle(
    pack: &Pack,
    reason: SurrenderReason,
    account: &EndingAccount,
    on: Date,
) -> Result<Explained<Surrender>, Refusal> {
    let crediting = pack.topics().account_crediting.on(on, on)?;
    settle_by(pack, crediting, (reason, account), on)
}

/// The same by a crediting rule of the caller's choice: what another way of counting would give.
///
/// # Errors
/// As [`settle`].
pub fn settle_by(
    pack: &Pack,
    crediting: &Dated<AccountCrediting>,
    (reason, account): (SurrenderReason, &EndingAccount),
    on: Date,
) -> Result<Explained<Surrender>, Refusal> {
    let rule = pack.topics().surrender.on(on, on)?;
    let terms = rule.value.iter().find(|terms| terms.reason == reason);
    let terms = terms.ok_or(Refusal::ReasonMustBeRecognised(on))?;
    let mut steps = vec![
        Step::new(Text::fixed("退保情形", "reason and outcome"), in_words(terms.outcome))
            .cited(pack.citation(&rule.terms)),
    ];
    let balance = with_running_year_by(pack, crediting, account, (on, &mut steps))?;
    let left = balance.saturating_sub(account.paid_out);
    steps.push(
        Step::new(
            Text::fixed("减：已发个人账户养老金", "less: already paid as pension"),
            format!("{balance} − {} = {left}", account.paid_out),
        )
        .amount(account.paid_out),
    );
    let amount = match terms.outcome {
        SurrenderOutcome::PayToPerson | SurrenderOutcome::PayToHeirs => left,
        SurrenderOutcome::KeepAccount => Fen::ZERO,
    };
    steps.push(
        Step::new(Text::fixed("一次性支付", "paid in one sum"), amount.to_string()).amount(amount),
    );
    Ok(Explained {
        value: Surrender { outcome: terms.outcome, amount },
        explanation: Explanation {
            title: Text::fixed("退保和个人账户处理", "surrender and the individual account"),
            steps,
            amount: Some(amount),
            pack: Some(pack.pack_version()),
        },
    })
}

/// The balance of an account on a day: that of the last credited year, what was deposited since,
/// and what the running year earns; its step is added to `steps`.
///
/// # Errors
/// A rule that is not encoded for the day.
pub fn with_running_year(
    pack: &Pack,
    account: &EndingAccount,
    on: Date,
    steps: &mut Vec<Step>,
) -> Result<Fen, Refusal> {
    let rule = pack.topics().account_crediting.on(on, on)?;
    with_running_year_by(pack, rule, account, (on, steps))
}

fn with_running_year_by(
    pack: &Pack,
    rule: &Dated<AccountCrediting>,
    account: &EndingAccount,
    (on, steps): (Date, &mut Vec<Step>),
) -> Result<Fen, Refusal> {
    let sum = account.deposits.iter().map(|deposit| deposit.amount);
    let deposits = Fen::checked_sum(sum).ok_or(Refusal::AmountMustFit)?;
    let interest = match rule.value.running_year {
        RunningYear::EarnsNothing => Fen::ZERO,
        RunningYear::EarnsTheLastRate => {
            let held = (account.balance, &account.deposits[..]);
            let earned = individual_account::running_year_by(pack, rule, held, on)?;
            steps.extend(earned.explanation.steps);
            earned.value
        }
    };
    let balance = Fen::checked_sum([account.balance, deposits, interest]);
    let balance = balance.ok_or(Refusal::AmountMustFit)?;
    let formula = format!("{} + {deposits} + {interest} = {balance}", account.balance);
    steps.push(
        Step::new(
            Text::fixed(
                "上年末余额 + 本年记账额 + 本年利息",
                "last balance + deposits + interest of the running year",
            ),
            formula,
        )
        .amount(balance)
        .cited(pack.citation(&rule.terms)),
    );
    Ok(balance)
}

const fn in_words(outcome: SurrenderOutcome) -> Text {
    match outcome {
        SurrenderOutcome::PayToPerson => {
            Text::fixed("个人账户一次性支付本人", "paid to the person")
        }
        SurrenderOutcome::PayToHeirs => Text::fixed("个人账户余额依法继承", "inherited"),
        SurrenderOutcome::KeepAccount => Text::fixed("保留个人账户", "the account is kept"),
    }
}
