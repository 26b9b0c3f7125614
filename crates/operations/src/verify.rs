//! Proof: the books balance, derived data equals recomputed data, every chain is whole.
//!
//! It reads one snapshot, streams, and changes nothing. What it finds it names by table and
//! number, never by a person's data.

mod trail;

use policy::Branch;
use store::tables::{assessment_batch, due, entry, verification};
use store::{Db, Tx};
use units::Fen;

use insurance::assessment::{BatchHash, batch_postings};
use insurance::ids::{CITY, PersonId};
use insurance::ledger::{ChainHash, Posting};

use crate::casework::proof::check_casework;

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule is broken, a stable word.
    pub rule: &'static str,
    /// Where, and how.
    pub detail: String,
}

/// How many findings are kept; the count goes on.
const FINDINGS_MAX: usize = 200;

/// What was checked and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries whose chain was recomputed.
    pub entries: u64,
    /// Dues whose batch hash was recomputed.
    pub dues: u64,
    /// The first findings.
    pub findings: Vec<Finding>,
    /// All findings.
    pub found: u64,
}

impl Verified {
    /// Whether everything is as it must be.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.found == 0
    }

    fn find(&mut self, rule: &'static str, detail: String) {
        self.found += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { rule, detail });
        }
    }
}

/// Checks everything, on one snapshot.
///
/// # Errors
/// The database's; a row that can't be read at all is one.
pub fn verify(db: &Db) -> Result<Verified, store::Error> {
    db.read(verify_in)
}

/// Checks everything that a transaction sees.
///
/// # Errors
/// The database's.
pub fn verify_in(tx: &mut Tx<'_>) -> Result<Verified, store::Error> {
    let mut verified = Verified::default();
    check_chains(tx, &mut verified)?;
    check_batches(tx, &mut verified)?;
    for rule in verification::RULES.iter().chain(verification::CASEWORK_RULES) {
        for detail in verification::list_broken(tx, rule)? {
            verified.find(rule.name, detail);
        }
    }
    check_receivables(tx, &mut verified)?;
    for (rule, detail) in check_casework(tx)?.into_iter().chain(trail::check_trails(tx)?) {
        verified.find(rule, detail);
    }
    Ok(verified)
}

/// Every owner's chain, recomputed from its first entry to its head.
fn check_chains(tx: &mut Tx<'_>, verified: &mut Verified) -> Result<(), store::Error> {
    let mut ends: Vec<(PersonId, i64, ChainHash)> = Vec::new();
    let mut previous = (None, 0, ChainHash::genesis());
    entry::each(tx, |entry, stored| {
        if previous.0 != Some(entry.owner)
            && let (Some(owner), count, hash) =
                std::mem::replace(&mut previous, (Some(entry.owner), 0, ChainHash::genesis()))
        {
            ends.push((owner, count, hash));
        }
        let hash = entry.chain_after(&previous.2);
        if hash != stored {
            verified.find("entry_hash", format!("entry {} of owner {}", entry.id, entry.owner));
        }
        // Going on from the stored hash names each altered entry once, not all behind it.
        previous = (previous.0, previous.1 + 1, stored);
        verified.entries += 1;
        Ok(())
    })?;
    if let (Some(owner), count, hash) = previous {
        ends.push((owner, count, hash));
    }
    let heads = entry::list_heads(tx)?;
    let mut ends = ends.into_iter().peekable();
    for (owner, entries, head) in heads {
        while let Some((lost, ..)) = ends.next_if(|(other, ..)| *other < owner) {
            verified.find("chain_head", format!("owner {lost} has entries but no head"));
        }
        let end = ends.next_if(|(other, ..)| *other == owner);
        let (count, hash) = end.map_or((0, ChainHash::genesis()), |(_, count, hash)| (count, hash));
        if count != entries || hash.as_str() != head {
            let detail = format!("owner {owner}: {count} entries found, {entries} recorded");
            verified.find("chain_head", detail);
        }
    }
    for (lost, ..) in ends {
        verified.find("chain_head", format!("owner {lost} has entries but no head"));
    }
    Ok(())
}

/// Every batch's dues: their hash, their count, their sum, and the entry that booked them.
fn check_batches(tx: &mut Tx<'_>, verified: &mut Verified) -> Result<(), store::Error> {
    let mut in_batches = 0;
    for batch in assessment_batch::list(tx)? {
        let mut hash = BatchHash::default();
        let mut dues = Vec::new();
        due::each_of_batch(tx, (batch.id, batch.month), batch.people, |due| {
            hash.add(due);
            dues.push(*due);
            Ok(())
        })?;
        in_batches += dues.len();
        verified.dues += dues.len() as u64;
        if hash.finish() != batch.rows_hash {
            verified.find("batch_hash", format!("assessment batch {}", batch.id));
        }
        let amount = Fen::checked_sum(dues.iter().map(|due| due.amount));
        let count = i64::try_from(dues.len()).ok();
        if amount != Some(batch.amount) || count != Some(batch.dues) {
            verified.find("batch_totals", format!("assessment batch {}", batch.id));
        }
        let booked: Vec<Posting> = entry::list_postings(tx, CITY, batch.entry)?;
        if booked != batch_postings(&dues) {
            verified.find("batch_entry", format!("entry {} of batch {}", batch.entry, batch.id));
        }
    }
    let all = due::count(tx)?;
    if i64::try_from(in_batches).ok() != Some(all) {
        let detail = format!("{all} dues stand in the table, {in_batches} in the batches");
        verified.find("due_without_batch", detail);
    }
    Ok(())
}

/// The receivable accounts equal the unpaid dues: the sub-ledger adds up to the books.
fn check_receivables(tx: &mut Tx<'_>, verified: &mut Verified) -> Result<(), store::Error> {
    let turnovers = entry::sum_by_account(tx)?;
    for branch in Branch::ALL {
        let unpaid = due::sum_unpaid(tx, branch)?;
        let account = insurance::ledger::Account::Receivable(branch);
        let booked = turnovers.iter().find(|turnover| turnover.account == account);
        let balance = booked.map_or(Some(Fen::ZERO), |t| t.debit.checked_sub(t.credit));
        if balance != Some(unpaid) {
            let shown = balance.map_or_else(|| "negative".to_owned(), |fen| fen.to_string());
            let detail = format!("{}: dues unpaid {unpaid}, books {shown}", branch.word());
            verified.find("receivable_balance", detail);
        }
    }
    Ok(())
}
