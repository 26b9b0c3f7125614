//! What is done: the call's body is read and its operation run.

use std::sync::Arc;

use channels::counter_api::day_end::{DayEndRequest, DayEndState};
use channels::counter_api::http_signature::message::{Request, field_value};
use channels::counter_api::http_signature::nonce_cache::NonceRefusal;
use channels::counter_api::idempotency_key::IdempotencyKey;
use channels::counter_api::payment::PaymentRequest;
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::quote::DuesQuery;
use channels::counter_api::reversal::ReversalRequest;
use channels::hospital_api::CoverQuery;
use insurance::ids::{PersonId, TaskId};
use operations::ask_cover::ask_cover;
use operations::counter::ask_status::ask_status;
use operations::counter::compare_day::{DailyFile, balance_channel_day, compare_day};
use operations::counter::end_day::end_day;
use operations::counter::pay::pay;
use operations::counter::query_dues::query_dues;
use operations::counter::reverse::reverse;
use operations::counter::{Call, CounterError, NamedCall};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;
use store::tables::access_log::Access;
use store::tables::counter_nonce::{self, Kept};
use store::tables::{access_pending, caller_version};
use units::Date;

use super::Counter;
use super::caller::{Arrival, Caller};
use super::route::Route;

/// Why a verified call has no answer of its own; nothing is changed.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Who may call changed since the call was verified: it must be verified again.
    CallersChanged,
    /// It is refused, or failed.
    Ended(CounterError),
}

impl From<CounterError> for Stopped {
    fn from(error: CounterError) -> Self {
        Self::Ended(error)
    }
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Ended(problem.into())
    }
}

impl From<ProblemCode> for Stopped {
    fn from(code: ProblemCode) -> Self {
        Self::Ended(code.into())
    }
}

impl From<store::Error> for Stopped {
    fn from(error: store::Error) -> Self {
        Self::Ended(error.into())
    }
}

impl Counter {
    /// Runs a verified call and answers the body of its answer.
    pub(super) async fn run(
        self: &Arc<Self>,
        caller: &Caller,
        route: &Route,
        arrival: &Arrival<'_>,
    ) -> Result<Vec<u8>, Stopped> {
        let request = &arrival.request;
        if caller.callers.keys.partner_of(&caller.bank) != route.partner() {
            return Err(ProblemCode::CallerNotAllowed.into());
        }
        check_media_type(route, request)?;
        match route {
            Route::OpenApi(_) => Err(ProblemCode::RouteNotFound.into()),
            Route::QueryCover => self.query_cover((caller, arrival), read(request.body)?).await,
            Route::QueryDues => self.query_dues((caller, arrival), read(request.body)?).await,
            Route::Pay => {
                let payment: PaymentRequest = read(request.body)?;
                let work = move |tx: &mut Tx<'_>, named: &NamedCall<'_>, counter: &Self| {
                    pay(tx, named, &counter.secrets.seal, &payment)
                };
                self.named((caller, arrival), work).await
            }
            Route::AskStatus(date, serial) => {
                let (date, serial) = (*date, serial.clone());
                self.write((caller, arrival), move |tx, call| {
                    Ok(json(&ask_status(tx, call, (date, &serial))?))
                })
                .await
            }
            Route::Reverse => {
                let reversal: ReversalRequest = read(request.body)?;
                let work = move |tx: &mut Tx<'_>, named: &NamedCall<'_>, _: &Self| {
                    reverse(tx, named, &reversal)
                };
                self.named((caller, arrival), work).await
            }
            Route::EndDay => self.end_day((caller, arrival), read(request.body)?).await,
            Route::DayDetail(date) => self.day_detail((caller, arrival), *date).await,
        }
    }

