//! `difference`: what a comparison with a channel's statement found, and who must settle it.

pub mod step;

use insurance::ids::{ClerkId, DifferenceId, RunId};
use insurance::payment::ChannelKind;
use insurance::reconciliation::Difference;
use insurance::reconciliation::settlement::DifferenceEvent;
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// No account has this number.
const NOBODY: i64 = -1;

/// A difference with its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDifference {
    /// Its number.
    pub id: DifferenceId,
    /// Which channel.
    pub channel: ChannelKind,
    /// Which day of its books.
    pub accounting_on: Date,
    /// The channel's own number for the money.
    pub reference: String,
    /// 1 only theirs, 2 only ours, 3 amount differs, 4 stated twice.
    pub kind: i64,
    /// What we booked.
    pub ours: Option<Fen>,
    /// What the statement says.
    pub theirs: Option<Fen>,
    /// Who must settle it.
    pub owner: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// The run that found it.
    pub run: RunId,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// The start of every statement that reads differences.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT difference_id, channel, accounting_on, reference, kind, our_fen, their_fen, ",
            "owner, opened_at, run_id, settled_at FROM difference ",
            $rest
        )
    };
}

/// Where and when a difference was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its number.
    pub id: DifferenceId,
    /// Which channel.
    pub channel: ChannelKind,
    /// Which day of its books.
    pub accounting_on: Date,
    /// Who must settle it.
    pub owner: &'a str,
    /// The run that compared.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
}

/// Records a difference once. Answers 0 when an earlier comparison found it.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, found: Found<'_>, difference: &Difference) -> Result<u64, Error> {
    let (kind, reference, ours, theirs) = match difference {
        Difference::OnlyTheirs(line) => (1, &line.reference, None, Some(line.amount)),
        Difference::OnlyOurs(line) => (2, &line.reference, Some(line.amount), None),
        Difference::AmountDiffers { reference, ours, theirs } => {
            (3, reference, Some(*ours), Some(*theirs))
        }
        Difference::StatedTwice(line) => (4, &line.reference, None, Some(line.amount)),
    };
    tx.execute(
        "INSERT INTO difference (difference_id, channel, accounting_on, reference, kind, our_fen, \
         their_fen, owner, run_id, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT DO NOTHING",
        &[
            found.id.into(),
            found.channel.code().into(),
            found.accounting_on.into(),
            reference.into(),
            i64::from(kind).into(),
            ours.into(),
            theirs.into(),
            found.owner.into(),
            found.run.into(),
            found.at.into(),
        ],
    )
}

/// The differences that nobody settled yet, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<OpenDifference>, Error> {
    tx.query(
        select!("WHERE settled_at IS NULL ORDER BY opened_at, difference_id LIMIT $1"),
        &[limit.into()],
        read,
    )
}

/// Whose differences are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Owned {
    /// Whoever's.
    #[default]
    Anyhow,
    /// Those that nobody took over.
    ByNobody,
    /// Those that one account took over last.
    By(ClerkId),
}

/// Which differences are asked for; what is left out is not asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of which channel.
    pub channel: Option<ChannelKind>,
    /// Of which day of its books.
    pub accounting_on: Option<Date>,
    /// Of which kind, as in [`OpenDifference::kind`].
    pub kind: Option<i64>,
    /// Whose.
    pub owned: Owned,
}

/// The wanted differences that nobody settled yet, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_open_wanted(
    tx: &mut Tx<'_>,
    wanted: Wanted,
    limit: i64,
) -> Result<Vec<OpenDifference>, Error> {
    let owner = match wanted.owned {
        Owned::Anyhow => None,
        Owned::ByNobody => Some(NOBODY),
        Owned::By(clerk) => Some(clerk.get()),
    };
    tx.query(
        select!(
            "WHERE settled_at IS NULL AND (CAST($1 AS BIGINT) IS NULL OR channel = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR accounting_on = $2) \
             AND (CAST($3 AS BIGINT) IS NULL OR kind = $3) \
             AND (CAST($4 AS BIGINT) IS NULL OR $4 = COALESCE((SELECT s.clerk_id \
             FROM difference_step s WHERE s.difference_id = difference.difference_id \
             AND s.kind = $5 ORDER BY s.step DESC LIMIT 1), -1)) \
             ORDER BY opened_at, difference_id LIMIT $6"
        ),
        &[
            wanted.channel.map(ChannelKind::code).into(),
            wanted.accounting_on.into(),
            wanted.kind.into(),
            owner.into(),
            DifferenceEvent::Take.code().into(),
            limit.into(),
        ],
        read,
    )
}

