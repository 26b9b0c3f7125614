//! Opening a task: what a clerk must do, counted in working days.

use insurance::ids::{PersonId, TaskId};
use store::Tx;
use store::tables::task::{self, Task, TaskKind};
use units::{Month, Timestamp};

use crate::city::City;

/// What must be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// What.
    pub kind: TaskKind,
    /// By which office.
    pub office: String,
    /// About which month.
    pub month: Option<Month>,
    /// Within how many working days from today.
    pub working_days: u32,
}

/// Opens a task about a person.
///
/// # Errors
/// The database's.
pub fn open_task(
    tx: &mut Tx<'_>,
    city: &City,
    (person, work): (PersonId, Work),
    now: Timestamp,
) -> Result<TaskId, store::Error> {
    let today = now.date_in_shanghai();
    let due_on = city.pack().calendar().plus_working_days(today, work.working_days);
    let task = Task {
        person,
        id: city.fresh(now),
        kind: work.kind,
        office: work.office,
        month: work.month,
        opened_at: now,
        due_on: due_on.unwrap_or(today),
    };
    task::insert(tx, &task)?;
    Ok(task.id)
}
