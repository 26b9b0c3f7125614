//! The books: accounts, and entries that balance by construction.
//!
//! An entry is a list of postings; each posting moves one amount from one account to another
//! (one debit, one credit), so an entry can't be out of balance. Entries are never changed: a
//! mistake is corrected by another entry. Each owner's entries form a chain of SHA-256 hashes, so
//! that a change made behind the program's back is found by `shebao verify`.

use policy::Branch;
use sha2::{Digest, Sha256};
use units::{Date, Fen, Timestamp};

use crate::cause::Cause;
use crate::due::Due;
use crate::ids::{EntryId, PersonId};
use crate::payment::{ChannelKind, DueKey};

/// An account of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Money that a channel says it has and that is not yet matched with its statement.
    Clearing(ChannelKind),
    /// The fund's own account (财政专户): money matched with a statement.
    Fund,
    /// 应收: what people owe for a branch.
    Receivable(Branch),
    /// 追回: money that left twice, to be got back from whoever has it.
    Recoverable,
    /// 挂账: money that fits no due.
    Suspense,
    /// 串户: money on its way from one person's books to another's; zero when both are written.
    Crossing,
    /// 待付: payments ordered that the bank has not confirmed.
    Payable,
    /// 统筹基金: a branch's income of the pooled fund.
    Pooled(Branch),
    /// 个人账户: a branch's income of individual accounts.
    Individual(Branch),
    /// 利息 on back-payments.
    Interest(Branch),
    /// 统筹支出: grants and transfers out of a branch's pooled fund.
    PooledPaid(Branch),
    /// 个人账户支出: what was paid out of a branch's individual accounts.
    IndividualPaid(Branch),
}

impl Account {
    /// The code that tables hold: hundreds by nature (1 assets, 2 liabilities, 3 income, 4
    /// expenditure).
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Clearing(channel) => 100 + channel.code(),
            Self::Fund => 110,
            Self::Receivable(branch) => 120 + branch.code(),
            Self::Recoverable => 130,
            Self::Suspense => 200,
            Self::Crossing => 205,
            Self::Payable => 210,
            Self::Pooled(branch) => 310 + branch.code(),
            Self::Individual(branch) => 320 + branch.code(),
            Self::Interest(branch) => 330 + branch.code(),
            Self::PooledPaid(branch) => 410 + branch.code(),
            Self::IndividualPaid(branch) => 420 + branch.code(),
        }
    }

    /// The account of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        let branch = || Branch::from_code(code % 10);
        match code {
            110 => Some(Self::Fund),
            130 => Some(Self::Recoverable),
            200 => Some(Self::Suspense),
            205 => Some(Self::Crossing),
            210 => Some(Self::Payable),
            101..=109 => ChannelKind::from_code(code % 10).map(Self::Clearing),
            121..=129 => branch().map(Self::Receivable),
            311..=319 => branch().map(Self::Pooled),
            321..=329 => branch().map(Self::Individual),
            331..=339 => branch().map(Self::Interest),
            411..=419 => branch().map(Self::PooledPaid),
            421..=429 => branch().map(Self::IndividualPaid),
            _ => None,
        }
    }
}

/// One amount moved from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account that receives.
    pub debit: Account,
    /// The account that gives.
    pub credit: Account,
    /// How much, never zero.
    pub amount: Fen,
    /// The due that it concerns, where it concerns one.
    pub due: Option<DueKey>,
}

/// What kind of event an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// 核定: dues asked for.
    Assessment,
    /// 到账: money arrived.
    Receipt,
    /// 冲正, returned debits: money that had arrived was taken back.
    Return,
    /// A due no longer asked for.
    Withdrawal,
    /// 对账: a channel's day matched with its statement.
    Reconciliation,
    /// 退费: money sent back.
    Refund,
    /// 支付: money ordered to leave.
    PaymentOrdered,
    /// The bank paid.
    PaymentConfirmed,
    /// The bank could not pay.
    PaymentRejected,
    /// 更正: what was booked to the wrong person is taken out of their books.
    Correction,
    /// Money in suspense pays dues.
    Application,
    /// 转入: money that came with a person from another city.
    TransferIn,
    /// The channel took back money that had paid dues out of suspense: they are unpaid again.
    ApplicationUndone,
    /// 追回: money that left twice is to be got back, or turned out not to have left.
    Claim,
    /// 追回到账: money that had left twice came back to the fund.
    Recovery,
}

