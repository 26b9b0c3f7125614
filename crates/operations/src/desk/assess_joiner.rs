//! A new joiner's bill is made at once, with the enrolment: nobody waits for the month's next run
//! to learn what they owe.

use insurance::assessment::assess;
use insurance::ids::PersonId;
use store::Tx;
use store::tables::{enrolment, month_close};
use units::Month;

use crate::assess_month::save_one;
use crate::city::City;
use crate::desk::AtDesk;
use crate::enrol::EnrolRefusal;
use crate::run::{self, Job};

/// Makes the bills of a joiner from the first insured month to today's; months that have dues of
/// the person, or whose books are closed, are left alone. A month that has not begun is left to
/// its own run.
///
/// # Errors
/// [`EnrolRefusal::Law`] or [`EnrolRefusal::NotEncoded`] when a month can't be computed.
pub(super) fn assess_joiner(
    tx: &mut Tx<'_>,
    city: &City,
    (person, from): (PersonId, Month),
    at: &AtDesk,
) -> Result<(), EnrolRefusal> {
    let today = at.today();
    let before = PersonId::from_i64(person.get() - 1);
    for month in from.through(today.month()) {
        let unassessed = enrolment::list_unassessed(tx, month, before, 1)?;
        let joiner = unassessed.iter().find(|insured| insured.person == person);
        let Some(joiner) = joiner else { continue };
        if month_close::find(tx, month)?.is_some() {
            continue;
        }
        let rules = city.pack().rules(month, today)?;
        let mut dues = Vec::new();
        let batch = city.fresh(at.now);
        assess(joiner, &rules, batch, &mut dues)?;
        let subject = month.to_string();
        let job = Job { kind: "assess_month", subject: &subject, actor: &at.account };
        let run = run::begin_within(tx, city, job, at.now)?.id;
        save_one(tx, city, &rules, (batch, run, at.now), &dues)?;
    }
    Ok(())
}
