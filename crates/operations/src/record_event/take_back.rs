//! Money that a channel takes back, and everything that it had paid by then.
//!
//! A receipt's own dues are asked for again. So are those that its suspense was applied to later: an
//! entry undoes the application. What was paid out of its suspense is gone twice, once to the payee
//! and once to the channel; it becomes a claim (追回), and a clerk is told to get it back.

use insurance::cause::Cause;
use insurance::due::{Due, DueEvent};
use insurance::ids::{CITY, CaseId, EntryId, MessageId, PersonId};
use insurance::ledger::{
    Account, Entry, EntryKind, Posting, claim_posting, return_postings, undone_application,
};
use insurance::notice::NoticeKind;
use insurance::payment::{ChannelKind, DueKey};
use insurance::payment_order::OrderState;
use insurance::receipt::{Receipt, SuspenseState};
use store::Tx;
use store::tables::due::Transition;
use store::tables::suspense::Suspense;
use store::tables::task::TaskKind;
use store::tables::{
    assessment_batch, channel_reference, due, enrolment, entry, month_close, office_case,
    payment_order, person, receipt, suspense, suspension,
};
use units::{Date, Fen, Timestamp};

use super::{RecordError, Recorded};
use crate::city::City;
use crate::close_month::{close_person, suspends};
use crate::open_task::{Work, open_task};
use crate::write_notice::{Subject, write_notice};

/// Within how many working days a clerk asks the payee for money that left twice.
const RECOVER_WITHIN_WORKING_DAYS: u32 = 3;

/// Which money is taken back, and the channel's number for taking it.
pub(super) struct Returned<'a> {
    pub(super) channel: ChannelKind,
    pub(super) reference: &'a str,
    pub(super) return_reference: &'a str,
}

/// Books money that the channel took back: the receipt's postings with sides exchanged, the dues
/// asked for again, cover as if the money had never come.
pub(super) fn record_return(
    tx: &mut Tx<'_>,
    city: &City,
    returned: &Returned<'_>,
    (message, accounting_on): (MessageId, Date),
    now: Timestamp,
) -> Result<Recorded, RecordError> {
    let Some(known) = channel_reference::find(tx, returned.channel, returned.reference)? else {
        let reference = returned.reference.to_owned();
        return Err(RecordError::ReturnMustFollowItsReceipt { reference });
    };
    person::lock(tx, known.person)?;
    let (channel, reference) = (returned.channel, returned.reference);
    if channel_reference::set_returned(tx, channel, reference, returned.return_reference)? == 0 {
        return Ok(Recorded::Repeated);
    }
    let receipt = receipt::find(tx, known.person, known.receipt)?
        .expect("a reference is claimed in the transaction that inserts its receipt");
    let unmatched = Account::Clearing(channel);
    let undone = Undone {
        kind: EntryKind::Return,
        from: known.matched_on.map_or(unmatched, |_| Account::Fund),
        cause: Cause::Message(message),
        effective_on: accounting_on,
    };
    undo_receipt(tx, city, &receipt, &undone, now)?;
    if receipt.person != CITY {
        let month = accounting_on.month();
        let subject = Subject { month, subject: receipt.id.get(), amount: receipt.amount };
        let about = (receipt.person, NoticeKind::Returned);
        write_notice(tx, city, about, (subject, Cause::Message(message)), now)?;
    }
    Ok(Recorded::Noted)
}

/// How a receipt is undone.
pub(crate) struct Undone {
    /// What the entry records.
    pub kind: EntryKind,
    /// Out of which account the money goes.
    pub from: Account,
    /// Why.
    pub cause: Cause,
    /// The accounting day.
    pub effective_on: Date,
}

