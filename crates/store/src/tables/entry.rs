//! `entry`, `posting`, `ledger_chain`: the books. Only ever inserted.

use insurance::cause::Cause;
use insurance::ids::{CITY, EntryId, PersonId};
use insurance::ledger::{Account, ChainHash, Entry, EntryKind, Posting};
use insurance::payment::DueKey;
use policy::Branch;
use units::Fen;

use crate::{Error, Row, Tx, Value};

/// Appends an entry to its owner's chain.
///
/// The owner's chain row is locked first where rows can be locked, so that two entries of one
/// owner never follow the same hash.
///
/// # Errors
/// [`Error`] of the database.
pub fn append(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), Error> {
    let head = match lock_head(tx, entry.owner)? {
        None => start_chain(tx, entry)?,
        known => known,
    };
    // Without a head the entry is its owner's first, and the chain was started with it.
    if let Some(previous) = &head {
        let hash = entry.chain_after(previous);
        tx.execute(
            "UPDATE ledger_chain SET entries = entries + 1, head = $2 WHERE person_id = $1",
            &[entry.owner.into(), hash.as_str().into()],
        )?;
        insert_entry(tx, entry, &hash)?;
    }
    insert_postings(tx, entry)
}

fn lock_head(tx: &mut Tx<'_>, owner: PersonId) -> Result<Option<ChainHash>, Error> {
    let sql = "SELECT head FROM ledger_chain WHERE person_id = $1";
    tx.query_opt_locked(sql, &[owner.into()], |row| row.string(0).map(ChainHash::from_text))
}

/// Starts the owner's chain with its first entry, or answers the head of the chain that somebody
/// else started meanwhile.
fn start_chain(tx: &mut Tx<'_>, entry: &Entry) -> Result<Option<ChainHash>, Error> {
    let hash = entry.chain_after(&ChainHash::genesis());
    let started = tx.execute(
        "INSERT INTO ledger_chain (person_id, entries, head) VALUES ($1, 1, $2) \
         ON CONFLICT DO NOTHING",
        &[entry.owner.into(), hash.as_str().into()],
    )?;
    if started == 0 {
        return lock_head(tx, entry.owner);
    }
    insert_entry(tx, entry, &hash)?;
    Ok(None)
}

fn insert_entry(tx: &mut Tx<'_>, entry: &Entry, hash: &ChainHash) -> Result<(), Error> {
    let (cause_kind, cause_id) = entry.cause.parts();
    tx.execute(
        "INSERT INTO entry (person_id, entry_id, kind, recorded_at, effective_on, cause_kind, \
         cause_id, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            entry.owner.into(),
            entry.id.into(),
            entry.kind.code().into(),
            entry.recorded_at.into(),
            entry.effective_on.into(),
            cause_kind.into(),
            cause_id.into(),
            hash.as_str().into(),
        ],
    )?;
    Ok(())
}

fn insert_postings(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), Error> {
    let rows = (1_i64..).zip(&entry.postings).map(|(line, posting)| {
        let due = posting.due;
        [
            entry.owner.into(),
            entry.id.into(),
            line.into(),
            posting.debit.code().into(),
            posting.credit.code().into(),
            posting.amount.into(),
            due.map(|due| due.month).into(),
            due.map(|due| due.branch.code()).into(),
            due.map(|due| i64::from(due.part)).into(),
        ]
    });
    tx.execute_each(
        "INSERT INTO posting (person_id, entry_id, line, debit, credit, amount_fen, month, branch, \
         part) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        rows,
    )?;
    Ok(())
}

/// The postings of an entry, in order.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_postings(
    tx: &mut Tx<'_>,
    owner: PersonId,
    entry: EntryId,
) -> Result<Vec<Posting>, Error> {
    tx.query(
        "SELECT debit, credit, amount_fen, month, branch, part FROM posting \
         WHERE person_id = $1 AND entry_id = $2 ORDER BY line",
        &[owner.into(), entry.into()],
        |row| read_posting(row, 0, owner),
    )
}

/// The postings of an owner's entries of one kind and one cause, in order.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_postings_of(
    tx: &mut Tx<'_>,
    owner: PersonId,
    (kind, cause): (EntryKind, Cause),
) -> Result<Vec<Posting>, Error> {
    let (cause_kind, cause_id) = cause.parts();
    tx.query(
        "SELECT p.debit, p.credit, p.amount_fen, p.month, p.branch, p.part FROM entry e \
         JOIN posting p ON p.person_id = e.person_id AND p.entry_id = e.entry_id \
         WHERE e.person_id = $1 AND e.kind = $2 AND e.cause_kind = $3 AND e.cause_id = $4 \
         ORDER BY e.entry_id, p.line",
        &[owner.into(), kind.code().into(), cause_kind.into(), cause_id.into()],
        |row| read_posting(row, 0, owner),
    )
}

