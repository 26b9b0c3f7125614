//! What a channel tells us, booked: the one path that all channels share.
//!
//! Every function here runs inside a transaction of the caller. The same event twice changes
//! nothing; a due that is paid already, or money nobody is known for, goes to suspense. Money that
//! is taken back stands in [`take_back`].

pub(crate) mod take_back;

use insurance::allocation::{Allocation, Purpose, allocate};
use insurance::cause::Cause;
use insurance::due::Due;
use insurance::ids::{CITY, MessageId, PersonId, ReceiptId};
use insurance::ledger::Account;
use insurance::notice::NoticeKind;
use insurance::payment::{ChannelEvent, DueKey, Paid, Target};
use insurance::receipt::{Receipt, SuspenseState};
use policy::Branch;
use store::Tx;
use store::tables::due::Transition;
use store::tables::payment::PaymentState;
use store::tables::suspense::Suspense;
use store::tables::{channel_reference, due, entry, payment, person, receipt, suspense};
use units::{Fen, Timestamp};

use self::take_back::{Returned, record_return};
use crate::city::City;
use crate::decide_receipt::decide_receipt;
use crate::restore_cover::restore_cover;
use crate::write_notice::{Subject, write_notice};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Money was booked.
    Booked {
        /// Its receipt.
        receipt: Receipt,
        /// The dues that it paid.
        paid: Vec<Due>,
        /// What went to suspense.
        left: Fen,
    },
    /// The event had been booked before; nothing changed.
    Repeated,
    /// An attempt ended without money, or money was taken back.
    Noted,
}

