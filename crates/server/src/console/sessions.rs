//! `/desk/sessions`: where a clerk is signed in, and signing out everywhere.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use store::tables::audit_event;
use store::tables::clerk_account::{self, OpenSession};

use super::accounts::IDLE_SECONDS_MAX;
use super::{ANY_CLERK, trail};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::Way;

/// The way to it.
pub(super) fn way() -> Way {
    Way::form("/desk/sessions", ANY_CLERK, get(show).post(sign_out))
}

#[derive(Template)]
#[template(path = "console/sessions.html")]
struct SessionsPage {
    visit: Visit,
    sessions: Vec<OpenSession>,
    /// The hash of this browser's own.
    own: String,
}

/// `GET /desk/sessions`.
async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    let Some(id) = visit.clerk().map(|clerk| clerk.id) else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let since = app.clock.now().plus_seconds(-IDLE_SECONDS_MAX);
    let list = move |tx: &mut store::Tx<'_>| clerk_account::list_sessions(tx, id, since);
    let sessions = app.db.read_async(list).await?;
    let own = visit.visitor.session_hash();
    Ok(page(&SessionsPage { visit, sessions, own }))
}

/// `POST /desk/sessions`: ends every one, this one too.
async fn sign_out(
    State(app): State<Arc<App>>,
    visit: Visit,
    _form: Form,
) -> Result<Response, Failure> {
    if let Some(clerk) = visit.clerk() {
        let (id, now) = (clerk.id, app.clock.now());
        let event = trail::event(&app, clerk, ("sign_out_everywhere", None), String::new(), now);
        let end = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
            clerk_account::end_sessions(tx, id, now)?;
            audit_event::insert(tx, &event)
        };
        app.db.write_async(end).await?;
    }
    Ok(Redirect::to(&visit.link("/desk/sign-in")).into_response())
}
