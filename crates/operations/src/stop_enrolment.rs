//! 停保: a person stops. Before the month is paid the stop ends that month's bill; after, it takes
//! effect with the next month, as the pack says.

use insurance::cause::Cause;
use insurance::due::{Due, DueEvent, DueState};
use insurance::enrolment::Enrolment;
use insurance::ids::PersonId;
use insurance::ledger::{Entry, EntryKind, withdrawal_postings};
use policy::NotEncoded;
use policy::collection::StopEffect;
use store::Tx;
use store::tables::due::Transition;
use store::tables::enrolment::End;
use store::tables::{due, enrolment, entry, payment, person};
use units::{Date, Month, Timestamp};

use crate::city::City;

/// What a stop would do, before anybody does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopPlan {
    /// The span that ends.
    pub enrolment: Enrolment,
    /// The last insured month; before the span's first one, nothing of it stays insured.
    pub until: Month,
    /// Dues that are no longer asked for.
    pub withdrawn: Vec<Due>,
}

/// Why a person can't stop like this; each sentence can be read out.
#[derive(Debug, thiserror::Error)]
pub enum StopRefusal {
    /// There is nothing to stop.
    #[error("this person is not insured now; there is nothing to stop")]
    EnrolmentMustBeOpen,
    /// A channel is collecting this month just now.
    #[error(
        "a payment of this month is under way; stop again when its result is in, it then takes \
         effect with the next month if it was paid"
    )]
    DueMustNotBeInOpenAttempt,
    /// The pack does not say when a stop takes effect.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What stopping today would do.
///
/// # Errors
/// [`StopRefusal`].
pub fn plan_stop(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    today: Date,
) -> Result<StopPlan, StopRefusal> {
    let spans = enrolment::list(tx, person)?;
    let open = spans.into_iter().find(|span| span.closed_on.is_none());
    let enrolment = open.ok_or(StopRefusal::EnrolmentMustBeOpen)?;
    let month = today.month().max(enrolment.from);
    let dues = due::list(tx, person)?;
    let of_month: Vec<Due> = dues.into_iter().filter(|due| due.key.month == month).collect();
    let rule = city.pack().topics().stop.on(today, today)?.value;
    let is_paid = of_month.iter().any(|due| due.state.is_paid());
    let effect = if is_paid { rule.after_payment } else { rule.before_payment };
    if effect == StopEffect::NextMonth {
        return Ok(StopPlan { enrolment, until: month, withdrawn: Vec::new() });
    }
    let withdrawn: Vec<Due> =
        of_month.into_iter().filter(|due| due.state == DueState::Open).collect();
    if is_being_paid(tx, person, &withdrawn)? {
        return Err(StopRefusal::DueMustNotBeInOpenAttempt);
    }
    Ok(StopPlan { enrolment, until: month.previous(), withdrawn })
}

fn is_being_paid(tx: &mut Tx<'_>, person: PersonId, dues: &[Due]) -> Result<bool, store::Error> {
    for attempt in payment::list_open(tx, person)? {
        let items = payment::list_items(tx, person, attempt.id)?;
        if items.iter().any(|item| dues.iter().any(|due| due.key == item.due)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stops a person's insurance: closes the span, withdraws the month's bill where the rule says so,
/// and books the withdrawal. The desk's window and holidays are the desk's to check.
///
/// # Errors
/// [`StopRefusal`]; nothing is changed.
pub fn stop_enrolment(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    cause: Cause,
    now: Timestamp,
) -> Result<StopPlan, StopRefusal> {
    person::lock(tx, person)?;
    let today = now.date_in_shanghai();
    let plan = plan_stop(tx, city, person, today)?;
    let end = End { until: plan.until, closed_on: today, cause };
    enrolment::set_closed(tx, (person, plan.enrolment.id), end)?;
    for due in &plan.withdrawn {
        let state = due.state.next(DueEvent::Withdraw).expect("an open due can be withdrawn");
        let cause = plan.enrolment.id.get();
        due::set_state(tx, due, Transition { state, paid_on: None, cause })?;
    }
    let postings = withdrawal_postings(&plan.withdrawn);
    if !postings.is_empty() {
        let entry = Entry {
            owner: person,
            id: city.fresh(now),
            kind: EntryKind::Withdrawal,
            recorded_at: now,
            effective_on: today,
            cause,
            postings,
        };
        entry::append(tx, &entry)?;
    }
    Ok(plan)
}
