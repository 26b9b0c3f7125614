//! The one secret of a browser: a random cookie. A session is kept under its hash, and the token
//! of every form is made from it, so neither can be guessed or carried to another browser.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use insurance::ledger::hex;
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use super::cookie::{self, Lifetime, Transport};
use crate::app::App;

const COOKIE: &str = "visitor";
const SECRET_BYTES: usize = 32;

/// The secret of a browser, 64 hexadecimal digits. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Visitor(String);

impl Visitor {
    /// A browser that was never here.
    ///
    /// # Panics
    /// When the system has no randomness: nothing may go on without it.
    pub(crate) fn fresh() -> Self {
        let mut secret = [0; SECRET_BYTES];
        SystemRandom::new().fill(&mut secret).expect("the system gives random bytes");
        Self(hex(&secret))
    }

    fn read(request: &Request) -> Option<Self> {
        let value = cookie::read(request.headers(), COOKIE)?;
        let sound = value.len() == SECRET_BYTES * 2 && value.bytes().all(|b| b.is_ascii_hexdigit());
        sound.then(|| Self(value.to_owned()))
    }

    /// The key of its session.
    pub(crate) fn session_hash(&self) -> String {
        self.derived("session")
    }

    /// The token that its forms carry.
    pub(crate) fn form_token(&self) -> String {
        self.derived("form")
    }

    /// The header that gives the secret to the browser.
    pub(crate) fn cookie(&self, app: &App) -> HeaderValue {
        cookie::set(COOKIE, &self.0, Lifetime::Session, Transport::of(app))
    }

    fn derived(&self, purpose: &str) -> String {
        hex(&Sha256::new().chain_update(purpose).chain_update(&self.0).finalize())
    }
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visitor")
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
