//! 个人账户: a person's pension account on a day, from paid dues, transfers and earlier payments.

use insurance::calculator::individual_account::{Deposit, credit_years};
use insurance::calculator::surrender::EndingAccount;
use insurance::ids::{CaseId, PersonId};
use insurance::ledger::Account;
use insurance::payment_order::OrderState;
use policy::{Branch, Step};
use store::Tx;
use store::tables::transfer::Direction;
use store::tables::{account_deposit, payment_order, transfer};
use units::{Date, Fen};

use super::refusal::CaseworkRefusal;
use crate::city::City;

/// An account with the steps that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOnDay {
    /// The balance of the last credited year, and the deposits since.
    pub account: EndingAccount,
    /// One step per credited year and what it earned.
    pub steps: Vec<Step>,
}

/// The pension account of a person on a day. What `case` itself paid out does not count, so that
/// a case that is carried out still explains the sum that it paid.
///
/// Worked: deposits of 2025 are credited with the rate of 2025, those of 2026 stand as they were
/// paid until the year is over.
///
/// # Errors
/// [`CaseworkRefusal::Calculation`] when a year's rate is not known yet.
pub fn account_on(
    tx: &mut Tx<'_>,
    city: &City,
    (person, case): (PersonId, CaseId),
    on: Date,
) -> Result<AccountOnDay, CaseworkRefusal> {
    let deposits = deposits(tx, (person, case), on)?;
    let (before, since): (Vec<_>, Vec<_>) =
        deposits.into_iter().partition(|deposit| deposit.month.year() < on.year());
    let mut steps = Vec::new();
    let mut balance = Fen::ZERO;
    if let Some(first) = before.iter().map(|deposit| deposit.month.year()).min() {
        let years = (first, on.year() - 1, Fen::ZERO);
        for year in credit_years(city.pack(), years, &before, on)? {
            balance = year.value.closing;
            steps.extend(year.explanation.steps);
        }
    }
    let account = EndingAccount { balance, deposits: since, paid_out: Fen::ZERO };
    Ok(AccountOnDay { account, steps })
}

/// What was put in since the account was last paid out, each in the month in which it arrived.
fn deposits(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
    on: Date,
) -> Result<Vec<Deposit>, store::Error> {
    let emptied_on = emptied_on(tx, (person, case))?;
    let counts = |day: Date| day <= on && emptied_on.is_none_or(|emptied| day > emptied);
    let paid = account_deposit::list(tx, person, Branch::Pension)?;
    let mut deposits: Vec<Deposit> = paid
        .iter()
        .filter(|paid| counts(paid.paid_on) && !paid.account.is_zero())
        .map(|paid| Deposit { month: paid.paid_on.month(), amount: paid.account })
        .collect();
    for came in transfer::list(tx, person)? {
        let counted = came.direction == Direction::In && came.branch == Branch::Pension;
        if counted && counts(came.effective_on) && !came.account.is_zero() {
            deposits.push(Deposit { month: came.effective_on.month(), amount: came.account });
        }
    }
    Ok(deposits)
}

/// The day on which another case last paid the whole account out.
fn emptied_on(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Option<Date>, store::Error> {
    let orders = payment_order::list(tx, person)?;
    let of_account = orders.into_iter().filter(|(order, state)| {
        order.case != case
            && *state != OrderState::Rejected
            && order.source == Account::IndividualPaid(Branch::Pension)
    });
    Ok(of_account.map(|(order, _)| order.ordered_on).max())
}

/// How many months of a branch a person has paid, here and in cities that they came from.
///
/// # Errors
/// The database's.
pub fn paid_months(tx: &mut Tx<'_>, person: PersonId, branch: Branch) -> Result<u32, store::Error> {
    let paid = account_deposit::list(tx, person, branch)?;
    let mut months: Vec<_> = paid.into_iter().map(|paid| paid.month).collect();
    months.extend(transfer::list_months(tx, person, branch)?);
    months.sort_unstable();
    months.dedup();
    Ok(u32::try_from(months.len()).unwrap_or(u32::MAX))
}
