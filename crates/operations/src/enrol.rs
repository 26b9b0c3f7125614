//! 参保登记: a person joins, at a desk or by a line of a file.

use insurance::cause::Cause;
use insurance::enrolment::Enrolment;
use insurance::identity_number::IdentityNumber;
use insurance::ids::PersonId;
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use policy::{BranchSet, NotEncoded, Refusal};
use store::Tx;
use store::tables::{enrolment, person};
use units::{Date, Fen, Month, Timestamp};

use crate::city::City;
pub use crate::sign_mandate::MandateForm;
use crate::sign_mandate::{is_paying_bank, sign};

/// What a person hands in, each field checked by its type.
#[derive(Clone)]
pub struct EnrolmentForm {
    /// 社会保障号码.
    pub identity: IdentityNumber,
    /// Name as on the identity card.
    pub name: String,
    /// 社会保障卡卡号.
    pub card: Option<SocialSecurityCard>,
    /// Mobile number for notices.
    pub phone: Option<MobileNumber>,
    /// 户籍所在地; recorded, never decides.
    pub household: Option<String>,
    /// The office's code in the pack.
    pub office: String,
    /// What to insure.
    pub branches: BranchSet,
    /// 缴费基数.
    pub base: Fen,
    /// The first insured month.
    pub from: Month,
    /// Consent to be debited.
    pub mandate: Option<MandateForm>,
}

/// Why somebody can't join like this; each sentence can be read out to the person.
#[derive(Debug, thiserror::Error)]
pub enum EnrolRefusal {
    /// One person, one live enrolment, anywhere in the city.
    #[error(
        "this identity number is insured already since {from}; change that enrolment, or stop it \
         first"
    )]
    PersonMustNotBeInsured {
        /// Since which month.
        from: Month,
    },
    /// The card belongs to somebody else.
    #[error("this social security card belongs to another person; check the card's number")]
    CardMustBeTheirs,
    /// The office is not in the pack.
    #[error("there is no office {0:?}; the offices are in the city's pack")]
    OfficeMustExist(String),
    /// The bank is not a paying bank.
    #[error("{0:?} is no bank that withholds contributions here")]
    BankMustWithhold(String),
    /// The name is empty or has more than 60 letters.
    #[error("the name must have 1 to 60 letters, as on the identity card")]
    NameMustBeGiven,
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

/// Registers a person, or a known one who was not insured, and opens an enrolment.
///
/// The desk's window and holidays are the desk's to check: files are imported on any day.
///
/// # Errors
/// [`EnrolRefusal`]; nothing is changed.
pub fn enrol(
    tx: &mut Tx<'_>,
    city: &City,
    form: &EnrolmentForm,
    cause: Cause,
    now: Timestamp,
) -> Result<PersonId, EnrolRefusal> {
    let today = now.date_in_shanghai();
    check(city, form, today)?;
    let known = person::find_by_identity(tx, &form.identity)?;
    let id = known.unwrap_or_else(|| city.fresh(now));
    if known.is_some() {
        person::lock(tx, id)?;
        let spans = enrolment::list(tx, id)?;
        if let Some(span) = spans.iter().find(|span| span.overlaps(form.from, None)) {
            return Err(EnrolRefusal::PersonMustNotBeInsured { from: span.from });
        }
    }
    // Refusals come before the first write: a file's good lines share one transaction.
    if let Some(card) = &form.card
        && person::claim_card(tx, card, id)? != id
    {
        return Err(EnrolRefusal::CardMustBeTheirs);
    }
    if known.is_none() {
        let owner = person::claim_identity(tx, &form.identity, id)?;
        if owner != id {
            return Err(EnrolRefusal::PersonMustNotBeInsured { from: form.from });
        }
        person::insert(tx, &person_of(city, form, (id, cause), today))?;
    }
    let span = Enrolment {
        person: id,
        id: city.fresh(now),
        office: form.office.clone(),
        branches: form.branches,
        base: form.base,
        from: form.from,
        until: None,
        opened_on: today,
        closed_on: None,
        cause,
    };
    enrolment::insert(tx, &span)?;
    if let Some(consent) = &form.mandate {
        sign(tx, city, (id, consent), cause, now)?;
    }
    Ok(id)
}

/// Whether the form is allowed by the pack, without looking at the database.
///
/// # Errors
/// [`EnrolRefusal`], in the order in which a clerk meets the fields.
pub fn check(city: &City, form: &EnrolmentForm, today: Date) -> Result<(), EnrolRefusal> {
    let letters = form.name.trim().chars().count();
    if !(1..=60).contains(&letters) || form.name.chars().any(char::is_control) {
        return Err(EnrolRefusal::NameMustBeGiven);
    }
    let topics = city.pack().topics();
    let offices = &topics.offices.on(today, today)?.value;
    if !offices.iter().any(|office| office.code == form.office) {
        return Err(EnrolRefusal::OfficeMustExist(form.office.clone()));
    }
    let rules = city.pack().rules(form.from, today)?;
    rules.check_choice(form.branches)?;
    for branch in form.branches.iter() {
        rules.check_base(branch, form.base)?;
    }
    if let Some(mandate) = &form.mandate
        && !is_paying_bank(city, &mandate.bank, today)?
    {
        return Err(EnrolRefusal::BankMustWithhold(mandate.bank.clone()));
    }
    Ok(())
}

fn person_of(
    city: &City,
    form: &EnrolmentForm,
    (id, cause): (PersonId, Cause),
    today: Date,
) -> Person {
    let notices = city.pack().topics().notices.on(today, today);
    let automatic = notices.is_ok_and(|rule| today >= rule.value.automatic_since);
    Person {
        id,
        identity: form.identity.clone(),
        name: form.name.trim().to_owned(),
        card: form.card.clone(),
        phone: form.phone.clone(),
        household: form.household.clone(),
        notices_since: automatic.then_some(today),
        registered_on: today,
        cause,
    }
}