/// Every difference about the same money of a channel's day, settled or not.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_money(
    tx: &mut Tx<'_>,
    (channel, accounting_on): (ChannelKind, Date),
    reference: &str,
) -> Result<Vec<OpenDifference>, Error> {
    tx.query(
        select!(
            "WHERE channel = $1 AND accounting_on = $2 AND reference = $3 ORDER BY difference_id"
        ),
        &[channel.code().into(), accounting_on.into(), reference.into()],
        read,
    )
}

/// One difference, settled or not.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, id: DifferenceId) -> Result<Option<OpenDifference>, Error> {
    tx.query_opt(select!("WHERE difference_id = $1"), &[id.into()], read)
}

/// One difference, locked until the transaction ends.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_locked(tx: &mut Tx<'_>, id: DifferenceId) -> Result<Option<OpenDifference>, Error> {
    tx.query_opt_locked(select!("WHERE difference_id = $1"), &[id.into()], read)
}

/// The channels' days with differences that nobody settled yet, and how many.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_open_by_day(
    tx: &mut Tx<'_>,
    first: Date,
    last: Date,
) -> Result<Vec<(ChannelKind, Date, i64)>, Error> {
    tx.query(
        "SELECT channel, accounting_on, COUNT(*) FROM difference WHERE settled_at IS NULL \
         AND accounting_on >= $1 AND accounting_on <= $2 GROUP BY channel, accounting_on \
         ORDER BY channel, accounting_on",
        &[first.into(), last.into()],
        |row| Ok((super::channel(row, 0)?, row.date(1)?, row.int(2)?)),
    )
}

/// How many differences of a channel's day nobody settled yet.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_open(
    tx: &mut Tx<'_>,
    channel: ChannelKind,
    accounting_on: Date,
) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM difference \
         WHERE channel = $1 AND accounting_on = $2 AND settled_at IS NULL",
        &[channel.code().into(), accounting_on.into()],
        |row| row.int(0),
    )
}

/// Settles a difference. Answers 0 when it was settled before.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_settled(
    tx: &mut Tx<'_>,
    difference: DifferenceId,
    settled_at: Timestamp,
    (settled_by, note): (&str, &str),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE difference SET settled_at = $2, settled_by = $3, note = $4 \
         WHERE difference_id = $1 AND settled_at IS NULL",
        &[difference.into(), settled_at.into(), settled_by.into(), note.into()],
    )
}

/// Settles a difference that a later statement resolved: what only we had is stated after all.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_stated_after_all(
    tx: &mut Tx<'_>,
    (channel, reference): (ChannelKind, &str),
    settled_at: Timestamp,
    stated_on: Date,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE difference SET settled_at = $3, settled_by = 'shebao', note = $4 \
         WHERE channel = $1 AND reference = $2 AND kind = 2 AND settled_at IS NULL",
        &[
            channel.code().into(),
            reference.into(),
            settled_at.into(),
            (&format!("stated in the bill of {stated_on}")).into(),
        ],
    )
}

fn read(row: &Row<'_>) -> Result<OpenDifference, Error> {
    Ok(OpenDifference {
        id: row.id(0)?,
        channel: super::channel(row, 1)?,
        accounting_on: row.date(2)?,
        reference: row.string(3)?,
        kind: row.int(4)?,
        ours: row.opt_int(5)?.and_then(|fen| Fen::new(fen).ok()),
        theirs: row.opt_int(6)?.and_then(|fen| Fen::new(fen).ok()),
        owner: row.string(7)?,
        opened_at: row.timestamp(8)?,
        run: row.id(9)?,
        settled_at: row.opt_timestamp(10)?,
    })
}
