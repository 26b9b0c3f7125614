//! The life of one bank serial: what a payment, a status query, a reversal and the day's
//! reconciliation may do to it. Pure; the store keeps the state, this decides the next one.
//!
//! ```text
//! Unknown ──pay──▶ Posted ──reverse──▶ Reversed
//!    │  └──reverse──▶ ReversedBeforePayment      (the payment is refused when it comes)
//!    └──ask──▶ NotFound                          (the answer NOT_FOUND is final)
//! ```

use units::{Date, Fen};

use super::bank_word::BankSerial;
use super::content::Content;
use super::payment::SerialStatus;
use super::problem::ProblemCode;

/// A payment as its serial remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// What the payment request said; `None` when the day's file told us of the payment.
    pub content: Option<Content>,
    /// How much.
    pub amount: Fen,
    /// 会计日期.
    pub accounting_on: Date,
}

/// A reversal as the payment's serial remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversing {
    /// The reversal's own serial.
    pub serial: BankSerial,
    /// How much.
    pub amount: Fen,
    /// 会计日期.
    pub accounting_on: Date,
}

/// Where a payment's serial stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerialState {
    /// Nothing was heard of it.
    Unknown,
    /// The payment is booked.
    Posted(Posting),
    /// Booked and taken back.
    Reversed(Posting, Reversing),
    /// The bank asked and was told NOT_FOUND; a tombstone.
    NotFound,
    /// The reversal came first.
    ReversedBeforePayment(Reversing),
}

/// What happens to a serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerialEvent {
    /// A payment came, for an accounting day.
    Pay(Posting, AccountingDay),
    /// The bank asks for the status.
    Ask,
    /// A reversal came.
    Reverse(Reversing, AccountingDay),
    /// 补账: the day's file has a payment that we don't.
    BookFromFile(Posting),
    /// 抹账: the day's file lacks a payment that we have.
    ReverseFromFile(Reversing),
}

/// Whether an accounting day still takes payments and reversals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountingDay {
    /// Its totals have not been agreed.
    Open,
    /// 日终: the day is closed.
    Closed,
}

/// Why a serial refuses an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SerialRefusal {
    /// The same serial with another content.
    #[error("the serial was used for another payment")]
    SerialMustBeNew,
    /// A payment for a day that is closed.
    #[error("the accounting day is closed; only the daily file adds to it")]
    AccountingDayMustBeOpen,
    /// A payment after NOT_FOUND.
    #[error("the serial was answered NOT_FOUND, which is final; use a new serial")]
    SerialMustNotBeClosed,
    /// A payment after its reversal.
    #[error("the payment was reversed before it came")]
    PaymentMustNotBeReversed,
    /// A reversal of another sum.
    #[error("a payment is reversed whole: the sums must be equal")]
    ReversalMustBeWhole,
    /// A reversal on another accounting day, or after the day's end.
    #[error("a payment is reversed on its own accounting day, before the day is closed")]
    ReversalMustBeOnTheSameOpenDay,
    /// The file claims a payment that was reversed, or another sum: a person must look.
    #[error("the books differ in a way that no rule settles; a person must look")]
    DifferenceMustHaveAnOwner,
    /// The file lacks a payment that we don't have either.
    #[error("nothing is booked under this serial")]
    PaymentMustBeBooked,
}

impl SerialRefusal {
    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> ProblemCode {
        match self {
            Self::SerialMustBeNew => ProblemCode::SerialReused,
            Self::SerialMustNotBeClosed => ProblemCode::SerialClosed,
            Self::PaymentMustNotBeReversed => ProblemCode::PaymentWasReversed,
            Self::ReversalMustBeWhole => ProblemCode::ReversalAmountDiffers,
            Self::ReversalMustBeOnTheSameOpenDay => ProblemCode::ReversalTooLate,
            Self::AccountingDayMustBeOpen
            | Self::DifferenceMustHaveAnOwner
            | Self::PaymentMustBeBooked => ProblemCode::DayClosed,
        }
    }
}

/// The state after an event. A repeated event leaves the state as it is, and the caller answers
/// what it answered the first time.
///
/// # Errors
/// [`SerialRefusal`] when a rule forbids it; the state stays.
pub fn next(state: SerialState, event: SerialEvent) -> Result<SerialState, SerialRefusal> {
    match event {
        SerialEvent::Pay(posting, day) => pay(state, posting, day),
        SerialEvent::Ask => Ok(ask(state)),
        SerialEvent::Reverse(reversing, day) => reverse(state, reversing, day),
        SerialEvent::BookFromFile(posting) => book_from_file(state, posting),
        SerialEvent::ReverseFromFile(reversing) => reverse_from_file(state, reversing),
    }
}

