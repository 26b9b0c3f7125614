//! What is done: the call's body is read and its operation run.

use std::sync::Arc;

use channels::counter_api::day_end::{DayEndRequest, DayEndState};
use channels::counter_api::http_signature::message::{Request, field_value};
use channels::counter_api::idempotency_key::IdempotencyKey;
use channels::counter_api::payment::PaymentRequest;
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::quote::DuesQuery;
use channels::counter_api::reversal::ReversalRequest;
use insurance::ids::TaskId;
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
use store::tables::access_log::{self, Access};
use units::Date;

use super::Counter;
use super::caller::Caller;
use super::route::Route;

impl Counter {
    /// Runs a verified call and answers the body of its answer.
    pub(super) async fn run(
        self: &Arc<Self>,
        caller: &Caller,
        route: &Route,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, CounterError> {
        check_media_type(route, request)?;
        match route {
            Route::OpenApi => Err(ProblemCode::RouteNotFound.into()),
            Route::QueryDues => self.query_dues(caller, read(request.body)?).await,
            Route::Pay => {
                let payment: PaymentRequest = read(request.body)?;
                let work = move |tx: &mut Tx<'_>, named: &NamedCall<'_>, counter: &Self| {
                    pay(tx, named, &counter.secrets.seal, &payment)
                };
                self.named(caller, request, work).await
            }
            Route::AskStatus(date, serial) => {
                let (date, serial) = (*date, serial.clone());
                self.write(caller, move |tx, call| {
                    Ok(json(&ask_status(tx, call, (date, &serial))?))
                })
                .await
            }
            Route::Reverse => {
                let reversal: ReversalRequest = read(request.body)?;
                let work = move |tx: &mut Tx<'_>, named: &NamedCall<'_>, _: &Self| {
                    reverse(tx, named, &reversal)
                };
                self.named(caller, request, work).await
            }
            Route::EndDay => self.end_day(caller, read(request.body)?).await,
            Route::DayDetail(date) => self.day_detail(caller, *date, request.body.to_vec()).await,
        }
    }

    async fn query_dues(
        self: &Arc<Self>,
        caller: &Caller,
        query: DuesQuery,
    ) -> Result<Vec<u8>, CounterError> {
        let (counter, bank, now) = (Arc::clone(self), caller.bank.clone(), self.clock.now());
        let (person, quote) = self
            .db
            .lookup_async(move |tx| {
                let call = Call { city: &counter.city, bank: &bank, now };
                query_dues(tx, &call, &counter.secrets.seal, &query)
            })
            .await?;
        let look = Access {
            person,
            id: self.city.fresh::<TaskId>(now).get(),
            accessed_at: now,
            actor: caller.bank.clone(),
            reason: "counter".to_owned(),
            what: "dues-query".to_owned(),
        };
        self.db.write_async(move |tx| access_log::insert(tx, &look)).await?;
        Ok(json(&quote))
    }

    async fn end_day(
        self: &Arc<Self>,
        caller: &Caller,
        request: DayEndRequest,
    ) -> Result<Vec<u8>, CounterError> {
        let day = request.accounting_date;
        let work = move |tx: &mut Tx<'_>, call: &Call<'_>| end_day(tx, call, &request);
        let answer = self.write(caller, work).await?;
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
        caller: &Caller,
        accounting_on: Date,
        bytes: Vec<u8>,
    ) -> Result<Vec<u8>, CounterError> {
        let profile = self.settings.profile.clone();
        let file = DailyFile { bank: caller.bank.clone(), accounting_on, bytes, profile };
        self.on_worker(move |counter| {
            compare_day(&counter.db, &counter.city, &file, counter.clock.now())
        })
        .await
    }

    /// Runs a call that has a name, once at a time.
    async fn named<W>(
        self: &Arc<Self>,
        caller: &Caller,
        request: &Request<'_>,
        work: W,
    ) -> Result<Vec<u8>, CounterError>
    where
        W: Fn(&mut Tx<'_>, &NamedCall<'_>, &Self) -> Result<Vec<u8>, CounterError> + Send + 'static,
    {
        let header = field_value(request.headers, "idempotency-key");
        let key = IdempotencyKey::parse(header.as_deref())?;
        let run = self.running.start(&caller.bank, key.as_str());
        let run = run.ok_or(ProblemCode::RequestInProgress)?;
        let (path, body) = (request.path.to_owned(), request.body.to_vec());
        let counter = Arc::clone(self);
        self.write(caller, move |tx, call| {
            // The closure holds the run: it ends when the work does, not when a bank hangs up.
            let _ = &run;
            let named = NamedCall { call: *call, key: key.as_str(), path: &path, body: &body };
            work(tx, &named, &counter)
        })
        .await
    }

    async fn write<T, W>(self: &Arc<Self>, caller: &Caller, work: W) -> Result<T, CounterError>
    where
        T: Send + 'static,
        W: Fn(&mut Tx<'_>, &Call<'_>) -> Result<T, CounterError> + Send + 'static,
    {
        let (counter, bank, now) = (Arc::clone(self), caller.bank.clone(), self.clock.now());
        self.db
            .write_async(move |tx| {
                let call = Call { city: &counter.city, bank: &bank, now };
                work(tx, &call)
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
