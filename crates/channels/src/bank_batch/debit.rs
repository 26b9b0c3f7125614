//! What a withholding file says, whatever its format: one debit per due, and the file's head.

use std::fmt;

use insurance::cnaps_bank_number::CnapsBankNumber;
use insurance::ids::PersonId;
use units::{Date, Fen, Timestamp};

use super::end_to_end_id::EndToEndId;

/// One due to be taken from one account (代扣), whole or not at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Debit {
    /// Names the attempt; the bank returns it.
    pub end_to_end_id: EndToEndId,
    /// How much.
    pub amount: Fen,
    /// The mandate (委托) that allows it, at most 35 characters.
    pub mandate: String,
    /// When the mandate was signed.
    pub signed_on: Date,
    /// The account's holder as the bank knows them (户名), at most 140 characters.
    pub holder: String,
    /// The holder's identity number.
    pub identity_number: String,
    /// The account or card number, at most 34 characters.
    pub account: String,
    /// The account's bank.
    pub bank: CnapsBankNumber,
}

/// Hides who and which account.
impl fmt::Debug for Debit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Debit")
            .field("end_to_end_id", &self.end_to_end_id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// How many transactions, and their sum: what a file claims of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Transactions.
    pub count: u64,
    /// Their sum.
    pub sum: Fen,
}

impl Totals {
    /// With one more transaction, or `None` beyond all the money there is.
    #[must_use]
    pub fn with(self, amount: Fen) -> Option<Self> {
        Some(Self { count: self.count + 1, sum: self.sum.checked_add(amount)? })
    }
}

/// Who collects: the agency and its account at the paying bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    /// The agency that sends the file (发起方).
    pub initiator: String,
    /// Its unified social credit code (统一社会信用代码).
    pub initiator_code: String,
    /// The name of the fund's account.
    pub name: String,
    /// The fund's account number, at most 34 characters.
    pub account: String,
    /// The bank that holds it.
    pub bank: CnapsBankNumber,
}

/// The head of a withholding file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitFile {
    /// Unique forever: one file, one number; a corrected file has a new one.
    pub message_id: DebitFileId,
    /// When the file is made.
    pub created_at: Timestamp,
    /// The day on which the bank is to take the money.
    pub collect_on: Date,
    /// The file's claim of itself, counted before it is written.
    pub totals: Totals,
    /// Who collects.
    pub creditor: Creditor,
}

/// The number of a withholding file: 1 to 33 characters of `A–Z a–z 0–9 -`, so that the number of
/// its only payment block, which appends `-1`, stays within 35.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DebitFileId(String);

/// The text is not the number of a withholding file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of a withholding file has 1 to 33 characters A-Z a-z 0-9 -")]
pub struct NotDebitFileId;

impl std::str::FromStr for DebitFileId {
    type Err = NotDebitFileId;

    fn from_str(text: &str) -> Result<Self, NotDebitFileId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=33).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotDebitFileId)
        }
    }
}

impl DebitFileId {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DebitFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a bank accepts in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLimit {
    /// Transactions, at least 1.
    pub count: u64,
}

/// Cuts a batch into files: given each debit's person and amount in order, gives each file's
/// totals. A person's debits stay in one file, because their order in it is the order of
/// withholding; only a person with more debits than the limit is cut.
///
/// ```
/// use channels::bank_batch::debit::{FileLimit, cut};
/// use insurance::ids::PersonId;
/// use units::Fen;
/// let (ann, ben) = (PersonId::from_i64(1), PersonId::from_i64(2));
/// let yuan = Fen::from_yuan(1);
/// let files = cut([(ann, yuan), (ann, yuan), (ben, yuan), (ben, yuan)], FileLimit { count: 3 });
/// assert_eq!(files.iter().map(|file| file.count).collect::<Vec<_>>(), [2, 2]);
/// ```
#[must_use]
pub fn cut(debits: impl IntoIterator<Item = (PersonId, Fen)>, limit: FileLimit) -> Vec<Totals> {
    let most = limit.count.max(1);
    let mut files = Vec::new();
    // The open file, and the open person's debits at its end.
    let (mut file, mut group) = (Totals::default(), Totals::default());
    let mut owner = None;
    for (person, amount) in debits {
        if owner != Some(person) || group.count == most {
            file = joined(file, group);
            group = Totals::default();
            owner = Some(person);
        }
        if file.count + group.count == most {
            if file.count > 0 {
                files.push(file);
            }
            file = Totals::default();
        }
        group = Totals { count: group.count + 1, sum: group.sum + amount };
    }
    let last = joined(file, group);
    if last.count > 0 {
        files.push(last);
    }
    files
}

fn joined(left: Totals, right: Totals) -> Totals {
    Totals { count: left.count + right.count, sum: left.sum + right.sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(people: &[i64], limit: u64) -> Vec<u64> {
        let debits = people.iter().map(|p| (PersonId::from_i64(*p), Fen::YUAN));
        cut(debits, FileLimit { count: limit }).iter().map(|file| file.count).collect()
    }

    #[test]
    fn files_are_cut_between_people() {
        assert_eq!(counts(&[], 3), [] as [u64; 0]);
        assert_eq!(counts(&[1, 1, 1, 2, 2, 2], 6), [6]);
        assert_eq!(counts(&[1, 1, 1, 2, 2, 2], 5), [3, 3]);
        assert_eq!(counts(&[1, 1, 1, 2, 3, 3], 4), [4, 2]);
        assert_eq!(counts(&[1, 2, 3, 4], 1), [1, 1, 1, 1]);
    }

    #[test]
    fn a_person_with_more_debits_than_the_limit_is_cut() {
        assert_eq!(counts(&[1, 1, 1, 1, 1], 2), [2, 2, 1]);
        assert_eq!(counts(&[9, 1, 1, 1, 1, 1], 2), [1, 2, 2, 1]);
    }

    #[test]
    fn every_debit_lands_in_one_file_within_the_limit() {
        for limit in 1..9 {
            for seed in 0..50_i64 {
                let mut people: Vec<i64> = (0..40).map(|n| (n * (seed + 3)) % (seed + 2)).collect();
                people.sort_unstable();
                let cut = counts(&people, limit);
                assert_eq!(cut.iter().sum::<u64>(), 40);
                assert!(cut.iter().all(|count| (1..=limit).contains(count)), "{cut:?}");
            }
        }
    }

    #[test]
    fn a_debit_hides_who_pays_in_its_debug_text() {
        let debit = crate::bank_batch::sample::debit(1, Branch::Pension, "975.80");
        let shown = format!("{debit:?}");
        assert!(!shown.contains(&debit.account) && !shown.contains(&debit.identity_number));
        assert!(!shown.contains(&debit.holder));
    }

    use policy::Branch;
}
