//! `notice`: who must be told what. One of a kind per person, month and subject.

use insurance::cause::Cause;
use insurance::ids::{NoticeId, PersonId};
use insurance::notice::NoticeKind;
use units::{Fen, Month, Timestamp};

use crate::{Error, Row, Tx};

/// A notice to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// To whom.
    pub person: PersonId,
    /// Its number.
    pub id: NoticeId,
    /// What about.
    pub kind: NoticeKind,
    /// The month that it is about.
    pub month: Month,
    /// What it is about within the month: a receipt's number, or 0.
    pub subject: i64,
    /// The sum that it names.
    pub amount: Fen,
    /// Why it exists.
    pub cause: Cause,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Writes a notice once. Answers 1, or 0 when it was written before.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, notice: &Notice) -> Result<u64, Error> {
    let (cause_kind, cause_id) = notice.cause.parts();
    tx.execute(
        "INSERT INTO notice (person_id, notice_id, kind, month, subject, amount_fen, cause_kind, \
         cause_id, created_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) \
         ON CONFLICT DO NOTHING",
        &[
            notice.person.into(),
            notice.id.into(),
            notice.kind.code().into(),
            notice.month.into(),
            notice.subject.into(),
            notice.amount.into(),
            cause_kind.into(),
            cause_id.into(),
            notice.created_at.into(),
        ],
    )
}

/// A person's notices, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Notice>, Error> {
    tx.query(
        "SELECT person_id, notice_id, kind, month, subject, amount_fen, cause_kind, cause_id, \
         created_at FROM notice WHERE person_id = $1 ORDER BY notice_id DESC",
        &[person.into()],
        read,
    )
}

/// The notice that told a person before a suspension: a reminder, a failed withholding or the
/// arrears of the month.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_warning(
    tx: &mut Tx<'_>,
    person: PersonId,
    month: Month,
) -> Result<Option<NoticeId>, Error> {
    tx.query_opt(
        "SELECT notice_id FROM notice WHERE person_id = $1 AND month = $2 AND kind IN (1, 3) \
         ORDER BY notice_id LIMIT 1",
        &[person.into(), month.into()],
        |row| row.id(0),
    )
}

/// How many notices of each kind were written for a month.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_of_month(tx: &mut Tx<'_>, month: Month) -> Result<Vec<(NoticeKind, i64)>, Error> {
    tx.query(
        "SELECT kind, COUNT(*) FROM notice WHERE month = $1 GROUP BY kind ORDER BY kind",
        &[month.into()],
        |row| Ok((kind(row, 0)?, row.int(1)?)),
    )
}

fn kind(row: &Row<'_>, column: usize) -> Result<NoticeKind, Error> {
    let corrupt = Error::Corrupt { column, expected: "a kind of notice" };
    NoticeKind::from_code(row.int(column)?).ok_or(corrupt)
}

fn read(row: &Row<'_>) -> Result<Notice, Error> {
    Ok(Notice {
        person: row.id(0)?,
        id: row.id(1)?,
        kind: kind(row, 2)?,
        month: row.month(3)?,
        subject: row.int(4)?,
        amount: row.fen(5)?,
        cause: super::cause(row, 6)?,
        created_at: row.timestamp(8)?,
    })
}
