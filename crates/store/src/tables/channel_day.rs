//! `channel_day`: a channel's accounting day, matched with its statement or not.

use insurance::ids::RunId;
use insurance::payment::ChannelKind;
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// Where a channel's accounting day stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelDayState {
    /// Its statement is in, and every difference is settled.
    Balanced,
    /// Its statement is in, and a difference has an owner.
    Differs,
    /// The channel was out of order; its sanctions are frozen.
    Outage,
}

impl ChannelDayState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Balanced, Self::Differs, Self::Outage];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Balanced => 1,
            Self::Differs => 2,
            Self::Outage => 3,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A channel's accounting day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelDay {
    /// Which channel.
    pub channel: ChannelKind,
    /// Which day of its books.
    pub accounting_on: Date,
    /// Where it stands.
    pub state: ChannelDayState,
    /// What we had booked: how many and how much.
    pub booked: (i64, Fen),
    /// What the statement says: how many and how much.
    pub stated: (i64, Fen),
    /// In words, where it is not balanced.
    pub reason: Option<String>,
    /// The run that compared.
    pub run: RunId,
    /// When it compared.
    pub recorded_at: Timestamp,
}

/// Records how a day stands; a later comparison replaces an earlier one.
///
/// # Errors
/// [`Error`] of the database.
pub fn set(tx: &mut Tx<'_>, day: &ChannelDay) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO channel_day (channel, accounting_on, state, booked_count, booked_fen, \
         stated_count, stated_fen, reason, run_id, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (channel, accounting_on) DO UPDATE SET state = $3, booked_count = $4, \
         booked_fen = $5, stated_count = $6, stated_fen = $7, reason = $8, run_id = $9, \
         recorded_at = $10",
        &[
            day.channel.code().into(),
            day.accounting_on.into(),
            day.state.code().into(),
            day.booked.0.into(),
            day.booked.1.into(),
            day.stated.0.into(),
            day.stated.1.into(),
            day.reason.as_deref().into(),
            day.run.into(),
            day.recorded_at.into(),
        ],
    )?;
    Ok(())
}

/// The days from `first` to `last` that were compared, by channel and day.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<ChannelDay>, Error> {
    tx.query(
        "SELECT channel, accounting_on, state, booked_count, booked_fen, stated_count, \
         stated_fen, reason, run_id, recorded_at FROM channel_day \
         WHERE accounting_on >= $1 AND accounting_on <= $2 ORDER BY channel, accounting_on",
        &[first.into(), last.into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<ChannelDay, Error> {
    let corrupt = Error::Corrupt { column: 2, expected: "a state of a channel's day" };
    Ok(ChannelDay {
        channel: super::channel(row, 0)?,
        accounting_on: row.date(1)?,
        state: ChannelDayState::from_code(row.int(2)?).ok_or(corrupt)?,
        booked: (row.int(3)?, row.fen(4)?),
        stated: (row.int(5)?, row.fen(6)?),
        reason: row.opt_string(7)?,
        run: row.id(8)?,
        recorded_at: row.timestamp(9)?,
    })
}
