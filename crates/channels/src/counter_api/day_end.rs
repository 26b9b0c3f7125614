//! Day end (日终对账): totals first, the detail file when they differ.

use serde::{Deserialize, Serialize};
use units::{Date, Fen};

use super::bank_word::BankSerial;
use super::quote::Currency;

/// `POST /counter/v1/day-ends`: the bank's totals of an accounting day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayEndRequest {
    /// 会计日期.
    pub accounting_date: Date,
    /// The bank's payments of the day.
    pub payments: DayTotal,
    /// The bank's reversals of the day.
    pub reversals: DayTotal,
    /// `CNY`.
    pub currency: Currency,
}

/// How many and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayTotal {
    /// How many.
    pub count: u64,
    /// How much, all together.
    pub amount_fen: Fen,
}

/// Whether the totals agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayEndState {
    /// The day agrees; it is closed.
    Balanced,
    /// The totals differ: send the detail file.
    DetailRequired,
    /// The detail was compared; what could be settled is settled, the rest has an owner.
    Reconciled,
}

/// The answer to totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayEndAnswer {
    /// 会计日期.
    pub accounting_date: Date,
    /// Whether they agree.
    pub state: DayEndState,
    /// Our payments of the day, those reversed later included.
    pub payments: DayTotal,
    /// Our reversals of the day.
    pub reversals: DayTotal,
    /// `CNY`.
    pub currency: Currency,
}

/// The answer to `POST /counter/v1/day-ends/{accounting_date}/detail`. The same file again gets
/// the same findings and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayDetailAnswer {
    /// 会计日期.
    pub accounting_date: Date,
    /// Always `RECONCILED`.
    pub state: DayEndState,
    /// SHA-256 of the file, in hexadecimal.
    pub file_sha256: String,
    /// Serials that agree.
    pub matched: u64,
    /// Serials that don't, and what was done.
    pub differences: Vec<DifferenceLine>,
    /// `CNY`.
    pub currency: Currency,
}

/// A serial on which the two books differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceLine {
    /// The payment's serial.
    pub bank_serial: BankSerial,
    /// How they differ.
    pub finding: Finding,
    /// The bank's sum, where its file has the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_amount_fen: Option<Fen>,
    /// Our sum, where we have booked the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub our_amount_fen: Option<Fen>,
    /// What was done.
    pub action: Action,
}

/// How the two books see a serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Finding {
    /// The same.
    Match,
    /// The bank took cash that we have not booked.
    BankOnly,
    /// We booked cash that the bank does not have, or gave back.
    OursOnly,
    /// Both have it, with different sums.
    AmountDiffers,
    /// The bank has the cash; we were told to reverse it.
    ReversedHereOnly,
}

/// What follows from a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    /// Nothing to do.
    None,
    /// 补账: it is booked now, because the bank's cash is the fact.
    Booked,
    /// 抹账: it is taken back now.
    Reversed,
    /// A person of the agency must look at it.
    Owner,
}

impl Finding {
    /// What follows.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Match => Action::None,
            Self::BankOnly => Action::Booked,
            Self::OursOnly => Action::Reversed,
            Self::AmountDiffers | Self::ReversedHereOnly => Action::Owner,
        }
    }
}
