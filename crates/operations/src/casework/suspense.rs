//! 挂账处理: money that fits no due is applied to whole unpaid dues, or sent back.

use insurance::allocation::{Allocation, Purpose, allocate};
use insurance::casework::form::{CaseForm, SuspenseWish};
use insurance::cause::Cause;
use insurance::due::{Due, DueEvent};
use insurance::ids::{CITY, PersonId};
use insurance::ledger::{Account, Entry, EntryKind, Posting};
use insurance::notice::NoticeKind;
use insurance::receipt::{Receipt, SuspenseState};
use policy::{Branch, Explanation, Step, Text};
use store::Tx;
use store::tables::due::Transition;
use store::tables::office_case::OfficeCase;
use store::tables::suspense::{self, Suspense};
use store::tables::{channel_reference, due, entry, payment, receipt};
use units::{Date, Fen, Timestamp};

use super::plan::{Payout, Plan};
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::restore_cover::restore_cover;
use crate::write_notice::{Subject, write_notice};

/// What becomes of held money.
struct Settlement {
    held: Suspense,
    receipt: Receipt,
    allocation: Allocation,
}

pub(super) fn plan(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::Suspense { payee, .. } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let found = settlement(tx, city, (case.person, form), on)?;
    let mut steps = vec![
        Step::new(Text::fixed("挂账金额", "money in suspense"), found.held.amount.to_string())
            .amount(found.held.amount),
    ];
    for due in &found.allocation.paid {
        let label = Text::made(
            format!("用于{}{}", due.key.month, due.key.branch.chinese()),
            format!("applied to {} {}", due.key.month, due.key.branch.word()),
        );
        steps.push(Step::new(label, due.amount.to_string()).amount(due.amount));
    }
    let left = found.allocation.left;
    steps.push(Step::new(Text::fixed("退回", "sent back"), left.to_string()).amount(left));
    let mut payouts = Vec::new();
    if !left.is_zero() {
        let reference = (found.receipt.channel, &*found.receipt.reference);
        let known = channel_reference::find(tx, reference.0, reference.1)?;
        if known.is_none_or(|known| known.matched_on.is_none() || known.returned_by.is_some()) {
            return Err(CaseworkRefusal::MoneyMustBeMatched);
        }
        let payee = payee.clone().ok_or(CaseworkRefusal::PayeeMustBeNamed)?;
        payouts.push(Payout { payee, amount: left, source: Account::Suspense });
    }
    let title = Text::fixed("挂账处理", "settlement of money in suspense");
    Ok(Plan { explanation: Explanation { title, steps, amount: Some(left), pack: None }, payouts })
}

fn settlement(
    tx: &mut Tx<'_>,
    city: &City,
    (person, form): (PersonId, &CaseForm),
    on: Date,
) -> Result<Settlement, CaseworkRefusal> {
    let CaseForm::Suspense { suspense: id, wish, .. } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let rows = suspense::list(tx, person)?;
    let held = rows.into_iter().find(|row| row.id == *id && row.state == SuspenseState::Open);
    let held = held.ok_or(CaseworkRefusal::SuspenseMustBeOpen)?;
    let receipt = receipt::find(tx, person, held.receipt)?;
    let receipt = receipt.ok_or(CaseworkRefusal::ReceiptMustStand)?;
    let allocation = match wish {
        SuspenseWish::SendBack => Allocation { paid: Vec::new(), left: held.amount },
        SuspenseWish::Apply => {
            let dues = if person == CITY { Vec::new() } else { payable(tx, person)? };
            let order = city.withholding_order(on);
            allocate(held.amount, Purpose::Anything { order: &order }, &dues)
        }
    };
    if *wish == SuspenseWish::Apply && allocation.paid.is_empty() {
        return Err(CaseworkRefusal::DueMustFit);
    }
    Ok(Settlement { held, receipt, allocation })
}

/// The unpaid dues that no channel is collecting just now.
fn payable(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Due>, store::Error> {
    let mut dues = due::list_unpaid(tx, person)?;
    for attempt in payment::list_open(tx, person)? {
        let items = payment::list_items(tx, person, attempt.id)?;
        dues.retain(|due| items.iter().all(|item| item.due != due.key));
    }
    Ok(dues)
}

/// Pays the dues and takes the money out of suspense; what goes back is a payment order's.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form, on): (&OfficeCase, &CaseForm, Date),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let Settlement { receipt, allocation, .. } = settlement(tx, city, (case.person, form), on)?;
    let applied = !allocation.paid.is_empty();
    let state = if applied { SuspenseState::Applied } else { SuspenseState::Refunded };
    let owner = (case.person, receipt.id);
    if suspense::set_settled(tx, owner, state, now, case.id.get())? != 1 {
        return Err(CaseworkRefusal::SuspenseMustBeOpen);
    }
    if applied {
        apply(tx, city, (case, &receipt, &allocation.paid), now)?;
    }
    Ok(())
}

fn apply(
    tx: &mut Tx<'_>,
    city: &City,
    (case, receipt, paid): (&OfficeCase, &Receipt, &[Due]),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let today = now.date_in_shanghai();
    let posting = |due: &Due| Posting {
        debit: Account::Suspense,
        credit: Account::Receivable(due.key.branch),
        amount: due.amount,
        due: Some(due.key),
    };
    entry::append(
        tx,
        &Entry {
            owner: case.person,
            id: city.fresh(now),
            kind: EntryKind::Application,
            recorded_at: now,
            effective_on: today,
            cause: Cause::Case(case.id),
            postings: paid.iter().map(posting).collect(),
        },
    )?;
    for due in paid {
        let state = due.state.next(DueEvent::Pay).map_err(|_| CaseworkRefusal::DueMustFit)?;
        let to = Transition { state, paid_on: Some(today), cause: receipt.id.get() };
        due::set_state(tx, due, to)?;
    }
    if paid.iter().any(|due| due.key.branch == Branch::Medical) {
        // Cover returns from the day on which the money pays something.
        let applied = Receipt { paid_at: now, ..receipt.clone() };
        restore_cover(tx, city, &applied, now)?;
    }
    let amount: Fen = paid.iter().map(|due| due.amount).sum();
    let month = paid.first().map_or(today.month(), |due| due.key.month);
    let subject = Subject { month, subject: case.id.get(), amount };
    let about = (case.person, NoticeKind::Paid);
    write_notice(tx, city, about, (subject, Cause::Case(case.id)), now)?;
    Ok(())
}
