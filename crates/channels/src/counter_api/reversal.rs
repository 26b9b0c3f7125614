//! Reversal (冲正): a payment of the same accounting day is taken back whole.

use serde::{Deserialize, Serialize};
use units::{Date, Fen, Timestamp};

use super::bank_word::{BankSerial, BankUnit};
use super::quote::Currency;

/// `POST /counter/v1/reversals`. Sent until it is answered; a repetition gets the same answer, and
/// a reversal that comes before its payment is recorded and the payment refused when it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReversalRequest {
    /// The bank's date of the reversal's own serial.
    pub bank_date: Date,
    /// The reversal's own serial.
    pub bank_serial: BankSerial,
    /// 会计日期: that of the payment.
    pub accounting_date: Date,
    /// The bank's date of the payment.
    pub original_bank_date: Date,
    /// The payment's serial.
    pub original_bank_serial: BankSerial,
    /// 网点.
    pub branch_code: BankUnit,
    /// 柜员.
    pub teller: BankUnit,
    /// The payment's whole amount.
    pub amount_fen: Fen,
    /// `CNY`.
    pub currency: Currency,
}

/// The payment is taken back, or will never be booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReversalAnswer {
    /// The bank's date of the reversal's own serial.
    pub bank_date: Date,
    /// The reversal's own serial.
    pub bank_serial: BankSerial,
    /// The bank's date of the payment.
    pub original_bank_date: Date,
    /// The payment's serial.
    pub original_bank_serial: BankSerial,
    /// Whether the payment had been booked; if not, it will be refused when it comes.
    pub payment_was_booked: bool,
    /// How much.
    pub amount_fen: Fen,
    /// `CNY`.
    pub currency: Currency,
    /// When it was recorded here.
    pub reversed_at: Timestamp,
}
