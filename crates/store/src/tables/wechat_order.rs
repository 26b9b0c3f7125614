//! `wechat_order`: what WeChat was asked for an attempt, and what is known of it.

use insurance::ids::{PaymentId, PersonId};
use units::{Date, Timestamp};

use crate::{Error, Row, Tx};

/// Where the payer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PayPlace {
    /// A page inside the official account.
    OfficialAccount,
    /// A phone's own browser.
    PhoneBrowser,
    /// A code on another screen.
    QrCode,
}

impl PayPlace {
    const fn code(self) -> i64 {
        match self {
            Self::OfficialAccount => 1,
            Self::PhoneBrowser => 2,
            Self::QrCode => 3,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        [Self::OfficialAccount, Self::PhoneBrowser, Self::QrCode]
            .into_iter()
            .find(|place| place.code() == code)
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Nobody knows yet.
    Open,
    /// Money arrived.
    Paid,
    /// It ended without money.
    Ended,
    /// WeChat gave no final answer for a day; a clerk was told.
    Unresolved,
}

impl OrderState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Open, Self::Paid, Self::Ended, Self::Unresolved];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Paid => 2,
            Self::Ended => 3,
            Self::Unresolved => 4,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// An order.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatOrder {
    /// Whose dues.
    pub person: PersonId,
    /// The attempt that it is of.
    pub payment: PaymentId,
    /// Where the payer is.
    pub place: PayPlace,
    /// The payer's openid, or the address of their browser.
    pub payer: Option<String>,
    /// What the payer reads.
    pub description: String,
    /// The day on which it was made.
    pub ordered_on: Date,
    /// Where it stands.
    pub state: OrderState,
    /// How often its state was asked for.
    pub tries: u32,
    /// When its state is asked for next.
    pub ask_at: Option<Timestamp>,
    /// WeChat's answer to it, and when it came.
    pub prepared: Option<(String, Timestamp)>,
    /// WeChat's number of the money.
    pub transaction_id: Option<String>,
}

/// Shows numbers and states only: the payer is personal.
impl std::fmt::Debug for WechatOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { person, payment, state, tries, .. } = self;
        write!(f, "WechatOrder({person}, {payment}, {state:?}, {tries} tries)")
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, payment_id, place, payer, description, ordered_on, state, tries, ",
            "ask_at, prepared, prepared_at, transaction_id FROM wechat_order ",
            $rest
        )
    };
}

/// Inserts an order.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, order: &WechatOrder) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO wechat_order (person_id, payment_id, place, payer, description, ordered_on, \
         state, tries, ask_at, tell_tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
        &[
            order.person.into(),
            order.payment.into(),
            order.place.code().into(),
            order.payer.as_deref().into(),
            (&order.description).into(),
            order.ordered_on.into(),
            order.state.code().into(),
            i64::from(order.tries).into(),
            order.ask_at.into(),
        ],
    )?;
    Ok(())
}

/// One order.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    payment: PaymentId,
) -> Result<Option<WechatOrder>, Error> {
    let sql = select!("WHERE person_id = $1 AND payment_id = $2");
    tx.query_opt(sql, &[person.into(), payment.into()], read)
}

/// The order of a person that WeChat's number of money belongs to.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_by_transaction(
    tx: &mut Tx<'_>,
    person: PersonId,
    transaction_id: &str,
) -> Result<Option<WechatOrder>, Error> {
    let sql = select!("WHERE person_id = $1 AND transaction_id = $2 ORDER BY payment_id LIMIT 1");
    tx.query_opt(sql, &[person.into(), transaction_id.into()], read)
}

/// The orders whose state is to be asked for by now, the longest waiting first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_to_ask(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<WechatOrder>, Error> {
    let sql = select!("WHERE ask_at <= $1 ORDER BY ask_at, payment_id LIMIT $2");
    tx.query(sql, &[now.into(), limit.into()], read)
}

/// The days from `first` to `last` on which orders were made and whose bill was not compared yet.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_days_without_bill(
    tx: &mut Tx<'_>,
    first: Date,
    last: Date,
) -> Result<Vec<Date>, Error> {
    tx.query(
        "SELECT DISTINCT o.ordered_on FROM wechat_order o WHERE o.ordered_on >= $1 \
         AND o.ordered_on <= $2 AND NOT EXISTS (SELECT 1 FROM channel_day d \
         WHERE d.channel = 3 AND d.accounting_on = o.ordered_on) ORDER BY o.ordered_on",
        &[first.into(), last.into()],
        |row| row.date(0),
    )
}

