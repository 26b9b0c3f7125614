//! What a decision about a difference does to the books, by the path of every channel's money.

use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::cause::Cause;
use insurance::debit::DebitState;
use insurance::ids::MessageId;
use insurance::ledger::hex;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::settlement::{
    Books, DifferenceKind, Settlement, corrected_reference, taken_by,
};
use sha2::{Digest, Sha256};
use store::Tx;
use store::tables::channel_reference::{self, Known};
use store::tables::debit::{self, Told};
use store::tables::difference::OpenDifference;
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::tables::person;
use units::{Fen, Timestamp};

use super::refusal::SettleRefusal;
use super::stand::{DayAfter, DifferenceCourse};
use crate::city::City;
use crate::counter::correct_serial::correct_serial;
use crate::reconcile_day::book_matched;
use crate::record_event::{RecordError, record_event, record_receipt};

/// What the message is called that keeps a decision.
pub(crate) const DECISION: &str = "difference";
/// Why an attempt stands otherwise than its bank said last.
const SETTLED: (&str, &str) = ("difference_settled", "");

pub(super) fn carry_out(
    tx: &mut Tx<'_>,
    city: &City,
    (course, settlement, note): (&DifferenceCourse, Settlement, &str),
    now: Timestamp,
) -> Result<DayAfter, SettleRefusal> {
    let after = if course.is_stated { DayAfter::AsStated } else { DayAfter::ToCompare };
    match settlement {
        Settlement::Wait | Settlement::Dismiss => Ok(DayAfter::AsStated),
        Settlement::Explain => {
            explain(tx, city, course, now)?;
            Ok(DayAfter::AsStated)
        }
        Settlement::BookTheirs | Settlement::HoldTheirs => {
            let message = keep_decision(tx, city, (course, settlement, note), now)?;
            if course.standing.books == Books::Differ {
                reverse(tx, city, (course, message), now)?;
            }
            let target = target(&course.difference, settlement);
            book(tx, city, (course, target, message), now)?;
            tell_serial(tx, &course.difference, course.difference.theirs, now)?;
            Ok(after)
        }
        Settlement::ReverseOurs => {
            let message = keep_decision(tx, city, (course, settlement, note), now)?;
            reverse(tx, city, (course, message), now)?;
            tell_debit(tx, &course.difference, DebitState::Returned)?;
            tell_serial(tx, &course.difference, None, now)?;
            Ok(after)
        }
    }
}

/// Money that another day's receipt explains is matched by this day's statement.
fn explain(
    tx: &mut Tx<'_>,
    city: &City,
    course: &DifferenceCourse,
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let stated = course.is_stated && course.standing.kind == DifferenceKind::OnlyTheirs;
    match (&course.known, course.standing.books) {
        (Some(known), Books::Agree { matched: false }) if stated => {
            let day = (course.difference.channel, course.difference.accounting_on);
            let told = Cause::Message(message_of(tx, known)?);
            book_matched(tx, city, (day, &[known]), (told, now))?;
        }
        (_, Books::Nothing | Books::TakenBack | Books::Differ | Books::Agree { .. }) => {}
    }
    Ok(())
}

/// The message that told of booked money.
fn message_of(tx: &mut Tx<'_>, known: &Known) -> Result<MessageId, store::Error> {
    let receipt = store::tables::receipt::find(tx, known.person, known.receipt)?;
    Ok(receipt.expect("a reference is claimed in the transaction that inserts its receipt").message)
}

fn target(difference: &OpenDifference, settlement: Settlement) -> Target {
    match (settlement, EndToEndId::parse(&difference.reference)) {
        (Settlement::BookTheirs, Some(id)) => Target::Due(id.due),
        _ => Target::Unknown,
    }
}

