//! `recovery`: money that had left twice and came back to the fund, and what is still claimed. Only
//! ever inserted.

use insurance::ids::{CaseId, EntryId, PersonId};
use units::{Date, Fen};

use crate::{Error, Tx};

/// 追回到账.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Out of whose held money it had been paid.
    pub person: PersonId,
    /// The case that recorded it.
    pub case: CaseId,
    /// The fund's bank's number of the booking.
    pub reference: String,
    /// How much came back.
    pub amount: Fen,
    /// The day on which it stood on the fund's account.
    pub arrived_on: Date,
    /// The entry that booked it.
    pub entry: EntryId,
}

/// Records money that came back. Answers 0 when the bank's number is counted already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, recovery: &Recovery) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO recovery (reference, person_id, case_id, amount_fen, arrived_on, entry_id) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[
            (&recovery.reference).into(),
            recovery.person.into(),
            recovery.case.into(),
            recovery.amount.into(),
            recovery.arrived_on.into(),
            recovery.entry.into(),
        ],
    )
}

/// Whether money of a number of the bank has come back already.
///
/// # Errors
/// [`Error`] of the database.
pub fn is_counted(tx: &mut Tx<'_>, reference: &str) -> Result<bool, Error> {
    tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM recovery WHERE reference = $1)",
        &[reference.into()],
        |row| row.bool(0),
    )
}

/// What is still to be got back of money paid out of a person's suspense: the balance of account 130.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_claimed(tx: &mut Tx<'_>, person: PersonId) -> Result<Fen, Error> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN debit = 130 THEN amount_fen ELSE -amount_fen END), 0) \
         AS BIGINT) FROM posting WHERE person_id = $1 AND (debit = 130 OR credit = 130)",
        &[person.into()],
        |row| row.fen(0),
    )
}
