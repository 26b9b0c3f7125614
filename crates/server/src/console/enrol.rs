//! `/desk/enrol` 参保登记: what a clerk enters is checked, shown with the bill that it makes, and saved;
//! on a closed day it is kept for the next open one.
//!
//! Files: [`entry`] the form, [`preview`] the bill before saving, [`decide`] save, book, withdraw,
//! [`appointments`] who is booked.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{EnrolmentDraftId, PersonId};
use operations::desk::join::{check_join, first_month};
use operations::desk::opening::check_window;
use operations::desk::preview_bill::preview_bill;
use operations::enrol::EnrolRefusal;
use operations::sign_mandate::MandateRefusal;
use policy::Text;
use serde::Deserialize;
use store::tables::access_log;
use store::tables::enrolment_draft::{self, DraftState, EnrolmentDraft};
use units::{Date, Month};

use super::choice::{self, Offer};
use super::find;
use super::person::act;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

mod appointments;
mod decide;
mod entry;
mod preview;

pub(super) use entry::sentence;

/// Who serves people at a desk.
pub(super) const WINDOW: Callers = Callers::Clerk(RoleSet::of(&[Role::Window]));

/// What was entered and neither saved nor booked is forgotten after so long.
const ENTERED_SECONDS_MAX: i64 = 24 * 60 * 60;
/// A booking that nobody came for is forgotten after so long.
const BOOKED_DAYS_MAX: i32 = 31;

/// The ways to joining.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::form("/desk/enrol", WINDOW, get(show).post(enter)),
        Way::get("/desk/enrol/{draft}", WINDOW, get(preview::show)),
        Way::post("/desk/enrol/{draft}/save", WINDOW, post(decide::save)),
        Way::post("/desk/enrol/{draft}/book", WINDOW, post(decide::book)),
        Way::post("/desk/enrol/{draft}/withdraw", WINDOW, post(decide::withdraw)),
        Way::get("/desk/appointments", WINDOW, get(appointments::show)),
    ]
}

#[derive(Template)]
#[template(path = "console/enrol.html")]
struct EnrolPage {
    visit: Visit,
    form: Form,
    offer: Offer,
    banks: Vec<(String, Text)>,
    closed: Option<Text>,
    /// Whoever has the number already, where that is in the way.
    known: Option<PersonId>,
}

impl EnrolPage {
    /// The months from which the person may be insured.
    fn months(&self) -> [Month; 2] {
        [self.offer.month, self.offer.month.next()]
    }

    /// The field that the focus stands on first: what is wrong, else the first one.
    fn is_first(&self, field: &str) -> bool {
        let wrong = self.form.errors().first().map(|(field, _)| *field);
        let unfilled =
            ["identity", "name", "phone"].into_iter().find(|f| self.form.value(f).is_empty());
        wrong.or(unfilled).unwrap_or("identity") == field
    }

    fn has(&self, field: &str, value: impl AsRef<str>) -> bool {
        self.form.values(field).any(|found| found == value.as_ref())
    }
}

/// Which draft is edited.
#[derive(Deserialize)]
pub(super) struct Edited {
    draft: Option<String>,
}

/// `GET /desk/enrol`, empty or with what was entered before.
async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(edited): Query<Edited>,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    if let Some(id) = edited.draft {
        let form = match own_draft(&app, &clerk, &id).await? {
            Some(draft) if !draft.fields.is_empty() => {
                Form::from_encoded(&draft.fields).with("draft", id)
            }
            _ => return Ok(Redirect::to(&visit.link("/desk/enrol")).into_response()),
        };
        return Ok(form_page(&app, visit, (form, None), StatusCode::OK));
    }
    Ok(form_page(&app, visit, (Form::default(), None), StatusCode::OK))
}

fn form_page(
    app: &App,
    visit: Visit,
    (form, known): (Form, Option<PersonId>),
    status: StatusCode,
) -> Response {
    let today = visit.today.date;
    let month = first_month(&app.city, today).unwrap_or_else(|_| today.month());
    let Ok(offer) = Offer::of(&app.city, month, today) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let form = if form.values("base").next().is_none() {
        choice::fill(form, offer.usual()).with("notices", "on")
    } else {
        form
    };
    let closed = check_window(&app.city, today).err().map(|closed| closed.message());
    let banks = banks(app, today);
    (status, page(&EnrolPage { visit, form, offer, banks, closed, known })).into_response()
}

/// The banks that withhold: code and name.
pub(super) fn banks(app: &App, today: Date) -> Vec<(String, Text)> {
    let banks = app.pack().topics().banks.on(today, today);
    let named = |bank: &policy::collection::PayingBank| (bank.code.clone(), bank.name.clone());
    banks.map_or_else(
        |_| Vec::new(),
        |banks| banks.value.iter().filter(|bank| bank.withholds).map(named).collect(),
    )
}

