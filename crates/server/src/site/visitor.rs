//! The one secret of a browser: a random cookie. A session is kept under its hash, and the token
//! of every form is made from it, so neither can be guessed or carried to another browser.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::cookie::{self, Lifetime, Transport};
use super::secret::Secret;
use crate::app::App;

const COOKIE: &str = "visitor";

/// The secret of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor(Secret);

impl Visitor {
    /// A browser that was never here.
    pub(crate) fn fresh() -> Self {
        Self(Secret::fresh())
    }

    fn read(request: &Request) -> Option<Self> {
        Secret::read(cookie::read(request.headers(), COOKIE)?).map(Self)
    }

    /// The key of its session.
    pub(crate) fn session_hash(&self) -> String {
        self.0.derived("session")
    }

    /// The key of what it does without signing in.
    pub(crate) fn browser_hash(&self) -> String {
        self.0.derived("browser")
    }

    /// The token that its forms carry.
    pub(crate) fn form_token(&self) -> String {
        self.0.derived("form")
    }

    /// The header that gives the secret to the browser.
    pub(crate) fn cookie(&self, app: &App) -> HeaderValue {
        cookie::set(COOKIE, self.0.as_str(), Lifetime::Session, Transport::of(app))
    }
}

/// Gives every browser its secret with the first page, and hands it to the request.
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let known = Visitor::read(&request);
    let visitor = known.clone().unwrap_or_else(Visitor::fresh);
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if known.is_none() && is_page {
        response.headers_mut().append(header::SET_COOKIE, visitor.cookie(&app));
    }
    response
}