/// Every entry with its stored hash, by owner and number, each with its postings.
///
/// # Errors
/// [`Error`] of the database, or of `each`.
pub fn each(
    tx: &mut Tx<'_>,
    mut each: impl FnMut(Entry, ChainHash) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut open: Option<(Entry, ChainHash)> = None;
    tx.query_each(
        "SELECT e.person_id, e.entry_id, e.kind, e.recorded_at, e.effective_on, e.cause_kind, \
         e.cause_id, e.hash, p.debit, p.credit, p.amount_fen, p.month, p.branch, p.part \
         FROM entry e LEFT JOIN posting p ON p.person_id = e.person_id \
         AND p.entry_id = e.entry_id ORDER BY e.person_id, e.entry_id, p.line",
        &[],
        |row| {
            let (owner, id) = (row.id(0)?, row.id(1)?);
            if !open.as_ref().is_some_and(|(entry, _)| entry.owner == owner && entry.id == id) {
                if let Some((entry, hash)) = open.take() {
                    each(entry, hash)?;
                }
                open = Some((read_entry(row, owner, id)?, ChainHash::from_text(row.string(7)?)));
            }
            if let (Some((entry, _)), Some(_)) = (&mut open, row.opt_int(8)?) {
                entry.postings.push(read_posting(row, 8, owner)?);
            }
            Ok(())
        },
    )?;
    open.map_or(Ok(()), |(entry, hash)| each(entry, hash))
}

/// Every chain's owner, length and head, by owner.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_heads(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, i64, String)>, Error> {
    tx.query("SELECT person_id, entries, head FROM ledger_chain ORDER BY person_id", &[], |row| {
        Ok((row.id(0)?, row.int(1)?, row.string(2)?))
    })
}

/// Both sides of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnover {
    /// Which account.
    pub account: Account,
    /// All debits.
    pub debit: Fen,
    /// All credits.
    pub credit: Fen,
}

/// Both sides of every account that was ever used, by code.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_by_account(tx: &mut Tx<'_>) -> Result<Vec<Turnover>, Error> {
    tx.query(
        "SELECT account, CAST(SUM(debit_fen) AS BIGINT), CAST(SUM(credit_fen) AS BIGINT) FROM ( \
         SELECT debit AS account, amount_fen AS debit_fen, 0 AS credit_fen FROM posting UNION ALL \
         SELECT credit, 0, amount_fen FROM posting) sides GROUP BY account ORDER BY account",
        &[],
        |row| Ok(Turnover { account: account(row, 0)?, debit: row.fen(1)?, credit: row.fen(2)? }),
    )
}

fn account(row: &Row<'_>, column: usize) -> Result<Account, Error> {
    let corrupt = Error::Corrupt { column, expected: "an account of the books" };
    Account::from_code(row.int(column)?).ok_or(corrupt)
}

fn read_entry(row: &Row<'_>, owner: PersonId, id: EntryId) -> Result<Entry, Error> {
    let corrupt = Error::Corrupt { column: 2, expected: "a kind of entry" };
    Ok(Entry {
        owner,
        id,
        kind: EntryKind::from_code(row.int(2)?).ok_or(corrupt)?,
        recorded_at: row.timestamp(3)?,
        effective_on: row.date(4)?,
        cause: super::cause(row, 5)?,
        postings: Vec::new(),
    })
}

/// Reads six columns from `first` on.
fn read_posting(row: &Row<'_>, first: usize, owner: PersonId) -> Result<Posting, Error> {
    let due = match row.opt_month(first + 3)? {
        None => None,
        Some(month) => Some(DueKey {
            person: owner,
            month,
            branch: super::branch(row, first + 4)?,
            part: super::part(row, first + 5)?,
        }),
    };
    Ok(Posting {
        debit: account(row, first)?,
        credit: account(row, first + 1)?,
        amount: row.fen(first + 2)?,
        due,
    })
}

/// How much of each branch the assessment entries of the city asked for.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_asked(tx: &mut Tx<'_>, branch: Branch) -> Result<Fen, Error> {
    let receivable = Value::from(Account::Receivable(branch).code());
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM posting \
         WHERE person_id = $1 AND debit = $2",
        &[CITY.into(), receivable],
        |row| row.fen(0),
    )
}
