//! 柜面缴费接口: the HTTP interface that a bank's core system calls, `/counter/v1`; and beside it, called
//! in the same way, the one that hospitals ask who is covered, `/hospital/v1`.
//!
//! A call is read, its signature verified, its bank's rate looked at, the operation run in one
//! transaction, and the answer signed and bound to the call. What is said and what it means is in
//! `channels::counter_api`; what is done in `operations::counter`. Bodies and numbers of people
//! are never logged.
//!
//! Files in reading order: [`route`] addresses, [`caller`] who calls, [`callers`] who may,
//! [`bank_keys`], [`bank_certificates`] and [`own_secrets`] with which keys, [`network`] from where,
//! [`rate`] how often, [`running`] what is being done at this moment, [`call`] what is done,
//! [`answer`] how it is answered.

mod answer;
pub mod bank_certificates;
pub mod bank_keys;
mod call;
mod caller;
mod callers;
pub mod network;
pub mod own_secrets;
pub mod rate;
mod route;
mod running;

use std::borrow::Cow;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use axum::routing::any;
use channels::counter_api::daily_file::DailyFileProfile;
use channels::counter_api::http_signature::message;
use channels::counter_api::openapi::OPENAPI_JSON;
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::hospital_api;
use operations::City;
use operations::counter::CounterError;
use ring::rand::SystemRandom;
use store::Db;
use store::tables::counter_key::Partner;

use crate::clock::Clock;
use crate::listener::BodyTooSlow;
use crate::listener::tls::ClientCertificate;
use crate::site::device::address_of;
use crate::vault::Vault;
use answer::{Answer, unsigned};
use call::Stopped;
use caller::{Arrival, Caller, Nonces};
use callers::Callers;
use own_secrets::OwnSecrets;
use rate::Rates;
pub use route::WAYS;
use route::{Route, request_id};
use running::Running;

/// The longest body of a call, in bytes; a day's file may be longer.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// How often a call is verified while who may call goes on changing.
const VERIFIED_MAX: u32 = 4;
/// The longest file of a day, in bytes: a million transactions.
const FILE_BYTES_MAX: usize = 96 * 1024 * 1024;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct CounterSettings {
    /// `https`, also behind a proxy that ends TLS; `http` on a local machine.
    pub scheme: String,
    /// How many calls a second each bank may make; twice as many at once.
    pub calls_per_second: u32,
    /// How banks write their daily file.
    pub profile: DailyFileProfile,
    /// What opens the banks' shared secrets and our own.
    pub vault: Vault,
}

/// The interface of one running program.
#[derive(Debug)]
pub struct Counter {
    db: Db,
    city: City,
    /// The moment of business: a sandbox may stand still at one.
    clock: Clock,
    /// The moment of signatures, nonces and rates: always the real one.
    wall: Clock,
    settings: CounterSettings,
    secrets: OwnSecrets,
    callers: Callers,
    nonces: Nonces,
    rates: Rates,
    running: Running,
    random: SystemRandom,
}

impl Counter {
    /// The interface of a city; makes the city's own secrets when it has none, and remembers
    /// the nonces of the last minutes.
    ///
    /// # Errors
    /// The database's, or a system without randomness.
    pub fn open(
        db: Db,
        city: City,
        clock: Clock,
        settings: CounterSettings,
    ) -> anyhow::Result<Self> {
        let secrets = OwnSecrets::open(&db, &settings.vault, clock.now())?;
        Ok(Self {
            rates: Rates::default(),
            secrets,
            callers: Callers::default(),
            nonces: db.read(|tx| Nonces::read(tx, Clock::System.now()))?,
            running: Running::default(),
            random: SystemRandom::new(),
            db,
            city,
            clock,
            wall: Clock::System,
            settings,
        })
    }
}

/// The routes of the interface.
pub fn router(counter: Arc<Counter>) -> axum::Router {
    axum::Router::new()
        .route("/counter/v1/{*rest}", any(handle))
        .route("/hospital/v1/{*rest}", any(handle))
        .with_state(counter)
}

/// Answers one call.
async fn handle(State(counter): State<Arc<Counter>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let id = request_id(&parts.headers, &counter.city, counter.clock.now());
    let route = match Route::of(&parts.method, parts.uri.path()) {
        Ok(Route::OpenApi(Partner::Bank)) => return answer::document(OPENAPI_JSON),
        Ok(Route::OpenApi(Partner::Hospital)) => {
            return answer::document(hospital_api::OPENAPI_JSON);
        }
        Ok(route) => route,
        Err(problem) => return unsigned(&problem, &id),
    };
    let body = match whole(body, &route).await {
        Ok(body) => body,
        Err(problem) => return unsigned(&problem, &id),
    };
    let certificate = parts.extensions.get::<ClientCertificate>();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let headers: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let authority = message::field_value(&headers, "host")
        .or_else(|| parts.uri.authority().map(|authority| Cow::Borrowed(authority.as_str())))
        .unwrap_or_default();
    let described = message::Request {
        method: parts.method.as_str(),
        scheme: if certificate.is_some() { "https" } else { &counter.settings.scheme },
        authority: &authority,
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &headers,
        body: &body,
    };
    let arrival = Arrival {
        request: described,
        certificate,
        address: peer.map(|peer| address_of(peer.0.ip(), &parts.headers)),
        came_at: counter.wall.now(),
    };
    match counter.answered(&route, &arrival, &id).await {
        Ok((caller, answer)) => counter.signed(answer, &caller, &arrival.request, &id),
        Err(problem) => unsigned(&problem, &id),
    }
}

impl Counter {
    /// The answer to a call and who is to be answered, or why nobody is known to be.
    async fn answered(
        self: &Arc<Self>,
        route: &Route,
        arrival: &Arrival<'_>,
        id: &str,
    ) -> Result<(Caller, Answer), Problem> {
        let mut caller = self.verify(arrival).await?;
        for _ in 0..VERIFIED_MAX {
            let error = match self.run(&caller, route, arrival).await {
                Ok(body) => return Ok((caller, Answer::json(body))),
                Err(Stopped::Ended(error)) => error,
                Err(Stopped::CallersChanged) => {
                    caller = self.verify_again(arrival).await?;
                    continue;
                }
            };
            let kept = self.keep_nonce(&caller, arrival.came_at).await;
            let problem = match kept.err().unwrap_or(error) {
                CounterError::Problem(problem) => problem,
                CounterError::Failure(failure) => {
                    // The store's errors quote no value of a row.
                    eprintln!("counter call {id} failed: {}", chain(&*failure));
                    ProblemCode::InternalError.problem()
                }
            };
            return Ok((caller, Answer::problem(&problem)));
        }
        Err(ProblemCode::Unavailable.problem())
    }
}

/// The body of a call, if it is not too large and comes in time.
async fn whole(body: Body, route: &Route) -> Result<Bytes, Problem> {
    let limit = if route.takes_file() { FILE_BYTES_MAX } else { BODY_BYTES_MAX };
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let too_slow = causes(&error).any(<dyn Error>::is::<BodyTooSlow>);
        let code = if too_slow { ProblemCode::RequestTimeout } else { ProblemCode::BodyTooLarge };
        code.problem()
    })
}

/// An error with its causes, for the log.
fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An error and what caused it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
