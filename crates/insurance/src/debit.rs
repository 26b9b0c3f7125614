//! 代扣: one attempt by the paying bank to take one due from a card.
//!
//! A bank tells of an attempt late, twice, in any order, in one of two ways: a status report says
//! that it settled or was rejected, a booking shows the money on the account. A final state never
//! goes back, except by an explicit return. An attempt is followed by another only from a final
//! state, and only where the reason allows it.

use serde::{Deserialize, Serialize};

use crate::ids::MandateId;

pub mod failure;
pub mod person_step;

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DebitState {
    /// Sent or about to be; nobody knows yet.
    Sent,
    /// The money arrived.
    Collected,
    /// The bank said no.
    Rejected,
    /// The money arrived and was taken back.
    Returned,
}

/// What a bank tells of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DebitEvent {
    /// A report says that it settled.
    ReportSettled,
    /// The money is booked on the fund's account.
    Booked,
    /// Money is booked under another bank number than the one known: the bank debited twice.
    BookedAgain,
    /// A report says no.
    Rejected,
    /// The money was taken back.
    Returned,
}

/// What an event does to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DebitStep {
    /// It was known.
    Nothing,
    /// Book the money.
    Collect,
    /// End the attempt without money.
    Reject,
    /// Book the return; the money itself was booked before.
    Return,
    /// Book the money and its return: the return proves the money, which was told late or never.
    CollectAndReturn,
    /// Hold money that came once too often.
    HoldExtra,
}

/// The bank contradicts a final state: somebody must ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank told another final outcome before; ask the bank which is right")]
pub struct OutcomeMustStayFinal;

impl DebitState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Collected, Self::Rejected, Self::Returned];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Sent => 1,
            Self::Collected => 2,
            Self::Rejected => 3,
            Self::Returned => 4,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What an event does.
    ///
    /// # Errors
    /// [`OutcomeMustStayFinal`] when it contradicts a final state. A booking is money whatever was
    /// reported before; a report is not.
    pub const fn next(self, event: DebitEvent) -> Result<DebitStep, OutcomeMustStayFinal> {
        use DebitEvent::{Booked, BookedAgain, Rejected, ReportSettled, Returned};
        match (self, event) {
            (Self::Sent, ReportSettled | Booked | BookedAgain)
            | (Self::Rejected, Booked | BookedAgain) => Ok(DebitStep::Collect),
            (Self::Sent, Rejected) => Ok(DebitStep::Reject),
            (Self::Sent | Self::Rejected, Returned) => Ok(DebitStep::CollectAndReturn),
            (Self::Collected, Returned) => Ok(DebitStep::Return),
            (Self::Collected | Self::Returned, BookedAgain) => Ok(DebitStep::HoldExtra),
            (Self::Collected | Self::Returned, ReportSettled | Booked)
            | (Self::Rejected, Rejected)
            | (Self::Returned, Returned) => Ok(DebitStep::Nothing),
            (Self::Collected | Self::Returned, Rejected) | (Self::Rejected, ReportSettled) => {
                Err(OutcomeMustStayFinal)
            }
        }
    }
}

/// Whether and when a rejected due may be sent again. A new attempt is always a new number, and
/// only after the last one's final state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// On the next bank working day of the withholding window.
    NextBankDay,
    /// Once more.
    OnceMore,
    /// The code says too little: once more, then a clerk looks.
    ByPolicy,
    /// When our file is corrected, in a file with a new number.
    AfterCorrection,
    /// Only when the day's statement proves that no money moved.
    AfterStatement,
    /// Never: the bank has it already; ask the bank for the first one's outcome.
    Query,
    /// Never under this mandate: the person must do something, and then signs a new one.
    Never,
}

impl Retry {
    /// Every rule, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::NextBankDay,
        Self::OnceMore,
        Self::ByPolicy,
        Self::AfterCorrection,
        Self::AfterStatement,
        Self::Query,
        Self::Never,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::NextBankDay => 1,
            Self::OnceMore => 2,
            Self::ByPolicy => 3,
            Self::AfterCorrection => 4,
            Self::AfterStatement => 5,
            Self::Query => 6,
            Self::Never => 7,
        }
    }

    /// The rule of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|retry| retry.code() == code)
    }
}

/// The last attempt at a due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastAttempt {
    /// Its number, from 1.
    pub number: u16,
    /// Where it stands.
    pub state: DebitState,
    /// Whether its rejection or return may be followed by another.
    pub retry: Option<Retry>,
    /// The mandate under which it was sent.
    pub mandate: MandateId,
    /// Whether the channel's day of this attempt is balanced.
    pub day_balanced: DayBalanced,
}

