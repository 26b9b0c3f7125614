//! `/desk/single-sign-on` 统一身份认证: clerks sign in at the city's identity provider by OpenID
//! Connect (authorization code flow with PKCE). It never opens an account: an administrator does,
//! and the provider's subject is bound to it at the first sign-in.
//!
//! Files: [`provider`] the calls, [`id_token`] whether a token is believed.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use insurance::clerk::Clerk;
use insurance::ledger::hex;
use policy::Text;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::tables::audit_event;
use store::tables::clerk;
use store::tables::clerk_account;
use store::tables::single_sign_on::{self as attempts, SignOnAttempt};
use units::Timestamp;

use self::provider::challenge;
use crate::app::App;
use crate::console::account::is_usable;
use crate::console::{sign_in, trail};
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

mod id_token;
mod provider;

pub use self::provider::{AddressMustBeSafe, Provider, Settings};

/// The provider, where the operator named one.
pub type SingleSignOn = Option<Arc<Provider>>;

/// A browser comes back within so long, or begins anew.
const ATTEMPT_SECONDS_MAX: i64 = 10 * 60;

/// The ways to and from the provider.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::get("/desk/single-sign-on", Callers::Everybody, get(leave_for)),
        Way::get("/desk/single-sign-on/return", Callers::Everybody, get(come_back)),
        Way::get("/desk/single-sign-on/sign-out", Callers::Everybody, get(sign_out)),
    ]
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Onward {
    #[serde(default)]
    back: String,
}

/// `GET /desk/single-sign-on`: sends the browser to the provider, with a state of its own.
async fn leave_for(
    State(app): State<Arc<App>>,
    Extension(sso): Extension<SingleSignOn>,
    visit: Visit,
    Query(onward): Query<Onward>,
) -> Result<Response, Failure> {
    let Some(provider) = sso else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let known = provider.clone();
    let metadata = match tokio::task::spawn_blocking(move || known.metadata()).await? {
        Ok(metadata) => metadata,
        Err(error) => return Ok(refused(&visit, &error)),
    };
    let now = app.clock.now();
    let (state, nonce, verifier) = (secret(), secret(), secret());
    let attempt = SignOnAttempt {
        state_hash: hash(&state),
        visitor_hash: visit.visitor.session_hash(),
        nonce: nonce.clone(),
        verifier: verifier.clone(),
        back: if onward.back.starts_with("/desk") { onward.back } else { String::new() },
        started_at: now,
    };
    let oldest = now.plus_seconds(-ATTEMPT_SECONDS_MAX);
    app.db.write_async(move |tx| attempts::insert(tx, &attempt, oldest)).await?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("scope", "openid profile")
        .append_pair("client_id", &provider.settings.client_id)
        .append_pair("redirect_uri", &provider.return_address())
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge(&verifier))
        .append_pair("code_challenge_method", "S256");
    let address = format!("{}?{}", metadata.authorization_endpoint, query.finish());
    let cookie = visit.visitor.cookie(&app);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response())
}

/// What the provider sends back.
#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    iss: Option<String>,
}

/// `GET /desk/single-sign-on/return`.
async fn come_back(
    State(app): State<Arc<App>>,
    Extension(sso): Extension<SingleSignOn>,
    visit: Visit,
    Query(returned): Query<Returned>,
) -> Result<Response, Failure> {
    let Some(provider) = sso else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let (now, state) = (app.clock.now(), hash(&returned.state));
    let attempt = app.db.write_async(move |tx| attempts::take(tx, &state)).await?;
    let own = |attempt: &SignOnAttempt| {
        attempt.visitor_hash == visit.visitor.session_hash()
            && now < attempt.started_at.plus_seconds(ATTEMPT_SECONDS_MAX)
    };
    let issuer = &provider.settings.issuer;
    let Some(attempt) = attempt
        .filter(own)
        .filter(|_| returned.iss.is_none_or(|iss| iss == *issuer) && !returned.code.is_empty())
    else {
        return Ok(refused(&visit, &"the browser came back without an attempt of its own"));
    };
    let (asked, back) = (provider.clone(), attempt.back.clone());
    let work = move || asked.claims(&returned.code, &attempt, now);
    let claims = match tokio::task::spawn_blocking(work).await? {
        Ok(claims) => claims,
        Err(error) => return Ok(refused(&visit, &error)),
    };
    let clerk = known_clerk(&app, &provider, &claims, now).await?;
    match usable(&app, clerk, now).await? {
        Some(clerk) => sign_in::onward(&app, &visit, &clerk, &back).await,
        None => Ok(sign_in::refused(visit, sso_form(nobody()), true)),
    }
}

