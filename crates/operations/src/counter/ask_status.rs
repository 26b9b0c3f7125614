//! What became of a serial? For a bank that got no answer, and for printing a receipt again.

use channels::counter_api::bank_word::BankSerial;
use channels::counter_api::payment::{SerialStatus, StatusAnswer};
use channels::counter_api::serial_state::{SerialEvent, SerialState, next};
use store::Tx;
use store::tables::counter_serial::{self, SerialKey};
use units::Date;

use super::correct_serial::find_correction;
use super::serial::{hold, tombstone};
use super::{Call, CounterError};

/// The status of a payment's serial. A serial that is not there is closed by the question: a
/// payment that is still on its way will be refused, so the answer stays true.
///
/// # Errors
/// The serial of a reversal is no payment's.
pub fn ask_status(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    (bank_date, serial): (Date, &BankSerial),
) -> Result<StatusAnswer, CounterError> {
    let key = SerialKey { bank: call.bank, bank_date, serial: serial.as_str() };
    let known = hold(tx, key, &tombstone(bank_date, serial), call.now)?;
    let state = next(known.state, SerialEvent::Ask)?;
    let status = state.status();
    let payment = match (&state, &known.answer) {
        (SerialState::Posted(_) | SerialState::Reversed(..), Some(answer)) => Some(read(answer)?),
        _ => None,
    };
    let reversal = match (status, &known.reversal) {
        (SerialStatus::Reversed, Some((date, reversal))) => {
            let key = SerialKey { bank: call.bank, bank_date: *date, serial: reversal };
            let row = counter_serial::find(tx, key)?;
            let answer = row.filter(|row| row.serial != serial.as_str()).and_then(|row| row.answer);
            answer.as_deref().map(read).transpose()?
        }
        _ => None,
    };
    let correction = match &state {
        SerialState::Posted(posting) | SerialState::Reversed(posting, _) => {
            find_correction(tx, key, posting.accounting_on)?
        }
        SerialState::Unknown | SerialState::NotFound | SerialState::ReversedBeforePayment(_) => {
            None
        }
    };
    Ok(StatusAnswer {
        status,
        bank_date,
        bank_serial: serial.clone(),
        payment,
        reversal,
        correction,
    })
}

/// What was answered, read back.
fn read<T: serde::de::DeserializeOwned>(answer: &[u8]) -> Result<T, CounterError> {
    serde_json::from_slice(answer).map_err(|error| CounterError::Failure(Box::new(error)))
}
