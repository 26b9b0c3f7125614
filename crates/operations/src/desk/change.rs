//! What an insured person changes at the desk: insurances and base, the bank that debits them, or
//! nothing more at all.

use insurance::ids::PersonId;
use store::Tx;

use crate::change_enrolment::{ChangePlan, Choice, change_enrolment};
use crate::city::City;
use crate::desk::opening::{check_holiday, check_window};
use crate::desk::{AtDesk, DeskRefusal, check_office};
use crate::enrol::MandateForm;
use crate::stop_enrolment::{StopPlan, stop_enrolment};
use crate::withholding::change_mandate;

/// Stops a person's insurance.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn stop(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    at: &AtDesk,
) -> Result<StopPlan, DeskRefusal> {
    check_window(city, at.today())?;
    check_office(tx, person, &at.office)?;
    Ok(stop_enrolment(tx, city, person, at.cause, at.now)?)
}

/// Changes what is insured, or the base.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn change(
    tx: &mut Tx<'_>,
    city: &City,
    (person, choice): (PersonId, Choice),
    at: &AtDesk,
) -> Result<ChangePlan, DeskRefusal> {
    check_window(city, at.today())?;
    check_office(tx, person, &at.office)?;
    Ok(change_enrolment(tx, city, (person, choice), at.cause, at.now)?)
}

/// Signs a mandate, in place of the one before. It has no window: what lies with a bank already is
/// not called back, the next batch uses the new account.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn sign_mandate(
    tx: &mut Tx<'_>,
    city: &City,
    (person, form): (PersonId, &MandateForm),
    at: &AtDesk,
) -> Result<(), DeskRefusal> {
    check_holiday(city, at.today())?;
    check_office(tx, person, &at.office)?;
    change_mandate::sign_mandate(tx, city, (person, form), at.cause, at.now)?;
    Ok(())
}

/// Ends a mandate; a consent can be taken back on every day that the office serves.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn end_mandate(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    at: &AtDesk,
) -> Result<(), DeskRefusal> {
    check_holiday(city, at.today())?;
    check_office(tx, person, &at.office)?;
    Ok(change_mandate::end_mandate(tx, person, at.now)?)
}
