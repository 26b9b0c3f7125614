//! 参保登记: a person joins, at a desk or by a line of a file.

use insurance::cause::Cause;
use insurance::enrolment::Enrolment;
use insurance::identity_number::IdentityNumber;
use insurance::ids::PersonId;
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use policy::BranchSet;
use store::Tx;
use store::tables::{employer_month, enrolment, person};
use units::{Date, Fen, Month, Timestamp};

use crate::city::City;
pub use crate::sign_mandate::{MandateForm, MandateRefusal};
use crate::sign_mandate::{check_mandate, sign};

mod refusal;

pub use refusal::EnrolRefusal;

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
        check_known(tx, id, form)?;
    }
    // Refusals come before the first write: a file's good lines share one transaction.
    if let Some(card) = &form.card
        && person::claim_card(tx, card, id)? != id
    {
        return Err(EnrolRefusal::CardMustBeTheirs);
    }
    if known.is_some() {
        complete(tx, id, form)?;
    } else {
        let owner = person::claim_identity(tx, &form.identity, id)?;
        if owner != id {
            // Somebody registers the same person in this moment.
            let (from, office) = (form.from, form.office.clone());
            return Err(EnrolRefusal::PersonMustNotBeInsured { from, office });
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
        end_cause: None,
    };
    enrolment::insert(tx, &span)?;
    if let Some(consent) = &form.mandate {
        sign(tx, city, (id, consent), cause, now)?;
    }
    Ok(id)
}

/// Whether a registered person may join like this: not insured, not under an employer, of this name.
///
/// # Errors
/// [`EnrolRefusal`], in the order in which a person should hear of it.
pub fn check_known(
    tx: &mut Tx<'_>,
    person: PersonId,
    form: &EnrolmentForm,
) -> Result<(), EnrolRefusal> {
    let spans = enrolment::list(tx, person)?;
    if let Some(span) = spans.iter().find(|span| span.overlaps(form.from, None)) {
        let (from, office) = (first_of_run(&spans, span), span.office.clone());
        return Err(EnrolRefusal::PersonMustNotBeInsured { from, office });
    }
    if let Some(last) = employer_month::find_last(tx, person, form.branches, form.from)? {
        let (month, employer) = (last.month, last.employer_name);
        return Err(EnrolRefusal::MonthMustNotBeEmployers { month, employer });
    }
    let registered = person::find(tx, person)?;
    if registered.is_some_and(|registered| registered.name != form.name.trim()) {
        return Err(EnrolRefusal::NameMustMatch);
    }
    Ok(())
}

/// Since when the person is insured without a break: a change of base begins another span.
fn first_of_run(spans: &[Enrolment], open: &Enrolment) -> Month {
    spans.iter().rev().fold(open.from, |first, span| {
        let joins = span.from < first && span.until.is_some_and(|until| until.next() >= first);
        if joins { span.from } else { first }
    })
}

/// What a returning person hands in completes their record; nothing of it is emptied.
fn complete(tx: &mut Tx<'_>, id: PersonId, form: &EnrolmentForm) -> Result<(), store::Error> {
    let Some(old) = person::find(tx, id)? else { return Ok(()) };
    let card = form.card.as_ref().or(old.card.as_ref());
    let household = form.household.as_deref().or(old.household.as_deref());
    person::set_card_and_household(tx, id, card, household)?;
    person::set_contact(tx, id, form.phone.as_ref().or(old.phone.as_ref()), old.notices_since)?;
    Ok(())
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
    if let Some(consent) = &form.mandate {
        check_mandate(city, consent, today)?;
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