/// The account of whoever signed in: the one bound to the subject, else the open account that the
/// claim names and nobody was bound to.
async fn known_clerk(
    app: &App,
    provider: &Provider,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<Option<Clerk>, store::Error> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let (issuer, subject) = (provider.settings.issuer.clone(), text("sub"));
    let account = text(&provider.settings.account_claim);
    let bound = {
        let key = (issuer.clone(), subject.clone());
        let find = move |tx: &mut store::Tx<'_>| attempts::find_clerk(tx, (&key.0, &key.1));
        app.db.read_async(find).await?
    };
    if let Some(id) = bound {
        return app.db.read_async(move |tx| clerk::find(tx, id)).await;
    }
    let found = app.db.read_async(move |tx| clerk::find_by_account(tx, &account)).await?;
    let Some((clerk, _)) = found else { return Ok(None) };
    let event = trail::event(app, &clerk, ("bind_subject", None), issuer.clone(), now);
    let id = clerk.id;
    let bind = move |tx: &mut store::Tx<'_>| {
        let bound = attempts::bind(tx, id, (&issuer, &subject), now)?;
        if bound == 1 {
            audit_event::insert(tx, &event)?;
        }
        Ok::<_, store::Error>(bound)
    };
    Ok((app.db.write_async(bind).await? == 1).then_some(clerk))
}

/// Whoever the provider named, unless their account is locked or its contract is over.
async fn usable(
    app: &App,
    clerk: Option<Clerk>,
    now: Timestamp,
) -> Result<Option<Clerk>, store::Error> {
    let Some(clerk) = clerk else { return Ok(None) };
    let (id, today) = (clerk.id, app.clock.today());
    let account = app.db.read_async(move |tx| clerk_account::find(tx, id)).await?;
    let is_usable = account.is_some_and(|account| is_usable(&account, now, today));
    Ok(is_usable.then_some(clerk))
}

/// `GET /desk/single-sign-on/sign-out`: also out of the provider's own session.
async fn sign_out(Extension(sso): Extension<SingleSignOn>) -> Result<Response, Failure> {
    let Some(provider) = sso else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let asked = provider.clone();
    let metadata = tokio::task::spawn_blocking(move || asked.metadata()).await?;
    let end = metadata.ok().and_then(|metadata| metadata.end_session_endpoint);
    let Some(end) = end else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let site = provider.settings.site.trim_end_matches('/');
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("client_id", &provider.settings.client_id)
        .append_pair("post_logout_redirect_uri", &format!("{site}/desk/sign-in"));
    Ok(Redirect::to(&format!("{end}?{}", query.finish())).into_response())
}

/// The person reads that it did not work; the log reads why.
fn refused(visit: &Visit, why: &dyn std::fmt::Display) -> Response {
    eprintln!("single sign-on: {why}");
    let words = Text::fixed(
        "统一身份认证没有成功，请重新登录；仍不行请联系管理员。",
        "Signing in at the identity provider did not work. Try again, or ask the administrator.",
    );
    sign_in::refused(visit.clone(), sso_form(words), true)
}

fn nobody() -> Text {
    Text::fixed(
        "您在本系统没有可用的账号，或账号已与别的身份绑定。请联系管理员。",
        "You have no account here, or it belongs to another identity. Ask the administrator.",
    )
}

fn sso_form(words: Text) -> Form {
    let mut form = Form::default();
    form.refuse("account", words);
    form
}

/// 32 random bytes in hex.
fn secret() -> String {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    hex(&bytes)
}

fn hash(state: &str) -> String {
    hex(&Sha256::digest(state.as_bytes()))
}
