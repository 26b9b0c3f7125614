//! 委托: the consent to be debited that a person hands in with an enrolment. Signing or ending one
//! by itself is [`crate::withholding::change_mandate`].

use insurance::cause::Cause;
use insurance::ids::PersonId;
use policy::NotEncoded;
use store::Tx;
use store::tables::mandate::{self, Mandate};
use units::{Date, Timestamp};

use crate::city::City;

/// Consent to be debited by a paying bank.
#[derive(Clone)]
pub struct MandateForm {
    /// The bank's code in the pack.
    pub bank: String,
    /// The account to debit.
    pub account_number: String,
    /// Its holder.
    pub holder: String,
    /// The day it was signed.
    pub signed_on: Date,
}

/// Whether a bank withholds contributions.
pub(crate) fn is_paying_bank(city: &City, code: &str, today: Date) -> Result<bool, NotEncoded> {
    let banks = &city.pack().topics().banks.on(today, today)?.value;
    Ok(banks.iter().any(|bank| bank.code == code && bank.withholds))
}

/// A new mandate replaces the live one.
pub(crate) fn sign(
    tx: &mut Tx<'_>,
    city: &City,
    (person, consent): (PersonId, &MandateForm),
    cause: Cause,
    now: Timestamp,
) -> Result<(), store::Error> {
    mandate::set_ended(tx, person, now.date_in_shanghai())?;
    let mandate = Mandate {
        person,
        id: city.fresh(now),
        bank: consent.bank.clone(),
        account_number: consent.account_number.clone(),
        holder: consent.holder.clone(),
        signed_on: consent.signed_on,
        ended_on: None,
        cause,
    };
    mandate::insert(tx, &mandate)
}