/// Undoes a receipt: its postings with sides exchanged, the dues that it paid, at once or out of
/// suspense, asked for again, cover as if the money had never come. The receipt stays. Answers the entry.
pub(crate) fn undo_receipt(
    tx: &mut Tx<'_>,
    city: &City,
    receipt: &Receipt,
    undone: &Undone,
    now: Timestamp,
) -> Result<EntryId, store::Error> {
    let postings = entry::list_postings(tx, receipt.person, receipt.entry)?;
    let undoing = Entry {
        owner: receipt.person,
        id: city.fresh(now),
        kind: undone.kind,
        recorded_at: now,
        effective_on: undone.effective_on,
        cause: undone.cause,
        postings: return_postings(&postings, undone.from),
    };
    entry::append(tx, &undoing)?;
    let mut keys: Vec<DueKey> = postings.iter().filter_map(|posting| posting.due).collect();
    keys.extend(undo_held(tx, city, (receipt, undone), now)?);
    keys.sort_unstable_by_key(|key| (key.month, key.branch, key.part));
    for key in &keys {
        ask_again(tx, *key, receipt)?;
    }
    close_anew(tx, city, &keys, now)?;
    Ok(undoing.id)
}

/// Undoes what became of the money that a receipt had left over. Answers the dues that it had paid.
fn undo_held(
    tx: &mut Tx<'_>,
    city: &City,
    (receipt, undone): (&Receipt, &Undone),
    now: Timestamp,
) -> Result<Vec<DueKey>, store::Error> {
    let mut keys = Vec::new();
    let held = suspense::list(tx, receipt.person)?;
    for held in held.into_iter().filter(|held| held.receipt == receipt.id) {
        match held.state {
            SuspenseState::Open => {
                let (_, cause) = undone.cause.parts();
                let of = (held.person, held.receipt);
                suspense::set_settled(tx, of, SuspenseState::Returned, now, cause)?;
            }
            SuspenseState::Applied => {
                keys.extend(undo_application(tx, city, (&held, undone), now)?);
                claim(tx, city, (&held, undone), now)?;
            }
            SuspenseState::Refunded | SuspenseState::Refunding => {
                claim(tx, city, (&held, undone), now)?;
            }
            SuspenseState::Returned => {}
        }
    }
    Ok(keys)
}

/// Takes applied money out of the dues that a case had paid with it.
fn undo_application(
    tx: &mut Tx<'_>,
    city: &City,
    (held, undone): (&Suspense, &Undone),
    now: Timestamp,
) -> Result<Vec<DueKey>, store::Error> {
    let case = case_of(tx, held)?.expect("money is applied by a case, which stays");
    let (kind, cause) = (EntryKind::Application, Cause::Case(case));
    let applied = entry::list_postings_of(tx, held.person, (kind, cause))?;
    suspense::set_application_undone(tx, (held.person, held.id))?;
    let keys = applied.iter().filter_map(|posting| posting.due).collect();
    let postings = undone_application(&applied);
    append(tx, city, (held.person, EntryKind::ApplicationUndone, undone, postings), now)?;
    Ok(keys)
}

/// The case that settled held money; `None` when a channel's refund did.
fn case_of(tx: &mut Tx<'_>, held: &Suspense) -> Result<Option<CaseId>, store::Error> {
    let settled_by = suspense::find_settled_by(tx, (held.person, held.id))?;
    let Some(case) = settled_by.map(CaseId::from_i64) else { return Ok(None) };
    Ok(office_case::find(tx, (held.person, case))?.map(|case| case.id))
}

/// What was sent out of held money is to be got back from whoever has it now: a claim in the books,
/// and a task that says so.
fn claim(
    tx: &mut Tx<'_>,
    city: &City,
    (held, undone): (&Suspense, &Undone),
    now: Timestamp,
) -> Result<(), store::Error> {
    let sent: Fen = match case_of(tx, held)? {
        None => held.amount,
        Some(case) => payment_order::list_of_case(tx, (held.person, case))?
            .iter()
            .filter(|(_, state)| *state != OrderState::Rejected)
            .map(|(order, _)| order.amount)
            .sum(),
    };
    if sent.is_zero() {
        return Ok(());
    }
    let postings = vec![claim_posting(sent)];
    append(tx, city, (held.person, EntryKind::Claim, undone, postings), now)?;
    let spans = enrolment::list(tx, held.person)?;
    let work = Work {
        kind: TaskKind::RecoverPayment,
        office: spans.last().map(|span| span.office.clone()).unwrap_or_default(),
        month: Some(undone.effective_on.month()),
        working_days: RECOVER_WITHIN_WORKING_DAYS,
    };
    open_task(tx, city, (held.person, work), now)?;
    Ok(())
}

