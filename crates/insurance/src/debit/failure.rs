//! 扣款失败: what follows when a bank could not take a due, beyond whether this attempt may be
//! repeated.

use crate::payment::FailureReason;

/// What follows for the person's mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aftermath {
    /// The mandate stands; the due may be sent again as the reason's rule says.
    MayBeSentAgain,
    /// This due is not sent again under this mandate, whose account can't be debited, whose words
    /// must be corrected, or whose holder took this one debit back. The mandate stands, and later
    /// months are sent under it.
    NeedsAnotherMandate,
    /// There is no consent: the mandate ends, no later month is sent either.
    MandateEnds,
    /// The holder is said to have died: the mandate ends, and the desk finds out (domain: 死亡核实)
    /// before anything else is done to the enrolment.
    MandateEndsAndDeskVerifies,
}

/// What follows from a reason.
///
/// ```
/// use insurance::debit::failure::{Aftermath, aftermath};
/// use insurance::payment::FailureReason;
/// assert_eq!(aftermath(FailureReason::InsufficientFunds), Aftermath::MayBeSentAgain);
/// assert_eq!(aftermath(FailureReason::RefusedByHolder), Aftermath::NeedsAnotherMandate);
/// assert_eq!(aftermath(FailureReason::HolderDeceased), Aftermath::MandateEndsAndDeskVerifies);
/// ```
#[must_use]
pub const fn aftermath(reason: FailureReason) -> Aftermath {
    match reason {
        FailureReason::InsufficientFunds
        | FailureReason::AccountBlocked
        | FailureReason::LimitExceeded
        | FailureReason::Duplicate
        | FailureReason::InstructionInvalid
        | FailureReason::Unspecified => Aftermath::MayBeSentAgain,
        FailureReason::AccountInvalid
        | FailureReason::AccountClosed
        | FailureReason::HolderMismatch
        | FailureReason::MandateIncomplete
        | FailureReason::RefusedByHolder => Aftermath::NeedsAnotherMandate,
        FailureReason::NoMandate => Aftermath::MandateEnds,
        FailureReason::HolderDeceased => Aftermath::MandateEndsAndDeskVerifies,
    }
}
