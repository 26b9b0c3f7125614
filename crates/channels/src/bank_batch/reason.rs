//! Why a bank could not collect: its codes, and what we make of each.
//!
//! Codes are those of ISO 20022's external status reason and return reason lists, as far as
//! Chinese direct debit uses them. The bank's own code is always kept beside ours. An unknown code
//! is [`FailureReason::Unspecified`]: never success, and tried again only by the policy's choice.

pub use insurance::debit::Retry;
pub use insurance::debit::person_step::PersonStep;
use insurance::payment::FailureReason::{self, *};

/// What we make of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonRule {
    /// The ISO code.
    pub code: &'static str,
    /// Our reason.
    pub reason: FailureReason,
    /// Whether and when to try again.
    pub retry: Retry,
    /// What the code means, in ISO's sense.
    pub meaning: &'static str,
}

const fn rule(
    code: &'static str,
    reason: FailureReason,
    retry: Retry,
    meaning: &'static str,
) -> ReasonRule {
    ReasonRule { code, reason, retry, meaning }
}

const DEPOSIT: Retry = Retry::NextBankDay;
const CHECK: Retry = Retry::NextBankDay;
const NEW_ACCOUNT: Retry = Retry::Never;
const BLOCKED: Retry = Retry::OnceMore;
const HOLDER: Retry = Retry::Never;
const MANDATE: Retry = Retry::Never;
const COMPLETE: Retry = Retry::Never;
const TAKEN_BACK: Retry = Retry::Never;
const LIMIT: Retry = Retry::NextBankDay;
const OVER_LIMIT: Retry = Retry::Never;
const QUERY: Retry = Retry::Query;
const OUR_FILE: Retry = Retry::AfterCorrection;
const STATEMENT: Retry = Retry::AfterStatement;
const POLICY: Retry = Retry::ByPolicy;
const CLOSED: Retry = Retry::Never;

impl ReasonRule {
    /// What the person must do, if anything.
    #[must_use]
    pub const fn step(&self) -> PersonStep {
        PersonStep::after(self.reason, self.retry)
    }
}

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
            let asks = !matches!(rule.step(), PersonStep::Nothing);
            let ours = matches!(rule.reason, InstructionInvalid | Duplicate | HolderDeceased);
            assert!(!(asks && ours), "{}: the person cannot solve it", rule.code);
            assert!(!rule.step().chinese().is_empty() && !rule.step().english().is_empty());
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
