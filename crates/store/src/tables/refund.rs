//! `refund`, `refund_step`, `refund_standing`: money that is sent back. Decisions and steps are
//! only ever inserted; the standing follows from them.

use insurance::ids::{MessageId, PersonId, ReceiptId, RefundId};
use insurance::payment::ChannelKind;
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// A decision to send held money back the way it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Whose money.
    pub person: PersonId,
    /// Its number.
    pub id: RefundId,
    /// The held money.
    pub suspense: i64,
    /// The receipt that it came by.
    pub receipt: ReceiptId,
    /// Through which channel.
    pub channel: ChannelKind,
    /// The channel's number of the receipt.
    pub reference: String,
    /// How much goes back.
    pub amount: Fen,
    /// How much had come.
    pub paid: Fen,
    /// What the person reads.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// Decided; the channel has not taken it on yet.
    Decided,
    /// The channel is at it.
    UnderWay,
    /// The money went back.
    Done,
    /// The channel refused, and no money moved.
    Refused,
    /// The money left us, and the card or account can't take it.
    Abnormal,
}

impl RefundState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 5] =
        [Self::Decided, Self::UnderWay, Self::Done, Self::Refused, Self::Abnormal];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Decided => 1,
            Self::UnderWay => 2,
            Self::Done => 3,
            Self::Refused => 4,
            Self::Abnormal => 5,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// How a refund stands, and what is known of it in statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its last state.
    pub state: RefundState,
    /// How often the channel was asked.
    pub tries: u32,
    /// When it is asked next.
    pub ask_at: Option<Timestamp>,
    /// The channel's day on which it was taken on.
    pub accounting_on: Option<Date>,
    /// The day of the statement that has it.
    pub stated_on: Option<Date>,
    /// The day on which both sides had it.
    pub matched_on: Option<Date>,
}

/// What a channel said of a refund.
#[derive(Clone, Copy, Debug)]
pub struct RefundStep<'a> {
    /// The step's number.
    pub id: i64,
    /// The state that it led to.
    pub state: RefundState,
    /// When.
    pub recorded_at: Timestamp,
    /// The raw message that told us.
    pub message: Option<MessageId>,
    /// The channel's own number of the refund.
    pub channel_number: Option<&'a str>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.person_id, r.refund_id, r.suspense_id, r.receipt_id, r.channel, ",
            "r.reference, r.amount_fen, r.paid_fen, r.reason, r.decided_by, r.decided_at, ",
            "s.state, s.tries, s.ask_at, s.accounting_on, s.stated_on, s.matched_on ",
            "FROM refund r JOIN refund_standing s ON s.person_id = r.person_id ",
            "AND s.refund_id = r.refund_id ",
            $rest
        )
    };
}

/// Inserts a decision with its standing; the channel is asked from `decided_at` on.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, refund: &Refund) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO refund (person_id, refund_id, suspense_id, receipt_id, channel, reference, \
         amount_fen, paid_fen, reason, decided_by, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            refund.person.into(),
            refund.id.into(),
            refund.suspense.into(),
            refund.receipt.into(),
            refund.channel.code().into(),
            (&refund.reference).into(),
            refund.amount.into(),
            refund.paid.into(),
            (&refund.reason).into(),
            (&refund.decided_by).into(),
            refund.decided_at.into(),
        ],
    )?;
    tx.execute(
        "INSERT INTO refund_standing (person_id, refund_id, channel, state, tries, ask_at) \
         VALUES ($1, $2, $3, 1, 0, $4)",
        &[
            refund.person.into(),
            refund.id.into(),
            refund.channel.code().into(),
            refund.decided_at.into(),
        ],
    )?;
    Ok(())
}

/// Adds what was learned of a refund.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_step(
    tx: &mut Tx<'_>,
    (person, refund): (PersonId, RefundId),
    step: RefundStep<'_>,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO refund_step (person_id, refund_id, step_id, state, recorded_at, message_id, \
         channel_number) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            person.into(),
            refund.into(),
            step.id.into(),
            step.state.code().into(),
            step.recorded_at.into(),
            step.message.into(),
            step.channel_number.into(),
        ],
    )?;
    Ok(())
}

