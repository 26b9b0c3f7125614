//! A decision about a difference, as the serial of its money tells it: what is booked under it now.

use channels::counter_api::bank_word::BankSerial;
use channels::counter_api::payment::Correction;
use channels::counter_api::serial_state::Posting;
use insurance::payment::ChannelKind;
use insurance::reconciliation::settlement::decision_that_took;
use store::Tx;
use store::tables::counter_serial::{self, Serial, SerialKey, SerialKind, SerialStanding};
use store::tables::difference::{self, OpenDifference};
use store::tables::{inbound_message, receipt};
use units::{Date, Fen, Timestamp};

use super::reference;
use super::serial::posted;
use crate::settle_difference::{DECISION, known_of_money};

/// Writes to a serial what a decision booked under it, or that it took everything back.
///
/// # Errors
/// The database's.
pub(crate) fn correct_serial(
    tx: &mut Tx<'_>,
    difference: &OpenDifference,
    booked: Option<Fen>,
    now: Timestamp,
) -> Result<(), store::Error> {
    let Some((bank, bank_date, serial)) = serial_of(&difference.reference) else { return Ok(()) };
    let key = SerialKey { bank, bank_date, serial: serial.as_str() };
    let row = counter_serial::find_locked(tx, key)?;
    let corrected = match (&row, booked) {
        (Some(row), _) if row.kind == SerialKind::Reversal => return Ok(()),
        (None, None) => return Ok(()),
        (Some(row), None) => Serial {
            standing: SerialStanding::Reversed,
            other: Some((bank_date, serial.to_string())),
            ..row.clone()
        },
        (row, Some(amount)) => {
            let accounting_on = difference.accounting_on;
            let fresh =
                posted(bank_date, &serial, &Posting { content: None, amount, accounting_on });
            let (content, answer) =
                row.clone().map_or((None, None), |row| (row.content, row.answer));
            Serial { content, answer, ..fresh }
        }
    };
    match row {
        Some(_) => counter_serial::set(tx, bank, &corrected, now)?,
        None => counter_serial::claim(tx, bank, &corrected, now)?,
    };
    Ok(())
}

/// What a decision made of a serial's money, if one did.
///
/// # Errors
/// The database's.
pub(super) fn find_correction(
    tx: &mut Tx<'_>,
    key: SerialKey<'_>,
    accounting_on: Date,
) -> Result<Option<Correction>, store::Error> {
    let money = reference(key.bank, key.bank_date, key.serial);
    let day = (ChannelKind::Counter, accounting_on);
    let Some(known) = known_of_money(tx, day, &money)? else { return Ok(None) };
    if let Some(returned_by) = &known.returned_by {
        let Some(id) = decision_that_took(returned_by) else { return Ok(None) };
        let settled_at = difference::find(tx, id)?.and_then(|decided| decided.settled_at);
        return Ok(settled_at.map(|corrected_at| Correction {
            amount_fen: Fen::ZERO,
            receipt_number: None,
            corrected_at,
        }));
    }
    let Some(receipt) = receipt::find(tx, known.person, known.receipt)? else { return Ok(None) };
    let told_by = inbound_message::find(tx, receipt.message)?;
    Ok(told_by.filter(|message| message.kind == DECISION).map(|_| Correction {
        amount_fen: receipt.amount,
        receipt_number: Some(receipt.id.to_string()),
        corrected_at: receipt.recorded_at,
    }))
}

/// Whose serial a reference of the counter names; see [`reference()`].
fn serial_of(reference: &str) -> Option<(&str, Date, BankSerial)> {
    let (bank, rest) = reference.split_once('/')?;
    let (bank_date, serial) = rest.split_once('/')?;
    Some((bank, bank_date.parse().ok()?, BankSerial::parse(serial).ok()?))
}
