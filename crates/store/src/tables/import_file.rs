//! `import_file`: a file of many lines that was handed in, beside its row in `run`.

use insurance::ids::RunId;
use units::Timestamp;

use super::import_line::FateCounts;
use crate::{Error, Row, Tx, Value};

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Each line was tried and undone; nothing is booked.
    Checked,
    /// Lines are being booked; ended half-way, it goes on behind the last booked one.
    Booking,
    /// Every good line is booked.
    Booked,
    /// Whoever uploaded it thought better of it; nothing is booked.
    Withdrawn,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Checked, Self::Booking, Self::Booked, Self::Withdrawn];

    const fn code(self) -> i64 {
        match self {
            Self::Checked => 1,
            Self::Booking => 2,
            Self::Booked => 3,
            Self::Withdrawn => 4,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A file, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportFile {
    /// Its run, which holds the digest, who handed it in, and when.
    pub run: RunId,
    /// What its lines are: a code of the operation's list.
    pub kind: i64,
    /// The name that it was handed in under.
    pub name: String,
    /// The office whose lines may stand in it; empty for every office.
    pub office: String,
    /// How far it is.
    pub state: ImportState,
    /// What became of its lines, or would.
    pub counts: FateCounts,
    /// Who handed it in.
    pub handed_in_by: String,
    /// When.
    pub handed_in_at: Timestamp,
    /// Who brought it where it is.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The start of every statement that reads files: their runs say who handed them in.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT f.run_id, f.kind, f.name, f.office, f.state, f.booked, f.unchanged, ",
            "f.refused, r.actor, r.started_at, f.changed_by, f.changed_at FROM import_file f JOIN run r ON r.run_id = f.run_id ",
            $rest
        )
    };
}

/// Keeps a file. Answers 0 when its run has one already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, file: &ImportFile, body: &[u8]) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO import_file (run_id, kind, name, office, body, state, booked, unchanged, \
         refused, changed_by, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        &[
            file.run.into(),
            file.kind.into(),
            (&file.name).into(),
            (&file.office).into(),
            body.into(),
            file.state.code().into(),
            count(file.counts.booked),
            count(file.counts.unchanged),
            count(file.counts.refused),
            (&file.changed_by).into(),
            file.changed_at.into(),
        ],
    )
}

/// A file.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, run: RunId) -> Result<Option<ImportFile>, Error> {
    tx.query_opt(select!("WHERE f.run_id = $1"), &[run.into()], read)
}

/// What a file holds.
///
/// # Errors
/// [`Error`] of the database.
pub fn get_body(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<u8>, Error> {
    tx.query_one("SELECT body FROM import_file WHERE run_id = $1", &[run.into()], |row| {
        row.blob(0).map(<[u8]>::to_vec)
    })
}

/// The newest files of an office, or of all for an empty one.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, office: &str, limit: i64) -> Result<Vec<ImportFile>, Error> {
    let sql = select!("WHERE $1 = '' OR f.office = $1 ORDER BY f.run_id DESC LIMIT $2");
    tx.query(sql, &[office.into(), limit.into()], read)
}

/// Brings a file from a state to another. Answers 0 when it is in another one by now.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    run: RunId,
    (from, to): (ImportState, ImportState),
    counts: FateCounts,
    (actor, now): (&str, Timestamp),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE import_file SET state = $3, booked = $4, unchanged = $5, refused = $6, \
         changed_by = $7, changed_at = $8 WHERE run_id = $1 AND state = $2",
        &[
            run.into(),
            from.code().into(),
            to.code().into(),
            count(counts.booked),
            count(counts.unchanged),
            count(counts.refused),
            actor.into(),
            now.into(),
        ],
    )
}

fn count(count: u64) -> Value<'static> {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

fn read(row: &Row<'_>) -> Result<ImportFile, Error> {
    Ok(ImportFile {
        run: row.id(0)?,
        kind: row.int(1)?,
        name: row.string(2)?,
        office: row.string(3)?,
        state: row.code(4, ImportState::from_code)?,
        counts: FateCounts {
            booked: row.int(5)?.unsigned_abs(),
            unchanged: row.int(6)?.unsigned_abs(),
            refused: row.int(7)?.unsigned_abs(),
        },
        handed_in_by: row.string(8)?,
        handed_in_at: row.timestamp(9)?,
        changed_by: row.string(10)?,
        changed_at: row.timestamp(11)?,
    })
}
