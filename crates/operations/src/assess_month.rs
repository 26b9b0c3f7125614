//! 核定: every insured person's dues of a month, in chunks, each one transaction.
//!
//! Running it again finds only people without dues of the month: new joiners, and whom an
//! interrupted run had not reached. One thread reads and computes the next chunk while the
//! store's writer saves the one before.

use std::sync::mpsc::{SyncSender, sync_channel};

use insurance::assessment::{BatchHash, assess, batch_postings};
use insurance::cause::Cause;
use insurance::due::Due;
use insurance::ids::{AssessmentBatchId, CITY, EntryId, PersonId, RunId};
use insurance::ledger::{Entry, EntryKind};
use policy::{NotEncoded, Refusal, Rules};
use store::tables::assessment_batch::{self, AssessmentBatch};
use store::tables::{due, enrolment, entry};
use store::{Db, Tx, Value};
use units::{Date, Fen, Month, Timestamp};

use crate::city::City;
use crate::run::{self, Job, Progress};

/// How many people one transaction assesses. At three dues each it stays below a tenth of a
/// second, so that a counter's payment never waits longer.
const PEOPLE_PER_BATCH: i64 = 20_000;
/// How many computed chunks may wait for the writer.
const CHUNKS_AHEAD: usize = 1;
/// How many refused people a report names.
const REFUSED_MAX: usize = 1_000;

/// What an assessment did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessed {
    /// People with new dues.
    pub people: u64,
    /// New dues.
    pub dues: u64,
    /// Their sum.
    pub amount: Fen,
    /// People whom the pack's rules refused, at most [`REFUSED_MAX`] of them: a clerk must look.
    pub refused: Vec<(PersonId, Refusal)>,
}

/// Why a month can't be assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// The pack has no rules for the month.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// Nobody owes a month before it begins.
    #[error("{month} has not begun; it is assessed from {} on", .month.first_day())]
    MonthMustHaveBegun {
        /// The month asked for.
        month: Month,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Assesses a month for everybody insured in it who has no dues of it yet.
///
/// # Errors
/// [`AssessError`]; chunks saved before it stay, and running again goes on behind them.
pub fn assess_month(
    db: &Db,
    city: &City,
    (month, actor): (Month, &str),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Assessed, AssessError> {
    let today = now.date_in_shanghai();
    if today < month.first_day() {
        return Err(AssessError::MonthMustHaveBegun { month });
    }
    let rules = &city.pack().rules(month, today)?;
    let subject = month.to_string();
    let job = Job { kind: "assess_month", subject: &subject, actor };
    let run = run::begin(db, city, job, now)?.id;
    let all = db.read(|tx| enrolment::count_insured(tx, month))?.unsigned_abs();
    let mut done = Assessed::default();
    let (sender, receiver) = sync_channel(CHUNKS_AHEAD);
    std::thread::scope(|scope| {
        let ahead = scope.spawn(move || compute_chunks(db, city, rules, now, &sender));
        for chunk in receiver {
            save(db, chunk, (run, now), &mut done)?;
            progress(done.people, all.max(done.people));
        }
        ahead.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    let outcome = format!("{} people, {} dues, {}", done.people, done.dues, done.amount);
    run::end(db, run, outcome, now)?;
    Ok(done)
}

/// A chunk, computed and ready to save.
struct Chunk {
    batch: AssessmentBatch,
    dues: Vec<Due>,
    people: u64,
    refused: Vec<(PersonId, Refusal)>,
}

fn compute_chunks(
    db: &Db,
    city: &City,
    rules: &Rules,
    now: Timestamp,
    sender: &SyncSender<Chunk>,
) -> Result<(), AssessError> {
    let mut after = CITY;
    loop {
        let insured =
            db.read(|tx| enrolment::list_unassessed(tx, rules.month(), after, PEOPLE_PER_BATCH))?;
        let (Some(first), Some(last)) = (insured.first(), insured.last()) else { return Ok(()) };
        let people = (first.person, last.person);
        after = last.person;
        let id: AssessmentBatchId = city.fresh(now);
        let mut dues = Vec::with_capacity(insured.len() * 3);
        let mut refused = Vec::new();
        for one in &insured {
            let chosen = (one.person, one.branches, one.base);
            if let Err(refusal) = assess(chosen, rules, id, &mut dues) {
                refused.push((one.person, refusal));
            }
        }
        let assessed = insured.len() - refused.len();
        let batch = batch_of(rules, (id, city.fresh(now)), people, &dues, now);
        let chunk = Chunk { batch, dues, people: assessed as u64, refused };
        if sender.send(chunk).is_err() {
            return Ok(());
        }
    }
}

fn batch_of(
    rules: &Rules,
    (id, entry): (AssessmentBatchId, EntryId),
    people: (PersonId, PersonId),
    dues: &[Due],
    now: Timestamp,
) -> AssessmentBatch {
    let mut hash = BatchHash::default();
    for due in dues {
        hash.add(due);
    }
    AssessmentBatch {
        id,
        run: RunId::from_i64(0),
        month: rules.month(),
        pack: rules.pack().name.clone(),
        pack_version: rules.pack().version.clone(),
        known_on: rules.known_on(),
        people,
        dues: i64::try_from(dues.len()).expect("a chunk is small"),
        amount: dues.iter().map(|due| due.amount).sum(),
        entry,
        rows_hash: hash.finish(),
        assessed_at: now,
    }
}

fn save(
    db: &Db,
    mut chunk: Chunk,
    (run, now): (RunId, Timestamp),
    done: &mut Assessed,
) -> Result<(), AssessError> {
    chunk.batch.run = run;
    done.people += chunk.people;
    done.dues += chunk.dues.len() as u64;
    done.amount += chunk.batch.amount;
    let room = REFUSED_MAX.saturating_sub(done.refused.len());
    done.refused.extend(chunk.refused.into_iter().take(room));
    if !chunk.dues.is_empty() {
        let (batch, dues) = (chunk.batch, chunk.dues);
        let entry = entry_of(&batch, &dues, now);
        db.bulk_write(move |tx| save_in(tx, &batch, &dues, &entry))?;
    }
    Ok(())
}

fn entry_of(batch: &AssessmentBatch, dues: &[Due], now: Timestamp) -> Entry {
    Entry {
        owner: CITY,
        id: batch.entry,
        kind: EntryKind::Assessment,
        recorded_at: now,
        effective_on: effective_on(batch.month, now.date_in_shanghai()),
        cause: Cause::AssessmentBatch(batch.id),
        postings: batch_postings(dues),
    }
}

/// A month's dues are booked on the day of assessment, but never before the month begins.
fn effective_on(month: Month, today: Date) -> Date {
    today.max(month.first_day())
}

fn save_in(
    tx: &mut Tx<'_>,
    batch: &AssessmentBatch,
    dues: &[Due],
    entry: &Entry,
) -> Result<(), store::Error> {
    let mut bulk = tx.bulk(&due::BULK)?;
    for due in dues {
        bulk.push(&cells(due))?;
    }
    bulk.finish()?;
    assessment_batch::insert(tx, batch)?;
    entry::append(tx, entry)
}

/// A due's cells in the order of [`due::BULK`].
fn cells(due: &Due) -> [Value<'static>; 9] {
    [
        due.key.person.into(),
        due.key.month.into(),
        due.key.branch.code().into(),
        i64::from(due.key.part).into(),
        due.base.into(),
        due.amount.into(),
        due.account.into(),
        due.batch.into(),
        due.state.code().into(),
    ]
}
