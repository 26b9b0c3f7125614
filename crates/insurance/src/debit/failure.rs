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

/// What a reason is called where people read it, in Chinese and English.
#[must_use]
pub const fn words(reason: FailureReason) -> (&'static str, &'static str) {
    match reason {
        FailureReason::InsufficientFunds => ("余额不足", "not enough money on the card"),
        FailureReason::AccountInvalid => ("账号有误或不能代扣", "the account can't be debited"),
        FailureReason::AccountClosed => ("账户已销户", "the account is closed"),
        FailureReason::AccountBlocked => ("账户被冻结、止付或挂失", "the account is blocked"),
        FailureReason::HolderMismatch => {
            ("户名或证件号码不符", "name or identity number is not the account's")
        }
        FailureReason::NoMandate => ("没有有效的代扣委托", "there is no mandate"),
        FailureReason::MandateIncomplete => ("代扣委托信息不全", "the mandate is incomplete"),
        FailureReason::LimitExceeded => ("超过扣款限额", "over the card's limit"),
        FailureReason::RefusedByHolder => ("持卡人要求退回", "sent back at the holder's request"),
        FailureReason::HolderDeceased => ("银行称持卡人已故", "the bank says the holder has died"),
        FailureReason::Duplicate => ("银行称重复提交", "the bank says it has this already"),
        FailureReason::InstructionInvalid => ("扣款文件有误", "our file was not right"),
        FailureReason::Unspecified => ("银行未说明原因", "the bank gave no reason"),
    }
}
