//! `suspension`: medical cover stopped, and lifted.

use insurance::ids::{NoticeId, PersonId, ReceiptId, RunId, SuspensionId, TaskId};
use units::{Date, Month, Timestamp};

use crate::{Error, Row, Tx};

/// 暂停待遇.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Whose cover.
    pub person: PersonId,
    /// Its number.
    pub id: SuspensionId,
    /// The month that was not paid in full.
    pub unpaid_month: Month,
    /// The legal day, whenever the job ran.
    pub from_on: Date,
    /// The notice that went before it.
    pub notice: Option<NoticeId>,
    /// Without a notice: the clerk's open task.
    pub task: Option<TaskId>,
    /// The month close that made it.
    pub run: RunId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The first day of restored cover.
    pub lifted_on: Option<Date>,
    /// The receipt that restored it.
    pub lifted_by: Option<ReceiptId>,
}

/// Records a suspension. Answers 1, or 0 when the month has one already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, suspension: &Suspension) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO suspension (person_id, suspension_id, unpaid_month, from_on, notice_id, \
         task_id, run_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT DO NOTHING",
        &[
            suspension.person.into(),
            suspension.id.into(),
            suspension.unpaid_month.into(),
            suspension.from_on.into(),
            suspension.notice.into(),
            suspension.task.into(),
            suspension.run.into(),
            suspension.recorded_at.into(),
        ],
    )
}

/// A person's suspensions, oldest month first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Suspension>, Error> {
    tx.query(
        "SELECT person_id, suspension_id, unpaid_month, from_on, notice_id, task_id, run_id, \
         recorded_at, lifted_on, lifted_by FROM suspension WHERE person_id = $1 \
         ORDER BY unpaid_month",
        &[person.into()],
        read,
    )
}

/// Lifts a person's open suspensions. Answers how many were lifted.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_lifted(
    tx: &mut Tx<'_>,
    person: PersonId,
    lifted_on: Date,
    lifted_by: ReceiptId,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspension SET lifted_on = $2, lifted_by = $3 \
         WHERE person_id = $1 AND lifted_on IS NULL",
        &[person.into(), lifted_on.into(), lifted_by.into()],
    )
}

/// Puts back the suspension for one unpaid month, because what paid the month was taken back.
///
/// # Errors
/// [`Error`] of the database.
pub fn unset_lifted_of_month(
    tx: &mut Tx<'_>,
    person: PersonId,
    unpaid_month: Month,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE suspension SET lifted_on = NULL, lifted_by = NULL \
         WHERE person_id = $1 AND unpaid_month = $2",
        &[person.into(), unpaid_month.into()],
    )
}

/// Whether a person has a suspension that was not lifted.
///
/// # Errors
/// [`Error`] of the database.
pub fn is_suspended(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, Error> {
    tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM suspension WHERE person_id = $1 AND lifted_on IS NULL)",
        &[person.into()],
        |row| row.bool(0),
    )
}

/// How many people are suspended for a month.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_of_month(tx: &mut Tx<'_>, unpaid_month: Month) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM suspension WHERE unpaid_month = $1 AND lifted_on IS NULL",
        &[unpaid_month.into()],
        |row| row.int(0),
    )
}

fn read(row: &Row<'_>) -> Result<Suspension, Error> {
    Ok(Suspension {
        person: row.id(0)?,
        id: row.id(1)?,
        unpaid_month: row.month(2)?,
        from_on: row.date(3)?,
        notice: row.opt_int(4)?.map(NoticeId::from_i64),
        task: row.opt_int(5)?.map(TaskId::from_i64),
        run: row.id(6)?,
        recorded_at: row.timestamp(7)?,
        lifted_on: row.opt_date(8)?,
        lifted_by: row.opt_int(9)?.map(ReceiptId::from_i64),
    })
}
