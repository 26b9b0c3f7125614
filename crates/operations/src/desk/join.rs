//! Joining and coming back at a desk: everything is checked before anything is shown, and the
//! enrolment, its first bill and the notice service are saved together.

use insurance::ids::PersonId;
use store::Tx;
use store::tables::{employer_month, enrolment, person};
use units::Date;

use crate::city::City;
use crate::desk::assess_joiner::assess_joiner;
use crate::desk::opening::{DeskClosed, check_window};
use crate::desk::{AtDesk, DeskRefusal};
use crate::enrol::{self, EnrolRefusal, EnrolmentForm, enrol};

/// Whether somebody could join like this, apart from the day: the law, a living double, an
/// employer, the name.
///
/// # Errors
/// [`EnrolRefusal`], in the order in which the person should hear of it.
pub fn check_join(
    tx: &mut Tx<'_>,
    city: &City,
    form: &EnrolmentForm,
    today: Date,
) -> Result<Option<PersonId>, EnrolRefusal> {
    let known = person::find_by_identity(tx, &form.identity)?;
    if let Some(id) = known {
        enrol::check_known(tx, id, form)?;
    }
    if let Some(card) = &form.card
        && let Some(owner) = person::find_by_card(tx, card)?
        && known != Some(owner)
    {
        return Err(EnrolRefusal::CardMustBeTheirs);
    }
    enrol::check(city, form, today)?;
    Ok(known)
}

/// The month from which somebody who comes today is insured: today's, or that of the next open
/// day where the desk is closed.
///
/// # Errors
/// [`DeskClosed::NotEncoded`].
pub fn first_month(city: &City, today: Date) -> Result<units::Month, DeskClosed> {
    match check_window(city, today) {
        Ok(()) => Ok(today.month()),
        Err(closed) => closed.next().map(Date::month).ok_or(closed),
    }
}

/// The first month from which a registered person can come back: behind what was insured and behind
/// what an employer declared.
///
/// # Errors
/// [`DeskRefusal::Closed`] where the pack does not say, or the database's.
pub fn first_free_month(
    tx: &mut Tx<'_>,
    city: &City,
    (person, today): (PersonId, Date),
) -> Result<units::Month, DeskRefusal> {
    let first = first_month(city, today)?;
    let insured = enrolment::list(tx, person)?.into_iter().filter_map(|span| span.until).max();
    let all = policy::BranchSet::ALL;
    let declared = employer_month::find_last(tx, person, all, first)?.map(|last| last.month);
    let taken = [insured, declared].into_iter().flatten().max();
    Ok(taken.map_or(first, |taken| first.max(taken.next())))
}

/// Registers and insures a person, or one who comes back; makes the bill; keeps 社保通 on or off as
/// asked for.
///
/// # Errors
/// [`DeskRefusal`]; the caller's transaction must then be given up.
pub fn join(
    tx: &mut Tx<'_>,
    city: &City,
    (form, notices): (&EnrolmentForm, NoticeWish),
    at: &AtDesk,
) -> Result<PersonId, DeskRefusal> {
    check_window(city, at.today())?;
    check_join(tx, city, form, at.today())?;
    let id = enrol(tx, city, form, at.cause, at.now)?;
    assess_joiner(tx, city, (id, form.from), at)?;
    if let Some(person) = person::find(tx, id)? {
        let since = match notices {
            NoticeWish::On => person.notices_since.or(Some(at.today())),
            NoticeWish::Off => None,
        };
        person::set_contact(tx, id, person.phone.as_ref(), since)?;
    }
    Ok(id)
}

/// What a joiner wants of 社保通.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeWish {
    /// Messages.
    On,
    /// None.
    Off,
}
