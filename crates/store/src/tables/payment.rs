//! `payment`, `payment_item`: attempts to collect.

use insurance::ids::{PaymentId, PersonId, RunId};
use insurance::payment::{ChannelKind, DueKey};
use units::{Fen, Month, Timestamp};

use crate::{BulkTable, Error, Row, Tx};

/// Where an attempt, or one due of it, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// Nobody knows yet; its dues can't be paid elsewhere.
    Open,
    /// Money arrived.
    Paid,
    /// The channel said no.
    Failed,
    /// Its time ended without money.
    Expired,
}

impl PaymentState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Open, Self::Paid, Self::Failed, Self::Expired];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Paid => 2,
            Self::Failed => 3,
            Self::Expired => 4,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Whose dues.
    pub person: PersonId,
    /// Its number.
    pub id: PaymentId,
    /// Through which channel.
    pub channel: ChannelKind,
    /// Where it stands.
    pub state: PaymentState,
    /// How much.
    pub amount: Fen,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// The run that made it, for batches.
    pub run: Option<RunId>,
    /// The channel's own facts of it, as its reader needs them.
    pub detail: Option<String>,
}

/// One due of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentItem {
    /// Which due.
    pub due: DueKey,
    /// How much.
    pub amount: Fen,
    /// Where it stands.
    pub state: PaymentState,
}

/// How attempts of a withholding batch are inserted in bulk.
pub const BULK: BulkTable = BulkTable {
    name: "payment",
    columns: &[
        "person_id",
        "payment_id",
        "channel",
        "state",
        "amount_fen",
        "opened_at",
        "run_id",
        "detail",
    ],
};

/// How the dues of a withholding batch are inserted in bulk.
pub const ITEM_BULK: BulkTable = BulkTable {
    name: "payment_item",
    columns: &["person_id", "payment_id", "month", "branch", "part", "amount_fen", "state"],
};

/// Opens an attempt. The items follow with [`insert_item`].
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, payment: &Payment) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO payment (person_id, payment_id, channel, state, amount_fen, opened_at, \
         expires_at, run_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            payment.person.into(),
            payment.id.into(),
            payment.channel.code().into(),
            payment.state.code().into(),
            payment.amount.into(),
            payment.opened_at.into(),
            payment.expires_at.into(),
            payment.run.into(),
            payment.detail.as_deref().into(),
        ],
    )?;
    Ok(())
}

/// Puts a due into an open attempt. Answers 1, or 0 when it lies in another open attempt.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_item(
    tx: &mut Tx<'_>,
    payment: PaymentId,
    due: &DueKey,
    amount: Fen,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO payment_item (person_id, payment_id, month, branch, part, amount_fen, state) \
         VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING",
        &[
            due.person.into(),
            payment.into(),
            due.month.into(),
            due.branch.code().into(),
            i64::from(due.part).into(),
            amount.into(),
        ],
    )
}

/// One attempt.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
) -> Result<Option<Payment>, Error> {
    tx.query_opt(
        "SELECT person_id, payment_id, channel, state, amount_fen, opened_at, expires_at, run_id, \
         detail FROM payment WHERE person_id = $1 AND payment_id = $2",
        &[person.into(), payment.into()],
        read,
    )
}

/// The open attempts of a person.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Payment>, Error> {
    tx.query(
        "SELECT person_id, payment_id, channel, state, amount_fen, opened_at, expires_at, run_id, \
         detail FROM payment WHERE person_id = $1 AND state = 1 ORDER BY payment_id",
        &[person.into()],
        read,
    )
}

/// The dues of an attempt.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_items(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
) -> Result<Vec<PaymentItem>, Error> {
    tx.query(
        "SELECT month, branch, part, amount_fen, state FROM payment_item \
         WHERE person_id = $1 AND payment_id = $2 ORDER BY month, branch, part",
        &[person.into(), payment.into()],
        |row| {
            let due = DueKey {
                person,
                month: row.month(0)?,
                branch: super::branch(row, 1)?,
                part: super::part(row, 2)?,
            };
            Ok(PaymentItem { due, amount: row.fen(3)?, state: state(row, 4)? })
        },
    )
}

