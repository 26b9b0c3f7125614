//! A change of base or insurances: the open span is closed and the next one opened, so that every
//! past month keeps what was chosen for it.

use insurance::cause::Cause;
use insurance::due::DueState;
use insurance::enrolment::Enrolment;
use insurance::ids::PersonId;
use policy::{BranchSet, NotEncoded, Refusal};
use store::Tx;
use store::tables::enrolment::End;
use store::tables::{due, enrolment, person};
use units::{Date, Fen, Month, Timestamp};

use crate::city::City;

/// What a person wants from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What to insure.
    pub branches: BranchSet,
    /// 缴费基数.
    pub base: Fen,
}

/// What a change would do, before anybody does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePlan {
    /// The span that ends.
    pub enrolment: Enrolment,
    /// The first month with the new choice.
    pub from: Month,
}

/// Why a choice can't be changed like this; each sentence can be read out.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefusal {
    /// There is nothing to change.
    #[error("this person is not insured now; enrol them first")]
    EnrolmentMustBeOpen,
    /// Nothing differs.
    #[error("this is what the person has already; choose another base or other insurances")]
    ChoiceMustDiffer,
    /// A branch or base that the law does not allow.
    #[error(transparent)]
    Law(#[from] Refusal),
    /// The pack has no value for the month.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What changing to a choice today would do. A month whose bill is made keeps it: the change
/// begins with the first month behind it.
///
/// # Errors
/// [`ChangeRefusal`].
pub fn plan_change(
    tx: &mut Tx<'_>,
    city: &City,
    (person, choice): (PersonId, Choice),
    today: Date,
) -> Result<ChangePlan, ChangeRefusal> {
    let spans = enrolment::list(tx, person)?;
    let open = spans.into_iter().find(|span| span.closed_on.is_none());
    let enrolment = open.ok_or(ChangeRefusal::EnrolmentMustBeOpen)?;
    if choice == (Choice { branches: enrolment.branches, base: enrolment.base }) {
        return Err(ChangeRefusal::ChoiceMustDiffer);
    }
    let asked = due::list(tx, person)?.into_iter().filter(|due| due.state != DueState::Closed);
    let billed = asked.map(|due| due.key.month).max();
    let first = today.month().max(enrolment.from);
    let from = billed.map_or(first, |billed| first.max(billed.next()));
    // Next month's values may not be published yet; the choice is checked by today's.
    let rules = city.pack().rules(today.month(), today)?;
    rules.check_choice(choice.branches)?;
    for branch in choice.branches.iter() {
        rules.check_base(branch, choice.base)?;
    }
    Ok(ChangePlan { enrolment, from })
}

/// Changes a person's choice. The desk's window and holidays are the desk's to check.
///
/// # Errors
/// [`ChangeRefusal`]; nothing is changed.
pub fn change_enrolment(
    tx: &mut Tx<'_>,
    city: &City,
    (person, choice): (PersonId, Choice),
    cause: Cause,
    now: Timestamp,
) -> Result<ChangePlan, ChangeRefusal> {
    person::lock(tx, person)?;
    let today = now.date_in_shanghai();
    let plan = plan_change(tx, city, (person, choice), today)?;
    let old = &plan.enrolment;
    let end = End { until: plan.from.previous(), closed_on: today, cause };
    enrolment::set_closed(tx, (person, old.id), end)?;
    let next = Enrolment {
        person,
        id: city.fresh(now),
        office: old.office.clone(),
        branches: choice.branches,
        base: choice.base,
        from: plan.from,
        until: None,
        opened_on: today,
        closed_on: None,
        cause,
        end_cause: None,
    };
    enrolment::insert(tx, &next)?;
    Ok(plan)
}
