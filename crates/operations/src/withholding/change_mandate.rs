//! 委托: a person lets a paying bank debit their account, changes the account, or ends it.
//!
//! One live mandate a person: a new one ends the old. What lies with a bank already is not called
//! back; the next batch uses the new mandate.

use insurance::cause::Cause;
use insurance::ids::{MandateId, PersonId};
use store::Tx;
use store::tables::mandate;
use store::tables::person;
use units::Timestamp;

use crate::city::City;
pub use crate::sign_mandate::MandateRefusal;
use crate::sign_mandate::{MandateForm, check_mandate, sign};

/// Signs a mandate; it replaces the live one.
///
/// # Errors
/// [`MandateRefusal`]; nothing is changed.
pub fn sign_mandate(
    tx: &mut Tx<'_>,
    city: &City,
    (person, form): (PersonId, &MandateForm),
    cause: Cause,
    now: Timestamp,
) -> Result<MandateId, MandateRefusal> {
    check_mandate(city, form, now.date_in_shanghai())?;
    if !person::lock(tx, person)? {
        return Err(MandateRefusal::PersonMustBeRegistered);
    }
    Ok(sign(tx, city, (person, form), cause, now)?)
}

/// Ends a person's mandate: no bank debits them any more.
///
/// # Errors
/// [`MandateRefusal::MandateMustBeLive`], or the database's.
pub fn end_mandate(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<(), MandateRefusal> {
    person::lock(tx, person)?;
    match mandate::set_ended(tx, person, now.date_in_shanghai())? {
        0 => Err(MandateRefusal::MandateMustBeLive),
        _ => Ok(()),
    }
}
