//! What a bank told us of our debits, whatever the file's format.
//!
//! The booking operation takes each [`BankResult`] under the key (end-to-end number, kind of
//! outcome): a repeat of the same outcome changes nothing, a final outcome never goes back, and
//! only a return follows a collection. A second collection of one number is the same money told
//! twice (a status report, then the notification), unless two notifications carry different
//! [`references`](Outcome::Collected): then the bank debited twice and the second is in suspense.
//! A file as a whole is taken under its [`FileDigest`].

use std::fmt;
use std::io::{self, Read};

use insurance::payment::FailureReason;
use sha2::{Digest, Sha256};
use units::{Date, Fen};

use super::debit::Totals;
use super::reason::{self, Retry};

/// One transaction's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankResult {
    /// The line of the file, from 1.
    pub line: u64,
    /// The number of our file, where the bank tells it.
    pub original_message_id: Option<String>,
    /// The end-to-end number as the bank gave it: perhaps none of ours, perhaps empty.
    pub end_to_end_id: String,
    /// What happened.
    pub outcome: Outcome,
}

/// What happened to a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money is on the fund's account: `ACSC`, `ACCC`, or a booked credit. Nothing else is money.
    Collected {
        /// How much; `None` when the message does not repeat what we asked.
        amount: Option<Fen>,
        /// The bank's own number for the booking.
        reference: Option<String>,
        /// The bank's accounting day.
        on: Option<Date>,
    },
    /// No money; final for this attempt.
    Rejected {
        /// Why, in our words.
        reason: FailureReason,
        /// Whether and when to try again.
        retry: Retry,
        /// The bank's code and words, at most 140 characters.
        raw: String,
    },
    /// The money was collected and has gone back.
    Returned {
        /// How much.
        amount: Fen,
        /// Why, in our words.
        reason: FailureReason,
        /// Whether and when to try again.
        retry: Retry,
        /// The bank's code and words, at most 140 characters.
        raw: String,
        /// The bank's own number for the return.
        reference: Option<String>,
        /// The bank's accounting day.
        on: Option<Date>,
    },
    /// Not yet final, or not processed: keep waiting.
    Pending {
        /// The bank's status, or empty.
        status: String,
    },
}

impl Outcome {
    /// A rejection by one of the codes of [`reason`].
    pub(crate) fn rejected(code: &str, words: &str) -> Self {
        let rule = reason::of_code(code);
        Self::Rejected { reason: rule.reason, retry: rule.retry, raw: reason::raw(code, words) }
    }
}

/// An outcome that the bank gave to a whole file or block of ours: it holds for every transaction
/// that has none of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeResult {
    /// The number of our file.
    pub original_message_id: String,
    /// The number of our payment block, when only that is meant.
    pub payment_information_id: Option<String>,
    /// What happened to all of it.
    pub outcome: Outcome,
}

/// A credit booked as one sum without its transactions: for reconciliation, not for booking dues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchCredit {
    /// The line of the file.
    pub line: u64,
    /// The number of our file, where told.
    pub original_message_id: Option<String>,
    /// How many transactions it says it holds.
    pub count: Option<u64>,
    /// The sum.
    pub amount: Fen,
    /// The bank's own number.
    pub reference: Option<String>,
    /// The bank's accounting day.
    pub on: Option<Date>,
}

/// What a result file said beside its transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultSummary {
    /// The bank's number of the file.
    pub message_id: String,
    /// Our file that it answers, where it says so.
    pub original_message_id: Option<String>,
    /// Outcomes of whole files or blocks.
    pub whole: Vec<WholeResult>,
    /// Credits booked as one sum.
    pub batch_credits: Vec<BatchCredit>,
    /// Transactions told.
    pub results: u64,
    /// Credits told, with their sum where every amount is told.
    pub collected: Totals,
    /// Returns told.
    pub returned: Totals,
    /// Rejections told; their sum is not counted.
    pub rejected: u64,
    /// Debits of the account that concern no transaction of ours, such as bank charges.
    pub other_debits: Totals,
}

impl ResultSummary {
    /// Counts one result.
    pub(crate) fn count(&mut self, outcome: &Outcome) {
        self.results += 1;
        match outcome {
            Outcome::Collected { amount, .. } => {
                let amount = amount.unwrap_or(Fen::ZERO);
                self.collected = self.collected.with(amount).unwrap_or(self.collected);
            }
            Outcome::Returned { amount, .. } => {
                self.returned = self.returned.with(*amount).unwrap_or(self.returned);
            }
            Outcome::Rejected { .. } => self.rejected += 1,
            Outcome::Pending { .. } => {}
        }
    }
}

/// SHA-256 of a file's bytes: the same file again has no effect.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// The digest of all that a reader gives.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn of(mut source: impl Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        let mut block = vec![0; 64 << 10];
        loop {
            match source.read(&mut block)? {
                0 => return Ok(Self(hasher.finalize().into())),
                length => hasher.update(block.get(..length).unwrap_or_default()),
            }
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
