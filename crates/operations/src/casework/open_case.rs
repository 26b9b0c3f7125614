//! Opening a case, and changing what was handed in.

use insurance::casework::form::{AccountWish, CaseForm};
use insurance::casework::hand::check_known;
use insurance::casework::state::{CaseEvent, CaseState};
use insurance::clerk::Clerk;
use insurance::ids::{CITY, CaseId, PersonId};
use store::Tx;
use store::tables::office_case::{self, OfficeCase};
use store::tables::person;
use units::{Date, Timestamp};

use super::course::{Acting, CaseKey, Content, Course, check_office, hand_of};
use super::refusal::CaseworkRefusal;
use crate::city::City;

/// Letters of a name.
const NAME_LETTERS: std::ops::RangeInclusive<usize> = 2..=60;
/// Letters of a city's name or of an account of facts.
const TEXT_LETTERS: std::ops::RangeInclusive<usize> = 2..=400;

/// What a new case says.
#[derive(Clone, Debug)]
pub struct NewCase {
    /// About whom; the city for money of nobody known.
    pub person: PersonId,
    /// Who asks for it.
    pub applicant: String,
    /// What was handed in.
    pub form: CaseForm,
}

/// Opens a case at the clerk's office.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn open_case(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    new: &NewCase,
    now: Timestamp,
) -> Result<CaseId, CaseworkRefusal> {
    let kind = new.form.kind();
    if !clerk.roles.meets(kind.openers()) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    if new.person != CITY && !person::lock(tx, new.person)? {
        return Err(CaseworkRefusal::PersonMustBeRegistered);
    }
    if !NAME_LETTERS.contains(&new.applicant.trim().chars().count()) {
        return Err(CaseworkRefusal::ApplicantMustBeNamed);
    }
    let today = now.date_in_shanghai();
    check_form(tx, new.person, &new.form, today)?;
    let case = OfficeCase {
        person: new.person,
        id: city.fresh(now),
        kind,
        office: clerk.office.clone(),
        applicant: new.applicant.trim().to_owned(),
        opened_on: today,
        opened_at: now,
        state: CaseState::Open,
    };
    office_case::insert(tx, &case)?;
    let mut course = Course { case, steps: Vec::new() };
    let content = Content { form: Some(&new.form), ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (CaseEvent::Edit, content))?;
    Ok(course.case.id)
}

/// Changes what was handed in; a proposal or an approval is void with it.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn edit_case(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (key, form): (CaseKey, &CaseForm),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.meets(course.case.kind.openers()) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    check_office(clerk, &course.case)?;
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    if form.kind() != course.case.kind {
        return Err(CaseworkRefusal::KindMustStay);
    }
    if course.was_carried_out() && !form.differs_in_payees_only(&course.form()) {
        return Err(CaseworkRefusal::OnlyThePayeeMayChange);
    }
    check_form(tx, key.0, form, now.date_in_shanghai())?;
    let content = Content { form: Some(form), ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (CaseEvent::Edit, content))
}

/// What can be told from the form alone; the rest is the plan's.
fn check_form(
    tx: &mut Tx<'_>,
    owner: PersonId,
    form: &CaseForm,
    today: Date,
) -> Result<(), CaseworkRefusal> {
    let check_day = |day: Date| {
        if day > today { Err(CaseworkRefusal::DayMustNotBeLater) } else { Ok(()) }
    };
    let check_text = |text: &str| {
        let fits = TEXT_LETTERS.contains(&text.trim().chars().count());
        if fits { Ok(()) } else { Err(CaseworkRefusal::TextMustBeFilled) }
    };
    match form {
        CaseForm::Surrender { informed_on, wish, payee, .. } => {
            check_day(*informed_on)?;
            let name = person::find(tx, owner)?.map(|person| person.name);
            match payee {
                Some(payee)
                    if *wish == AccountWish::EndAndPay && Some(&payee.holder) != name.as_ref() =>
                {
                    Err(CaseworkRefusal::PayeeMustBeThePerson)
                }
                _ => Ok(()),
            }
        }
        CaseForm::Death { died_on, heirs, .. } => {
            check_day(*died_on)?;
            let sound = CaseForm::heirs_are_sound(heirs);
            if sound { Ok(()) } else { Err(CaseworkRefusal::HeirsMustHaveParts) }
        }
        CaseForm::TransferIn { city, arrived_on, reference, .. } => {
            check_day(*arrived_on)?;
            check_text(city)?;
            check_text(reference)
        }
        CaseForm::Recovery { arrived_on, reference, .. } => {
            check_day(*arrived_on)?;
            check_text(reference)
        }
        CaseForm::TransferOut { city, .. } => check_text(city),
        CaseForm::Objection { about, .. } => check_text(about),
        CaseForm::Suspense { .. } | CaseForm::WrongReceipt { .. } | CaseForm::WrongDue { .. } => {
            Ok(())
        }
    }
}
