//! Saving what was entered, keeping it for the next open day, or letting it go.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use insurance::ids::PersonId;
use operations::City;
use operations::desk::join::join;
use operations::desk::opening::check_window;
use operations::desk::{AtDesk, DeskRefusal};
use store::Tx;
use store::tables::audit_event::{self, AuditEvent};
use store::tables::enrolment_draft::{self, EnrolmentDraft};

use super::entry::{self, Entry};
use super::own_draft;
use crate::app::App;
use crate::console::person::act;
use crate::console::trail;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::visit::Visit;

/// `POST /desk/enrol/{draft}/save`. Pressed twice it saves once.
pub(super) async fn save(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let Some((clerk, draft)) = asked_for(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let preview = Redirect::to(&visit.link(&format!("/desk/enrol/{}", draft.id)));
    let mut form = Form::from_encoded(&draft.fields);
    let read = entry::read(&mut form, &app.city, (&clerk.office, visit.today.date));
    let Some(entry) = read else { return Ok(preview.into_response()) };
    let now = app.clock.now();
    let event = trail::event(&app, &clerk, ("enrol", None), detail(&entry), now);
    let at = act::at_desk(&clerk, &event, now);
    let city = app.city.clone();
    let saved =
        app.db.write_async(move |tx| save_in(tx, &city, (&draft, &entry), (&event, &at))).await;
    match saved {
        Ok(Some(person)) => {
            let onward = format!("/desk/people/{person}?reason=at-desk&done=enrol");
            Ok(Redirect::to(&visit.link(&onward)).into_response())
        }
        Err(refusal) if refusal.is_failure() => Err(refusal.into()),
        // The page checks again and says what is in the way.
        Ok(None) | Err(_) => Ok(preview.into_response()),
    }
}

fn save_in(
    tx: &mut Tx<'_>,
    city: &City,
    (draft, entry): (&EnrolmentDraft, &Entry),
    (event, at): (&AuditEvent, &AtDesk),
) -> Result<Option<PersonId>, DeskRefusal> {
    let found = enrolment_draft::find(tx, draft.id)?;
    if found.is_none_or(|found| found.fields.is_empty()) {
        return Ok(None);
    }
    let person = join(tx, city, (&entry.form, entry.notices), at)?;
    enrolment_draft::set_settled(tx, draft.id, Some(person), at.now)?;
    audit_event::insert(tx, &AuditEvent { subject: Some(person), ..event.clone() })?;
    Ok(Some(person))
}

/// Figures only: what was chosen, from when.
fn detail(entry: &Entry) -> String {
    let form = &entry.form;
    let mandate = if form.mandate.is_some() { ", mandate" } else { "" };
    format!("from {}, {}, base {}{mandate}", form.from, act::words_of(form.branches), form.base)
}

/// `POST /desk/enrol/{draft}/book`: kept for the next open day.
pub(super) async fn book(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let Some((clerk, draft)) = asked_for(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let next = check_window(&app.city, visit.today.date).err().and_then(|closed| closed.next());
    if let Some(day) = next {
        let now = app.clock.now();
        let event = trail::event(&app, &clerk, ("book_enrolment", None), day.to_string(), now);
        app.db
            .write_async(move |tx| -> Result<_, store::Error> {
                if enrolment_draft::set_booked(tx, draft.id, day)? == 1 {
                    audit_event::insert(tx, &event)?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(Redirect::to(&visit.link("/desk/appointments")).into_response())
}

/// `POST /desk/enrol/{draft}/withdraw`: what was typed is forgotten.
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Failure> {
    let Some((clerk, draft)) = asked_for(&app, &visit, &id).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let now = app.clock.now();
    let event = trail::event(&app, &clerk, ("withdraw_draft", None), draft.id.to_string(), now);
    app.db
        .write_async(move |tx| -> Result<_, store::Error> {
            if enrolment_draft::set_settled(tx, draft.id, None, now)? == 1 {
                audit_event::insert(tx, &event)?;
            }
            Ok(())
        })
        .await?;
    Ok(Redirect::to(&visit.link("/desk/appointments")).into_response())
}

async fn asked_for(
    app: &App,
    visit: &Visit,
    id: &str,
) -> Result<Option<(Clerk, EnrolmentDraft)>, store::Error> {
    let Some(clerk) = visit.clerk().cloned() else { return Ok(None) };
    Ok(own_draft(app, &clerk, id).await?.map(|draft| (clerk, draft)))
}
