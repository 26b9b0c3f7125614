//! What one line of a bank's answer does: the bank's words become one step of the attempt, and
//! money goes the way of every channel's money.
//!
//! The books know money of a bank by the end-to-end number of its attempt, whatever number the bank
//! gives it; so a report and the booking that follows it are the same money. A second booking of
//! one attempt, under another number of the bank, is other money: it is held, never absorbed.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::cause::Cause;
use insurance::debit::{DebitEvent, DebitState, DebitStep, OutcomeMustStayFinal, Retry};
use insurance::ids::MessageId;
use insurance::notice::NoticeKind;
use insurance::payment::{ChannelEvent, ChannelKind, FailureReason, Paid, Target};
use store::Tx;
use store::tables::debit::{self, Debit, Proof, Told};
use store::tables::debit_file;
use store::tables::payment::{self, PaymentState};
use store::tables::person;
use units::{Date, Fen, Timestamp};

use crate::city::City;
use crate::record_event::{RecordError, Recorded, record_event, record_receipt};
use crate::write_notice::{Subject, write_notice};

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The raw file.
    pub message: MessageId,
    /// Whether its money is reported or booked.
    pub proof: Proof,
    /// The accounting day of lines that tell none.
    pub on: Date,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BookedResult {
    /// Money was booked and paid its due.
    Collected,
    /// Money was booked that did not pay the due: a part of it, or for a due paid before.
    Held,
    /// The attempt ended without money.
    Rejected,
    /// Money was taken back.
    Returned,
    /// Nothing final was told.
    Pending,
    /// It was known.
    Repeated,
    /// It is about no attempt of ours; its money, if booked, is held.
    Unknown,
    /// It contradicts what the bank told before; nothing was changed.
    Contradicted,
}

/// Books one line, in the caller's transaction.
///
/// # Errors
/// The database's; every rule's "no" is an answer.
pub fn book_bank_result(
    tx: &mut Tx<'_>,
    city: &City,
    (result, origin): (&BankResult, Origin),
    now: Timestamp,
) -> Result<BookedResult, store::Error> {
    let Some(id) = EndToEndId::parse(&result.end_to_end_id) else {
        return book_unknown(tx, city, (result, origin), now);
    };
    person::lock(tx, id.due.person)?;
    let Some(debit) = debit::find(tx, &id.due, id.attempt)? else {
        return book_unknown(tx, city, (result, origin), now);
    };
    let Some(event) = event_of(&debit, &result.outcome, origin.proof) else {
        return Ok(BookedResult::Pending);
    };
    let line = Line { id, debit: &debit, result, origin };
    let booked = match debit.state.next(event) {
        Ok(DebitStep::Nothing) => line.confirm(tx)?,
        Ok(DebitStep::Collect) => line.collect(tx, city, now)?,
        Ok(DebitStep::Reject) => line.reject(tx, city, now)?,
        Ok(DebitStep::Return) => line.give_back(tx, city, now)?,
        Ok(DebitStep::CollectAndReturn) => {
            line.collect(tx, city, now)?;
            line.give_back(tx, city, now)?
        }
        Ok(DebitStep::HoldExtra) => line.hold_extra(tx, city, now)?,
        Err(OutcomeMustStayFinal) => BookedResult::Contradicted,
    };
    payment::end_when_settled(tx, id.due.person, debit.payment)?;
    Ok(booked)
}

/// The number under which the books know a line's money.
#[must_use]
pub fn money_reference(result: &BankResult, file: &str) -> String {
    let Outcome::Collected { reference: Some(reference), .. } = &result.outcome else {
        return format!("{file}:{}", result.line);
    };
    reference.clone()
}

