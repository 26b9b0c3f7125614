//! Why a bank could not collect: its codes, and what we make of each.
//!
//! Codes are those of ISO 20022's external status reason and return reason lists, as far as
//! Chinese direct debit uses them. The bank's own code is always kept beside ours. An unknown code
//! is [`FailureReason::Unspecified`]: never success, and tried again only by the policy's choice.

pub use insurance::debit::Retry;
use insurance::payment::FailureReason::{self, *};

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

/// What we make of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonRule {
    /// The ISO code.
    pub code: &'static str,
    /// Our reason.
    pub reason: FailureReason,
    /// Whether and when to try again.
    pub retry: Retry,
    /// What the person must do.
    pub step: PersonStep,
    /// What the code means, in ISO's sense.
    pub meaning: &'static str,
}

const fn rule(
    code: &'static str,
    reason: FailureReason,
    (retry, step): (Retry, PersonStep),
    meaning: &'static str,
) -> ReasonRule {
    ReasonRule { code, reason, retry, step, meaning }
}

const DEPOSIT: (Retry, PersonStep) = (Retry::NextBankDay, PersonStep::DepositMoney);
const CHECK: (Retry, PersonStep) = (Retry::NextBankDay, PersonStep::CheckCard);
const NEW_ACCOUNT: (Retry, PersonStep) = (Retry::Never, PersonStep::NameAccount);
const BLOCKED: (Retry, PersonStep) = (Retry::OnceMore, PersonStep::AskBank);
const HOLDER: (Retry, PersonStep) = (Retry::Never, PersonStep::CorrectHolder);
const MANDATE: (Retry, PersonStep) = (Retry::Never, PersonStep::SignMandate);
const COMPLETE: (Retry, PersonStep) = (Retry::Never, PersonStep::CompleteMandate);
const TAKEN_BACK: (Retry, PersonStep) = (Retry::Never, PersonStep::PayAnotherWay);
const LIMIT: (Retry, PersonStep) = (Retry::NextBankDay, PersonStep::RaiseLimit);
const OVER_LIMIT: (Retry, PersonStep) = (Retry::Never, PersonStep::RaiseLimit);
const QUERY: (Retry, PersonStep) = (Retry::Query, PersonStep::Nothing);
const OUR_FILE: (Retry, PersonStep) = (Retry::AfterCorrection, PersonStep::Nothing);
const STATEMENT: (Retry, PersonStep) = (Retry::AfterStatement, PersonStep::Nothing);
const POLICY: (Retry, PersonStep) = (Retry::ByPolicy, PersonStep::CheckCard);
const CLOSED: (Retry, PersonStep) = (Retry::Never, PersonStep::Nothing);

