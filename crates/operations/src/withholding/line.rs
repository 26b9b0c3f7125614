//! What one line of a bank's answer means for the attempt that it tells of. Nothing here looks at
//! the database: the booking of one line and the booking of thousands both decide with it.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::debit::{DebitEvent, DebitState, DebitStep, OutcomeMustStayFinal, Retry};
use insurance::ids::{MessageId, RunId};
use insurance::payment::{ChannelKind, FailureReason, Paid, Target};
use store::tables::debit::{Debit, Proof, Told};
use units::{Date, Fen, Timestamp};

use crate::write_notice::Subject;

/// Why money that an attempt brought did not pay its due.
pub(super) const DUE_NOT_PAID: (&str, &str) = ("due_not_paid", "");

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The raw file.
    pub message: MessageId,
    /// The run that reads it.
    pub run: RunId,
    /// Whether its money is reported or booked.
    pub proof: Proof,
    /// The accounting day of lines that tell none.
    pub on: Date,
}

/// A line about an attempt of ours.
pub(super) struct Line<'a> {
    pub(super) id: EndToEndId,
    pub(super) debit: &'a Debit,
    pub(super) result: &'a BankResult,
    pub(super) origin: Origin,
}

/// Why an attempt ended without money, in our words, and the bank's.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    pub(super) reason: FailureReason,
    pub(super) retry: Retry,
    pub(super) raw: &'a str,
}

impl<'a> Line<'a> {
    /// What it does to the attempt; `None` when nothing final was told.
    pub(super) fn step(&self) -> Option<Result<DebitStep, OutcomeMustStayFinal>> {
        Some(self.debit.state.next(self.event()?))
    }

    fn event(&self) -> Option<DebitEvent> {
        match &self.result.outcome {
            Outcome::Collected { reference, .. } => {
                Some(match (self.origin.proof, self.debit.proof) {
                    (Proof::Report, _) => DebitEvent::ReportSettled,
                    (Proof::Booking, Some(Proof::Booking))
                        if differ(reference.as_deref(), self.debit.bank_reference.as_deref()) =>
                    {
                        DebitEvent::BookedAgain
                    }
                    (Proof::Booking, _) => DebitEvent::Booked,
                })
            }
            Outcome::Rejected { .. } => Some(DebitEvent::Rejected),
            Outcome::Returned { .. } => Some(DebitEvent::Returned),
            Outcome::Pending { .. } => None,
        }
    }

    /// The amount that it names; `None` where it names none.
    pub(super) fn stated(&self) -> Option<Fen> {
        match &self.result.outcome {
            Outcome::Collected { amount, .. } => *amount,
            Outcome::Returned { amount, .. } => Some(*amount),
            Outcome::Rejected { .. } | Outcome::Pending { .. } => None,
        }
    }

    /// The money that it tells of: what was asked for, where it names no other amount.
    pub(super) fn money(&self, reference: String) -> Paid {
        let on = match &self.result.outcome {
            Outcome::Collected { on, .. } | Outcome::Returned { on, .. } => *on,
            Outcome::Rejected { .. } | Outcome::Pending { .. } => None,
        };
        let accounting_on = on.unwrap_or(self.origin.on);
        Paid {
            channel: ChannelKind::BankBatch,
            reference,
            amount: self.stated().unwrap_or(self.debit.amount),
            paid_at: Timestamp::start_of(accounting_on),
            accounting_on,
            target: Target::Due(self.id.due),
        }
    }

    /// The bank's own number for money that it tells of.
    pub(super) fn bank_reference(&self) -> Option<&'a str> {
        let Outcome::Collected { reference, .. } = &self.result.outcome else { return None };
        reference.as_deref()
    }

    /// What an attempt that brought money is told as; `pays` says whether the money paid the due.
    pub(super) fn collected(&self, pays: bool) -> Told<'a> {
        Told {
            state: DebitState::Collected,
            retry: None,
            reason: (!pays).then_some(DUE_NOT_PAID),
            bank_reference: self.bank_reference(),
            proof: Some(self.origin.proof),
        }
    }

    /// Known money that is now seen on the account carries the account's number from now on.
    pub(super) fn confirmed(&self) -> Option<Told<'a>> {
        let is_seen = matches!(self.result.outcome, Outcome::Collected { .. })
            && self.origin.proof == Proof::Booking
            && self.debit.proof == Some(Proof::Report);
        is_seen.then(|| Told {
            state: self.debit.state,
            retry: self.debit.retry,
            reason: None,
            bank_reference: self.bank_reference(),
            proof: Some(Proof::Booking),
        })
    }

    /// Why it ended, for a rejection or a return.
    pub(super) fn ending(&self) -> Option<Ending<'a>> {
        match &self.result.outcome {
            Outcome::Rejected { reason, retry, raw }
            | Outcome::Returned { reason, retry, raw, .. } => {
                Some(Ending { reason: *reason, retry: *retry, raw })
            }
            Outcome::Collected { .. } | Outcome::Pending { .. } => None,
        }
    }

    /// What a person is told of a failed attempt: one notice a day, however many of their dues
    /// failed, because a day's dues of a person share one payment.
    pub(super) fn failure(&self) -> Subject {
        let month = self.id.due.month;
        Subject { month, subject: self.debit.payment.get(), amount: self.debit.amount }
    }
}

impl<'a> Ending<'a> {
    /// What the attempt is told as.
    pub(super) const fn told(self, state: DebitState) -> Told<'a> {
        Told {
            state,
            retry: Some(self.retry),
            reason: Some((self.reason.word(), self.raw)),
            bank_reference: None,
            proof: None,
        }
    }
}

fn differ(one: Option<&str>, other: Option<&str>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}