impl EntryKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 15] = [
        Self::Assessment,
        Self::Receipt,
        Self::Return,
        Self::Withdrawal,
        Self::Reconciliation,
        Self::Refund,
        Self::PaymentOrdered,
        Self::PaymentConfirmed,
        Self::PaymentRejected,
        Self::Correction,
        Self::Application,
        Self::TransferIn,
        Self::ApplicationUndone,
        Self::Claim,
        Self::Recovery,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Assessment => 1,
            Self::Receipt => 2,
            Self::Return => 3,
            Self::Withdrawal => 4,
            Self::Reconciliation => 5,
            Self::Refund => 6,
            Self::PaymentOrdered => 20,
            Self::PaymentConfirmed => 21,
            Self::PaymentRejected => 22,
            Self::Correction => 23,
            Self::Application => 24,
            Self::TransferIn => 25,
            Self::ApplicationUndone => 26,
            Self::Claim => 27,
            Self::Recovery => 28,
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One event in the books: its postings, its cause, and its place in its owner's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose chain it belongs to; [`CITY`](crate::ids::CITY) for entries of no person.
    pub owner: PersonId,
    /// Its number.
    pub id: EntryId,
    /// What it records.
    pub kind: EntryKind,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The accounting day.
    pub effective_on: Date,
    /// Why it exists.
    pub cause: Cause,
    /// The amounts that it moves.
    pub postings: Vec<Posting>,
}

/// The SHA-256 of an entry and of the hash before it, in hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHash(String);

impl ChainHash {
    /// The hash before an owner's first entry.
    #[must_use]
    pub fn genesis() -> Self {
        Self(String::new())
    }