/// Keeps WeChat's answer to an order.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_prepared(
    tx: &mut Tx<'_>,
    (person, payment): (PersonId, PaymentId),
    (prepared, at): (&str, Timestamp),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET prepared = $3, prepared_at = $4 \
         WHERE person_id = $1 AND payment_id = $2",
        &[person.into(), payment.into(), prepared.into(), at.into()],
    )
}

/// Takes the next try at asking: counts it and says when the one after it comes. Answers 0 when
/// another process took it.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_try(
    tx: &mut Tx<'_>,
    order: &WechatOrder,
    next_at: Option<Timestamp>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET tries = tries + 1, ask_at = $4 \
         WHERE person_id = $1 AND payment_id = $2 AND tries = $3 AND ask_at IS NOT NULL",
        &[order.person.into(), order.payment.into(), i64::from(order.tries).into(), next_at.into()],
    )
}

/// Records how an order stands; in a final state nobody asks any more.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    (person, payment): (PersonId, PaymentId),
    state: OrderState,
    transaction_id: Option<&str>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET state = $3, transaction_id = COALESCE($4, transaction_id), \
         ask_at = CASE WHEN $3 = 1 THEN ask_at END WHERE person_id = $1 AND payment_id = $2",
        &[person.into(), payment.into(), state.code().into(), transaction_id.into()],
    )
}

/// Has the payer told from a moment on.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_to_tell(
    tx: &mut Tx<'_>,
    (person, payment): (PersonId, PaymentId),
    at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET tell_at = $3 WHERE person_id = $1 AND payment_id = $2 \
         AND tell_tries = 0 AND told_as IS NULL",
        &[person.into(), payment.into(), at.into()],
    )
}

/// The orders whose payers are to be told by now, each with the tries so far.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_to_tell(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WechatOrder, i64)>, Error> {
    tx.query(
        "SELECT person_id, payment_id, place, payer, description, ordered_on, state, tries, \
         ask_at, prepared, prepared_at, transaction_id, tell_tries FROM wechat_order \
         WHERE tell_at <= $1 ORDER BY tell_at, payment_id LIMIT $2",
        &[now.into(), limit.into()],
        |row| Ok((read(row)?, row.int(12)?)),
    )
}

/// Takes the next try at telling; after the last, `next_at` is `None`. Answers 0 when another
/// process took it.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_telling(
    tx: &mut Tx<'_>,
    (person, payment): (PersonId, PaymentId),
    tries: i64,
    next_at: Option<Timestamp>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET tell_tries = tell_tries + 1, tell_at = $4 WHERE person_id = $1 \
         AND payment_id = $2 AND tell_tries = $3 AND tell_at IS NOT NULL",
        &[person.into(), payment.into(), tries.into(), next_at.into()],
    )
}

/// Records that the payer was told, under WeChat's number, or can't be.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_told(
    tx: &mut Tx<'_>,
    (person, payment): (PersonId, PaymentId),
    told_as: Option<i64>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE wechat_order SET told_as = $3, tell_at = NULL \
         WHERE person_id = $1 AND payment_id = $2",
        &[person.into(), payment.into(), told_as.into()],
    )
}

/// Orders about which WeChat gave no answer, made on a day and over by a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_unresolved(
    tx: &mut Tx<'_>,
    (first, last): (Date, Date),
    over_by: Timestamp,
) -> Result<Vec<WechatOrder>, Error> {
    tx.query(
        "SELECT o.person_id, o.payment_id, o.place, o.payer, o.description, o.ordered_on, \
         o.state, o.tries, o.ask_at, o.prepared, o.prepared_at, o.transaction_id \
         FROM wechat_order o JOIN payment p ON p.person_id = o.person_id \
         AND p.payment_id = o.payment_id WHERE o.ordered_on >= $1 AND o.ordered_on <= $2 \
         AND o.state = 4 AND p.expires_at < $3 ORDER BY o.payment_id",
        &[first.into(), last.into(), over_by.into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<WechatOrder, Error> {
    let tries = u32::try_from(row.int(7)?);
    Ok(WechatOrder {
        person: row.id(0)?,
        payment: row.id(1)?,
        place: row.code(2, PayPlace::from_code)?,
        payer: row.opt_string(3)?,
        description: row.string(4)?,
        ordered_on: row.date(5)?,
        state: row.code(6, OrderState::from_code)?,
        tries: tries.map_err(|_| Error::Corrupt { column: 7, expected: "a count" })?,
        ask_at: row.opt_timestamp(8)?,
        prepared: row.opt_string(9)?.zip(row.opt_timestamp(10)?),
        transaction_id: row.opt_string(11)?,
    })
}