/// Whether a channel's accounting day was compared with its statement and agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayBalanced {
    /// It agrees.
    Yes,
    /// Not yet.
    No,
}

/// The number of the next attempt at an unpaid due under a mandate; `None` while there may be none.
///
/// ```
/// use insurance::debit::{DayBalanced, DebitState, LastAttempt, Retry, next_attempt};
/// use insurance::ids::MandateId;
/// let (old, new) = (MandateId::from_i64(1), MandateId::from_i64(2));
/// assert_eq!(next_attempt(None, old), Some(1));
/// let closed = LastAttempt {
///     number: 1,
///     state: DebitState::Rejected,
///     retry: Some(Retry::Never),
///     mandate: old,
///     day_balanced: DayBalanced::Yes,
/// };
/// assert_eq!(next_attempt(Some(closed), old), None);
/// assert_eq!(next_attempt(Some(closed), new), Some(2));
/// ```
#[must_use]
pub fn next_attempt(last: Option<LastAttempt>, mandate: MandateId) -> Option<u16> {
    let Some(last) = last else { return Some(1) };
    let allowed = match (last.state, last.retry) {
        (DebitState::Sent | DebitState::Collected, _) => false,
        // The money may be on the account already: a new mandate changes nothing.
        (_, Some(Retry::Query)) => false,
        (_, Some(Retry::AfterStatement)) => last.day_balanced == DayBalanced::Yes,
        _ if last.mandate != mandate => true,
        (_, Some(Retry::NextBankDay | Retry::AfterCorrection)) => true,
        (_, Some(Retry::OnceMore | Retry::ByPolicy)) => last.number < 2,
        (_, Some(Retry::Never) | None) => false,
    };
    if allowed { last.number.checked_add(1) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every edge of the state machine.
    #[test]
    fn a_final_state_never_goes_back_except_by_a_return() {
        use DebitEvent::*;
        let events = [ReportSettled, Booked, BookedAgain, Rejected, Returned];
        let shown: Vec<String> = DebitState::ALL
            .into_iter()
            .map(|state| {
                let steps: Vec<String> = events
                    .iter()
                    .map(|event| match state.next(*event) {
                        Ok(step) => format!("{step:?}"),
                        Err(OutcomeMustStayFinal) => "-".to_owned(),
                    })
                    .collect();
                format!("{state:?}: {}", steps.join(" "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Sent: Collect Collect Collect Reject CollectAndReturn",
                "Collected: Nothing Nothing HoldExtra - Return",
                "Rejected: - Collect Collect Nothing CollectAndReturn",
                "Returned: Nothing Nothing HoldExtra - Nothing",
            ]
        );
    }

    #[test]
    fn another_attempt_needs_a_final_state_and_a_reason_that_may_pass() {
        let (mandate, signed_anew) = (MandateId::from_i64(1), MandateId::from_i64(2));
        let last = |state, retry, number| LastAttempt {
            number,
            state,
            retry,
            mandate,
            day_balanced: DayBalanced::No,
        };
        let rejected = |retry, number| Some(last(DebitState::Rejected, Some(retry), number));
        for (last, same, anew) in [
            (Some(last(DebitState::Sent, None, 1)), None, None),
            (Some(last(DebitState::Collected, None, 1)), None, None),
            (Some(last(DebitState::Returned, Some(Retry::Never), 1)), None, Some(2)),
            (rejected(Retry::NextBankDay, 4), Some(5), Some(5)),
            (rejected(Retry::OnceMore, 1), Some(2), Some(2)),
            (rejected(Retry::OnceMore, 2), None, Some(3)),
            (rejected(Retry::ByPolicy, 2), None, Some(3)),
            (rejected(Retry::AfterCorrection, 3), Some(4), Some(4)),
            (rejected(Retry::AfterStatement, 1), None, None),
            (rejected(Retry::Query, 1), None, None),
            (rejected(Retry::Never, 1), None, Some(2)),
            (rejected(Retry::NextBankDay, u16::MAX), None, None),
        ] {
            assert_eq!(next_attempt(last, mandate), same, "{last:?}");
            assert_eq!(next_attempt(last, signed_anew), anew, "{last:?} under a new mandate");
        }
        let balanced = last(DebitState::Rejected, Some(Retry::AfterStatement), 1);
        let balanced = LastAttempt { day_balanced: DayBalanced::Yes, ..balanced };
        assert_eq!(next_attempt(Some(balanced), mandate), Some(2));
    }
}
