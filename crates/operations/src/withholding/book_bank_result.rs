//! What one line of a bank's answer does: the bank's words become one step of the attempt, and
//! money goes the way of every channel's money.
//!
//! The books know money of a bank by the end-to-end number of its attempt, whatever number the bank
//! gives it; so a report and the booking that follows it are the same money. A second booking of
//! one attempt, under another number of the bank, is other money: it is held, never absorbed. What
//! contradicts the bank's own last word changes nothing and is a difference with an owner.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::cause::Cause;
use insurance::debit::{DebitState, DebitStep, OutcomeMustStayFinal};
use insurance::notice::NoticeKind;
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use store::Tx;
use store::tables::debit::{self, Proof};
use store::tables::debit_file;
use store::tables::payment::{self, PaymentState};
use store::tables::person;
use units::{Date, Timestamp};

use super::contradiction::{note_contradiction, note_other_amount};
pub use super::line::Origin;
use super::line::{DUE_NOT_PAID, Line};
use super::stop_withholding::stop_where_told;
use crate::city::City;
use crate::record_event::{RecordError, Recorded, record_event, record_receipt};
use crate::write_notice::write_notice;

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
    /// It contradicts what the bank told before; only a difference was recorded.
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
    let line = Line { id, debit: &debit, result, origin };
    let Some(step) = line.step() else { return Ok(BookedResult::Pending) };
    let booked = match step {
        Ok(DebitStep::Nothing) => line.confirm(tx, city, now)?,
        Ok(DebitStep::Collect) => line.collect(tx, city, now)?,
        Ok(DebitStep::Reject) => line.reject(tx, city, now)?,
        Ok(DebitStep::Return) => line.give_back(tx, city, now)?,
        Ok(DebitStep::CollectAndReturn) => {
            line.collect(tx, city, now)?;
            line.give_back(tx, city, now)?
        }
        Ok(DebitStep::HoldExtra) => line.hold_extra(tx, city, now)?,
        Err(OutcomeMustStayFinal) => {
            note_contradiction(tx, city, &line, now)?;
            BookedResult::Contradicted
        }
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

impl Line<'_> {
    fn confirm(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        if note_other_amount(tx, city, self, now)? {
            return Ok(BookedResult::Contradicted);
        }
        if let Some(told) = self.confirmed() {
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
        let paid = self.money(self.result.end_to_end_id.clone());
        let recorded = record_receipt(tx, city, &paid, self.origin.message, now);
        let pays =
            matches!(known(recorded)?, Some(Recorded::Booked { paid, .. }) if !paid.is_empty());
        debit::set_told(tx, self.debit, &self.collected(pays))?;
        if pays {
            return Ok(BookedResult::Collected);
        }
        // A part of a due pays nothing: the money is held, and the due may be paid elsewhere.
        self.end_item(tx, PaymentState::Failed, DUE_NOT_PAID)?;
        Ok(BookedResult::Held)
    }

    fn reject(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let ending = self.ending().expect("only a rejection rejects");
        debit::set_told(tx, self.debit, &ending.told(DebitState::Rejected))?;
        self.end_item(tx, PaymentState::Failed, (ending.reason.word(), ending.raw))?;
        let about = (self.id.due.person, NoticeKind::WithholdingFailed);
        let cause = Cause::Message(self.origin.message);
        write_notice(tx, city, about, (self.failure(), cause), now)?;
        stop_where_told(tx, city, (self, ending.reason), now)?;
        Ok(BookedResult::Rejected)
    }

    fn give_back(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let ending = self.ending().expect("only a return gives back");
        let Outcome::Returned { amount, reference, on, .. } = &self.result.outcome else {
            unreachable!("only a return gives back")
        };
        let collected = &self.result.end_to_end_id;
        let event = ChannelEvent::Returned {
            channel: ChannelKind::BankBatch,
            reference: collected.clone(),
            return_reference: reference.clone().unwrap_or_else(|| format!("{collected}-R")),
            amount: *amount,
            accounting_on: on.unwrap_or(self.origin.on),
            raw: ending.raw.to_owned(),
        };
        known(record_event(tx, city, &event, self.origin.message, now))?;
        debit::set_told(tx, self.debit, &ending.told(DebitState::Returned))?;
        stop_where_told(tx, city, (self, ending.reason), now)?;
        Ok(BookedResult::Returned)
    }

    fn hold_extra(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<BookedResult, store::Error> {
        let number = self.bank_reference().unwrap_or_default();
        // The due is paid, so this is held; if it was returned and asked for again, this pays it.
        let paid = self.money(number.to_owned());
        let recorded = known(record_receipt(tx, city, &paid, self.origin.message, now))?;
        Ok(match recorded {
            Some(Recorded::Booked { paid, .. }) if !paid.is_empty() => BookedResult::Collected,
            Some(Recorded::Booked { .. }) => BookedResult::Held,
            _ => BookedResult::Repeated,
        })
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
