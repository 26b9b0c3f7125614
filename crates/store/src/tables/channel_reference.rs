//! `channel_reference`: a channel's own number for money is counted once in the whole city.

use insurance::ids::{PersonId, ReceiptId};
use insurance::payment::ChannelKind;
use insurance::receipt::Receipt;
use units::{Date, Fen};

use crate::tx::Dialect;
use crate::{BulkUpdate, Error, Row, Tx, Value};

/// What is known of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The channel's own number.
    pub reference: String,
    /// Whose money; the city's while nobody is known for it.
    pub person: PersonId,
    /// Its receipt.
    pub receipt: ReceiptId,
    /// How much.
    pub amount: Fen,
    /// The channel's accounting day.
    pub accounting_on: Date,
    /// The channel's number for taking it back, once it did.
    pub returned_by: Option<String>,
    /// The day on which it was matched with the channel's statement.
    pub matched_on: Option<Date>,
}

/// The start of every statement that reads references.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT reference, person_id, receipt_id, amount_fen, accounting_on, returned_by, ",
            "matched_on FROM channel_reference ",
            $rest
        )
    };
}

/// Claims a reference for a receipt. Answers 1, or 0 when it is known already.
///
/// # Errors
/// [`Error`] of the database.
pub fn claim(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO channel_reference (channel, reference, person_id, receipt_id, amount_fen, \
         accounting_on) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[
            receipt.channel.code().into(),
            (&receipt.reference).into(),
            receipt.person.into(),
            receipt.id.into(),
            receipt.amount.into(),
            receipt.accounting_on.into(),
        ],
    )
}

/// What is known of a reference.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    reference: &str,
) -> Result<Option<Known>, Error> {
    let sql = select!("WHERE channel = $1 AND reference = $2");
    tx.query_opt(sql, &[channel.code().into(), reference.into()], read)
}

/// A channel's references of an accounting day, by reference.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_day(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    accounting_on: Date,
) -> Result<Vec<Known>, Error> {
    let sql = select!("WHERE channel = $1 AND accounting_on = $2 ORDER BY reference");
    tx.query(sql, &[channel.code().into(), accounting_on.into()], read)
}

/// A channel's references of an accounting day, by reference, locked until the transaction ends.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock_of_day(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    accounting_on: Date,
) -> Result<Vec<Known>, Error> {
    let known = [channel.code().into(), accounting_on.into()];
    if tx.dialect() == Dialect::Postgres {
        let sql =
            select!("WHERE channel = $1 AND accounting_on = $2 ORDER BY reference FOR UPDATE");
        return tx.query(sql, &known, read);
    }
    list_of_day(tx, channel, accounting_on)
}

/// Records that the channel took the money back. Answers 1, or 0 when it had done so before.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_returned(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    reference: &str,
    returned_by: &str,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE channel_reference SET returned_by = $3 \
         WHERE channel = $1 AND reference = $2 AND returned_by IS NULL",
        &[channel.code().into(), reference.into(), returned_by.into()],
    )
}

const MATCHED: BulkUpdate = BulkUpdate {
    stage: "new_matched_on",
    table: "channel_reference",
    keys: &["channel", "reference"],
    from: &[],
    values: &["matched_on"],
    only: "channel_reference.matched_on IS NULL",
};

/// Records that money was seen in the channel's statement. Answers how much of it was not before;
/// a day whose references are locked ([`lock_of_day`]) answers all that were read without it.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_matched<'a>(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    references: impl Iterator<Item = &'a str>,
    matched_on: Date,
) -> Result<u64, Error> {
    let rows = references.map(|reference| -> [Value<'_>; 3] {
        [channel.code().into(), reference.into(), matched_on.into()]
    });
    tx.bulk_update(&MATCHED, rows)
}

fn read(row: &Row<'_>) -> Result<Known, Error> {
    Ok(Known {
        reference: row.string(0)?,
        person: row.id(1)?,
        receipt: row.id(2)?,
        amount: row.fen(3)?,
        accounting_on: row.date(4)?,
        returned_by: row.opt_string(5)?,
        matched_on: row.opt_date(6)?,
    })
}

/// Books a reference to another person's receipt: the money was booked to the wrong one.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_owner(
    tx: &mut Tx<'_>,
    (channel, reference): (ChannelKind, &str),
    (person, receipt): (PersonId, ReceiptId),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE channel_reference SET person_id = $3, receipt_id = $4 \
         WHERE channel = $1 AND reference = $2 AND returned_by IS NULL",
        &[channel.code().into(), reference.into(), person.into(), receipt.into()],
    )
}
