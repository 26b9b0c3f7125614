//! `receipt`: money that arrived. Only ever inserted.

use insurance::ids::{PersonId, ReceiptId};
use insurance::payment::ChannelKind;
use insurance::receipt::Receipt;
use units::{Date, Fen, Month};

use crate::{Error, Row, Tx};

/// The start of every statement that reads receipts.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, receipt_id, channel, reference, amount_fen, paid_at, ",
            "accounting_on, recorded_at, message_id, entry_id FROM receipt ",
            $rest
        )
    };
}

/// Inserts a receipt.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO receipt (person_id, receipt_id, channel, reference, amount_fen, paid_at, \
         accounting_on, recorded_at, message_id, entry_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            receipt.person.into(),
            receipt.id.into(),
            receipt.channel.code().into(),
            (&receipt.reference).into(),
            receipt.amount.into(),
            receipt.paid_at.into(),
            receipt.accounting_on.into(),
            receipt.recorded_at.into(),
            receipt.message.into(),
            receipt.entry.into(),
        ],
    )?;
    Ok(())
}

/// One receipt.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    receipt: ReceiptId,
) -> Result<Option<Receipt>, Error> {
    let sql = select!("WHERE person_id = $1 AND receipt_id = $2");
    tx.query_opt(sql, &[person.into(), receipt.into()], read)
}

/// A person's receipts, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Receipt>, Error> {
    let sql = select!("WHERE person_id = $1 ORDER BY receipt_id DESC");
    tx.query(sql, &[person.into()], read)
}

/// Every receipt, by person and number.
///
/// # Errors
/// [`Error`] of the database, or of `each`.
pub fn each(
    tx: &mut Tx<'_>,
    mut each: impl FnMut(Receipt) -> Result<(), Error>,
) -> Result<(), Error> {
    let sql = select!("ORDER BY person_id, receipt_id");
    tx.query_each(sql, &[], |row| each(read(row)?))
}

/// One channel's money of one accounting day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotal {
    /// Through which channel.
    pub channel: ChannelKind,
    /// The channel's accounting day.
    pub accounting_on: Date,
    /// How many receipts that were not taken back.
    pub count: i64,
    /// How much.
    pub amount: Fen,
}

/// What each channel booked on each accounting day from `first` to `last`, without what it took
/// back.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_by_day(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<DayTotal>, Error> {
    tx.query(
        "SELECT channel, accounting_on, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) \
         FROM channel_reference WHERE accounting_on >= $1 AND accounting_on <= $2 \
         AND returned_by IS NULL GROUP BY channel, accounting_on ORDER BY channel, accounting_on",
        &[first.into(), last.into()],
        |row| {
            Ok(DayTotal {
                channel: super::channel(row, 0)?,
                accounting_on: row.date(1)?,
                count: row.int(2)?,
                amount: row.fen(3)?,
            })
        },
    )
}

/// What a channel's money paid of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BranchMoney {
    /// Through which channel.
    pub channel: ChannelKind,
    /// Of which branch.
    pub branch: policy::Branch,
    /// How much, without what was taken back.
    pub amount: Fen,
}

/// What each channel's money paid of a month, by branch.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_by_branch(tx: &mut Tx<'_>, month: Month) -> Result<Vec<BranchMoney>, Error> {
    tx.query(
        "SELECT r.channel, d.branch, CAST(SUM(d.amount_fen) AS BIGINT) FROM due d \
         JOIN receipt r ON r.person_id = d.person_id AND r.receipt_id = d.state_cause \
         WHERE d.month = $1 AND d.state IN (2, 4) GROUP BY r.channel, d.branch \
         ORDER BY r.channel, d.branch",
        &[month.into()],
        |row| {
            Ok(BranchMoney {
                channel: super::channel(row, 0)?,
                branch: super::branch(row, 1)?,
                amount: row.fen(2)?,
            })
        },
    )
}

fn read(row: &Row<'_>) -> Result<Receipt, Error> {
    Ok(Receipt {
        person: row.id(0)?,
        id: row.id(1)?,
        channel: super::channel(row, 2)?,
        reference: row.string(3)?,
        amount: row.fen(4)?,
        paid_at: row.timestamp(5)?,
        accounting_on: row.date(6)?,
        recorded_at: row.timestamp(7)?,
        message: row.id(8)?,
        entry: row.id(9)?,
    })
}
