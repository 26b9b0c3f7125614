//! Phone and 社保通. The service is free; people who joined before it began switch it on at a desk with
//! identity card and citizen card, and anybody may switch it off.

use insurance::ids::PersonId;
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use store::Tx;
use store::tables::person;

use crate::city::City;
use crate::desk::opening::check_holiday;
use crate::desk::{AtDesk, DeskRefusal, check_office};
use crate::enrol::EnrolRefusal;

/// What somebody who wants 社保通 shows at the desk.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The clerk looked at identity card and citizen card, and they are the person's.
    pub both_cards: bool,
    /// The number on the citizen card (社会保障卡).
    pub card: SocialSecurityCard,
}

/// Sets the mobile number.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn set_phone(
    tx: &mut Tx<'_>,
    city: &City,
    (id, phone): (PersonId, &MobileNumber),
    at: &AtDesk,
) -> Result<(), DeskRefusal> {
    let person = ready(tx, city, id, at)?;
    person::set_contact(tx, id, Some(phone), person.notices_since)?;
    Ok(())
}

/// Switches 社保通 on. A card that was not on file is recorded.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn switch_on(
    tx: &mut Tx<'_>,
    city: &City,
    (id, shown): (PersonId, &Shown),
    at: &AtDesk,
) -> Result<(), DeskRefusal> {
    let person = ready(tx, city, id, at)?;
    if !shown.both_cards {
        return Err(DeskRefusal::CardsMustBeShown);
    }
    if person.phone.is_none() {
        return Err(DeskRefusal::PhoneMustBeGiven);
    }
    match &person.card {
        Some(known) if *known != shown.card => return Err(DeskRefusal::CardMustMatch),
        Some(_) => {}
        None => {
            if person::claim_card(tx, &shown.card, id)? != id {
                return Err(EnrolRefusal::CardMustBeTheirs.into());
            }
            let household = person.household.as_deref();
            person::set_card_and_household(tx, id, Some(&shown.card), household)?;
        }
    }
    let since = person.notices_since.unwrap_or_else(|| at.today());
    person::set_contact(tx, id, person.phone.as_ref(), Some(since))?;
    Ok(())
}

/// Switches 社保通 off.
///
/// # Errors
/// [`DeskRefusal`]; nothing is changed.
pub fn switch_off(
    tx: &mut Tx<'_>,
    city: &City,
    id: PersonId,
    at: &AtDesk,
) -> Result<(), DeskRefusal> {
    let person = ready(tx, city, id, at)?;
    person::set_contact(tx, id, person.phone.as_ref(), None)?;
    Ok(())
}

fn ready(tx: &mut Tx<'_>, city: &City, id: PersonId, at: &AtDesk) -> Result<Person, DeskRefusal> {
    check_holiday(city, at.today())?;
    person::lock(tx, id)?;
    let person = person::find(tx, id)?.ok_or(DeskRefusal::PersonMustBeRegistered)?;
    check_office(tx, id, &at.office)?;
    Ok(person)
}
