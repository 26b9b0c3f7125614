//! What every act at the desk shares: the look that is recorded when its page is opened, the event
//! that is recorded with it, and the way back to the person's page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::cause::Cause;
use insurance::clerk::Clerk;
use insurance::enrolment::Enrolment;
use insurance::ids::{PersonId, TaskId};
use insurance::person::Person;
use operations::City;
use operations::desk::{AtDesk, DeskRefusal, check_office};
use policy::{BranchSet, Text};
use store::Tx;
use store::tables::access_log::{self, Access};
use store::tables::audit_event::{self, AuditEvent};
use store::tables::{enrolment, person};
use units::Timestamp;

use crate::app::App;
use crate::console::trail;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::visit::Visit;

/// What a person asked for: the word of the trail, Chinese, English.
pub(crate) type Reason = (&'static str, &'static str, &'static str);

/// A clerk, and the person in front of them.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) clerk: Clerk,
    pub(super) person: Person,
    /// Oldest first.
    pub(super) spans: Vec<Enrolment>,
    /// Why this office can't change anything about the person.
    pub(super) elsewhere: Option<Text>,
}

impl Served {
    /// The span that is open.
    pub(super) fn open(&self) -> Option<&Enrolment> {
        self.spans.iter().find(|span| span.closed_on.is_none())
    }

    /// The way to the person's page.
    pub(super) fn page(&self, done: &str) -> String {
        let done = if done.is_empty() { String::new() } else { format!("&done={done}") };
        format!("/desk/people/{}?reason=at-desk{done}", self.person.id)
    }
}

/// The record of a look: why, and at which page.
pub(crate) fn look(
    app: &App,
    clerk: &Clerk,
    person: PersonId,
    (reason, what): (&str, &str),
) -> Access {
    let now = app.clock.now();
    Access {
        person,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: clerk.account.clone(),
        reason: reason.to_owned(),
        what: what.to_owned(),
    }
}

/// The act of a clerk whose event is recorded with it.
pub(crate) fn at_desk(clerk: &Clerk, event: &AuditEvent, now: Timestamp) -> AtDesk {
    let cause = Cause::Task(TaskId::from_i64(event.id));
    AtDesk { account: clerk.account.clone(), office: clerk.office.clone(), cause, now }
}

/// `pension+medical`, for the trail.
pub(crate) fn words_of(branches: BranchSet) -> String {
    branches.iter().map(policy::Branch::word).collect::<Vec<_>>().join("+")
}

/// Opens the page of an act: the look is recorded before anything is shown. `None` when there is
/// no such person.
///
/// # Errors
/// The database's.
pub(super) async fn serve(
    app: &App,
    visit: &Visit,
    (id, what): (&str, &'static str),
) -> Result<Option<Served>, Failure> {
    let (Some(clerk), Ok(id)) = (visit.clerk().cloned(), id.parse::<PersonId>()) else {
        return Ok(None);
    };
    let look = look(app, &clerk, id, ("本人在窗口办理", what));
    let own = clerk.office.clone();
    let read = app
        .db
        .write_async(move |tx| -> Result<_, DeskRefusal> {
            let Some(person) = person::find(tx, id)? else { return Ok(None) };
            access_log::insert(tx, &look)?;
            let elsewhere = match check_office(tx, id, &own) {
                Err(DeskRefusal::Store(error)) => return Err(error.into()),
                checked => checked.err(),
            };
            Ok(Some((person, enrolment::list(tx, id)?, elsewhere)))
        })
        .await?;
    Ok(read.map(|(person, spans, elsewhere)| {
        let elsewhere = elsewhere.map(|refusal| refusal.message(&app.city));
        Served { clerk, person, spans, elsewhere }
    }))
}

/// What is recorded of an act: the word, and figures and reasons, never a number of a person.
pub(super) type Recorded = (&'static str, String);

/// Does an act and records it, in one transaction. A refusal is put to a field of the form.
///
/// # Errors
/// The database's.
pub(super) async fn carry_out<F>(
    app: &App,
    served: &Served,
    (action, detail): Recorded,
    mut act: F,
) -> Result<Result<(), DeskRefusal>, Failure>
where
    F: FnMut(&mut Tx<'_>, &City, PersonId, &AtDesk) -> Result<(), DeskRefusal> + Send + 'static,
{
    let (now, id) = (app.clock.now(), served.person.id);
    let event = trail::event(app, &served.clerk, (action, Some(id)), detail, now);
    let at = at_desk(&served.clerk, &event, now);
    let city = app.city.clone();
    let done = app
        .db
        .write_async(move |tx| -> Result<_, DeskRefusal> {
            act(tx, &city, id, &at)?;
            Ok(audit_event::insert(tx, &event)?)
        })
        .await;
    match done {
        Err(refusal) if refusal.is_failure() => Err(refusal.into()),
        done => Ok(done),
    }
}

/// Back to the person's page, with what was done.
pub(super) fn done(visit: &Visit, served: &Served, what: &str) -> Response {
    Redirect::to(&visit.link(&served.page(what))).into_response()
}

/// The reason that was chosen: its word; an unknown one is refused at the field.
pub(super) fn reason_of(form: &mut Form, reasons: &[Reason]) -> Option<&'static str> {
    let found = reasons.iter().find(|(word, _, _)| *word == form.value("why")).map(|r| r.0);
    if found.is_none() {
        form.refuse("why", Text::fixed("请选择办理原因。", "Choose a reason."));
    }
    found
}

/// The status of a page with a form on it.
pub(super) fn status_of(form: &Form) -> StatusCode {
    if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}
