//! `suspense`: money that fits no due.

use insurance::ids::{PersonId, ReceiptId};
use insurance::receipt::SuspenseState;
use units::{Fen, Timestamp};

use crate::{Error, Row, Tx};

/// Money that fits no due, with an owner until it is refunded or applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspense {
    /// Whose; the city's while nobody is known for it.
    pub person: PersonId,
    /// Its number.
    pub id: i64,
    /// The receipt that it is the rest of.
    pub receipt: ReceiptId,
    /// How much.
    pub amount: Fen,
    /// Why it fits no due, in our own word.
    pub reason: String,
    /// Where it stands.
    pub state: SuspenseState,
    /// Who must decide: a channel's word or an office.
    pub owner: String,
    /// Since when it is held.
    pub opened_at: Timestamp,
}

/// Holds money.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, suspense: &Suspense) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO suspense (person_id, suspense_id, receipt_id, amount_fen, reason, state, \
         owner, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            suspense.person.into(),
            suspense.id.into(),
            suspense.receipt.into(),
            suspense.amount.into(),
            (&suspense.reason).into(),
            suspense.state.code().into(),
            (&suspense.owner).into(),
            suspense.opened_at.into(),
        ],
    )?;
    Ok(())
}

/// What is held, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Suspense>, Error> {
    tx.query(
        "SELECT person_id, suspense_id, receipt_id, amount_fen, reason, state, owner, opened_at \
         FROM suspense WHERE state = 1 ORDER BY opened_at, suspense_id LIMIT $1",
        &[limit.into()],
        read,
    )
}

/// What one person's receipts left over, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Suspense>, Error> {
    tx.query(
        "SELECT person_id, suspense_id, receipt_id, amount_fen, reason, state, owner, opened_at \
         FROM suspense WHERE person_id = $1 ORDER BY suspense_id",
        &[person.into()],
        read,
    )
}

/// Settles what a receipt left over. Answers how many rows changed.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_settled(
    tx: &mut Tx<'_>,
    (person, receipt): (PersonId, ReceiptId),
    state: SuspenseState,
    settled_at: Timestamp,
    settled_by: i64,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = $3, settled_at = $4, settled_by = $5 \
         WHERE person_id = $1 AND receipt_id = $2 AND state = 1",
        &[person.into(), receipt.into(), state.code().into(), settled_at.into(), settled_by.into()],
    )
}

/// How many amounts are held, and how much.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_open(tx: &mut Tx<'_>) -> Result<(i64, Fen), Error> {
    tx.query_one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM suspense \
         WHERE state = 1",
        &[],
        |row| Ok((row.int(0)?, row.fen(1)?)),
    )
}

fn read(row: &Row<'_>) -> Result<Suspense, Error> {
    let corrupt = Error::Corrupt { column: 5, expected: "a state of suspense" };
    Ok(Suspense {
        person: row.id(0)?,
        id: row.int(1)?,
        receipt: row.id(2)?,
        amount: row.fen(3)?,
        reason: row.string(4)?,
        state: SuspenseState::from_code(row.int(5)?).ok_or(corrupt)?,
        owner: row.string(6)?,
        opened_at: row.timestamp(7)?,
    })
}
