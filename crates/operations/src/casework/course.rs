//! A case with its steps: loading it, and appending the next one.

use insurance::casework::form::CaseForm;
use insurance::casework::hand::Hand;
use insurance::casework::state::CaseEvent;
use insurance::clerk::{Clerk, Role};
use insurance::ids::{CITY, CaseId, PersonId, TaskId};
use store::Tx;
use store::tables::audit_event::{self, AuditEvent};
use store::tables::clerk_staff;
use store::tables::office_case::{self, CaseStep, OfficeCase};
use units::{Date, Fen, Timestamp};

use super::refusal::CaseworkRefusal;
use crate::city::City;

/// Which case: its person and its number.
pub type CaseKey = (PersonId, CaseId);

/// The letters of a reason.
const REASON_LETTERS: std::ops::RangeInclusive<usize> = 4..=200;

/// A case with everything that was done in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What it is about.
    pub case: OfficeCase,
    /// Its steps, in order.
    pub steps: Vec<CaseStep>,
}

/// Who takes a step, and when.
#[derive(Clone, Copy)]
pub(crate) struct Acting<'a> {
    pub city: &'a City,
    pub clerk: &'a Clerk,
    pub hand: &'a Hand,
    pub now: Timestamp,
}

/// What the next step holds beside its event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content<'a> {
    pub form: Option<&'a CaseForm>,
    pub computed: Option<String>,
    pub amount: Option<Fen>,
    pub note: &'a str,
}

impl Course {
    /// A case, locked until the transaction ends.
    ///
    /// # Errors
    /// [`CaseworkRefusal::CaseMustExist`], or the database's.
    pub fn get_locked(tx: &mut Tx<'_>, key: CaseKey) -> Result<Self, CaseworkRefusal> {
        let case = office_case::find_locked(tx, key)?.ok_or(CaseworkRefusal::CaseMustExist)?;
        Ok(Self { case, steps: office_case::list_steps(tx, key)? })
    }

    /// A case as a reader sees it.
    ///
    /// # Errors
    /// The database's.
    pub fn find(tx: &mut Tx<'_>, key: CaseKey) -> Result<Option<Self>, store::Error> {
        let Some(case) = office_case::find(tx, key)? else { return Ok(None) };
        Ok(Some(Self { case, steps: office_case::list_steps(tx, key)? }))
    }

    /// The key of the case.
    #[must_use]
    pub const fn key(&self) -> CaseKey {
        (self.case.person, self.case.id)
    }

    /// What was handed in, as it is now.
    ///
    /// # Panics
    /// Never: the first step has the form.
    #[must_use]
    pub fn form(&self) -> CaseForm {
        let text = self.steps.iter().rev().find_map(|step| step.form.as_deref());
        let form = text.and_then(|text| serde_json::from_str(text).ok());
        form.expect("the step that opens a case stores its form")
    }

    /// The last proposal.
    #[must_use]
    pub fn proposal(&self) -> Option<&CaseStep> {
        self.steps.iter().rev().find(|step| step.event == CaseEvent::Propose)
    }

    /// The number of the next step.
    pub(crate) fn next_step(&self) -> i64 {
        self.steps.last().map_or(1, |step| step.step + 1)
    }

    /// The day for which the last proposal was computed.
    #[must_use]
    pub fn proposed_on(&self) -> Option<Date> {
        self.proposal().map(|step| step.recorded_at.date_in_shanghai())
    }

    /// Whether it was carried out once already, and only payments that came back are left.
    #[must_use]
    pub fn was_carried_out(&self) -> bool {
        self.steps.iter().any(|step| step.event == CaseEvent::Pay)
    }

    /// Whoever did one of some events, as they were bound then and as they are now.
    pub(crate) fn hands(
        &self,
        tx: &mut Tx<'_>,
        events: &[CaseEvent],
    ) -> Result<Vec<Hand>, store::Error> {
        let of_events = self.steps.iter().filter(|step| events.contains(&step.event));
        of_events
            .map(|step| {
                let staff_now = clerk_staff::find(tx, step.clerk)?;
                Ok(Hand { clerk: step.clerk, staff: step.staff.clone(), staff_now })
            })
            .collect()
    }

    /// Appends a step: the state machine says where it leads.
    pub(crate) fn append(
        &mut self,
        tx: &mut Tx<'_>,
        acting: &Acting<'_>,
        (event, content): (CaseEvent, Content<'_>),
    ) -> Result<(), CaseworkRefusal> {
        let Acting { city, clerk, hand, now } = *acting;
        let state = self.case.state.next(event)?;
        let form = content
            .form
            .map(|form| serde_json::to_string(form).expect("a form holds texts and numbers only"));
        let step = CaseStep {
            step: self.next_step(),
            event,
            clerk: clerk.id,
            staff: hand.staff_now.clone(),
            recorded_at: now,
            form,
            computed: content.computed,
            amount: content.amount,
            note: content.note.trim().to_owned(),
        };
        office_case::insert_step(tx, self.key(), &step)?;
        office_case::set_state(tx, self.key(), state)?;
        let detail = format!("{} {}: {event:?}", self.case.kind.word(), self.case.id);
        audit(tx, city, clerk, (self.case.person, "casework", &detail), now)?;
        self.case.state = state;
        self.steps.push(step);
        Ok(())
    }
}

/// Whoever is about to act.
///
/// # Errors
/// The database's.
pub fn hand_of(tx: &mut Tx<'_>, clerk: &Clerk) -> Result<Hand, store::Error> {
    let staff = clerk_staff::find(tx, clerk.id)?;
    Ok(Hand { clerk: clerk.id, staff: staff.clone(), staff_now: staff })
}

/// Checks the office: finance works for the whole city, the others for their own office.
pub(crate) fn check_office(clerk: &Clerk, case: &OfficeCase) -> Result<(), CaseworkRefusal> {
    let theirs = clerk.roles.contains(Role::Finance) || clerk.office == case.office;
    if theirs { Ok(()) } else { Err(CaseworkRefusal::OfficeMustBeTheirs) }
}

/// Checks that a reason was given.
pub(crate) fn check_reason(note: &str) -> Result<(), CaseworkRefusal> {
    let fits = REASON_LETTERS.contains(&note.trim().chars().count());
    if fits { Ok(()) } else { Err(CaseworkRefusal::ReasonMustBeGiven) }
}

/// Writes down what a clerk did.
pub(crate) fn audit(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (person, action, detail): (PersonId, &str, &str),
    now: Timestamp,
) -> Result<(), store::Error> {
    audit_event::insert(
        tx,
        &AuditEvent {
            id: city.fresh::<TaskId>(now).get(),
            recorded_at: now,
            actor: clerk.account.clone(),
            office: clerk.office.clone(),
            action: action.to_owned(),
            subject: (person != CITY).then_some(person),
            detail: detail.to_owned(),
        },
    )
}
