//! `enrolment`.

use insurance::assessment::Insured;
use insurance::cause::Cause;
use insurance::due::DueState;
use insurance::enrolment::Enrolment;
use insurance::ids::{EnrolmentId, PersonId};
use policy::BranchSet;
use units::{Date, Month};

use crate::{Error, Row, Tx};

/// Opens a span.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, enrolment: &Enrolment) -> Result<(), Error> {
    let (cause_kind, cause_id) = enrolment.cause.parts();
    let end = enrolment.end_cause.map(Cause::parts);
    tx.execute(
        "INSERT INTO enrolment (person_id, enrolment_id, office, branches, base_fen, from_month, \
         until_month, opened_on, closed_on, cause_kind, cause_id, end_cause_kind, end_cause_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            enrolment.person.into(),
            enrolment.id.into(),
            (&enrolment.office).into(),
            enrolment.branches.bits().into(),
            enrolment.base.into(),
            enrolment.from.into(),
            enrolment.until.into(),
            enrolment.opened_on.into(),
            enrolment.closed_on.into(),
            cause_kind.into(),
            cause_id.into(),
            end.map(|(kind, _)| kind).into(),
            end.map(|(_, id)| id).into(),
        ],
    )?;
    Ok(())
}

/// How an open span ends.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// The last insured month.
    pub until: Month,
    /// The day on which it was closed.
    pub closed_on: Date,
    /// Why.
    pub cause: Cause,
}

/// Ends an open span. Answers how many rows changed: 0 when it was closed meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_closed(
    tx: &mut Tx<'_>,
    (person, enrolment): (PersonId, EnrolmentId),
    end: End,
) -> Result<u64, Error> {
    let (kind, id) = end.cause.parts();
    tx.execute(
        "UPDATE enrolment SET until_month = $3, closed_on = $4, end_cause_kind = $5, end_cause_id = $6 \
         WHERE person_id = $1 AND enrolment_id = $2 AND closed_on IS NULL",
        &[
            person.into(),
            enrolment.into(),
            end.until.into(),
            end.closed_on.into(),
            kind.into(),
            id.into(),
        ],
    )
}

/// A person's spans, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Enrolment>, Error> {
    tx.query(
        "SELECT person_id, enrolment_id, office, branches, base_fen, from_month, until_month, \
         opened_on, closed_on, cause_kind, cause_id, end_cause_kind, end_cause_id \
         FROM enrolment WHERE person_id = $1 ORDER BY from_month, enrolment_id",
        &[person.into()],
        read,
    )
}

/// The people insured for a month of whom nothing is asked for it yet: at most `limit`, by number,
/// behind `after`. Withdrawn dues ask for nothing; only a span that begins with the month can have
/// some behind it.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_unassessed(
    tx: &mut Tx<'_>,
    month: Month,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Insured>, Error> {
    tx.query(
        "SELECT person_id, branches, base_fen, \
         CASE WHEN from_month < $1 THEN 0 ELSE (SELECT COALESCE(MAX(part) + 1, 0) FROM due \
         WHERE due.person_id = enrolment.person_id AND due.month = $1 AND part < 128) END FROM enrolment \
         WHERE person_id > $2 AND from_month <= $1 AND (until_month IS NULL OR until_month >= $1) \
         AND NOT EXISTS (SELECT 1 FROM due WHERE due.person_id = enrolment.person_id \
         AND due.month = $1 AND due.state <> $4) ORDER BY person_id LIMIT $3",
        &[month.into(), after.into(), limit.into(), DueState::Closed.code().into()],
        insured,
    )
}

/// The spans that cover a month, of the people from one number to another.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_insured(
    tx: &mut Tx<'_>,
    month: Month,
    (first, last): (PersonId, PersonId),
) -> Result<Vec<Insured>, Error> {
    tx.query(
        "SELECT person_id, branches, base_fen, CAST(0 AS BIGINT) FROM enrolment \
         WHERE person_id >= $2 AND person_id <= $3 AND from_month <= $1 \
         AND (until_month IS NULL OR until_month >= $1) ORDER BY person_id, enrolment_id",
        &[month.into(), first.into(), last.into()],
        insured,
    )
}

/// How many people are insured for a month.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_insured(tx: &mut Tx<'_>, month: Month) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM enrolment \
         WHERE from_month <= $1 AND (until_month IS NULL OR until_month >= $1)",
        &[month.into()],
        |row| row.int(0),
    )
}

fn insured(row: &Row<'_>) -> Result<Insured, Error> {
    let corrupt = Error::Corrupt { column: 1, expected: "a set of branches" };
    Ok(Insured {
        person: row.id(0)?,
        branches: BranchSet::from_bits(row.int(1)?).ok_or(corrupt)?,
        base: row.fen(2)?,
        part: super::part(row, 3)?,
    })
}

fn read(row: &Row<'_>) -> Result<Enrolment, Error> {
    let corrupt = Error::Corrupt { column: 3, expected: "a set of branches" };
    Ok(Enrolment {
        person: row.id(0)?,
        id: row.id(1)?,
        office: row.string(2)?,
        branches: BranchSet::from_bits(row.int(3)?).ok_or(corrupt)?,
        base: row.fen(4)?,
        from: row.month(5)?,
        until: row.opt_month(6)?,
        opened_on: row.date(7)?,
        closed_on: row.opt_date(8)?,
        cause: super::cause(row, 9)?,
        end_cause: match row.opt_int(11)? {
            Some(_) => Some(super::cause(row, 11)?),
            None => None,
        },
    })
}