/// Why an event can't be booked. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The channel used one of its numbers for two amounts: somebody must look.
    #[error(
        "reference {reference} was booked with {booked} and now comes with {stated}; \
         ask the channel which is right, then settle the difference"
    )]
    ReferenceMustKeepItsAmount {
        /// The channel's number.
        reference: String,
        /// The amount booked.
        booked: Fen,
        /// The amount that came now.
        stated: Fen,
    },
    /// The channel takes back money that it never told us of.
    #[error("reference {reference} is taken back, but no money was booked under it")]
    ReturnMustFollowItsReceipt {
        /// The channel's number.
        reference: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Books an event of a channel. `message` is the raw message that told us.
///
/// # Errors
/// [`RecordError`]; nothing is changed.
pub fn record_event(
    tx: &mut Tx<'_>,
    city: &City,
    event: &ChannelEvent,
    message: MessageId,
    now: Timestamp,
) -> Result<Recorded, RecordError> {
    match event {
        ChannelEvent::Paid(paid) => record_receipt(tx, city, paid, message, now),
        ChannelEvent::Failed { target, reason, raw, .. } => {
            record_failure(tx, target, (&format!("{reason:?}"), raw))?;
            Ok(Recorded::Noted)
        }
        ChannelEvent::Returned { channel, reference, return_reference, accounting_on, .. } => {
            let returned = Returned { channel: *channel, reference, return_reference };
            record_return(tx, city, &returned, (message, *accounting_on), now)
        }
    }
}

/// Books money that arrived.
///
/// # Errors
/// [`RecordError::ReferenceMustKeepItsAmount`], or the database's.
pub fn record_receipt(
    tx: &mut Tx<'_>,
    city: &City,
    paid: &Paid,
    message: MessageId,
    now: Timestamp,
) -> Result<Recorded, RecordError> {
    let person = owner_of(tx, &paid.target)?;
    let receipt = receipt_of(city, paid, (person, message), now);
    if channel_reference::claim(tx, &receipt)? == 0 {
        return repeated(tx, paid);
    }
    let allocation = allocation_for(tx, city, paid, person)?;
    book_receipt(tx, city, (&receipt, Account::Clearing(paid.channel)), &allocation)?;
    end_attempt(tx, &paid.target, &allocation.paid)?;
    Ok(Recorded::Booked { receipt, paid: allocation.paid, left: allocation.left })
}

/// Books money that arrived for exactly these dues, of a person whose facts the caller has locked and
/// read in this transaction; the attempt is the caller's to end.
///
/// # Errors
/// [`RecordError::ReferenceMustKeepItsAmount`], or the database's.
pub(crate) fn record_receipt_of(
    tx: &mut Tx<'_>,
    city: &City,
    (paid, dues): (&Paid, &[Due]),
    message: MessageId,
    now: Timestamp,
) -> Result<Recorded, RecordError> {
    let keys: Vec<DueKey> = dues.iter().map(|due| due.key).collect();
    let person = keys.first().map_or(CITY, |key| key.person);
    let receipt = receipt_of(city, paid, (person, message), now);
    if channel_reference::claim(tx, &receipt)? == 0 {
        return repeated(tx, paid);
    }
    let allocation = allocate(paid.amount, Purpose::Exactly(&keys), dues);
    book_receipt(tx, city, (&receipt, Account::Clearing(paid.channel)), &allocation)?;
    Ok(Recorded::Booked { receipt, paid: allocation.paid, left: allocation.left })
}

fn receipt_of(
    city: &City,
    paid: &Paid,
    (person, message): (PersonId, MessageId),
    now: Timestamp,
) -> Receipt {
    Receipt {
        person,
        id: city.fresh(now),
        channel: paid.channel,
        reference: paid.reference.clone(),
        amount: paid.amount,
        paid_at: paid.paid_at,
        accounting_on: paid.accounting_on,
        recorded_at: now,
        message,
        entry: city.fresh(now),
    }
}

/// Books a receipt and what it pays, out of an account: a channel's clearing account, or the one
/// for money that comes from another person's books.
pub(crate) fn book_receipt(
    tx: &mut Tx<'_>,
    city: &City,
    (receipt, from): (&Receipt, Account),
    allocation: &Allocation,
) -> Result<(), store::Error> {
    receipt::insert(tx, receipt)?;
    let decision = decide_receipt((receipt, from), allocation);
    entry::append(tx, &decision.entry)?;
    settle_dues(tx, &decision.moves)?;
    hold_rest(tx, city, receipt, allocation)?;
    if allocation.paid.iter().any(|due| due.key.branch == Branch::Medical) {
        restore_cover(tx, city, receipt, receipt.recorded_at)?;
    }
    tell(tx, city, receipt, &decision.notices)
}

fn repeated(tx: &mut Tx<'_>, paid: &Paid) -> Result<Recorded, RecordError> {
    let known = channel_reference::find(tx, paid.channel, &paid.reference)?;
    match known {
        Some(known) if known.amount != paid.amount => {
            Err(RecordError::ReferenceMustKeepItsAmount {
                reference: paid.reference.clone(),
                booked: known.amount,
                stated: paid.amount,
            })
        }
        _ => Ok(Recorded::Repeated),
    }
}

/// Whose money it is, and the lock on that person's facts.
fn owner_of(tx: &mut Tx<'_>, target: &Target) -> Result<PersonId, RecordError> {
    let named = match target {
        Target::Attempt(person, _) | Target::Person(person) => *person,
        Target::Due(key) => key.person,
        Target::Unknown => return Ok(CITY),
    };
    let known = person::lock(tx, named)?;
    Ok(if known { named } else { CITY })
}

fn allocation_for(
    tx: &mut Tx<'_>,
    city: &City,
    paid: &Paid,
    person: PersonId,
) -> Result<Allocation, RecordError> {
    let nothing = Allocation { paid: Vec::new(), left: paid.amount };
    if person == CITY {
        return Ok(nothing);
    }
    let allocation = match &paid.target {
        Target::Unknown => nothing,
        Target::Due(key) => {
            let dues: Vec<Due> = due::find(tx, *key)?.into_iter().collect();
            allocate(paid.amount, Purpose::Exactly(&[*key]), &dues)
        }
        Target::Attempt(_, attempt) => {
            let items = payment::list_items(tx, person, *attempt)?;
            let keys: Vec<DueKey> = items.iter().map(|item| item.due).collect();
            let dues = due::list_of_keys(tx, &keys)?;
            allocate(paid.amount, Purpose::Exactly(&keys), &dues)
        }
        Target::Person(_) => {
            let dues = due::list_unpaid(tx, person)?;
            let order = city.withholding_order(paid.accounting_on);
            allocate(paid.amount, Purpose::Anything { order: &order }, &dues)
        }
    };
    Ok(allocation)
}

fn settle_dues(tx: &mut Tx<'_>, moves: &[(Due, Transition)]) -> Result<(), store::Error> {
    let moved = due::set_states(tx, moves.iter().map(|(due, to)| (due, *to)))?;
    let all = u64::try_from(moves.len()).expect("a person has fewer dues than u64");
    assert_eq!(moved, all, "the person's facts are locked, so the dues are as they were read");
    Ok(())
}

/// Ends the attempt that the money came by, or the open item of the one due that it names.
fn end_attempt(tx: &mut Tx<'_>, target: &Target, paid: &[Due]) -> Result<(), RecordError> {
    match target {
        Target::Attempt(person, attempt) => {
            payment::set_state(tx, *person, *attempt, PaymentState::Paid)?;
        }
        Target::Due(key) if !paid.is_empty() => {
            payment::set_item_state(tx, key, PaymentState::Paid, ("", ""))?;
        }
        Target::Due(_) | Target::Person(_) | Target::Unknown => {}
    }
    Ok(())
}

fn hold_rest(
    tx: &mut Tx<'_>,
    city: &City,
    receipt: &Receipt,
    allocation: &Allocation,
) -> Result<(), store::Error> {
    if allocation.left.is_zero() {
        return Ok(());
    }
    let reason = match receipt.person {
        CITY => "nobody_known",
        _ if allocation.paid.is_empty() => "fits_no_due",
        _ => "more_than_owed",
    };
    let id: ReceiptId = city.fresh(receipt.recorded_at);
    suspense::insert(
        tx,
        &Suspense {
            person: receipt.person,
            id: id.get(),
            receipt: receipt.id,
            amount: allocation.left,
            reason: reason.to_owned(),
            state: SuspenseState::Open,
            owner: receipt.channel.word().to_owned(),
            opened_at: receipt.recorded_at,
        },
    )?;
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    city: &City,
    receipt: &Receipt,
    notices: &[(NoticeKind, Subject)],
) -> Result<(), store::Error> {
    let cause = Cause::Receipt(receipt.id);
    for (kind, subject) in notices {
        write_notice(tx, city, (receipt.person, *kind), (*subject, cause), receipt.recorded_at)?;
    }
    Ok(())
}

fn record_failure(
    tx: &mut Tx<'_>,
    target: &Target,
    (reason, raw): (&str, &str),
) -> Result<(), RecordError> {
    match target {
        Target::Due(key) => {
            payment::set_item_state(tx, key, PaymentState::Failed, (reason, raw))?;
        }
        Target::Attempt(person, attempt) => {
            payment::set_state(tx, *person, *attempt, PaymentState::Failed)?;
        }
        Target::Person(_) | Target::Unknown => {}
    }
    Ok(())
}