/// One refund.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    refund: RefundId,
) -> Result<Option<(Refund, Standing)>, Error> {
    let sql = select!("WHERE r.person_id = $1 AND r.refund_id = $2");
    tx.query_opt(sql, &[person.into(), refund.into()], read)
}

/// A person's refunds, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(Refund, Standing)>, Error> {
    let sql = select!("WHERE r.person_id = $1 ORDER BY r.refund_id DESC");
    tx.query(sql, &[person.into()], read)
}

/// A channel's refunds about which it is to be asked by now, the longest waiting first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_to_ask(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(Refund, Standing)>, Error> {
    let sql =
        select!("WHERE s.channel = $1 AND s.ask_at <= $2 ORDER BY s.ask_at, r.refund_id LIMIT $3");
    tx.query(sql, &[channel.code().into(), now.into(), limit.into()], read)
}

/// A channel's refunds that it took on on a day, by number.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_day(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    accounting_on: Date,
) -> Result<Vec<(Refund, Standing)>, Error> {
    let sql = select!("WHERE s.channel = $1 AND s.accounting_on = $2 ORDER BY r.refund_id");
    tx.query(sql, &[channel.code().into(), accounting_on.into()], read)
}

/// Takes the next try. Answers 0 when another process took it.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_try(
    tx: &mut Tx<'_>,
    (refund, tries): (&Refund, u32),
    next_at: Option<Timestamp>,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE refund_standing SET tries = tries + 1, ask_at = $4 \
         WHERE person_id = $1 AND refund_id = $2 AND tries = $3 AND ask_at IS NOT NULL",
        &[refund.person.into(), refund.id.into(), i64::from(tries).into(), next_at.into()],
    )
}

/// Records how a refund stands. In a state that ends it nobody asks any more.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    (person, refund): (PersonId, RefundId),
    state: RefundState,
    accounting_on: Date,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE refund_standing SET state = $3, accounting_on = COALESCE(accounting_on, $4), \
         ask_at = CASE WHEN $3 = 2 THEN ask_at END WHERE person_id = $1 AND refund_id = $2",
        &[person.into(), refund.into(), state.code().into(), accounting_on.into()],
    )
}

/// Records that a statement has it.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_stated(
    tx: &mut Tx<'_>,
    (person, refund): (PersonId, RefundId),
    stated_on: Date,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE refund_standing SET stated_on = $3 \
         WHERE person_id = $1 AND refund_id = $2 AND stated_on IS NULL",
        &[person.into(), refund.into(), stated_on.into()],
    )
}

/// Records that both sides have it. Answers 1 once; before the money went back, or before a
/// statement had it, 0.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_matched(
    tx: &mut Tx<'_>,
    (person, refund): (PersonId, RefundId),
    matched_on: Date,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE refund_standing SET matched_on = $3 WHERE person_id = $1 AND refund_id = $2 \
         AND state = 3 AND stated_on IS NOT NULL AND matched_on IS NULL",
        &[person.into(), refund.into(), matched_on.into()],
    )
}

fn read(row: &Row<'_>) -> Result<(Refund, Standing), Error> {
    let refund = Refund {
        person: row.id(0)?,
        id: row.id(1)?,
        suspense: row.int(2)?,
        receipt: row.id(3)?,
        channel: super::channel(row, 4)?,
        reference: row.string(5)?,
        amount: row.fen(6)?,
        paid: row.fen(7)?,
        reason: row.string(8)?,
        decided_by: row.string(9)?,
        decided_at: row.timestamp(10)?,
    };
    let tries = u32::try_from(row.int(12)?);
    let standing = Standing {
        state: row.code(11, RefundState::from_code)?,
        tries: tries.map_err(|_| Error::Corrupt { column: 12, expected: "a count" })?,
        ask_at: row.opt_timestamp(13)?,
        accounting_on: row.opt_date(14)?,
        stated_on: row.opt_date(15)?,
        matched_on: row.opt_date(16)?,
    };
    Ok((refund, standing))
}
