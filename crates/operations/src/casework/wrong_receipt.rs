//! 到账更正: money that was booked to the wrong person, or to nobody, gets into the rightful
//! person's books. The first receipt stays; an entry undoes what it did, and another receipt, with
//! the same money, takes its place.

use insurance::allocation::{Allocation, Purpose, allocate};
use insurance::casework::form::CaseForm;
use insurance::cause::Cause;
use insurance::ids::{CITY, PersonId, ReceiptId};
use insurance::ledger::{Account, EntryKind};
use insurance::receipt::{Receipt, SuspenseState};
use policy::{Explanation, Step, Text};
use store::Tx;
use store::tables::office_case::OfficeCase;
use store::tables::receipt_move::{self, ReceiptMove};
use store::tables::{channel_reference, due, entry, person, receipt, suspense};
use units::{Date, Timestamp};

use super::plan::Plan;
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::record_event::book_receipt;
use crate::record_event::take_back::{Undone, undo_receipt};

pub(super) fn plan(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let (wrong, rightful) = standing(tx, case.person, form)?;
    let postings = entry::list_postings(tx, wrong.person, wrong.entry)?;
    let mut steps = vec![
        Step::new(
            Text::fixed("误记的到账", "the receipt booked in error"),
            format!("{} {}", wrong.id, wrong.amount),
        )
        .amount(wrong.amount),
    ];
    for key in postings.iter().filter_map(|posting| posting.due) {
        let label = Text::made(
            format!("重新应缴：{}{}", key.month, key.branch.chinese()),
            format!("asked for again: {} {}", key.month, key.branch.word()),
        );
        steps.push(Step::new(label, "0.00"));
    }
    let allocation = allocation(tx, city, (&wrong, rightful), on)?;
    for due in &allocation.paid {
        let label = Text::made(
            format!("为实际缴费人缴清：{}{}", due.key.month, due.key.branch.chinese()),
            format!("paid for the rightful person: {} {}", due.key.month, due.key.branch.word()),
        );
        steps.push(Step::new(label, due.amount.to_string()).amount(due.amount));
    }
    let label = Text::fixed("挂账待处理", "left in suspense");
    steps.push(Step::new(label, allocation.left.to_string()).amount(allocation.left));
    let title = Text::fixed("到账更正", "correction of a receipt");
    Ok(Plan {
        explanation: Explanation { title, steps, amount: None, pack: None },
        payouts: Vec::new(),
    })
}

/// The receipt as it stands, and whose money it is.
fn standing(
    tx: &mut Tx<'_>,
    owner: PersonId,
    form: &CaseForm,
) -> Result<(Receipt, PersonId), CaseworkRefusal> {
    let CaseForm::WrongReceipt { receipt: id, rightful } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    if *rightful == owner {
        return Err(CaseworkRefusal::RightfulMustBeAnother);
    }
    if *rightful == CITY || person::find(tx, *rightful)?.is_none() {
        return Err(CaseworkRefusal::PersonMustBeRegistered);
    }
    let found = receipt::find(tx, owner, *id)?.ok_or(CaseworkRefusal::ReceiptMustStand)?;
    let known = channel_reference::find(tx, found.channel, &found.reference)?;
    let stands = known.is_some_and(|known| {
        known.receipt == found.id && known.person == owner && known.returned_by.is_none()
    });
    let rest = suspense::list(tx, owner)?;
    let rest_stands = rest
        .iter()
        .filter(|row| row.receipt == found.id)
        .all(|row| row.state == SuspenseState::Open);
    if stands && rest_stands {
        Ok((found, *rightful))
    } else {
        Err(CaseworkRefusal::ReceiptMustStand)
    }
}

fn allocation(
    tx: &mut Tx<'_>,
    city: &City,
    (wrong, rightful): (&Receipt, PersonId),
    on: Date,
) -> Result<Allocation, store::Error> {
    let dues = due::list_unpaid(tx, rightful)?;
    let order = city.withholding_order(on);
    Ok(allocate(wrong.amount, Purpose::Anything { order: &order }, &dues))
}

/// Undoes the receipt in the wrong person's books and books it in the rightful person's.
pub(super) fn move_receipt(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form, on): (&OfficeCase, &CaseForm, Date),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let (wrong, rightful) = standing(tx, case.person, form)?;
    // Both people are locked, always in the same order.
    for one in [case.person.min(rightful), case.person.max(rightful)] {
        if one != CITY {
            person::lock(tx, one)?;
        }
    }
    let undone = Undone {
        kind: EntryKind::Correction,
        from: Account::Crossing,
        cause: Cause::Case(case.id),
        effective_on: now.date_in_shanghai(),
    };
    let undoing = undo_receipt(tx, city, &wrong, &undone, now)?;
    let fresh: ReceiptId = city.fresh(now);
    let right = Receipt {
        person: rightful,
        id: fresh,
        recorded_at: now,
        entry: city.fresh(now),
        ..wrong.clone()
    };
    let reference = (right.channel, &*right.reference);
    if channel_reference::set_owner(tx, reference, (rightful, fresh))? != 1 {
        return Err(CaseworkRefusal::ReceiptMustStand);
    }
    receipt_move::insert(
        tx,
        &ReceiptMove {
            person: wrong.person,
            receipt: wrong.id,
            case: case.id,
            entry: undoing,
            to_person: rightful,
            to_receipt: fresh,
        },
    )?;
    let allocation = allocation(tx, city, (&wrong, rightful), on)?;
    book_receipt(tx, city, (&right, Account::Crossing), &allocation)?;
    Ok(())
}
