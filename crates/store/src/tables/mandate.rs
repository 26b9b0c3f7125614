//! `mandate`.

use insurance::cause::Cause;
use insurance::ids::{MandateId, PersonId};
use units::Date;

use crate::{Error, Row, Tx};

/// 委托: a person's consent to be debited by a bank.
#[derive(Clone, PartialEq, Eq)]
pub struct Mandate {
    /// Whose.
    pub person: PersonId,
    /// Its number.
    pub id: MandateId,
    /// The paying bank's word in the pack, such as `ccb`.
    pub bank: String,
    /// The account to debit.
    pub account_number: String,
    /// Its holder's name.
    pub holder: String,
    /// The day it was signed.
    pub signed_on: Date,
    /// The day it ended.
    pub ended_on: Option<Date>,
    /// Why it exists.
    pub cause: Cause,
}

/// Shows the numbers of the row only: account and holder are personal.
impl std::fmt::Debug for Mandate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { person, id, .. } = self;
        f.debug_struct("Mandate").field("person", person).field("id", id).finish_non_exhaustive()
    }
}

/// Inserts a mandate; the database refuses a second live one.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, mandate: &Mandate) -> Result<(), Error> {
    let (cause_kind, cause_id) = mandate.cause.parts();
    tx.execute(
        "INSERT INTO mandate (person_id, mandate_id, bank, account_number, holder, signed_on, \
         ended_on, cause_kind, cause_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            mandate.person.into(),
            mandate.id.into(),
            (&mandate.bank).into(),
            (&mandate.account_number).into(),
            (&mandate.holder).into(),
            mandate.signed_on.into(),
            mandate.ended_on.into(),
            cause_kind.into(),
            cause_id.into(),
        ],
    )?;
    Ok(())
}

/// Ends the live mandate. Answers how many ended: 0 or 1.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_ended(tx: &mut Tx<'_>, person: PersonId, ended_on: Date) -> Result<u64, Error> {
    tx.execute(
        "UPDATE mandate SET ended_on = $2 WHERE person_id = $1 AND ended_on IS NULL",
        &[person.into(), ended_on.into()],
    )
}

/// Ends one mandate, if it is still the live one. Answers 1, or 0 when it had ended before.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_ended_one(
    tx: &mut Tx<'_>,
    (person, mandate): (PersonId, MandateId),
    ended_on: Date,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE mandate SET ended_on = $3 \
         WHERE person_id = $1 AND mandate_id = $2 AND ended_on IS NULL",
        &[person.into(), mandate.into(), ended_on.into()],
    )
}

/// The live mandate.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_live(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Mandate>, Error> {
    tx.query_opt(
        "SELECT person_id, mandate_id, bank, account_number, holder, signed_on, ended_on, \
         cause_kind, cause_id FROM mandate WHERE person_id = $1 AND ended_on IS NULL",
        &[person.into()],
        read,
    )
}

/// Every mandate that a person signed, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Mandate>, Error> {
    tx.query(
        "SELECT person_id, mandate_id, bank, account_number, holder, signed_on, ended_on, \
         cause_kind, cause_id FROM mandate WHERE person_id = $1 ORDER BY mandate_id",
        &[person.into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Mandate, Error> {
    Ok(Mandate {
        person: row.id(0)?,
        id: row.id(1)?,
        bank: row.string(2)?,
        account_number: row.string(3)?,
        holder: row.string(4)?,
        signed_on: row.date(5)?,
        ended_on: row.opt_date(6)?,
        cause: super::cause(row, 7)?,
    })
}
