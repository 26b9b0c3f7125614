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

/// The case or refund that settled held money, or the cause of its return.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_settled_by(
    tx: &mut Tx<'_>,
    (person, id): (PersonId, i64),
) -> Result<Option<i64>, Error> {
    let found = tx.query_opt(
        "SELECT settled_by FROM suspense WHERE person_id = $1 AND suspense_id = $2",
        &[person.into(), id.into()],
        |row| row.opt_int(0),
    )?;
    Ok(found.flatten())
}

/// The channel took back money that a case had applied; which case stays known. Answers 0 when it
/// was not applied.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_application_undone(
    tx: &mut Tx<'_>,
    (person, id): (PersonId, i64),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = 4 WHERE person_id = $1 AND suspense_id = $2 AND state = 3",
        &[person.into(), id.into()],
    )
}

/// A refund was refused after the channel had taken the money back: nothing is held any more.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_refund_released(tx: &mut Tx<'_>, (person, id): (PersonId, i64)) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = 4 WHERE person_id = $1 AND suspense_id = $2 AND state = 5",
        &[person.into(), id.into()],
    )
}

/// What a case settled; `None` when the case is about something else.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_of_case(
    tx: &mut Tx<'_>,
    person: PersonId,
    case: insurance::ids::CaseId,
) -> Result<Option<Suspense>, Error> {
    tx.query_opt(
        "SELECT person_id, suspense_id, receipt_id, amount_fen, reason, state, owner, opened_at \
         FROM suspense WHERE person_id = $1 AND settled_by = $2",
        &[person.into(), case.into()],
        read,
    )
}

/// What a channel's receipts of known people left over and nobody decided about yet, oldest
/// first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open_of(tx: &mut Tx<'_>, owner: &str, limit: i64) -> Result<Vec<Suspense>, Error> {
    tx.query(
        "SELECT person_id, suspense_id, receipt_id, amount_fen, reason, state, owner, opened_at \
         FROM suspense WHERE state = 1 AND owner = $1 AND person_id <> 0 \
         ORDER BY opened_at, suspense_id LIMIT $2",
        &[owner.into(), limit.into()],
        read,
    )
}

/// One amount that is or was held.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, person: PersonId, id: i64) -> Result<Option<Suspense>, Error> {
    tx.query_opt(
        "SELECT person_id, suspense_id, receipt_id, amount_fen, reason, state, owner, opened_at \
         FROM suspense WHERE person_id = $1 AND suspense_id = $2",
        &[person.into(), id.into()],
        read,
    )
}

/// Takes open money for a refund: nobody may apply it from now on. Answers 0 when somebody
/// decided about it before.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_for_refund(tx: &mut Tx<'_>, person: PersonId, id: i64) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = 5 WHERE person_id = $1 AND suspense_id = $2 AND state = 1",
        &[person.into(), id.into()],
    )
}

/// The refund was refused by the channel: the money is held for somebody to decide.
///
/// # Errors
/// [`Error`] of the database.
pub fn hold_again(tx: &mut Tx<'_>, person: PersonId, id: i64, owner: &str) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = 1, owner = $3 \
         WHERE person_id = $1 AND suspense_id = $2 AND state = 5",
        &[person.into(), id.into(), owner.into()],
    )
}

/// The money went back. Answers 0 when it was used otherwise.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_refunded(
    tx: &mut Tx<'_>,
    (person, id): (PersonId, i64),
    settled_at: Timestamp,
    refund: insurance::ids::RefundId,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspense SET state = 2, settled_at = $3, settled_by = $4 \
         WHERE person_id = $1 AND suspense_id = $2 AND state IN (1, 5)",
        &[person.into(), id.into(), settled_at.into(), refund.into()],
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
