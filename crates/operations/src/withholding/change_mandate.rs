//! 委托: a person lets a paying bank debit their account, changes the account, or ends it.
//!
//! One live mandate a person: a new one ends the old. What lies with a bank already is not called
//! back; the next batch uses the new mandate.

use insurance::cause::Cause;
use insurance::ids::{MandateId, PersonId};
use policy::NotEncoded;
use store::Tx;
use store::tables::mandate::{self, Mandate};
use store::tables::person;
use units::Timestamp;

use crate::city::City;
use crate::enrol::MandateForm;

/// Why a mandate cannot be signed or ended like this.
#[derive(Debug, thiserror::Error)]
pub enum MandateRefusal {
    /// Nobody has the number.
    #[error("this person is not registered; register them first")]
    PersonMustBeRegistered,
    /// The bank does not withhold.
    #[error("{0:?} is no bank that withholds contributions here")]
    BankMustWithhold(String),
    /// No account number, or one that no file can carry.
    #[error("the account number must have 8 to 34 digits; check the card")]
    AccountMustBeANumber,
    /// No holder, or a name that no file can carry.
    #[error("the holder's name must have 1 to 60 letters, as at the bank")]
    HolderMustBeNamed,
    /// Signed tomorrow.
    #[error("the mandate must be signed today or earlier; today is {today}")]
    SignatureMustNotBeLater {
        /// Today.
        today: units::Date,
    },
    /// There is nothing to end.
    #[error("this person has no mandate to end")]
    MandateMustBeLive,
    /// The pack has no banks for the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

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
    let today = now.date_in_shanghai();
    let banks = &city.pack().topics().banks.on(today, today)?.value;
    if !banks.iter().any(|bank| bank.code == form.bank && bank.withholds) {
        return Err(MandateRefusal::BankMustWithhold(form.bank.clone()));
    }
    let account = form.account_number.trim();
    if !(8..=34).contains(&account.len()) || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MandateRefusal::AccountMustBeANumber);
    }
    let holder = form.holder.trim();
    if !(1..=60).contains(&holder.chars().count()) || holder.chars().any(char::is_control) {
        return Err(MandateRefusal::HolderMustBeNamed);
    }
    if form.signed_on > today {
        return Err(MandateRefusal::SignatureMustNotBeLater { today });
    }
    if !person::lock(tx, person)? {
        return Err(MandateRefusal::PersonMustBeRegistered);
    }
    mandate::set_ended(tx, person, today)?;
    let signed = Mandate {
        person,
        id: city.fresh(now),
        bank: form.bank.clone(),
        account_number: account.to_owned(),
        holder: holder.to_owned(),
        signed_on: form.signed_on,
        ended_on: None,
        cause,
    };
    mandate::insert(tx, &signed)?;
    Ok(signed.id)
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
