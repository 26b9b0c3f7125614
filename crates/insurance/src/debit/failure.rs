//! 扣款失败: what follows when a bank could not take a due, beyond whether this attempt may be
//! repeated.

use crate::payment::FailureReason;

/// What follows for the person's mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aftermath {
    /// The mandate stands; the due may be sent again as the reason's rule says.
    MayBeSentAgain,
    /// The account can't be debited: the person names another, under a new mandate.
    NeedsAnotherMandate,
    /// There is no consent, or it was withdrawn: the mandate ends, no later month is sent either.
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
        | FailureReason::HolderMismatch => Aftermath::NeedsAnotherMandate,
        FailureReason::NoMandate | FailureReason::RefusedByHolder => Aftermath::MandateEnds,
        FailureReason::HolderDeceased => Aftermath::MandateEndsAndDeskVerifies,
    }
}