fn pay(
    state: SerialState,
    posting: Posting,
    day: AccountingDay,
) -> Result<SerialState, SerialRefusal> {
    match state {
        SerialState::Unknown => match day {
            AccountingDay::Open => Ok(SerialState::Posted(posting)),
            AccountingDay::Closed => Err(SerialRefusal::AccountingDayMustBeOpen),
        },
        SerialState::Posted(booked) if booked.content == posting.content => {
            Ok(SerialState::Posted(booked))
        }
        SerialState::Reversed(booked, reversing) if booked.content == posting.content => {
            Ok(SerialState::Reversed(booked, reversing))
        }
        SerialState::Posted(_) | SerialState::Reversed(..) => Err(SerialRefusal::SerialMustBeNew),
        SerialState::NotFound => Err(SerialRefusal::SerialMustNotBeClosed),
        SerialState::ReversedBeforePayment(_) => Err(SerialRefusal::PaymentMustNotBeReversed),
    }
}

fn ask(state: SerialState) -> SerialState {
    match state {
        SerialState::Unknown => SerialState::NotFound,
        told @ (SerialState::Posted(_)
        | SerialState::Reversed(..)
        | SerialState::NotFound
        | SerialState::ReversedBeforePayment(_)) => told,
    }
}

fn reverse(
    state: SerialState,
    reversing: Reversing,
    day: AccountingDay,
) -> Result<SerialState, SerialRefusal> {
    let same_sum = |amount: Fen| {
        if amount == reversing.amount { Ok(()) } else { Err(SerialRefusal::ReversalMustBeWhole) }
    };
    match state {
        SerialState::Unknown | SerialState::NotFound => match day {
            AccountingDay::Open => Ok(SerialState::ReversedBeforePayment(reversing)),
            AccountingDay::Closed => Err(SerialRefusal::ReversalMustBeOnTheSameOpenDay),
        },
        SerialState::Posted(posting) => {
            same_sum(posting.amount)?;
            if posting.accounting_on != reversing.accounting_on || day == AccountingDay::Closed {
                return Err(SerialRefusal::ReversalMustBeOnTheSameOpenDay);
            }
            Ok(SerialState::Reversed(posting, reversing))
        }
        SerialState::Reversed(posting, first) => {
            same_sum(posting.amount)?;
            Ok(SerialState::Reversed(posting, first))
        }
        SerialState::ReversedBeforePayment(first) => {
            same_sum(first.amount)?;
            Ok(SerialState::ReversedBeforePayment(first))
        }
    }
}

fn book_from_file(state: SerialState, posting: Posting) -> Result<SerialState, SerialRefusal> {
    match state {
        SerialState::Unknown | SerialState::NotFound => Ok(SerialState::Posted(posting)),
        SerialState::Posted(booked) if booked.amount == posting.amount => Ok(state),
        SerialState::Posted(_)
        | SerialState::Reversed(..)
        | SerialState::ReversedBeforePayment(_) => Err(SerialRefusal::DifferenceMustHaveAnOwner),
    }
}

fn reverse_from_file(
    state: SerialState,
    reversing: Reversing,
) -> Result<SerialState, SerialRefusal> {
    match state {
        SerialState::Posted(posting) => Ok(SerialState::Reversed(posting, reversing)),
        SerialState::Reversed(posting, first) => Ok(SerialState::Reversed(posting, first)),
        SerialState::Unknown | SerialState::NotFound | SerialState::ReversedBeforePayment(_) => {
            Err(SerialRefusal::PaymentMustBeBooked)
        }
    }
}

impl SerialState {
    /// What the bank is told, after [`SerialEvent::Ask`].
    ///
    /// # Panics
    /// For [`SerialState::Unknown`], which no status query leaves behind.
    #[must_use]
    pub fn status(&self) -> SerialStatus {
        match self {
            Self::Unknown => panic!("a status query makes an unknown serial NOT_FOUND"),
            Self::Posted(_) => SerialStatus::Posted,
            Self::NotFound => SerialStatus::NotFound,
            Self::Reversed(..) | Self::ReversedBeforePayment(_) => SerialStatus::Reversed,
        }
    }
}

#[cfg(test)]
mod tests;
