//! Payment (缴费) and its status by the bank's serial.

use serde::{Deserialize, Serialize};
use units::{Date, Fen, Timestamp};

use super::bank_word::{BankSerial, BankUnit};
use super::masked_person::MaskedPerson;
use super::quote::{Currency, DueLine};
use super::reversal::ReversalAnswer;

/// `POST /counter/v1/payments`: the teller has the cash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// The bank's date of the serial.
    pub bank_date: Date,
    /// 流水号: unique for the bank and date.
    pub bank_serial: BankSerial,
    /// The bank's accounting day (会计日期); after the bank's cut-over it is the next day's.
    pub accounting_date: Date,
    /// 网点.
    pub branch_code: BankUnit,
    /// 柜员.
    pub teller: BankUnit,
    /// What is paid.
    pub quote_id: String,
    /// The cash taken, which must equal the quote's total.
    pub amount_fen: Fen,
    /// `CNY`.
    pub currency: Currency,
    /// When the teller took the cash.
    pub paid_at: Timestamp,
}

/// The cash is booked; the person has paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAnswer {
    /// The number of our receipt.
    pub receipt_number: String,
    /// The bank's date of the serial.
    pub bank_date: Date,
    /// 流水号.
    pub bank_serial: BankSerial,
    /// 会计日期.
    pub accounting_date: Date,
    /// Who paid, masked.
    pub person: MaskedPerson,
    /// What was paid.
    pub lines: Vec<DueLine>,
    /// How much.
    pub amount_fen: Fen,
    /// The sum in Chinese capitals.
    pub amount_capitals: String,
    /// `CNY`.
    pub currency: Currency,
    /// When it was booked here.
    pub booked_at: Timestamp,
    /// The receipt, ready to print; see [`super::receipt_text`].
    pub receipt_text: String,
}

/// What became of a serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SerialStatus {
    /// The payment is booked.
    Posted,
    /// No payment has come with this serial, and none will be accepted: final.
    NotFound,
    /// Booked and taken back, or reversed before it came.
    Reversed,
}

/// `GET /counter/v1/payments/{bank_date}/{bank_serial}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusAnswer {
    /// What became of it.
    pub status: SerialStatus,
    /// The bank's date of the serial.
    pub bank_date: Date,
    /// 流水号.
    pub bank_serial: BankSerial,
    /// The payment's answer, word for word, for printing the receipt again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentAnswer>,
    /// The reversal's answer, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal: Option<ReversalAnswer>,
    /// What an office decided about the serial after its day was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

/// 更正: what is booked under a serial since an office settled a difference about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// What is booked now; zero when everything was taken back.
    pub amount_fen: Fen,
    /// The number of the receipt that took the first one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_number: Option<String>,
    /// When it was decided.
    pub corrected_at: Timestamp,
}