    /// Quotes and records the look in one transaction: the answer leaves when both are durable.
    async fn query_dues(
        self: &Arc<Self>,
        from: (&Caller, &Arrival<'_>),
        query: DuesQuery,
    ) -> Result<Vec<u8>, Stopped> {
        let counter = Arc::clone(self);
        let work = move |tx: &mut Tx<'_>, call: &Call<'_>| {
            let (person, quote) = query_dues(tx, call, &counter.secrets.seal, &query)?;
            access_pending::insert(tx, &look(call, person, ("counter", "dues-query".to_owned())))?;
            Ok(quote)
        };
        Ok(json(&self.write(from, work).await?))
    }

    /// Decides on cover and records the look, in one transaction.
    async fn query_cover(
        self: &Arc<Self>,
        from: (&Caller, &Arrival<'_>),
        query: CoverQuery,
    ) -> Result<Vec<u8>, Stopped> {
        let work = move |tx: &mut Tx<'_>, call: &Call<'_>| {
            let (person, answer) = ask_cover(tx, call, &query)?;
            if let Some(person) = person {
                let what = ("hospital", format!("cover-query {}", query.date));
                access_pending::insert(tx, &look(call, person, what))?;
            }
            Ok(answer)
        };
        Ok(json(&self.write(from, work).await?))
    }

    async fn end_day(
        self: &Arc<Self>,
        from: (&Caller, &Arrival<'_>),
        request: DayEndRequest,
    ) -> Result<Vec<u8>, Stopped> {
        let day = request.accounting_date;
        let work = move |tx: &mut Tx<'_>, call: &Call<'_>| end_day(tx, call, &request);
        let answer = self.write(from, work).await?;
        if answer.state == DayEndState::Balanced {
            self.on_worker(move |counter| {
                balance_channel_day(&counter.db, &counter.city, day, counter.clock.now())
            })
            .await?;
        }
        Ok(json(&answer))
    }

    async fn day_detail(
        self: &Arc<Self>,
        from: (&Caller, &Arrival<'_>),
        accounting_on: Date,
    ) -> Result<Vec<u8>, Stopped> {
        self.write(from, |_, _| Ok(())).await?;
        let (bank, bytes) = (from.0.bank.clone(), from.1.request.body.to_vec());
        let profile = self.settings.profile.clone();
        let file = DailyFile { bank, accounting_on, bytes, profile };
        let compared = self.on_worker(move |counter| {
            compare_day(&counter.db, &counter.city, &file, counter.clock.now())
        });
        Ok(compared.await?)
    }

    /// Runs a call that has a name, once at a time.
    async fn named<W>(
        self: &Arc<Self>,
        from: (&Caller, &Arrival<'_>),
        work: W,
    ) -> Result<Vec<u8>, Stopped>
    where
        W: Fn(&mut Tx<'_>, &NamedCall<'_>, &Self) -> Result<Vec<u8>, CounterError> + Send + 'static,
    {
        let (caller, Arrival { request, .. }) = from;
        let header = field_value(request.headers, "idempotency-key");
        let key = IdempotencyKey::parse(header.as_deref())?;
        let run = self.running.start(&caller.bank, key.as_str());
        let run = run.ok_or(ProblemCode::RequestInProgress)?;
        let (path, body) = (request.path.to_owned(), request.body.to_vec());
        let counter = Arc::clone(self);
        self.write(from, move |tx, call| {
            // The closure holds the run: it ends when the work does, not when a bank hangs up.
            let _ = &run;
            let named = NamedCall { call: *call, key: key.as_str(), path: &path, body: &body };
            work(tx, &named, &counter)
        })
        .await
    }

    /// Runs work in one transaction, if the call is still verified in it, and keeps its nonce there.
    async fn write<T, W>(
        self: &Arc<Self>,
        (caller, arrival): (&Caller, &Arrival<'_>),
        work: W,
    ) -> Result<T, Stopped>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>, &Call<'_>) -> Result<T, CounterError> + Send + 'static,
    {
        let (counter, bank, now) = (Arc::clone(self), caller.bank.clone(), self.clock.now());
        let (version, nonce) = (caller.callers.version, caller.nonce());
        let came_at = arrival.came_at;
        self.db
            .write_async(move |tx| {
                if caller_version::get(tx)? != version {
                    return Err(Stopped::CallersChanged);
                }
                let done = work(tx, &Call { city: &counter.city, bank: &bank, now })?;
                if let Some(nonce) = nonce
                    && counter_nonce::insert(tx, (&bank, &nonce), came_at)? == Kept::ByAnotherCall
                {
                    return Err(repeated().into());
                }
                Ok(done)
            })
            .await
    }

    /// Long work, off the executor.
    async fn on_worker<T, W>(self: &Arc<Self>, work: W) -> Result<T, CounterError>
    where
        T: Send + 'static,
        W: FnOnce(&Self) -> Result<T, CounterError> + Send + 'static,
    {
        let counter = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&counter)).await;
        done.unwrap_or_else(|stopped| Err(CounterError::Failure(Box::new(stopped))))
    }
}

/// The refusal of a call that another program of the city has had.
pub(super) fn repeated() -> Problem {
    ProblemCode::NonceRepeated.because(NonceRefusal::MustBeNew.to_string())
}

/// A look of the caller at a person.
fn look(call: &Call<'_>, person: PersonId, (reason, what): (&str, String)) -> Access {
    Access {
        person,
        id: call.city.fresh::<TaskId>(call.now).get(),
        accessed_at: call.now,
        actor: call.bank.to_owned(),
        reason: reason.to_owned(),
        what,
    }
}

fn check_media_type(route: &Route, request: &Request<'_>) -> Result<(), Problem> {
    let Some(wanted) = route.media_type() else { return Ok(()) };
    let given = field_value(request.headers, "content-type").unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    if given.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(ProblemCode::UnsupportedMediaType.because(format!("the body must be {wanted}")))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| ProblemCode::MalformedRequest.because(error.to_string()))
}

fn json<T: Serialize>(answer: &T) -> Vec<u8> {
    serde_json::to_vec(answer).expect("answers have text keys and no failing parts")
}
