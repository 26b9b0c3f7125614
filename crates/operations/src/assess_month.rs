//! 核定: every insured person's dues of a month, in chunks, each one transaction; then the
//! differences of months assessed before a value for them was published.
//!
//! Files in reading order: [`chunk`] a chunk saved, [`adjust`] values published late.
//!
//! Running it again finds only people without dues of the month: new joiners, and whom an
//! interrupted run had not reached. One thread reads and computes the next chunk while the
//! store's writer saves the one before.

use std::sync::mpsc::{SyncSender, sync_channel};

mod adjust;
mod chunk;

pub use adjust::Adjusted;

use insurance::assessment::assess;
use insurance::due::Due;
use insurance::ids::{AssessmentBatchId, CITY, PersonId, RunId};
use policy::{NotEncoded, Refusal, Rules};
use store::tables::assessment_batch::AssessmentBatch;
use store::tables::enrolment;
use store::{Db, Tx};
use units::{Fen, Month, Timestamp};

use chunk::About;

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
    /// What values published late led to, in this month and those before it.
    pub adjusted: Adjusted,
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

/// Assesses a month for everybody insured in it who has no dues of it yet, and adjusts it and the
/// months before it to values published since they were assessed.
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
        let ahead = scope.spawn(move || compute_chunks(db, city, rules, (run, now), &sender));
        for chunk in receiver {
            save(db, chunk, &mut done)?;
            progress(done.people, all.max(done.people));
        }
        ahead.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    done.adjusted = adjust::adjust_months(db, city, (month, run), now)?;
    let (late, difference) = (done.adjusted.dues, done.adjusted.amount);
    let outcome = format!(
        "{} people, {} dues, {}; {late} differences, {difference}",
        done.people, done.dues, done.amount
    );
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
    (run, now): (RunId, Timestamp),
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
            if let Err(refusal) = assess(one, rules, id, &mut dues) {
                refused.push((one.person, refusal));
            }
        }
        let assessed = insured.len() - refused.len();
        let ids = (id, city.fresh(now));
        let about = About { ids, run, people, asked: rules.month(), now };
        let batch = chunk::batch_of(rules, about, &dues);
        let chunk = Chunk { batch, dues, people: assessed as u64, refused };
        if sender.send(chunk).is_err() {
            return Ok(());
        }
    }
}

/// Saves one person's dues of a month as a batch of their own, inside a transaction of the caller.
///
/// # Errors
/// The database's.
pub(crate) fn save_one(
    tx: &mut Tx<'_>,
    city: &City,
    rules: &Rules,
    (batch, run, now): (AssessmentBatchId, RunId, Timestamp),
    dues: &[Due],
) -> Result<(), store::Error> {
    let Some(first) = dues.first() else { return Ok(()) };
    let people = (first.key.person, first.key.person);
    let ids = (batch, city.fresh(now));
    let batch = chunk::batch_of(rules, About { ids, run, people, asked: rules.month(), now }, dues);
    let entry = chunk::entry_of(&batch, dues);
    chunk::save(tx, &batch, dues, &entry)
}

fn save(db: &Db, chunk: Chunk, done: &mut Assessed) -> Result<(), AssessError> {
    done.people += chunk.people;
    done.dues += chunk.dues.len() as u64;
    done.amount += chunk.batch.amount;
    let room = REFUSED_MAX.saturating_sub(done.refused.len());
    done.refused.extend(chunk.refused.into_iter().take(room));
    if !chunk.dues.is_empty() {
        let (batch, dues) = (chunk.batch, chunk.dues);
        let entry = chunk::entry_of(&batch, &dues);
        db.bulk_write(move |tx| chunk::save(tx, &batch, &dues, &entry))?;
    }
    Ok(())
}
