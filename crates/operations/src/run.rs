//! Runs: who started a job or an import, about what, and how far it is.

use insurance::ids::RunId;
use store::tables::run::{self, Run};
use store::{Db, Tx};
use units::Timestamp;

use crate::city::City;

/// What a run is about.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Which job, in its verb: `assess_month`.
    pub kind: &'static str,
    /// What about: a month, a file's digest. One run per kind and subject does the work.
    pub subject: &'a str,
    /// Who starts it.
    pub actor: &'a str,
}

/// The run of a job, started now or earlier. An earlier one that did not end is gone on with.
///
/// # Errors
/// The database's.
pub fn begin(db: &Db, city: &City, job: Job<'_>, now: Timestamp) -> Result<Run, store::Error> {
    let fresh = fresh_run(city, job, now);
    db.write(move |tx| begin_in(tx, &fresh))
}

/// As [`begin`], inside a transaction of the caller.
///
/// # Errors
/// The database's.
pub fn begin_within(
    tx: &mut Tx<'_>,
    city: &City,
    job: Job<'_>,
    now: Timestamp,
) -> Result<Run, store::Error> {
    begin_in(tx, &fresh_run(city, job, now))
}

fn fresh_run(city: &City, job: Job<'_>, now: Timestamp) -> Run {
    Run {
        id: city.fresh(now),
        kind: job.kind.to_owned(),
        subject: job.subject.to_owned(),
        actor: job.actor.to_owned(),
        progress: 0,
        started_at: now,
        finished_at: None,
        outcome: None,
    }
}

fn begin_in(tx: &mut Tx<'_>, fresh: &Run) -> Result<Run, store::Error> {
    if let Some(run) = run::find_first(tx, &fresh.kind, &fresh.subject)? {
        return Ok(run);
    }
    run::insert(tx, fresh)?;
    Ok(fresh.clone())
}

/// Ends a run.
///
/// # Errors
/// The database's.
pub fn end(db: &Db, id: RunId, outcome: String, now: Timestamp) -> Result<(), store::Error> {
    db.write(move |tx| run::set_finished(tx, id, now, &outcome).map(|_| ()))
}

/// Progress of long work, for a bar on a terminal: done and all, in the work's own count.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);