/// The accounting day of a line: the one it tells; else the day of collection of the file that its
/// attempt went out in; else none.
///
/// # Errors
/// The database's.
pub fn accounting_day(tx: &mut Tx<'_>, result: &BankResult) -> Result<Option<Date>, store::Error> {
    if let Outcome::Collected { on: Some(on), .. } | Outcome::Returned { on: Some(on), .. } =
        &result.outcome
    {
        return Ok(Some(*on));
    }
    let Some(id) = EndToEndId::parse(&result.end_to_end_id) else { return Ok(None) };
    let Some(debit) = debit::find(tx, &id.due, id.attempt)? else { return Ok(None) };
    Ok(debit_file::find(tx, &debit.file)?.map(|file| file.collect_on))
}

fn event_of(debit: &Debit, outcome: &Outcome, proof: Proof) -> Option<DebitEvent> {
    match outcome {
        Outcome::Collected { reference, .. } => Some(match (proof, debit.proof) {
            (Proof::Report, _) => DebitEvent::ReportSettled,
            (Proof::Booking, Some(Proof::Booking))
                if differ(reference.as_deref(), debit.bank_reference.as_deref()) =>
            {
                DebitEvent::BookedAgain
            }
            (Proof::Booking, _) => DebitEvent::Booked,
        }),
        Outcome::Rejected { .. } => Some(DebitEvent::Rejected),
        Outcome::Returned { .. } => Some(DebitEvent::Returned),
        Outcome::Pending { .. } => None,
    }
}

fn differ(one: Option<&str>, other: Option<&str>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

/// A line about an attempt of ours.
struct Line<'a> {
    id: EndToEndId,
    debit: &'a Debit,
    result: &'a BankResult,
    origin: Origin,
}

