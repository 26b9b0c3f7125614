//! The short inquiry after the four fields: found by a secret of its own in a cookie, so that it
//! stands in no address and ends by itself.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use insurance::ids::{PaymentId, PersonId};
use insurance::person::inquiry::lives;
use store::tables::inquiry;

use super::START;
use crate::app::App;
use crate::site::cookie::{self, Lifetime, Transport};
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::language::Language;
use crate::site::secret::Secret;
use crate::site::visit::Visit;

const COOKIE: &str = "inquiry";

/// The secret of an inquiry.
#[derive(Debug)]
pub(super) struct Ticket(Secret);

impl Ticket {
    /// A secret for a new inquiry.
    pub(super) fn fresh() -> Self {
        Self(Secret::fresh())
    }

    /// The key under which the inquiry is kept.
    pub(super) fn hash(&self) -> String {
        self.0.derived("inquiry")
    }

    /// The header that gives it to the browser.
    pub(super) fn cookie(&self, app: &App) -> HeaderValue {
        cookie::set(COOKIE, self.0.as_str(), Lifetime::Session, Transport::of(app))
    }

    fn read(headers: &HeaderMap) -> Option<Self> {
        Secret::read(cookie::read(headers, COOKIE)?).map(Self)
    }
}

/// A request within an inquiry. Without one the person is asked to begin again.
#[derive(Clone, Debug)]
pub(crate) struct Inquiring {
    /// The key of the inquiry.
    pub(super) hash: String,
    /// Whose bills.
    pub(super) person: PersonId,
    /// The order that was begun last.
    pub(super) payment: Option<PaymentId>,
}

impl Inquiring {
    async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Self>, store::Error> {
        let Some(ticket) = Ticket::read(headers) else { return Ok(None) };
        let (hash, now) = (ticket.hash(), app.clock.now());
        app.db
            .write_async(move |tx| {
                let found = inquiry::find(tx, &hash)?;
                let Some(found) = found.filter(|it| lives(it.started_at, it.seen_at, now)) else {
                    return Ok(None);
                };
                inquiry::set_seen(tx, &hash, now)?;
                let hash = hash.clone();
                Ok(Some(Self { hash, person: found.person, payment: found.payment }))
            })
            .await
    }
}

impl<S: Sync> FromRequestParts<S> for Inquiring
where
    Arc<App>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let app = Arc::<App>::from_ref(state);
        let found = Self::find(&app, &parts.headers).await;
        let found = found.map_err(|error| Failure::from(error).into_response())?;
        let language = parts.extensions.get::<Language>().copied().unwrap_or_default();
        let start = format!("{}{START}?ended", language.prefix());
        found.ok_or_else(|| Redirect::to(&start).into_response())
    }
}

/// `POST /self-service/leave`: not me, or done.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    visit: Visit,
    headers: HeaderMap,
    _: Form,
) -> Result<Response, Failure> {
    if let Some(ticket) = Ticket::read(&headers) {
        let (hash, now) = (ticket.hash(), app.clock.now());
        app.db.write_async(move |tx| inquiry::set_ended(tx, &hash, now)).await?;
    }
    Ok(Redirect::to(&visit.link(START)).into_response())
}

/// Sends a browser into its inquiry.
pub(super) fn enter(app: &App, visit: &Visit, ticket: &Ticket) -> Response {
    let cookie = [(header::SET_COOKIE, ticket.cookie(app))];
    (cookie, Redirect::to(&visit.link(super::OWED))).into_response()
}
