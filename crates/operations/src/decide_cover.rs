//! 待遇资格: a person's medical cover on a day, from what is stored.

use std::collections::BTreeMap;

use insurance::entitlement::{Cover, MedicalMonth, MedicalPayment, cover_on};
use insurance::ids::PersonId;
use policy::{Branch, NotEncoded};
use store::Tx;
use store::tables::{due, enrolment, month_close};
use units::{Date, Month};

use crate::city::City;

/// Why cover can't be decided.
#[derive(Debug, thiserror::Error)]
pub enum CoverError {
    /// The pack has no rule for the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Whether a person is covered on a day, and since when or why not.
///
/// A month whose books are not closed costs nobody their cover (books-closed gate).
///
/// # Errors
/// [`CoverError`].
pub fn decide_cover(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    day: Date,
) -> Result<Cover, CoverError> {
    let lapse = &city.pack().topics().medical_lapse.on(day, day)?.value;
    Ok(cover_on(day, &medical_months(tx, person, day.month())?, lapse))
}

/// A person's medical months up to `last`: every insured month, with what is known of its
/// payment. Months that were insured before these books began, or whose bill is not made yet, cost
/// nobody their cover.
///
/// # Errors
/// The database's.
pub fn medical_months(
    tx: &mut Tx<'_>,
    person: PersonId,
    last: Month,
) -> Result<Vec<MedicalMonth>, store::Error> {
    let mut months: BTreeMap<Month, MedicalPayment> = BTreeMap::new();
    for span in enrolment::list(tx, person)? {
        if span.branches.contains(Branch::Medical) {
            let until = span.until.map_or(last, |until| until.min(last));
            let insured = span.from.through(until);
            months.extend(insured.map(|month| (month, MedicalPayment::BooksOpen)));
        }
    }
    for month in due::list_medical(tx, person)? {
        let payment = match month.paid_on {
            Some(on) if month.unpaid == 0 => MedicalPayment::Paid(on),
            _ if month_close::find(tx, month.month)?.is_some() => MedicalPayment::Unpaid,
            _ => MedicalPayment::BooksOpen,
        };
        months.insert(month.month, payment);
    }
    Ok(months.into_iter().map(|(month, payment)| MedicalMonth { month, payment }).collect())
}
