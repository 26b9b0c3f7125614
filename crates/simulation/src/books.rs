//! The books read back and added up anew, without the program's own arithmetic.

use std::collections::BTreeMap;

use insurance::due::Due;
use insurance::enrolment::Enrolment;
use insurance::ids::PersonId;
use insurance::ledger::{Account, ChainHash};
use insurance::payment::DueKey;
use insurance::receipt::{Receipt, SuspenseState};
use store::tables::suspension::Suspension;
use store::tables::{due, enrolment, entry, month_close, receipt, suspense, suspension};
use store::{Error, Tx};
use units::{Fen, Month};

/// Everything that is stored about money, on one snapshot of the database.
#[derive(Debug, Default)]
pub struct Books {
    /// Debits less credits of each account, in fen.
    pub balances: BTreeMap<Account, i64>,
    /// What people's entries credited to each due, less what they took back, in fen.
    pub paid: BTreeMap<DueKey, i64>,
    /// The owners whose chain of hashes does not lead to its stored head.
    pub broken_chains: Vec<PersonId>,
    /// The dues of everybody.
    pub dues: Vec<Due>,
    /// All money that arrived.
    pub receipts: Vec<Receipt>,
    /// What is held for want of a due.
    pub held: Fen,
    /// Suspensions of medical cover.
    pub suspensions: Vec<Suspension>,
    /// What everybody is and was insured for.
    pub enrolments: Vec<Enrolment>,
    /// The months that are closed.
    pub closed: Vec<Month>,
}

impl Books {
    /// Reads what is stored about some people, and all entries and receipts.
    ///
    /// # Errors
    /// The database's.
    pub fn read(tx: &mut Tx<'_>, people: &[PersonId]) -> Result<Self, Error> {
        let mut books = Self { closed: month_close::list(tx)?, ..Self::default() };
        books.read_entries(tx)?;
        receipt::each(tx, |receipt| {
            books.receipts.push(receipt);
            Ok(())
        })?;
        for person in people {
            books.dues.extend(due::list(tx, *person)?);
            books.suspensions.extend(suspension::list(tx, *person)?);
            books.enrolments.extend(enrolment::list(tx, *person)?);
        }
        let open = suspense::list_open(tx, i64::MAX)?;
        assert!(open.iter().all(|row| row.state == SuspenseState::Open));
        books.held = open.iter().map(|row| row.amount).sum();
        Ok(books)
    }

    fn read_entries(&mut self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let mut heads: BTreeMap<PersonId, (i64, ChainHash)> = BTreeMap::new();
        entry::each(tx, |entry, stored| {
            let none = || (0, ChainHash::genesis());
            let (count, head) = heads.entry(entry.owner).or_insert_with(none);
            let hash = entry.chain_after(head);
            if hash != stored {
                self.broken_chains.push(entry.owner);
            }
            (*count, *head) = (*count + 1, hash);
            for posting in &entry.postings {
                let fen = posting.amount.fen();
                *self.balances.entry(posting.debit).or_default() += fen;
                *self.balances.entry(posting.credit).or_default() -= fen;
                if let Some(due) = posting.due {
                    let receivable = Account::Receivable(due.branch);
                    let gain = if posting.credit == receivable { fen } else { -fen };
                    *self.paid.entry(due).or_default() += gain;
                }
            }
            Ok(())
        })?;
        for (owner, entries, stored) in entry::list_heads(tx)? {
            let found = heads.remove(&owner);
            if found.is_none_or(|(count, head)| count != entries || head.as_str() != stored) {
                self.broken_chains.push(owner);
            }
        }
        self.broken_chains.extend(heads.into_keys());
        Ok(())
    }

    /// Debits less credits of an account, in fen.
    #[must_use]
    pub fn balance(&self, account: Account) -> i64 {
        self.balances.get(&account).copied().unwrap_or_default()
    }
}
