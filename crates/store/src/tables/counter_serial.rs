//! `counter_serial`: what became of each serial of a bank's counters.

use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// A serial's name: unique for the bank and its date, over payments and reversals together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SerialKey<'a> {
    /// The bank's code.
    pub bank: &'a str,
    /// The bank's date.
    pub bank_date: Date,
    /// 流水号.
    pub serial: &'a str,
}

/// What a serial is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SerialKind {
    /// 缴费.
    Payment,
    /// 冲正.
    Reversal,
}

/// Where a serial stands; one that has no row is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SerialStanding {
    /// Booked.
    Posted,
    /// Booked and taken back.
    Reversed,
    /// Told to be not there, for ever.
    NotFound,
    /// Reversed before it came.
    ReversedBeforePayment,
}

impl SerialStanding {
    /// Every standing, in the order of their codes.
    pub const ALL: [Self; 4] =
        [Self::Posted, Self::Reversed, Self::NotFound, Self::ReversedBeforePayment];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Posted => 1,
            Self::Reversed => 2,
            Self::NotFound => 3,
            Self::ReversedBeforePayment => 4,
        }
    }

    /// The standing of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

impl SerialKind {
    const fn code(self) -> i64 {
        match self {
            Self::Payment => 1,
            Self::Reversal => 2,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        [Self::Payment, Self::Reversal].into_iter().find(|kind| kind.code() == code)
    }
}

/// What is known of a serial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial {
    /// The bank's date.
    pub bank_date: Date,
    /// 流水号.
    pub serial: String,
    /// What it is of.
    pub kind: SerialKind,
    /// Where it stands.
    pub standing: SerialStanding,
    /// SHA-256 of what the request said, in hexadecimal; `None` for a tombstone.
    pub content: Option<String>,
    /// How much.
    pub amount: Option<Fen>,
    /// 会计日期.
    pub accounting_on: Option<Date>,
    /// The payment's reversal, or the reversal's payment: the bank's date and serial.
    pub other: Option<(Date, String)>,
    /// What was answered, word for word.
    pub answer: Option<Vec<u8>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT bank_date, serial, kind, state, content, amount_fen, accounting_on, ",
            "other_date, other_serial, answer FROM counter_serial ",
            $rest
        )
    };
}

/// What is known of a serial; on PostgreSQL its row is locked until the transaction ends.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_locked(tx: &mut Tx<'_>, key: SerialKey<'_>) -> Result<Option<Serial>, Error> {
    let lock = "SELECT 1 FROM counter_serial WHERE bank = $1 AND bank_date = $2 AND serial = $3";
    let values = [key.bank.into(), key.bank_date.into(), key.serial.into()];
    if tx.lock_row(lock, &values)? { find(tx, key) } else { Ok(None) }
}

/// What is known of a serial.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, key: SerialKey<'_>) -> Result<Option<Serial>, Error> {
    let sql = select!("WHERE bank = $1 AND bank_date = $2 AND serial = $3");
    tx.query_opt(sql, &[key.bank.into(), key.bank_date.into(), key.serial.into()], read)
}

/// Claims a serial. Answers 1, or 0 when it is known already; then nothing is changed.
///
/// # Errors
/// [`Error`] of the database.
pub fn claim(
    tx: &mut Tx<'_>,
    bank: &str,
    serial: &Serial,
    recorded_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO counter_serial (bank, bank_date, serial, kind, state, content, amount_fen, \
         accounting_on, other_date, other_serial, answer, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
        &values(bank, serial, recorded_at),
    )
}

/// Keeps the answer to the call that claimed a serial.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_answer(tx: &mut Tx<'_>, key: SerialKey<'_>, answer: &[u8]) -> Result<u64, Error> {
    tx.execute(
        "UPDATE counter_serial SET answer = $4 WHERE bank = $1 AND bank_date = $2 AND serial = $3",
        &[key.bank.into(), key.bank_date.into(), key.serial.into(), answer.into()],
    )
}

/// Writes what is now known of a serial that was claimed before.
///
/// # Errors
/// [`Error`] of the database.
pub fn set(
    tx: &mut Tx<'_>,
    bank: &str,
    serial: &Serial,
    recorded_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE counter_serial SET kind = $4, state = $5, content = $6, amount_fen = $7, \
         accounting_on = $8, other_date = $9, other_serial = $10, answer = $11, \
         recorded_at = $12 WHERE bank = $1 AND bank_date = $2 AND serial = $3",
        &values(bank, serial, recorded_at),
    )
}

/// A bank's payments of an accounting day that were booked, by date and serial; those that were
/// taken back are among them.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_payments_of_day(
    tx: &mut Tx<'_>,
    bank: &str,
    accounting_on: Date,
) -> Result<Vec<Serial>, Error> {
    let sql = select!(
        "WHERE bank = $1 AND accounting_on = $2 AND kind = 1 AND state IN (1, 2) \
         ORDER BY bank_date, serial"
    );
    tx.query(sql, &[bank.into(), accounting_on.into()], read)
}

/// A bank's booked payment of a serial with the latest accounting day from `first` on and before
/// `accounting_on`.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_payment_before(
    tx: &mut Tx<'_>,
    (bank, serial): (&str, &str),
    (first, accounting_on): (Date, Date),
) -> Result<Option<Serial>, Error> {
    let sql = select!(
        "WHERE bank = $1 AND serial = $2 AND accounting_on >= $3 AND accounting_on < $4 \
         AND kind = 1 AND state IN (1, 2) ORDER BY accounting_on DESC LIMIT 1"
    );
    tx.query_opt(sql, &[bank.into(), serial.into(), first.into(), accounting_on.into()], read)
}

/// The banks that have payments of an accounting day.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_banks_of_day(tx: &mut Tx<'_>, accounting_on: Date) -> Result<Vec<String>, Error> {
    tx.query(
        "SELECT DISTINCT bank FROM counter_serial WHERE accounting_on = $1 AND kind = 1 \
         AND state IN (1, 2) ORDER BY bank",
        &[accounting_on.into()],
        |row| row.string(0),
    )
}

fn values<'v>(bank: &'v str, serial: &'v Serial, recorded_at: Timestamp) -> [crate::Value<'v>; 12] {
    let other = serial.other.as_ref();
    [
        bank.into(),
        serial.bank_date.into(),
        (&serial.serial).into(),
        serial.kind.code().into(),
        serial.standing.code().into(),
        serial.content.as_deref().into(),
        serial.amount.into(),
        serial.accounting_on.into(),
        other.map(|(date, _)| *date).into(),
        other.map(|(_, serial)| serial.as_str()).into(),
        serial.answer.as_deref().into(),
        recorded_at.into(),
    ]
}

fn read(row: &Row<'_>) -> Result<Serial, Error> {
    let other = match (row.opt_date(7)?, row.opt_string(8)?) {
        (Some(date), Some(serial)) => Some((date, serial)),
        _ => None,
    };
    Ok(Serial {
        bank_date: row.date(0)?,
        serial: row.string(1)?,
        kind: row.code(2, SerialKind::from_code)?,
        standing: row.code(3, SerialStanding::from_code)?,
        content: row.opt_string(4)?,
        amount: row.opt_fen(5)?,
        accounting_on: row.opt_date(6)?,
        other,
        answer: row.opt_blob(9)?.map(<[u8]>::to_vec),
    })
}