/// Every code with a rule of its own, by code.
pub const RULES: [ReasonRule; 43] = [
    rule("AB05", Unspecified, STATEMENT, "timed out at the debtor's bank"),
    rule("AB08", Unspecified, STATEMENT, "the debtor's bank is offline"),
    rule("AC01", AccountInvalid, NEW_ACCOUNT, "the account number is wrong"),
    rule("AC02", AccountInvalid, NEW_ACCOUNT, "the debtor's account number is invalid"),
    rule("AC04", AccountClosed, NEW_ACCOUNT, "the account is closed"),
    rule("AC06", AccountBlocked, BLOCKED, "the account is blocked"),
    rule("AC13", AccountInvalid, NEW_ACCOUNT, "the account is of a wrong type"),
    rule("AG01", AccountInvalid, NEW_ACCOUNT, "the account does not allow this transaction"),
    // For privacy some banks say this for AM04 too.
    rule("AG07", Unspecified, CHECK, "cannot be debited, for reasons not told"),
    // A due is whole or not at all, so one over the limit cannot be sent smaller.
    rule("AM02", LimitExceeded, OVER_LIMIT, "over the largest allowed amount"),
    rule("AM04", InsufficientFunds, DEPOSIT, "not enough money"),
    rule("AM05", Duplicate, QUERY, "duplicate"),
    rule("AM09", InstructionInvalid, OUR_FILE, "the amount is not the agreed one"),
    rule("AM10", InstructionInvalid, OUR_FILE, "the control sum is wrong"),
    rule("AM14", LimitExceeded, LIMIT, "over the limit agreed with the bank"),
    rule("AM18", InstructionInvalid, OUR_FILE, "the number of transactions is wrong"),
    rule("AM19", InstructionInvalid, OUR_FILE, "the number of transactions is missing or wrong"),
    rule("AM20", InstructionInvalid, OUR_FILE, "the control sum is missing or wrong"),
    rule("BE01", HolderMismatch, HOLDER, "name or number does not belong to the account"),
    rule("DT01", InstructionInvalid, OUR_FILE, "a date is wrong"),
    rule("DU01", Duplicate, QUERY, "duplicate file number"),
    rule("DU02", Duplicate, QUERY, "duplicate payment block number"),
    rule("DU03", Duplicate, QUERY, "duplicate transaction"),
    rule("DU04", Duplicate, QUERY, "duplicate end-to-end number"),
    rule("DU05", Duplicate, QUERY, "duplicate instruction number"),
    rule("DUPL", Duplicate, QUERY, "duplicate payment"),
    rule("ED05", Unspecified, STATEMENT, "settlement failed"),
    rule("FF01", InstructionInvalid, OUR_FILE, "the file's format is wrong"),
    rule("FF03", InstructionInvalid, OUR_FILE, "the payment type is missing or wrong"),
    rule("FF05", InstructionInvalid, OUR_FILE, "the local instrument is missing or wrong"),
    rule("MD01", NoMandate, MANDATE, "no mandate"),
    // A mandate exists: it is completed, not ended.
    rule("MD02", MandateIncomplete, COMPLETE, "mandatory information is missing in the mandate"),
    // One collection goes back at the holder's request; consent to later ones is not withdrawn.
    rule("MD06", RefusedByHolder, TAKEN_BACK, "the holder asked for this money back"),
    rule("MD07", HolderDeceased, CLOSED, "the debtor has died"),
    rule("MS02", Unspecified, POLICY, "not specified, by the customer"),
    rule("MS03", Unspecified, POLICY, "not specified, by the bank"),
    rule("NARR", Unspecified, POLICY, "told in words"),
    rule("NOAS", Unspecified, STATEMENT, "no answer"),
    rule("RC01", InstructionInvalid, OUR_FILE, "the bank's number is wrong"),
    rule("RR04", Unspecified, CLOSED, "the law forbids it"),
    rule("SL01", LimitExceeded, OVER_LIMIT, "a service of the debtor's bank stops it"),
    rule("TM01", InstructionInvalid, OUR_FILE, "after the cut-off time"),
    rule("", Unspecified, POLICY, "an unknown code, or none"),
];

/// What we make of a code; the last rule for one that is unknown or empty.
#[must_use]
pub fn of_code(code: &str) -> &'static ReasonRule {
    let [known @ .., unknown] = &RULES;
    known.iter().find(|rule| rule.code == code).unwrap_or(unknown)
}

/// The bank's code and words as they are kept: together at most 140 characters.
pub(crate) fn raw(code: &str, words: &str) -> String {
    let between = if code.is_empty() || words.is_empty() { "" } else { " " };
    if code.len() + words.len() < 140 {
        return [code, between, words].concat();
    }
    code.chars().chain(between.chars()).chain(words.chars()).take(140).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_rule() {
        let mut codes: Vec<&str> = RULES[..RULES.len() - 1].iter().map(|rule| rule.code).collect();
        let sorted = codes.clone();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, sorted, "in order and once each");
    }

    #[test]
    fn only_reasons_that_may_pass_are_tried_again_unasked() {
        let again: Vec<&str> =
            RULES.iter().filter(|r| r.retry == Retry::NextBankDay).map(|r| r.code).collect();
        assert_eq!(again, ["AG07", "AM04", "AM14"]);
        let query: Vec<&str> =
            RULES.iter().filter(|r| r.retry == Retry::Query).map(|r| r.code).collect();
        assert_eq!(query, ["AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"]);
    }

    #[test]
    fn who_must_do_something_is_told_what() {
        for rule in RULES {
            let asks = !matches!(rule.step, PersonStep::Nothing);
            let ours = matches!(rule.reason, InstructionInvalid | Duplicate | HolderDeceased);
            assert!(!(asks && ours), "{}: the person cannot solve it", rule.code);
            assert!(!rule.step.chinese().is_empty() && !rule.step.english().is_empty());
        }
    }

    #[test]
    fn an_unknown_code_is_neither_success_nor_a_known_failure() {
        for code in ["", "ZZ99", "am04", "AM04 "] {
            assert_eq!(of_code(code).reason, Unspecified, "{code:?}");
            assert_eq!(of_code(code).retry, Retry::ByPolicy, "{code:?}");
        }
    }

    #[test]
    fn the_raw_code_is_kept_within_140_characters() {
        assert_eq!(raw("AM04", "余额不足"), "AM04 余额不足");
        assert_eq!(raw("", "余额不足"), "余额不足");
        assert_eq!(raw("AM04", ""), "AM04");
        assert_eq!(raw("AM04", &"余".repeat(300)).chars().count(), 140);
    }
}