    /// A hash read from a table.
    #[must_use]
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The hex that tables hold.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Entry {
    /// Its hash, given the hash of its owner's entry before it.
    #[must_use]
    pub fn chain_after(&self, previous: &ChainHash) -> ChainHash {
        let mut hasher = Sha256::new();
        hasher.update(previous.0.as_bytes());
        let (cause_kind, cause_id) = self.cause.parts();
        for number in [
            self.owner.get(),
            self.id.get(),
            self.kind.code(),
            self.recorded_at.micros(),
            cause_kind,
            cause_id,
        ] {
            hasher.update(number.to_be_bytes());
        }
        hasher.update(self.effective_on.to_string().as_bytes());
        for posting in &self.postings {
            let due = posting
                .due
                .map_or([0; 3], |due| [due.month.yyyymm(), due.branch.code(), i64::from(due.part)]);
            let [month, branch, part] = due;
            let (debit, credit) = (posting.debit.code(), posting.credit.code());
            for number in [debit, credit, posting.amount.fen(), month, branch, part] {
                hasher.update(number.to_be_bytes());
            }
        }
        ChainHash(hex(&hasher.finalize()))
    }
}

/// Bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

/// The postings of money that arrived: the account that it came by (a channel's clearing account)
/// against each due paid, and against suspense for what is left.
///
/// Worked: 1,473.70 by WeChat for 975.80 + 400.32 + 97.58 makes three postings, debit
/// clearing:wechat, credit receivable of each branch.
#[must_use]
pub fn receipt_postings(debit: Account, paid: &[Due], left: Fen) -> Vec<Posting> {
    let dues = paid.iter().map(|due| Posting {
        debit,
        credit: Account::Receivable(due.key.branch),
        amount: due.amount,
        due: Some(due.key),
    });
    let rest = Posting { debit, credit: Account::Suspense, amount: left, due: None };
    dues.chain((!left.is_zero()).then_some(rest)).collect()
}

/// The postings of dues that are no longer asked for: income is taken back from both funds.
///
/// Worked: a pension due of 990.40, of which 396.16 to the account: pooled income 594.24 and
/// individual income 396.16 are debited, the receivable is credited with both.
#[must_use]
pub fn withdrawal_postings(dues: &[Due]) -> Vec<Posting> {
    let mut postings = Vec::new();
    for due in dues {
        let branch = due.key.branch;
        let pooled = due.amount.saturating_sub(due.account);
        for (debit, amount) in
            [(Account::Pooled(branch), pooled), (Account::Individual(branch), due.account)]
        {
            if !amount.is_zero() {
                let credit = Account::Receivable(branch);
                postings.push(Posting { debit, credit, amount, due: Some(due.key) });
            }
        }
    }
    postings
}

/// The postings of money that a channel takes back: those of its receipt undone, out of `from`.
/// That is the channel's clearing account, or the fund once a statement had shown the money there.
#[must_use]
pub fn return_postings(receipt: &[Posting], from: Account) -> Vec<Posting> {
    let undo = |p: &Posting| Posting { debit: p.credit, credit: from, ..*p };
    receipt.iter().map(undo).collect()
}

/// The postings of an application undone: the dues are owed again, and the money is held again, from
/// where the channel takes it.
///
/// Worked: 400.32 of suspense had paid a medical due. Receivable of the branch is debited with
/// 400.32, suspense is credited with it.
#[must_use]
pub fn undone_application(applied: &[Posting]) -> Vec<Posting> {
    let undo = |p: &Posting| Posting { debit: p.credit, credit: p.debit, ..*p };
    applied.iter().map(undo).collect()
}

/// The posting of money that was paid out of suspense and that the channel took back as well.
#[must_use]
pub const fn claim_posting(amount: Fen) -> Posting {
    Posting { debit: Account::Recoverable, credit: Account::Suspense, amount, due: None }
}

/// The posting of money that came back to the fund from whoever had been paid twice.
///
/// Worked: of a claim of 400.32 the payee sends 100.00 back. Fund is debited, recoverable is credited
/// with 100.00; 300.32 stays claimed.
#[must_use]
pub const fn recovery_posting(amount: Fen) -> Posting {
    Posting { debit: Account::Fund, credit: Account::Recoverable, amount, due: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CITY, RunId};

    fn entry(amount: i64) -> Entry {
        Entry {
            owner: CITY,
            id: EntryId::from_i64(1),
            kind: EntryKind::Receipt,
            recorded_at: "2026-11-24T10:00:00+08:00".parse().unwrap(),
            effective_on: "2026-11-24".parse().unwrap(),
            cause: Cause::Run(RunId::from_i64(1)),
            postings: receipt_postings(
                Account::Clearing(ChannelKind::Wechat),
                &[],
                Fen::new(amount).unwrap(),
            ),
        }
    }

    #[test]
    fn account_codes_go_there_and_back() {
        let mut accounts = vec![Account::Fund, Account::Suspense, Account::Recoverable];
        accounts.extend(ChannelKind::ALL.map(Account::Clearing));
        for branch in Branch::ALL {
            accounts.extend([
                Account::Receivable(branch),
                Account::Pooled(branch),
                Account::Individual(branch),
                Account::Interest(branch),
            ]);
        }
        for account in accounts {
            assert_eq!(Account::from_code(account.code()), Some(account));
        }
        assert_eq!(Account::from_code(999), None);
    }

    #[test]
    fn the_chain_changes_with_any_fen_and_with_what_came_before() {
        let genesis = ChainHash::genesis();
        let first = entry(100).chain_after(&genesis);
        assert_ne!(first, entry(101).chain_after(&genesis));
        assert_ne!(entry(100).chain_after(&first), first);
        assert_eq!(first.as_str().len(), 64);
    }

    #[test]
    fn money_taken_back_leaves_the_account_where_it_is() {
        let postings = entry(100).postings;
        let back = return_postings(&postings, Account::Fund);
        assert_eq!(back[0].debit, postings[0].credit);
        assert_eq!(back[0].credit, Account::Fund);
        assert_eq!(back[0].amount, postings[0].amount);
    }
}
