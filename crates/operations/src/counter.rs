//! 柜面: what the bank's core system asks for, each call one transaction.
//!
//! Files in reading order: [`quoted_dues`] what a counter may collect of a person; [`query_dues`],
//! [`pay`], [`ask_status`], [`reverse`], [`end_day`], [`compare_day`] the calls; [`serial`] the
//! rows of a serial as the pure rules see them, [`correct_serial`] what a decision makes of one.

pub mod ask_status;
pub mod compare_day;
pub(crate) mod correct_serial;
pub mod end_day;
pub mod pay;
pub mod query_dues;
mod quoted_dues;
pub mod reverse;
mod serial;

use channels::counter_api::content::Content;
use channels::counter_api::problem::{Problem, ProblemCode};
use channels::counter_api::serial_state::{AccountingDay, SerialRefusal};
use insurance::ids::MessageId;
use insurance::payment::ChannelKind;
use serde::Serialize;
use store::Tx;
use store::tables::counter_serial::{self, SerialKey};
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::tables::{counter_day, counter_request};
use units::{Date, Timestamp};

use crate::city::City;
use crate::record_event::RecordError;

/// A call of a bank that was verified.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The city that is called.
    pub city: &'a City,
    /// The bank's code.
    pub bank: &'a str,
    /// When it came.
    pub now: Timestamp,
}

/// A call that writes, with its name and its raw body.
#[derive(Clone, Copy)]
pub struct NamedCall<'a> {
    /// The call.
    pub call: Call<'a>,
    /// Its `Idempotency-Key`.
    pub key: &'a str,
    /// Its path.
    pub path: &'a str,
    /// Its body, kept as it came.
    pub body: &'a [u8],
}

/// Why a call is not answered with what it asked for; nothing is changed.
#[derive(Debug)]
pub enum CounterError {
    /// A rule says no; the bank is told.
    Problem(Problem),
    /// Outside trouble, or a defect of ours.
    Failure(Box<dyn std::error::Error + Send + Sync>),
}

impl From<Problem> for CounterError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<SerialRefusal> for CounterError {
    fn from(refusal: SerialRefusal) -> Self {
        Self::Problem(refusal.code().because(refusal.to_string()))
    }
}

impl From<store::Error> for CounterError {
    fn from(error: store::Error) -> Self {
        Self::Failure(Box::new(error))
    }
}

impl From<RecordError> for CounterError {
    fn from(error: RecordError) -> Self {
        Self::Failure(Box::new(error))
    }
}

impl From<ProblemCode> for CounterError {
    fn from(code: ProblemCode) -> Self {
        Self::Problem(code.problem())
    }
}

/// Keeps the name and the content of a call, for a repetition of it. Says whether a call of the same
/// name and content was answered before: its answer stands with its serial.
///
/// A refused call uses up no name: a call that is refused changes nothing, and asking again gets
/// the same refusal for as long as its reason stands.
fn was_answered(tx: &mut Tx<'_>, named: &NamedCall<'_>) -> Result<bool, CounterError> {
    let (name, content) = ((named.call.bank, named.key), content_of(named).to_string());
    if counter_request::insert(tx, name, &content, named.call.now)? == 1 {
        return Ok(false);
    }
    let known = counter_request::find(tx, named.call.bank, named.key)?;
    if known.is_some_and(|known| known == content) {
        return Ok(true);
    }
    Err(ProblemCode::IdempotencyKeyReused.into())
}

/// The answer that a serial got; only where its call was answered.
fn answer_of(tx: &mut Tx<'_>, serial: SerialKey<'_>) -> Result<Vec<u8>, CounterError> {
    let answer = counter_serial::find(tx, serial)?.and_then(|row| row.answer);
    answer.ok_or_else(|| ProblemCode::SerialReused.into())
}

fn content_of(named: &NamedCall<'_>) -> Content {
    Content::of(&[named.path.as_bytes(), named.body])
}

/// Keeps the raw call; its number is the cause of what follows.
fn keep_message(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    (kind, body): (&str, &[u8]),
) -> Result<MessageId, store::Error> {
    let message = InboundMessage {
        id: call.city.fresh(call.now),
        channel: ChannelKind::Counter,
        kind: kind.to_owned(),
        received_at: call.now,
        digest: Content::of_file(body).to_string(),
        headers: format!("bank: {}", call.bank),
        body: body.to_vec(),
    };
    inbound_message::insert(tx, &message, MessageState::Handled)?;
    Ok(message.id)
}

fn accounting_day(
    tx: &mut Tx<'_>,
    bank: &str,
    accounting_on: Date,
) -> Result<AccountingDay, store::Error> {
    let closed = counter_day::find(tx, bank, accounting_on)?;
    Ok(if closed.is_some() { AccountingDay::Closed } else { AccountingDay::Open })
}

/// The reference of a serial's money, unique in the channel: bank, the bank's date, serial.
fn reference(bank: &str, bank_date: Date, serial: &str) -> String {
    format!("{bank}/{bank_date}/{serial}")
}

fn to_json<T: Serialize>(answer: &T) -> Vec<u8> {
    serde_json::to_vec(answer).expect("answers have text keys and no failing parts")
}