/// The decision, kept as the message that told of the money.
fn keep_decision(
    tx: &mut Tx<'_>,
    city: &City,
    (course, settlement, note): (&DifferenceCourse, Settlement, &str),
    now: Timestamp,
) -> Result<MessageId, store::Error> {
    let body = format!("{} {} {note}", course.difference.id, settlement.word()).into_bytes();
    let message = InboundMessage {
        id: city.fresh(now),
        channel: course.difference.channel,
        kind: DECISION.to_owned(),
        received_at: now,
        digest: hex(&Sha256::digest(&body)),
        headers: String::new(),
        body,
    };
    inbound_message::insert(tx, &message, MessageState::Handled)?;
    Ok(message.id)
}

/// Takes back what stands in our books.
fn reverse(
    tx: &mut Tx<'_>,
    city: &City,
    (course, message): (&DifferenceCourse, MessageId),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let known = course.known.as_ref().ok_or(SettleRefusal::SettlementMustFit)?;
    let difference = &course.difference;
    let event = ChannelEvent::Returned {
        channel: difference.channel,
        reference: known.reference.clone(),
        return_reference: taken_by(difference.id),
        amount: known.amount,
        accounting_on: difference.accounting_on,
        raw: String::new(),
    };
    record_event(tx, city, &event, message, now).map_err(refused)?;
    Ok(())
}

/// Books the channel's money; where its statement showed it, it is matched at once.
fn book(
    tx: &mut Tx<'_>,
    city: &City,
    (course, target, message): (&DifferenceCourse, Target, MessageId),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let difference = &course.difference;
    let amount = difference.theirs.filter(|amount| *amount > Fen::ZERO);
    let amount = amount.ok_or(SettleRefusal::SettlementMustFit)?;
    let (channel, on) = (difference.channel, difference.accounting_on);
    let is_used = channel_reference::find(tx, channel, &difference.reference)?.is_some();
    let reference = if is_used {
        corrected_reference(&difference.reference, difference.id)
    } else {
        difference.reference.clone()
    };
    let paid = Paid {
        channel,
        reference: reference.clone(),
        amount,
        paid_at: Timestamp::start_of(on),
        accounting_on: on,
        target,
    };
    record_receipt(tx, city, &paid, message, now).map_err(refused)?;
    tell_debit(tx, difference, DebitState::Collected)?;
    if course.is_stated {
        let known = channel_reference::find(tx, channel, &reference)?;
        let known = known.expect("the receipt that was just booked claimed it");
        book_matched(tx, city, ((channel, on), &[&known]), (Cause::Message(message), now))?;
    }
    Ok(())
}

/// The attempt stands as was decided, whatever its bank had said last.
fn tell_debit(
    tx: &mut Tx<'_>,
    difference: &OpenDifference,
    state: DebitState,
) -> Result<(), store::Error> {
    if difference.channel != ChannelKind::BankBatch {
        return Ok(());
    }
    let Some(id) = EndToEndId::parse(&difference.reference) else { return Ok(()) };
    person::lock(tx, id.due.person)?;
    if let Some(known) = debit::find(tx, &id.due, id.attempt)? {
        let told = Told {
            state,
            retry: known.retry,
            reason: Some(SETTLED),
            bank_reference: None,
            proof: known.proof,
        };
        debit::set_told(tx, &known, &told)?;
    }
    Ok(())
}

/// A counter's serial says what is booked under it now.
fn tell_serial(
    tx: &mut Tx<'_>,
    difference: &OpenDifference,
    booked: Option<Fen>,
    now: Timestamp,
) -> Result<(), store::Error> {
    if difference.channel != ChannelKind::Counter {
        return Ok(());
    }
    correct_serial(tx, difference, booked, now)
}

fn refused(error: RecordError) -> SettleRefusal {
    match error {
        RecordError::Store(error) => SettleRefusal::Store(error),
        RecordError::ReferenceMustKeepItsAmount { .. }
        | RecordError::ReturnMustFollowItsReceipt { .. } => SettleRefusal::SettlementMustFit,
    }
}