fn append(
    tx: &mut Tx<'_>,
    city: &City,
    (owner, kind, undone, postings): (PersonId, EntryKind, &Undone, Vec<Posting>),
    now: Timestamp,
) -> Result<(), store::Error> {
    entry::append(
        tx,
        &Entry {
            owner,
            id: city.fresh(now),
            kind,
            recorded_at: now,
            effective_on: undone.effective_on,
            cause: undone.cause,
            postings,
        },
    )
}

/// Money that was to leave a second time came back instead: there is nothing to claim. Says whether
/// the channel had taken the receipt's money back, so that nothing is held any more.
pub(crate) fn release_claim(
    tx: &mut Tx<'_>,
    city: &City,
    ((held, amount), cause): ((&Suspense, Fen), Cause),
    now: Timestamp,
) -> Result<bool, store::Error> {
    if !is_taken_back(tx, held)? {
        return Ok(false);
    }
    let Posting { debit, credit, .. } = claim_posting(amount);
    let back = Posting { debit: credit, credit: debit, amount, due: None };
    entry::append(
        tx,
        &Entry {
            owner: held.person,
            id: city.fresh(now),
            kind: EntryKind::Claim,
            recorded_at: now,
            effective_on: now.date_in_shanghai(),
            cause,
            postings: vec![back],
        },
    )?;
    Ok(true)
}

/// Whether the channel took back the money that was held.
pub(crate) fn is_taken_back(tx: &mut Tx<'_>, held: &Suspense) -> Result<bool, store::Error> {
    let Some(receipt) = receipt::find(tx, held.person, held.receipt)? else { return Ok(false) };
    let known = channel_reference::find(tx, receipt.channel, &receipt.reference)?;
    Ok(known.is_some_and(|known| known.receipt == receipt.id && known.returned_by.is_some()))
}

fn ask_again(tx: &mut Tx<'_>, key: DueKey, receipt: &Receipt) -> Result<(), store::Error> {
    let due = due::find(tx, key)?.expect("a posting names a due that was assessed");
    if let Ok(state) = due.state.next(DueEvent::Return) {
        let cause = receipt.id.get();
        due::set_state(tx, &due, Transition { state, paid_on: None, cause })?;
    }
    Ok(())
}

/// Whether the month with whose bill a due was asked for is closed.
fn was_closed(tx: &mut Tx<'_>, due: &Due) -> Result<bool, store::Error> {
    let asked = assessment_batch::find(tx, due.batch)?.map_or(due.key.month, |batch| batch.asked);
    Ok(month_close::find(tx, asked)?.is_some())
}

/// What is asked for again in a month that was closed meanwhile becomes arrears at once, as if the
/// money had never come.
fn close_anew(
    tx: &mut Tx<'_>,
    city: &City,
    keys: &[DueKey],
    now: Timestamp,
) -> Result<(), store::Error> {
    for of_month in keys.chunk_by(|a, b| a.month == b.month) {
        let Some(key) = of_month.first() else { continue };
        let Some(close) = month_close::find(tx, key.month)? else { continue };
        let mut dues = Vec::new();
        for due in due::list_of_keys(tx, of_month)? {
            if due.state.is_unpaid() && was_closed(tx, &due)? {
                dues.push(due);
            }
        }
        if dues.iter().any(suspends) {
            suspension::unset_lifted_of_month(tx, key.person, key.month)?;
        }
        close_person(tx, city, (key.month, close.run), &dues, now)?;
    }
    Ok(())
}
