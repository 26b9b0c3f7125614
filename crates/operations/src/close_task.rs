//! Closing a task: a clerk says what they did.

use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{PersonId, TaskId};
use policy::Text;
use store::Tx;
use store::tables::task;
use units::Timestamp;

use crate::casework::course::{audit, check_reason};
use crate::city::City;

/// Who does tasks.
pub const DOERS: RoleSet = RoleSet::of(&[Role::Window, Role::Review, Role::Finance]);

/// Why a task stays open.
#[derive(Debug, thiserror::Error)]
pub enum TaskRefusal {
    /// It was closed meanwhile, or is another office's.
    #[error("the task must be open, and of the clerk's office")]
    TaskMustBeOpen,
    /// What was done is not said.
    #[error("what was done must be said")]
    ReasonMustBeGiven,
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl TaskRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(&self) -> Text {
        match self {
            Self::TaskMustBeOpen | Self::Store(_) => Text::fixed(
                "这项待办已经办结，或属于别的机构；请刷新后再看。",
                "This task is done, or is another office's; look again.",
            ),
            Self::ReasonMustBeGiven => Text::fixed(
                "请写明怎么办的（4至200个字）。",
                "Say what you did, in 4 to 200 letters.",
            ),
        }
    }
}

/// Whether a clerk sees the tasks of every office.
#[must_use]
pub fn sees_every_office(clerk: &Clerk) -> bool {
    clerk.roles.meets(RoleSet::of(&[Role::Finance, Role::Audit]))
}

/// Closes a task of the clerk's office, with what was done and an audit event.
///
/// # Errors
/// [`TaskRefusal`]; nothing is changed.
pub fn close_task(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    ((person, id), note): ((PersonId, TaskId), &str),
    now: Timestamp,
) -> Result<(), TaskRefusal> {
    let found = task::find_open(tx, person, id)?.ok_or(TaskRefusal::TaskMustBeOpen)?;
    let theirs =
        sees_every_office(clerk) || found.office.is_empty() || found.office == clerk.office;
    if !theirs || !clerk.roles.meets(DOERS) {
        return Err(TaskRefusal::TaskMustBeOpen);
    }
    check_reason(note).map_err(|_| TaskRefusal::ReasonMustBeGiven)?;
    if task::set_closed(tx, (person, id), now, note.trim())? == 0 {
        return Err(TaskRefusal::TaskMustBeOpen);
    }
    let detail = format!("task {id}: {:?} done", found.kind);
    audit(tx, city, clerk, (person, "task", &detail), now)?;
    Ok(())
}
