//! 批量代扣: the paying banks debit people's cards, from the 26th to the month's end.
//!
//! Files in reading order: [`change_mandate`] a person's consent; [`withholding_day`]
//! on which days a bank debits; [`build_debit_batch`] which dues go to it, each locked until the
//! bank has answered; [`hand_over_files`] the files;
//! [`read_bank_result`] the answers, [`book_bank_result`] what each line of them does, and
//! [`book_chunk`] thousands of lines at once, `book_file` one chunk after the other;
//! [`reconcile_bank_day`] the day against the banks' bookings; [`list_failed_debits`] what a bank could
//! not take, in words for the person and the clerk;
//! [`preview_withholding`] what a card's balance would cover, before the bank begins.

use channels::bank_batch::debit::{Creditor, FileLimit};
use channels::bank_batch::text_profile::Profile;
use insurance::cnaps_bank_number::CnapsBankNumber;

pub mod book_bank_result;
pub mod book_chunk;
mod book_file;
pub mod build_debit_batch;
pub mod change_mandate;
mod chunk_books;
mod contradiction;
pub mod hand_over_files;
mod line;
pub mod list_failed_debits;
mod parse_answer;
pub mod preview_withholding;
pub mod read_bank_result;
pub mod reconcile_bank_day;
mod stop_withholding;
pub mod withholding_day;

/// What the agency agreed with a paying bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The bank's word in the pack, such as `ccb`.
    pub bank: String,
    /// The bank's number in the payment system, where the debtors' accounts are.
    pub bank_number: CnapsBankNumber,
    /// The fund's account at it.
    pub creditor: Creditor,
    /// How many debits a file may hold.
    pub limit: FileLimit,
    /// How files look.
    pub format: FileFormat,
}

/// How the files of a bank look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// ISO 20022: `pain.008` out, `pain.002` and `camt.054` in.
    Iso20022,
    /// The messages of China's small-value payment system: `beps.380` out, `beps.381` in.
    Cnaps2,
    /// A text file as a profile says.
    Text(Box<Profile>),
}
