//! 追回到账: money that had left twice, to a payee and back to its channel, came back to the fund.

use insurance::casework::form::CaseForm;
use insurance::cause::Cause;
use insurance::ids::{CaseId, PersonId};
use insurance::ledger::{Entry, EntryKind, recovery_posting};
use insurance::payment_order::OrderState;
use insurance::receipt::SuspenseState;
use policy::{Explanation, Step, Text};
use store::Tx;
use store::tables::office_case::OfficeCase;
use store::tables::recovery::{self, Recovery};
use store::tables::task::TaskKind;
use store::tables::{entry, payment_order, suspense, task, transfer};
use units::{Fen, Timestamp};

use super::plan::Plan;
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::record_event::take_back::is_taken_back;

pub(super) fn plan(
    tx: &mut Tx<'_>,
    case: &OfficeCase,
    form: &CaseForm,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::Recovery { amount, arrived_on, reference } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let (claimed, left) = claimed_and_left(tx, case.person, *amount)?;
    if recovery::is_counted(tx, reference.trim())? {
        return Err(CaseworkRefusal::RecoveryMustBeCountedOnce);
    }
    let steps = vec![
        Step::new(Text::fixed("待追回", "claimed"), claimed.to_string()).amount(claimed),
        Step::new(
            Text::fixed("到账日期和银行流水号", "day and number of the bank's booking"),
            format!("{arrived_on} {}", reference.trim()),
        ),
        Step::new(Text::fixed("追回", "came back"), amount.to_string()).amount(*amount),
        Step::new(
            Text::fixed("仍待追回", "still claimed"),
            format!("{claimed} − {amount} = {left}"),
        )
        .amount(left),
    ];
    let title = Text::fixed("追回到账", "money that had left twice came back");
    Ok(Plan {
        explanation: Explanation { title, steps, amount: None, pack: None },
        payouts: Vec::new(),
    })
}

/// What is claimed for sure, and what of it stays claimed when an amount came back.
fn claimed_and_left(
    tx: &mut Tx<'_>,
    person: PersonId,
    amount: Fen,
) -> Result<(Fen, Fen), CaseworkRefusal> {
    let claimed = recovery::sum_claimed(tx, person)?;
    let sure = claimed.checked_sub(unanswered(tx, person)?).unwrap_or(Fen::ZERO);
    if amount <= Fen::ZERO || amount > sure {
        return Err(CaseworkRefusal::AmountMustBeClaimed);
    }
    Ok((claimed, claimed.saturating_sub(amount)))
}

/// What is claimed of payments on which the bank or WeChat may still say that they never left.
fn unanswered(tx: &mut Tx<'_>, person: PersonId) -> Result<Fen, store::Error> {
    let mut waiting: Vec<Fen> = Vec::new();
    for held in suspense::list(tx, person)? {
        if held.state == SuspenseState::Open || !is_taken_back(tx, &held)? {
            continue;
        }
        if held.state == SuspenseState::Refunding {
            waiting.push(held.amount);
            continue;
        }
        let Some(settled_by) = suspense::find_settled_by(tx, (person, held.id))? else { continue };
        let orders = payment_order::list_of_case(tx, (person, CaseId::from_i64(settled_by)))?;
        let ordered = orders.iter().filter(|(_, state)| *state == OrderState::Ordered);
        waiting.extend(ordered.map(|(order, _)| order.amount));
    }
    Ok(waiting.into_iter().sum())
}

/// Books what came back; when nothing is claimed any more, the tasks to get it back are done.
pub(super) fn take_back(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let CaseForm::Recovery { amount, arrived_on, reference } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    transfer::lock_all(tx)?;
    let (_, left) = claimed_and_left(tx, case.person, *amount)?;
    let booked = Entry {
        owner: case.person,
        id: city.fresh(now),
        kind: EntryKind::Recovery,
        recorded_at: now,
        effective_on: *arrived_on,
        cause: Cause::Case(case.id),
        postings: vec![recovery_posting(*amount)],
    };
    entry::append(tx, &booked)?;
    let recovered = Recovery {
        person: case.person,
        case: case.id,
        reference: reference.trim().to_owned(),
        amount: *amount,
        arrived_on: *arrived_on,
        entry: booked.id,
    };
    if recovery::insert(tx, &recovered)? == 0 {
        return Err(CaseworkRefusal::RecoveryMustBeCountedOnce);
    }
    if left.is_zero() {
        let note = format!("case {}: all of it came back", case.id);
        task::set_closed_of_kind(tx, (case.person, TaskKind::RecoverPayment), now, &note)?;
    }
    Ok(())
}
