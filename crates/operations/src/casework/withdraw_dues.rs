//! 核定更正: a due that was asked for in error is withdrawn by a new balanced entry.

use insurance::casework::form::CaseForm;
use insurance::cause::Cause;
use insurance::due::{Due, DueEvent};
use insurance::entitlement::{Cover, cover_on};
use insurance::ids::{PersonId, ReceiptId};
use insurance::ledger::{Entry, EntryKind, withdrawal_postings};
use insurance::payment::DueKey;
use policy::{Branch, Explanation, Step, Text};
use store::Tx;
use store::tables::due::Transition;
use store::tables::office_case::OfficeCase;
use store::tables::{due, entry, payment, suspension};
use units::Timestamp;

use super::plan::Plan;
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::decide_cover::medical_months;

pub(super) fn plan(
    tx: &mut Tx<'_>,
    case: &OfficeCase,
    form: &CaseForm,
) -> Result<Plan, CaseworkRefusal> {
    let due = wrong_due(tx, case.person, form)?;
    check_not_being_paid(tx, case.person, &[due])?;
    let label = Text::made(
        format!("{} {}", due.key.month, due.key.branch.chinese()),
        format!("{} {}", due.key.month, due.key.branch.word()),
    );
    let steps = vec![
        Step::new(label, due.amount.to_string()).amount(due.amount),
        Step::new(
            Text::fixed("撤销后应缴", "asked for afterwards"),
            format!("{} − {} = 0.00", due.amount, due.amount),
        ),
    ];
    let title = Text::fixed("撤销误核定的应缴", "a due asked for in error is withdrawn");
    Ok(Plan {
        explanation: Explanation { title, steps, amount: None, pack: None },
        payouts: Vec::new(),
    })
}

/// The due that a form names, unpaid.
pub(super) fn wrong_due(
    tx: &mut Tx<'_>,
    person: PersonId,
    form: &CaseForm,
) -> Result<Due, CaseworkRefusal> {
    let CaseForm::WrongDue { month, branch, part } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let key = DueKey { person, month: *month, branch: *branch, part: *part };
    let due = due::find(tx, key)?.filter(|due| due.state.is_unpaid());
    due.ok_or(CaseworkRefusal::DueMustBeUnpaid)
}

/// A due that a channel is collecting just now may be paid any moment.
pub(super) fn check_not_being_paid(
    tx: &mut Tx<'_>,
    person: PersonId,
    dues: &[Due],
) -> Result<(), CaseworkRefusal> {
    for attempt in payment::list_open(tx, person)? {
        let items = payment::list_items(tx, person, attempt.id)?;
        if items.iter().any(|item| dues.iter().any(|due| due.key == item.due)) {
            return Err(CaseworkRefusal::DueMustNotBeInOpenAttempt);
        }
    }
    Ok(())
}

/// Withdraws unpaid dues of one person: income is taken back, the dues are closed, and a
/// suspension that had no other reason is lifted.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    city: &City,
    (person, dues): (PersonId, &[Due]),
    cause: Cause,
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    if dues.is_empty() {
        return Ok(());
    }
    let (_, cause_id) = cause.parts();
    for due in dues {
        let state =
            due.state.next(DueEvent::Withdraw).map_err(|_| CaseworkRefusal::DueMustBeUnpaid)?;
        due::set_state(tx, due, Transition { state, paid_on: None, cause: cause_id })?;
    }
    entry::append(
        tx,
        &Entry {
            owner: person,
            id: city.fresh(now),
            kind: EntryKind::Withdrawal,
            recorded_at: now,
            effective_on: now.date_in_shanghai(),
            cause,
            postings: withdrawal_postings(dues),
        },
    )?;
    if dues.iter().any(|due| due.key.branch == Branch::Medical) {
        lift_suspension(tx, city, (person, ReceiptId::from_i64(cause_id)), now)?;
    }
    Ok(())
}

/// Lifts the suspension of somebody who is covered once the error is gone.
fn lift_suspension(
    tx: &mut Tx<'_>,
    city: &City,
    (person, by): (PersonId, ReceiptId),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    if !suspension::is_suspended(tx, person)? {
        return Ok(());
    }
    let today = now.date_in_shanghai();
    let lapse = &city.pack().topics().medical_lapse.on(today, today)?.value;
    let months = medical_months(tx, person, today.month())?;
    match cover_on(today, &months, lapse) {
        Cover::Covered { .. } => {
            suspension::set_lifted(tx, person, today, by)?;
        }
        Cover::Waiting { .. } | Cover::Suspended { .. } | Cover::NotInsured => {}
    }
    Ok(())
}
