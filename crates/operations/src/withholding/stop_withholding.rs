//! Where a bank's "no" says that there is no consent any more, nobody is debited again: the mandate
//! ends, and where somebody may have died, the desk gets a task instead of the bank another file.

use insurance::debit::failure::{Aftermath, aftermath};
use insurance::ids::PersonId;
use insurance::payment::FailureReason;
use store::Tx;
use store::tables::task::{self, Task, TaskKind};
use store::tables::{enrolment, mandate};
use units::Timestamp;

use super::line::Line;
use crate::city::City;

/// Within how many working days the desk finds out whether a person has died.
const VERIFY_WITHIN_WORKING_DAYS: u32 = 5;

/// Ends the mandate of an attempt where the reason says so, and opens the desk's task.
pub(super) fn stop_where_told(
    tx: &mut Tx<'_>,
    city: &City,
    (line, reason): (&Line<'_>, FailureReason),
    now: Timestamp,
) -> Result<(), store::Error> {
    let person = line.id.due.person;
    match aftermath(reason) {
        Aftermath::MayBeSentAgain | Aftermath::NeedsAnotherMandate => return Ok(()),
        Aftermath::MandateEnds => {}
        Aftermath::MandateEndsAndDeskVerifies => open_task(tx, city, person, now)?,
    }
    mandate::set_ended_one(tx, (person, line.debit.mandate), now.date_in_shanghai())?;
    Ok(())
}

fn open_task(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    now: Timestamp,
) -> Result<(), store::Error> {
    if task::is_open(tx, person, TaskKind::VerifyDeath)? {
        return Ok(());
    }
    let today = now.date_in_shanghai();
    let spans = enrolment::list(tx, person)?;
    let office = spans.last().map(|span| span.office.clone());
    let due_on = city.pack().calendar().plus_working_days(today, VERIFY_WITHIN_WORKING_DAYS);
    let task = Task {
        person,
        id: city.fresh(now),
        kind: TaskKind::VerifyDeath,
        office: office.unwrap_or_default(),
        month: Some(today.month()),
        opened_at: now,
        due_on: due_on.unwrap_or(today),
    };
    task::insert(tx, &task)
}