/// How many dues that a month's bill asks for lie in attempts without a final answer: dues of the
/// month, and differences of earlier months.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_open_items(tx: &mut Tx<'_>, month: Month) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM payment_item \
         WHERE (month = $1 OR (month < $1 AND part >= 128)) AND state = 1",
        &[month.into()],
        |row| row.int(0),
    )
}

/// Ends an attempt and its open items.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
    state: PaymentState,
) -> Result<(), Error> {
    let key = [person.into(), payment.into(), state.code().into()];
    tx.execute("UPDATE payment SET state = $3 WHERE person_id = $1 AND payment_id = $2", &key)?;
    set_items_state(tx, person, payment, state)
}

/// Ends the open items of an attempt that has ended.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_items_state(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
    state: PaymentState,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE payment_item SET state = $3 \
         WHERE person_id = $1 AND payment_id = $2 AND state = 1",
        &[person.into(), payment.into(), state.code().into()],
    )?;
    Ok(())
}

/// Ends an attempt none of whose items is open any more: paid if one was, else failed.
///
/// # Errors
/// [`Error`] of the database.
pub fn end_when_settled(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE payment SET state = (SELECT CASE WHEN COUNT(CASE WHEN i.state = 2 THEN 1 END) > 0 \
         THEN 2 ELSE 3 END FROM payment_item i WHERE i.person_id = $1 AND i.payment_id = $2) \
         WHERE person_id = $1 AND payment_id = $2 AND state = 1 AND NOT EXISTS (SELECT 1 FROM \
         payment_item i WHERE i.person_id = $1 AND i.payment_id = $2 AND i.state = 1)",
        &[person.into(), payment.into()],
    )
}

/// Ends the item of one due in one attempt, if it is still open. Answers 0 when it was not.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_item_state_in(
    tx: &mut Tx<'_>,
    (payment, due): (PaymentId, &DueKey),
    state: PaymentState,
    (reason, raw): (&str, &str),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE payment_item SET state = $6, reason = $7, raw = $8 WHERE person_id = $1 \
         AND payment_id = $2 AND month = $3 AND branch = $4 AND part = $5 AND state = 1",
        &[
            due.person.into(),
            payment.into(),
            due.month.into(),
            due.branch.code().into(),
            i64::from(due.part).into(),
            state.code().into(),
            reason.into(),
            raw.into(),
        ],
    )
}

/// Ends the open item of one due, whatever attempt it lies in. Answers 0 when none was open.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_item_state(
    tx: &mut Tx<'_>,
    due: &DueKey,
    state: PaymentState,
    (reason, raw): (&str, &str),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE payment_item SET state = $5, reason = $6, raw = $7 WHERE person_id = $1 \
         AND month = $2 AND branch = $3 AND part = $4 AND state = 1",
        &[
            due.person.into(),
            due.month.into(),
            due.branch.code().into(),
            i64::from(due.part).into(),
            state.code().into(),
            reason.into(),
            raw.into(),
        ],
    )
}

fn state(row: &Row<'_>, column: usize) -> Result<PaymentState, Error> {
    let corrupt = Error::Corrupt { column, expected: "a state of a payment" };
    PaymentState::from_code(row.int(column)?).ok_or(corrupt)
}

fn read(row: &Row<'_>) -> Result<Payment, Error> {
    Ok(Payment {
        person: row.id(0)?,
        id: row.id(1)?,
        channel: super::channel(row, 2)?,
        state: state(row, 3)?,
        amount: row.fen(4)?,
        opened_at: row.timestamp(5)?,
        expires_at: row.opt_timestamp(6)?,
        run: row.opt_int(7)?.map(RunId::from_i64),
        detail: row.opt_string(8)?,
    })
}
