//! 您要做什么: what the person must do after a bank could not take a due, in words that their page,
//! the clerk's page and the notice share.

use super::Retry;
use crate::payment::FailureReason;

/// What the person must do, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonStep {
    /// Nothing: it is ours or the bank's to solve.
    Nothing,
    /// Put money on the card.
    DepositMoney,
    /// Look at balance and card, because the bank does not say which.
    CheckCard,
    /// Name another account.
    NameAccount,
    /// Ask the bank to unblock the card, or name another account.
    AskBank,
    /// Have the holder's name and identity number corrected.
    CorrectHolder,
    /// Sign the mandate again.
    SignMandate,
    /// Have the mandate's words completed at a desk.
    CompleteMandate,
    /// Pay this month another way: the person had the bank send it back.
    PayAnotherWay,
    /// Raise the card's limit at the bank.
    RaiseLimit,
}

impl PersonStep {
    /// What a person must do after a reason, given whether the due may be sent again.
    ///
    /// ```
    /// use insurance::debit::Retry;
    /// use insurance::debit::person_step::PersonStep;
    /// use insurance::payment::FailureReason;
    /// let step = PersonStep::after;
    /// let (no_money, unsaid) = (FailureReason::InsufficientFunds, FailureReason::Unspecified);
    /// assert_eq!(step(no_money, Retry::NextBankDay), PersonStep::DepositMoney);
    /// assert_eq!(step(unsaid, Retry::ByPolicy), PersonStep::CheckCard);
    /// assert_eq!(step(unsaid, Retry::AfterStatement), PersonStep::Nothing);
    /// ```
    #[must_use]
    pub const fn after(reason: FailureReason, retry: Retry) -> Self {
        match reason {
            FailureReason::InsufficientFunds => Self::DepositMoney,
            FailureReason::AccountInvalid | FailureReason::AccountClosed => Self::NameAccount,
            FailureReason::AccountBlocked => Self::AskBank,
            FailureReason::HolderMismatch => Self::CorrectHolder,
            FailureReason::NoMandate => Self::SignMandate,
            FailureReason::MandateIncomplete => Self::CompleteMandate,
            FailureReason::LimitExceeded => Self::RaiseLimit,
            FailureReason::RefusedByHolder => Self::PayAnotherWay,
            FailureReason::HolderDeceased
            | FailureReason::Duplicate
            | FailureReason::InstructionInvalid => Self::Nothing,
            FailureReason::Unspecified => match retry {
                // The bank does not know yet, or the law forbids it: nobody can do anything.
                Retry::AfterStatement | Retry::Query | Retry::Never => Self::Nothing,
                Retry::NextBankDay | Retry::OnceMore | Retry::ByPolicy | Retry::AfterCorrection => {
                    Self::CheckCard
                }
            },
        }
    }

    /// What the person reads, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Nothing => "您无需操作，我们正在与银行核实。",
            Self::DepositMoney => "请在下一次扣款前将足额资金存入扣款卡。",
            Self::CheckCard => "请核对扣款卡余额和状态。",
            Self::NameAccount => "请提供新的扣款账户。",
            Self::AskBank => "请联系银行恢复账户，或提供新的扣款账户。",
            Self::CorrectHolder => "请到窗口核对户名和证件号码。",
            Self::SignMandate => "请重新签订代扣委托。",
            Self::CompleteMandate => "代扣委托信息不全，请到窗口补正。",
            Self::PayAnotherWay => {
                "银行已按您的要求退回扣款，本月请改用其他方式缴费；以后月份照常代扣。"
            }
            Self::RaiseLimit => "请联系银行调整扣款限额，或改用其他方式缴费。",
        }
    }

    /// What the person reads, in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::Nothing => "You need do nothing; we are asking the bank.",
            Self::DepositMoney => {
                "Please put enough money on the card before the next withholding."
            }
            Self::CheckCard => "Please check the card's balance and state.",
            Self::NameAccount => "Please name another account.",
            Self::AskBank => "Please ask the bank to restore the account, or name another one.",
            Self::CorrectHolder => "Please have the holder's name and identity number checked.",
            Self::SignMandate => "Please sign the withholding mandate again.",
            Self::CompleteMandate => {
                "The bank misses something in your mandate; please complete it at a desk."
            }
            Self::PayAnotherWay => {
                "The bank sent the money back as you asked; please pay this month another way. \
                 Later months are withheld as before."
            }
            Self::RaiseLimit => "Please have the card's limit raised, or pay another way.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::failure::words;
    use super::*;

    #[test]
    fn each_reason_is_found_by_its_word_and_has_words_and_a_step_for_the_person() {
        for reason in FailureReason::ALL {
            assert_eq!(FailureReason::from_word(reason.word()), Some(reason));
            assert!(!words(reason).0.is_empty() && !words(reason).1.is_empty());
            for retry in Retry::ALL {
                let step = PersonStep::after(reason, retry);
                assert!(!step.chinese().is_empty() && !step.english().is_empty());
            }
        }
        assert_eq!(FailureReason::from_word("due_not_paid"), None);
    }
}
