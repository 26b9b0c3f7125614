//! `task`: what a clerk must do, and by when.

use insurance::ids::{PersonId, TaskId};
use units::{Date, Month, Timestamp};

use crate::{Error, Row, Tx};

/// What a clerk must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// Tell a person, who got no notice, that medical cover is about to stop.
    TellOfSuspension,
    /// WeChat gave no final answer about an order for a day: look at the day's bill.
    ResolveWechatOrder,
    /// A refund can't go back the way it came: find another way with the person.
    RefundOtherwise,
    /// A value published late lowers what a person was charged: return the difference.
    ReturnDifference,
    /// A bank says that the holder of the account has died: find out, and record it (死亡核实).
    VerifyDeath,
    /// Money left twice, to a payee and back to its channel: get it back from the payee (追回).
    RecoverPayment,
}

impl TaskKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::TellOfSuspension,
        Self::ResolveWechatOrder,
        Self::RefundOtherwise,
        Self::ReturnDifference,
        Self::VerifyDeath,
        Self::RecoverPayment,
    ];

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::TellOfSuspension => 1,
            Self::ResolveWechatOrder => 21,
            Self::RefundOtherwise => 22,
            Self::ReturnDifference => 31,
            Self::VerifyDeath => 41,
            Self::RecoverPayment => 51,
        }
    }
}

/// 待办.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// About whom.
    pub person: PersonId,
    /// Its number.
    pub id: TaskId,
    /// What to do.
    pub kind: TaskKind,
    /// Which office.
    pub office: String,
    /// About which month.
    pub month: Option<Month>,
    /// Since when.
    pub opened_at: Timestamp,
    /// By when.
    pub due_on: Date,
}

/// Opens a task.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, task: &Task) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO task (person_id, task_id, kind, office, month, opened_at, due_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            task.person.into(),
            task.id.into(),
            task.kind.code().into(),
            (&task.office).into(),
            task.month.into(),
            task.opened_at.into(),
            task.due_on.into(),
        ],
    )?;
    Ok(())
}

/// Whether a person has an open task of a kind.
///
/// # Errors
/// [`Error`] of the database.
pub fn is_open(tx: &mut Tx<'_>, person: PersonId, kind: TaskKind) -> Result<bool, Error> {
    tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM task WHERE person_id = $1 AND kind = $2 \
         AND closed_at IS NULL)",
        &[person.into(), kind.code().into()],
        |row| row.bool(0),
    )
}

/// How many tasks are open.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_open(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM task WHERE closed_at IS NULL", &[], |row| row.int(0))
}

/// The open tasks of an office and those of no office, or all; the earliest limit first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open(tx: &mut Tx<'_>, office: Option<&str>, limit: i64) -> Result<Vec<Task>, Error> {
    tx.query(
        "SELECT person_id, task_id, kind, office, month, opened_at, due_on FROM task \
         WHERE closed_at IS NULL AND (CAST($1 AS TEXT) IS NULL OR office = $1 OR office = '') \
         ORDER BY due_on, task_id LIMIT $2",
        &[office.into(), limit.into()],
        read,
    )
}

/// One open task.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_open(tx: &mut Tx<'_>, person: PersonId, id: TaskId) -> Result<Option<Task>, Error> {
    tx.query_opt(
        "SELECT person_id, task_id, kind, office, month, opened_at, due_on FROM task \
         WHERE person_id = $1 AND task_id = $2 AND closed_at IS NULL",
        &[person.into(), id.into()],
        read,
    )
}

/// Closes a task, with what was done. Answers 0 when it was closed before.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_closed(
    tx: &mut Tx<'_>,
    (person, id): (PersonId, TaskId),
    closed_at: Timestamp,
    note: &str,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE task SET closed_at = $3, note = $4 \
         WHERE person_id = $1 AND task_id = $2 AND closed_at IS NULL",
        &[person.into(), id.into(), closed_at.into(), note.into()],
    )
}

/// Closes a person's open tasks of a kind, with what was done. Answers how many there were.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_closed_of_kind(
    tx: &mut Tx<'_>,
    (person, kind): (PersonId, TaskKind),
    closed_at: Timestamp,
    note: &str,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE task SET closed_at = $3, note = $4 \
         WHERE person_id = $1 AND kind = $2 AND closed_at IS NULL",
        &[person.into(), kind.code().into(), closed_at.into(), note.into()],
    )
}

fn read(row: &Row<'_>) -> Result<Task, Error> {
    let corrupt = Error::Corrupt { column: 2, expected: "a kind of task" };
    Ok(Task {
        person: row.id(0)?,
        id: row.id(1)?,
        kind: TaskKind::from_code(row.int(2)?).ok_or(corrupt)?,
        office: row.string(3)?,
        month: row.opt_month(4)?,
        opened_at: row.timestamp(5)?,
        due_on: row.date(6)?,
    })
}
