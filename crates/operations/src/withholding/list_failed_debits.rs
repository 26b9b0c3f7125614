//! 扣款失败: what a bank could not take from a person's card, why, and what the person must do. The
//! person's page, the clerk's page and the notice say it in the same words.

use insurance::debit::failure::words;
use insurance::debit::person_step::PersonStep;
use insurance::debit::{DebitState, Retry};
use insurance::ids::{PaymentId, PersonId};
use insurance::payment::{DueKey, FailureReason};
use policy::{Branch, Text};
use store::Tx;
use store::tables::debit_failure::{self, FailedDebit};
use units::{Date, Fen, Month};

use crate::spoken;

/// How many failed attempts of a person are read, newest first: years of them.
const FAILURES_MAX: i64 = 500;

/// What failed on a day for one reason, of one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedDebits {
    /// The day on which the bank was to take the money.
    pub on: Date,
    /// 费款所属期.
    pub month: Month,
    /// The day's payment, which the notice names.
    pub payment: PaymentId,
    /// Whether the money was taken first and then went back.
    pub is_returned: bool,
    /// Our reason.
    pub reason: FailureReason,
    /// What the person must do.
    pub step: PersonStep,
    /// Whether the dues are still asked for and no later attempt was made.
    pub stands: bool,
    /// Which dues, in the order of their branches.
    pub dues: Vec<DueKey>,
    /// What they come to.
    pub amount: Fen,
}

/// A person's failed debits, newest day first.
///
/// # Errors
/// The database's.
pub fn list_failed_debits(
    tx: &mut Tx<'_>,
    person: PersonId,
) -> Result<Vec<FailedDebits>, store::Error> {
    let mut failures: Vec<FailedDebits> = Vec::new();
    for failed in debit_failure::list(tx, person, FAILURES_MAX)? {
        let (due, amount) = (failed.due, failed.amount);
        let new = FailedDebits::of(&failed);
        match failures.iter_mut().find(|known| known.is_told_with(&new)) {
            Some(known) => {
                known.dues.push(due);
                known.amount += amount;
            }
            None => failures.push(new),
        }
    }
    Ok(failures)
}

impl FailedDebits {
    fn of(failed: &FailedDebit) -> Self {
        let reason = FailureReason::from_word(&failed.reason).unwrap_or(FailureReason::Unspecified);
        Self {
            on: failed.collect_on,
            month: failed.due.month,
            payment: failed.payment,
            is_returned: failed.state == DebitState::Returned,
            reason,
            step: PersonStep::after(reason, failed.retry.unwrap_or(Retry::ByPolicy)),
            stands: failed.stands,
            dues: vec![failed.due],
            amount: failed.amount,
        }
    }

    /// Whether one sentence tells both.
    fn is_told_with(&self, other: &Self) -> bool {
        let key = |failure: &Self| {
            let Self { month, payment, is_returned, reason, step, stands, .. } = *failure;
            (month, payment, is_returned, reason, step, stands)
        };
        key(self) == key(other)
    }

    /// What failed and why: `2026年11月26日，银行没有扣到……：余额不足。`
    #[must_use]
    pub fn message(&self) -> Text {
        let (day, month) = (spoken::day(self.on), spoken::month(self.month));
        let branches = |name: fn(Branch) -> &'static str, between: &str| {
            let mut names: Vec<_> = self.dues.iter().map(|due| name(due.branch)).collect();
            names.dedup();
            names.join(between)
        };
        let (zh, en) = (branches(Branch::chinese, "、"), branches(Branch::word, ", "));
        let why = words(self.reason);
        let verb = if self.is_returned {
            ("银行扣到后又退回了", "the bank took and then sent back")
        } else {
            ("银行没有扣到", "the bank could not take")
        };
        let sum = self.amount;
        Text::made(
            format!("{}，{}{}的{zh}，共{sum}元：{}。", day.zh, verb.0, month.zh, why.0),
            format!("On {} {} {en} of {}, {sum} yuan: {}.", day.en, verb.1, month.en, why.1),
        )
    }

    /// What the person must do.
    #[must_use]
    pub const fn next_step(&self) -> Text {
        Text::fixed(self.step.chinese(), self.step.english())
    }
}
