//! `run`: jobs and imports, who started them, and how far they are.

use insurance::ids::RunId;
use units::Timestamp;

use crate::{Error, Row, Tx};

/// One run of a job or an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// Which job: `assess_month`, `import_people`.
    pub kind: String,
    /// What about: a month, a file's digest. One run per kind and subject does the work.
    pub subject: String,
    /// Who started it.
    pub actor: String,
    /// How far it came, in the job's own count.
    pub progress: i64,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What it says of its end.
    pub outcome: Option<String>,
}

/// Starts a run.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, run: &Run) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO run (run_id, kind, subject, actor, state, progress, started_at) \
         VALUES ($1, $2, $3, $4, 1, $5, $6)",
        &[
            run.id.into(),
            (&run.kind).into(),
            (&run.subject).into(),
            (&run.actor).into(),
            run.progress.into(),
            run.started_at.into(),
        ],
    )?;
    Ok(())
}

/// The first run of a kind about a subject.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_first(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<Option<Run>, Error> {
    tx.query_opt(
        "SELECT run_id, kind, subject, actor, progress, started_at, finished_at, outcome \
         FROM run WHERE kind = $1 AND subject = $2 ORDER BY run_id LIMIT 1",
        &[kind.into(), subject.into()],
        read,
    )
}

/// One run.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, run: RunId) -> Result<Option<Run>, Error> {
    tx.query_opt(
        "SELECT run_id, kind, subject, actor, progress, started_at, finished_at, outcome \
         FROM run WHERE run_id = $1",
        &[run.into()],
        read,
    )
}

/// Locks a run until the transaction ends, so that two callers do not do the same piece of it.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock(tx: &mut Tx<'_>, run: RunId) -> Result<bool, Error> {
    tx.lock_row("SELECT 1 FROM run WHERE run_id = $1", &[run.into()])
}

/// Says how far a run is.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_progress(tx: &mut Tx<'_>, run: RunId, progress: i64) -> Result<u64, Error> {
    tx.execute("UPDATE run SET progress = $2 WHERE run_id = $1", &[run.into(), progress.into()])
}

/// Ends a run.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_finished(
    tx: &mut Tx<'_>,
    run: RunId,
    finished_at: Timestamp,
    outcome: &str,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE run SET state = 2, finished_at = $2, outcome = $3 WHERE run_id = $1",
        &[run.into(), finished_at.into(), outcome.into()],
    )
}

fn read(row: &Row<'_>) -> Result<Run, Error> {
    Ok(Run {
        id: row.id(0)?,
        kind: row.string(1)?,
        subject: row.string(2)?,
        actor: row.string(3)?,
        progress: row.int(4)?,
        started_at: row.timestamp(5)?,
        finished_at: row.opt_timestamp(6)?,
        outcome: row.opt_string(7)?,
    })
}
