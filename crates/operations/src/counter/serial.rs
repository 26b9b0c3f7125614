//! The rows of a serial, as the pure rules of `channels::counter_api::serial_state` see them.

use channels::counter_api::bank_word::BankSerial;
use channels::counter_api::content::Content;
use channels::counter_api::problem::ProblemCode;
use channels::counter_api::serial_state::{Posting, Reversing, SerialState};
use store::Tx;
use store::tables::counter_serial::{self, Serial, SerialKey, SerialKind, SerialStanding};
use units::{Date, Fen, Timestamp};

use super::CounterError;

/// A payment's serial as it stood when the call came.
pub(super) struct Known {
    /// As the rules see it.
    pub(super) state: SerialState,
    /// What was answered to the payment, once it was booked by a call.
    pub(super) answer: Option<Vec<u8>>,
    /// The reversal's own date and serial, once there is one.
    pub(super) reversal: Option<(Date, String)>,
}

/// Takes hold of a payment's serial until the transaction ends: `fresh` is written when nothing
/// was known of it, and whoever comes second sees what the first one wrote.
pub(super) fn hold(
    tx: &mut Tx<'_>,
    key: SerialKey<'_>,
    fresh: &Serial,
    now: Timestamp,
) -> Result<Known, CounterError> {
    if counter_serial::claim(tx, key.bank, fresh, now)? == 1 {
        return Ok(Known { state: SerialState::Unknown, answer: None, reversal: None });
    }
    let row = counter_serial::find_locked(tx, key)?;
    known(row.expect("a serial that can't be claimed is there, and serials are never deleted"))
}

fn known(row: Serial) -> Result<Known, CounterError> {
    if row.kind == SerialKind::Reversal {
        return Err(ProblemCode::SerialReused.into());
    }
    let state = state_of(&row).ok_or(store::Error::Corrupt { column: 3, expected: "a serial" })?;
    Ok(Known { state, answer: row.answer, reversal: row.other })
}

fn state_of(row: &Serial) -> Option<SerialState> {
    let posting = || {
        let content = row.content.as_deref().map(Content::from_hex);
        let content = match content {
            Some(None) => return None,
            Some(content) => content,
            None => None,
        };
        Some(Posting { content, amount: row.amount?, accounting_on: row.accounting_on? })
    };
    let reversing = || {
        let (_, serial) = row.other.as_ref()?;
        Some(Reversing {
            serial: BankSerial::parse(serial).ok()?,
            amount: row.amount?,
            accounting_on: row.accounting_on?,
        })
    };
    Some(match row.standing {
        SerialStanding::Posted => SerialState::Posted(posting()?),
        SerialStanding::Reversed => SerialState::Reversed(posting()?, reversing()?),
        SerialStanding::NotFound => SerialState::NotFound,
        SerialStanding::ReversedBeforePayment => SerialState::ReversedBeforePayment(reversing()?),
    })
}

/// The row of a payment that is booked now.
pub(super) fn posted(bank_date: Date, serial: &BankSerial, posting: &Posting) -> Serial {
    Serial {
        content: posting.content.map(|content| content.to_string()),
        amount: Some(posting.amount),
        accounting_on: Some(posting.accounting_on),
        standing: SerialStanding::Posted,
        ..tombstone(bank_date, serial)
    }
}

/// The row of a serial that is told to be not there.
pub(super) fn tombstone(bank_date: Date, serial: &BankSerial) -> Serial {
    Serial {
        bank_date,
        serial: serial.to_string(),
        kind: SerialKind::Payment,
        standing: SerialStanding::NotFound,
        content: None,
        amount: None,
        accounting_on: None,
        other: None,
        answer: None,
    }
}

/// The row of a serial whose reversal came first.
pub(super) fn reversed_before_payment(
    bank_date: Date,
    serial: &BankSerial,
    (reversing, reversal_date): (&Reversing, Date),
) -> Serial {
    Serial {
        standing: SerialStanding::ReversedBeforePayment,
        amount: Some(reversing.amount),
        accounting_on: Some(reversing.accounting_on),
        other: Some((reversal_date, reversing.serial.to_string())),
        ..tombstone(bank_date, serial)
    }
}

/// What a payment said, as its row keeps it.
pub(super) fn posting_of(content: Content, amount: Fen, accounting_on: Date) -> Posting {
    Posting { content: Some(content), amount, accounting_on }
}