/// `POST /desk/enrol`: everything but the day is checked; then the bill is shown.
async fn enter(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let today = visit.today.date;
    // From the page that found nobody: nothing is checked yet.
    if !form.value("start").is_empty() {
        let form = find::form_of_unknown(form.value("start"), today);
        return Ok(form_page(&app, visit, (form, None), StatusCode::OK));
    }
    let mut known = None;
    if let Some(entry) = entry::read(&mut form, &app.city, (&clerk.office, today)) {
        let city = app.city.clone();
        let checked = app
            .db
            .read_async(move |tx| -> Result<_, EnrolRefusal> {
                let known = store::tables::person::find_by_identity(tx, &entry.form.identity)?;
                match check_join(tx, &city, &entry.form, today) {
                    Err(EnrolRefusal::Store(error)) => Err(error.into()),
                    result => Ok((known, result.err())),
                }
            })
            .await?;
        note_look(&app, &clerk, checked.0).await?;
        if let Some(refusal) = checked.1 {
            known = checked.0;
            form.refuse(field_of(&refusal), refusal.message(&app.city));
        }
    } else {
        check_choice(&mut form, &app, today);
    }
    if !form.is_sound() {
        return Ok(form_page(&app, visit, (form, known), StatusCode::UNPROCESSABLE_ENTITY));
    }
    let draft = keep(&app, &clerk, &form).await?;
    Ok(Redirect::to(&visit.link(&format!("/desk/enrol/{draft}"))).into_response())
}

/// What the law says of insurances and base, beside what is wrong elsewhere: all of it at once.
fn check_choice(form: &mut Form, app: &App, today: Date) {
    if form.error("base").is_some() {
        return;
    }
    let (Some(choice), Ok(month)) = (choice::read(form), first_month(&app.city, today)) else {
        return;
    };
    if let Err(refusal) = preview_bill(&app.city, choice, (month, today)) {
        form.refuse(choice::field_of(&refusal), refusal.message());
    }
}

/// A number that is registered already shows something of a person: that is a look.
async fn note_look(app: &App, clerk: &Clerk, known: Option<PersonId>) -> Result<(), store::Error> {
    let Some(known) = known else { return Ok(()) };
    let look = act::look(app, clerk, known, ("参保登记核对", "/desk/enrol"));
    app.db.write_async(move |tx| access_log::insert(tx, &look)).await
}

/// Keeps what was entered; an earlier version of it is let go.
async fn keep(app: &App, clerk: &Clerk, form: &Form) -> Result<EnrolmentDraftId, store::Error> {
    let now = app.clock.now();
    let earlier = form.value("draft").parse::<EnrolmentDraftId>().ok();
    let draft = EnrolmentDraft {
        id: app.city.fresh(now),
        office: clerk.office.clone(),
        account: clerk.account.clone(),
        fields: form.encoded(&["draft"]),
        state: DraftState::Entered,
        visit_on: None,
        entered_at: now,
        enrolled: None,
    };
    let id = draft.id;
    let today = now.date_in_shanghai();
    let before = now.plus_seconds(-ENTERED_SECONDS_MAX);
    let day = today.plus_days(-BOOKED_DAYS_MAX).unwrap_or(today);
    app.db
        .write_async(move |tx| {
            enrolment_draft::set_stale_withdrawn(tx, (before, day), now)?;
            if let Some(earlier) = earlier
                && let Some(found) = enrolment_draft::find(tx, earlier)?
                && found.office == draft.office
            {
                enrolment_draft::set_settled(tx, earlier, None, now)?;
            }
            enrolment_draft::insert(tx, &draft)
        })
        .await?;
    Ok(id)
}

/// A draft of the clerk's own office.
async fn own_draft(
    app: &App,
    clerk: &Clerk,
    id: &str,
) -> Result<Option<EnrolmentDraft>, store::Error> {
    let Ok(id) = id.parse::<EnrolmentDraftId>() else { return Ok(None) };
    let found = app.db.read_async(move |tx| enrolment_draft::find(tx, id)).await?;
    Ok(found.filter(|draft| draft.office == clerk.office))
}

/// The field that a refusal is about.
const fn field_of(refusal: &EnrolRefusal) -> &'static str {
    match refusal {
        EnrolRefusal::PersonMustNotBeInsured { .. } => "identity",
        EnrolRefusal::CardMustBeTheirs => "card",
        EnrolRefusal::Mandate(MandateRefusal::AccountMustBeANumber) => "account",
        EnrolRefusal::Mandate(MandateRefusal::HolderMustBeNamed) => "holder",
        EnrolRefusal::Mandate(_) => "bank",
        EnrolRefusal::NameMustBeGiven | EnrolRefusal::NameMustMatch => "name",
        EnrolRefusal::MonthMustNotBeEmployers { .. } | EnrolRefusal::NotEncoded(_) => "from",
        EnrolRefusal::Law(law) => choice::field_of(law),
        EnrolRefusal::OfficeMustExist(_) | EnrolRefusal::Store(_) => "identity",
    }
}