impl Line<'_> {
    /// Known money that is now seen on the account carries the account's number from now on.
    fn confirm(&self, tx: &mut Tx<'_>) -> Result<BookedResult, store::Error> {
        if let Outcome::Collected { reference, .. } = &self.result.outcome
            && self.origin.proof == Proof::Booking
            && self.debit.proof == Some(Proof::Report)
        {
            let (state, retry) = (self.debit.state, self.debit.retry);
            let (bank_reference, proof) = (reference.as_deref(), Some(Proof::Booking));
            let told = Told { state, retry, reason: None, bank_reference, proof };
            debit::set_told(tx, self.debit, &told)?;
        }
        Ok(BookedResult::Repeated)
    }

    fn collect(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let (amount, bank_reference, on) = match &self.result.outcome {
            Outcome::Collected { amount, reference, on } => {
                (amount.unwrap_or(self.debit.amount), reference.as_deref(), *on)
            }
            Outcome::Returned { amount, on, .. } => (*amount, None, *on),
            Outcome::Rejected { .. } | Outcome::Pending { .. } => {
                unreachable!("only money and its return collect")
            }
        };
        let paid = self.paid(self.result.end_to_end_id.clone(), amount, on);
        let recorded = record_receipt(tx, city, &paid, self.origin.message, now);
        let pays =
            matches!(known(recorded)?, Some(Recorded::Booked { paid, .. }) if !paid.is_empty());
        let told = Told {
            state: DebitState::Collected,
            retry: None,
            reason: (!pays).then_some(("due_not_paid", "")),
            bank_reference,
            proof: Some(self.origin.proof),
        };
        debit::set_told(tx, self.debit, &told)?;
        if pays {
            return Ok(BookedResult::Collected);
        }
        // A part of a due pays nothing: the money is held, and the due may be paid elsewhere.
        self.end_item(tx, PaymentState::Failed, ("due_not_paid", ""))?;
        Ok(BookedResult::Held)
    }

    fn paid(&self, reference: String, amount: Fen, on: Option<Date>) -> Paid {
        let accounting_on = on.unwrap_or(self.origin.on);
        Paid {
            channel: ChannelKind::BankBatch,
            reference,
            amount,
            paid_at: Timestamp::start_of(accounting_on),
            accounting_on,
            target: Target::Due(self.id.due),
        }
    }

    fn reject(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let Outcome::Rejected { reason, retry, raw } = &self.result.outcome else {
            unreachable!("only a rejection rejects")
        };
        self.tell_end(tx, DebitState::Rejected, (*reason, *retry, raw))?;
        self.end_item(tx, PaymentState::Failed, (reason.word(), raw))?;
        // One notice a day and person, however many of their dues failed.
        let month = self.id.due.month;
        let subject =
            Subject { month, subject: self.debit.payment.get(), amount: self.debit.amount };
        let about = (self.id.due.person, NoticeKind::WithholdingFailed);
        write_notice(tx, city, about, (subject, Cause::Message(self.origin.message)), now)?;
        Ok(BookedResult::Rejected)
    }

    fn give_back(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let Outcome::Returned { amount, reason, retry, raw, reference, on } = &self.result.outcome
        else {
            unreachable!("only a return gives back")
        };
        let collected = &self.result.end_to_end_id;
        let event = ChannelEvent::Returned {
            channel: ChannelKind::BankBatch,
            reference: collected.clone(),
            return_reference: reference.clone().unwrap_or_else(|| format!("{collected}-R")),
            amount: *amount,
            accounting_on: on.unwrap_or(self.origin.on),
            raw: raw.clone(),
        };
        known(record_event(tx, city, &event, self.origin.message, now))?;
        self.tell_end(tx, DebitState::Returned, (*reason, *retry, raw))?;
        Ok(BookedResult::Returned)
    }

    fn hold_extra(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let Outcome::Collected { amount, reference, on } = &self.result.outcome else {
            unreachable!("only a booking is extra money")
        };
        let number = reference.as_deref().unwrap_or_default();
        // The due is paid, so this is held; if it was returned and asked for again, this pays it.
        let paid = self.paid(number.to_owned(), amount.unwrap_or(self.debit.amount), *on);
        let recorded = known(record_receipt(tx, city, &paid, self.origin.message, now))?;
        Ok(match recorded {
            Some(Recorded::Booked { paid, .. }) if !paid.is_empty() => BookedResult::Collected,
            Some(Recorded::Booked { .. }) => BookedResult::Held,
            _ => BookedResult::Repeated,
        })
    }

    fn tell_end(
        &self,
        tx: &mut Tx<'_>,
        state: DebitState,
        (reason, retry, raw): (FailureReason, Retry, &str),
    ) -> Result<(), store::Error> {
        let told = Told {
            state,
            retry: Some(retry),
            reason: Some((reason.word(), raw)),
            bank_reference: None,
            proof: None,
        };
        debit::set_told(tx, self.debit, &told)?;
        Ok(())
    }

    fn end_item(
        &self,
        tx: &mut Tx<'_>,
        state: PaymentState,
        why: (&str, &str),
    ) -> Result<(), store::Error> {
        let item = (self.debit.payment, &self.id.due);
        payment::set_item_state_in(tx, item, state, why)?;
        Ok(())
    }
}

/// Money for nobody we know is held by the city; anything else about strangers is only counted.
fn book_unknown(
    tx: &mut Tx<'_>,
    city: &City,
    (result, origin): (&BankResult, Origin),
    now: Timestamp,
) -> Result<BookedResult, store::Error> {
    if let Outcome::Collected { amount: Some(amount), on, .. } = &result.outcome
        && origin.proof == Proof::Booking
    {
        let accounting_on = on.unwrap_or(origin.on);
        let paid = Paid {
            channel: ChannelKind::BankBatch,
            reference: money_reference(result, &origin.message.to_string()),
            amount: *amount,
            paid_at: Timestamp::start_of(accounting_on),
            accounting_on,
            target: Target::Unknown,
        };
        known(record_receipt(tx, city, &paid, origin.message, now))?;
    }
    Ok(BookedResult::Unknown)
}

/// A rule's "no" leaves the books as they are; reconciliation shows the difference.
fn known(recorded: Result<Recorded, RecordError>) -> Result<Option<Recorded>, store::Error> {
    match recorded {
        Ok(recorded) => Ok(Some(recorded)),
        Err(RecordError::Store(error)) => Err(error),
        Err(
            RecordError::ReferenceMustKeepItsAmount { .. }
            | RecordError::ReturnMustFollowItsReceipt { .. },
        ) => Ok(None),
    }
}
