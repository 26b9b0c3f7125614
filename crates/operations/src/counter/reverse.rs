//! 冲正: a payment of the same accounting day is taken back, or will never be booked.

use channels::counter_api::content::Content;
use channels::counter_api::problem::ProblemCode;
use channels::counter_api::quote::Currency;
use channels::counter_api::reversal::{ReversalAnswer, ReversalRequest};
use channels::counter_api::serial_state::{Reversing, SerialEvent, SerialState, next};
use insurance::payment::{ChannelEvent, ChannelKind};
use store::Tx;
use store::tables::counter_serial::{self, Serial, SerialKey, SerialKind, SerialStanding};

use super::serial::{Known, hold, posted, reversed_before_payment};
use super::{CounterError, NamedCall, accounting_day, reference, to_json};
use crate::record_event::record_event;

/// Takes a payment back and answers the body of the answer; a repetition gets the same bytes.
///
/// # Errors
/// What [`next`] refuses, or [`ProblemCode::SerialReused`] for the reversal's own serial.
pub fn reverse(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    request: &ReversalRequest,
) -> Result<Vec<u8>, CounterError> {
    let call = &named.call;
    let key = SerialKey {
        bank: call.bank,
        bank_date: request.bank_date,
        serial: request.bank_serial.as_str(),
    };
    if super::was_answered(tx, named)? {
        return super::answer_of(tx, key);
    }
    let own = own_row(request);
    // The payment's serial first, then the reversal's: every reversal takes them in this order.
    let payment = hold_payment(tx, named, request)?;
    let answer = match counter_serial::find_locked(tx, key)? {
        Some(row) => repeated(row, &own)?,
        None if counter_serial::claim(tx, call.bank, &own, call.now)? == 1 => {
            let answer = to_json(&take_back(tx, named, &payment, request)?);
            counter_serial::set_answer(tx, key, &answer)?;
            answer
        }
        None => {
            let row = counter_serial::find_locked(tx, key)?;
            repeated(row.expect("a serial that can't be claimed is there"), &own)?
        }
    };
    Ok(answer)
}

fn hold_payment(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    request: &ReversalRequest,
) -> Result<Known, CounterError> {
    let call = &named.call;
    let key = SerialKey {
        bank: call.bank,
        bank_date: request.original_bank_date,
        serial: request.original_bank_serial.as_str(),
    };
    let fresh = reversed_before_payment(
        request.original_bank_date,
        &request.original_bank_serial,
        (&reversing(request), request.bank_date),
    );
    hold(tx, key, &fresh, call.now)
}

/// The answer that this reversal got before.
fn repeated(row: Serial, own: &Serial) -> Result<Vec<u8>, CounterError> {
    match row.answer {
        Some(answer) if row.kind == SerialKind::Reversal && row.content == own.content => {
            Ok(answer)
        }
        _ => Err(ProblemCode::SerialReused.into()),
    }
}

fn take_back(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    payment: &Known,
    request: &ReversalRequest,
) -> Result<ReversalAnswer, CounterError> {
    let call = &named.call;
    let day = accounting_day(tx, call.bank, request.accounting_date)?;
    let was_posted = matches!(payment.state, SerialState::Posted(_));
    let state = next(payment.state.clone(), SerialEvent::Reverse(reversing(request), day))?;
    let message = super::keep_message(tx, call, ("counter_reversal", named.body))?;
    if was_posted {
        let event = ChannelEvent::Returned {
            channel: ChannelKind::Counter,
            reference: reference(
                call.bank,
                request.original_bank_date,
                request.original_bank_serial.as_str(),
            ),
            return_reference: reference(call.bank, request.bank_date, request.bank_serial.as_str()),
            amount: request.amount_fen,
            accounting_on: request.accounting_date,
            raw: "冲正".to_owned(),
        };
        record_event(tx, call.city, &event, message, call.now)?;
    }
    keep_state(tx, named, (payment, &state), request)?;
    Ok(ReversalAnswer {
        bank_date: request.bank_date,
        bank_serial: request.bank_serial.clone(),
        original_bank_date: request.original_bank_date,
        original_bank_serial: request.original_bank_serial.clone(),
        payment_was_booked: matches!(state, SerialState::Reversed(..)),
        amount_fen: request.amount_fen,
        currency: Currency::Cny,
        reversed_at: call.now,
    })
}

/// Writes the payment's row where the reversal changed it.
fn keep_state(
    tx: &mut Tx<'_>,
    named: &NamedCall<'_>,
    (before, after): (&Known, &SerialState),
    request: &ReversalRequest,
) -> Result<(), CounterError> {
    if before.state == *after {
        return Ok(());
    }
    let (date, serial) = (request.original_bank_date, &request.original_bank_serial);
    let row = match after {
        SerialState::Reversed(posting, reversing) => Serial {
            standing: SerialStanding::Reversed,
            other: Some((request.bank_date, reversing.serial.to_string())),
            answer: before.answer.clone(),
            ..posted(date, serial, posting)
        },
        SerialState::ReversedBeforePayment(reversing) => {
            reversed_before_payment(date, serial, (reversing, request.bank_date))
        }
        SerialState::Unknown | SerialState::Posted(_) | SerialState::NotFound => return Ok(()),
    };
    counter_serial::set(tx, named.call.bank, &row, named.call.now)?;
    Ok(())
}

fn reversing(request: &ReversalRequest) -> Reversing {
    Reversing {
        serial: request.bank_serial.clone(),
        amount: request.amount_fen,
        accounting_on: request.accounting_date,
    }
}

/// The reversal's own row.
fn own_row(request: &ReversalRequest) -> Serial {
    Serial {
        bank_date: request.bank_date,
        serial: request.bank_serial.to_string(),
        kind: SerialKind::Reversal,
        standing: SerialStanding::Posted,
        content: Some(Content::of(&[&to_json(request)]).to_string()),
        amount: Some(request.amount_fen),
        accounting_on: Some(request.accounting_date),
        other: Some((request.original_bank_date, request.original_bank_serial.to_string())),
        answer: None,
    }
}
