//! Which dues go to a bank today: every open due of a person with a mandate there that lies in no
//! open attempt and whose last attempt may be followed by another.
//!
//! People are taken in chunks by number. A chunk is one transaction: the attempts that lock the
//! dues, the lines of the file, the file's count and how far the run is. Killed at any point and
//! run again, it goes on behind the last chunk; run again when done, it changes nothing.

use std::collections::BTreeMap;

use channels::bank_batch::debit::FileLimit;
use insurance::debit::{DayBalanced, DebitState, LastAttempt, Retry, next_attempt};
use insurance::ids::{PaymentId, PersonId, RunId};
use insurance::payment::{ChannelKind, DueKey};
use policy::{Branch, NotEncoded};
use store::tables::channel_day::{self, ChannelDayState};
use store::tables::debit::{self, Candidate};
use store::tables::debit_file::{self, DebitFile};
use store::tables::payment::{self, PaymentState};
use store::tables::run as runs;
use store::{Db, Tx};
use units::{Date, Fen, Timestamp};

use super::withholding_day::{DayMustBeForWithholding, check_day};
use crate::city::City;
use crate::run::{self, Job, Progress};

/// How many people go into one transaction.
const PEOPLE_PER_CHUNK: i64 = 5_000;

/// Which batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The bank's word in the pack.
    pub bank: String,
    /// The day on which the bank is to take the money.
    pub collect_on: Date,
    /// Which batch of the bank and day, from 1; a second one only sends again what was corrected.
    pub round: u8,
    /// How many debits a file may hold.
    pub limit: FileLimit,
}

/// A built batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The run that built it.
    pub run: RunId,
    /// Its files in order; none when nothing is owed.
    pub files: Vec<DebitFile>,
}

/// Why a batch cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The bank takes money on other days.
    #[error(transparent)]
    DayMustBeForWithholding(#[from] DayMustBeForWithholding),
    /// The bank does not withhold.
    #[error("{0:?} is no bank that withholds contributions here")]
    BankMustWithhold(String),
    /// A file that holds less than one person's dues would break their order.
    #[error("a file must take at least {least} debits; ask the bank for more")]
    LimitMustHoldAPerson {
        /// The least.
        least: u64,
    },
    /// The pack has no value for the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The least that a file must take: more dues than one person has in a batch.
const LIMIT_LEAST: u64 = 100;

/// Builds a batch, or goes on with it.
///
/// # Errors
/// [`BatchError`]; chunks that were built stay, and building again goes on behind them.
pub fn build_debit_batch(
    db: &Db,
    city: &City,
    (batch, actor): (&Batch, &str),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Built, BatchError> {
    check(city, batch)?;
    let Batch { bank, collect_on, round, .. } = batch;
    let subject = format!("{bank} {collect_on} {round}");
    let job = Job { kind: "build_debit_batch", subject: &subject, actor };
    let run = run::begin(db, city, job, now)?;
    if run.finished_at.is_none() {
        let all = db.read(|tx| debit::count_mandated(tx, bank))?;
        let mut done = 0;
        let order = city.withholding_order(*collect_on);
        let work = Work { batch: batch.clone(), order, run: run.id, now: run.started_at };
        while let Some(people) = build_chunk(db, city, &work)? {
            done += people;
            progress(done, u64::try_from(all).unwrap_or(0));
        }
        let files = db.read(|tx| debit_file::list_of_run(tx, run.id))?;
        let debits: i64 = files.iter().map(|file| file.debits).sum();
        run::end(db, run.id, format!("{debits} debits in {} files", files.len()), now)?;
    }
    let files = db.read(|tx| debit_file::list_of_run(tx, run.id))?;
    Ok(Built { run: run.id, files })
}

fn check(city: &City, batch: &Batch) -> Result<(), BatchError> {
    let day = batch.collect_on;
    let banks = &city.pack().topics().banks.on(day, day)?.value;
    let bank = banks.iter().find(|bank| bank.code == batch.bank && bank.withholds);
    let Some(bank) = bank else {
        return Err(BatchError::BankMustWithhold(batch.bank.clone()));
    };
    if batch.limit.count < LIMIT_LEAST {
        return Err(BatchError::LimitMustHoldAPerson { least: LIMIT_LEAST });
    }
    check_day(city, &bank.name, day)
}

#[derive(Clone)]
struct Work {
    batch: Batch,
    order: Vec<Branch>,
    run: RunId,
    now: Timestamp,
}

/// Builds the next chunk; answers how many people it looked at, or `None` at the end.
fn build_chunk(db: &Db, city: &City, work: &Work) -> Result<Option<u64>, store::Error> {
    let (city, work) = (city.clone(), work.clone());
    db.bulk_write(move |tx| {
        let reached = runs::find(tx, work.run)?.map_or(0, |run| run.progress);
        let after = PersonId::from_i64(reached);
        let bank = &work.batch.bank;
        let Some(last) = debit::find_last_mandated(tx, bank, after, PEOPLE_PER_CHUNK)? else {
            return Ok(None);
        };
        let until = work.batch.collect_on.month();
        let candidates = debit::list_candidates(tx, (bank, until), after, PEOPLE_PER_CHUNK)?;
        let people = people_of(tx, &work, candidates)?;
        insert(tx, &city, &work, &people)?;
        runs::set_progress(tx, work.run, last.get())?;
        Ok(Some(u64::try_from(PEOPLE_PER_CHUNK).unwrap_or(0)))
    })
}

/// One person's lines, in the order of withholding.
struct PersonLines {
    person: PersonId,
    lines: Vec<Line>,
}

struct Line {
    candidate: Candidate,
    attempt: u16,
}

fn people_of(
    tx: &mut Tx<'_>,
    work: &Work,
    candidates: Vec<Candidate>,
) -> Result<Vec<PersonLines>, store::Error> {
    let mut last = last_attempts(tx, work, &candidates)?;
    let place = |branch| work.order.iter().position(|each| *each == branch);
    let mut people: Vec<PersonLines> = Vec::new();
    for candidate in candidates {
        let Some(attempt) = next_attempt(last.remove(&candidate.due), candidate.mandate) else {
            continue;
        };
        let person = candidate.due.person;
        let line = Line { candidate, attempt };
        match people.last_mut() {
            Some(lines) if lines.person == person => lines.lines.push(line),
            _ => people.push(PersonLines { person, lines: vec![line] }),
        }
    }
    for person in &mut people {
        person.lines.sort_by_key(|line| {
            let due = line.candidate.due;
            (due.month, place(due.branch), due.part)
        });
        person.lines.truncate(usize::try_from(LIMIT_LEAST).unwrap_or(usize::MAX));
    }
    Ok(people)
}

fn last_attempts(
    tx: &mut Tx<'_>,
    work: &Work,
    candidates: &[Candidate],
) -> Result<BTreeMap<DueKey, LastAttempt>, store::Error> {
    let mut last = BTreeMap::new();
    let (Some(first_of), Some(last_of)) = (candidates.first(), candidates.last()) else {
        return Ok(last);
    };
    let people = (first_of.due.person, last_of.due.person);
    for debit in debit::list_of_people(tx, people, work.batch.collect_on.month())? {
        let waits =
            debit.state != DebitState::Collected && debit.retry == Some(Retry::AfterStatement);
        let day_balanced = if waits { day_of(tx, &debit.file)? } else { DayBalanced::No };
        let (number, state, retry) = (debit.attempt, debit.state, debit.retry);
        let attempt = LastAttempt { number, state, retry, mandate: debit.mandate, day_balanced };
        last.insert(debit.due, attempt);
    }
    Ok(last)
}

/// Whether the day of a file was compared with the banks' bookings and agrees.
fn day_of(tx: &mut Tx<'_>, file: &str) -> Result<DayBalanced, store::Error> {
    let Some(file) = debit_file::find(tx, file)? else { return Ok(DayBalanced::No) };
    let days = channel_day::list(tx, file.collect_on, file.collect_on)?;
    let balanced = days
        .iter()
        .any(|day| day.channel == ChannelKind::BankBatch && day.state == ChannelDayState::Balanced);
    Ok(if balanced { DayBalanced::Yes } else { DayBalanced::No })
}

/// Inserts attempts and lines, cutting files between people.
fn insert(
    tx: &mut Tx<'_>,
    city: &City,
    work: &Work,
    people: &[PersonLines],
) -> Result<(), store::Error> {
    let mut files = debit_file::list_of_run(tx, work.run)?;
    let mut placed: Vec<(PaymentId, usize)> = Vec::with_capacity(people.len());
    for person in people {
        let count = i64::try_from(person.lines.len()).unwrap_or(i64::MAX);
        let limit = i64::try_from(work.batch.limit.count).unwrap_or(i64::MAX);
        if files.last().is_none_or(|file| file.debits + count > limit) {
            let number = i64::try_from(files.len()).unwrap_or(i64::MAX) + 1;
            files.push(new_file(work, number));
        }
        let index = files.len() - 1;
        if let Some(file) = files.last_mut() {
            file.debits += count;
            file.amount += person.lines.iter().map(|line| line.candidate.amount).sum();
        }
        placed.push((city.fresh(work.now), index));
    }
    insert_payments(tx, work, (people, &placed, &files))?;
    insert_items(tx, (people, &placed))?;
    insert_lines(tx, (people, &placed, &files))?;
    let first = placed.first().map_or(files.len(), |(_, index)| *index);
    for file in files.iter().skip(first) {
        debit_file::set(tx, file)?;
    }
    Ok(())
}

fn new_file(work: &Work, number: i64) -> DebitFile {
    let Batch { bank, collect_on, round, .. } = &work.batch;
    let day = collect_on.to_string().replace('-', "");
    DebitFile {
        id: format!("FE-{day}-{bank}-{round}-{number:04}"),
        run: work.run,
        number,
        bank: bank.clone(),
        collect_on: *collect_on,
        created_at: work.now,
        debits: 0,
        amount: Fen::ZERO,
        handed_over_at: None,
    }
}

type Placed<'a> = (&'a [PersonLines], &'a [(PaymentId, usize)], &'a [DebitFile]);

fn insert_payments(
    tx: &mut Tx<'_>,
    work: &Work,
    (people, placed, files): Placed<'_>,
) -> Result<(), store::Error> {
    let mut rows = tx.bulk(&payment::BULK)?;
    for (person, (id, index)) in people.iter().zip(placed) {
        let amount: Fen = person.lines.iter().map(|line| line.candidate.amount).sum();
        rows.push(&[
            person.person.into(),
            (*id).into(),
            ChannelKind::BankBatch.code().into(),
            PaymentState::Open.code().into(),
            amount.into(),
            work.now.into(),
            work.run.into(),
            files.get(*index).map(|file| file.id.as_str()).into(),
        ])?;
    }
    rows.finish()?;
    Ok(())
}

fn insert_items(
    tx: &mut Tx<'_>,
    (people, placed): (&[PersonLines], &[(PaymentId, usize)]),
) -> Result<(), store::Error> {
    let mut rows = tx.bulk(&payment::ITEM_BULK)?;
    for (person, (id, _)) in people.iter().zip(placed) {
        for line in &person.lines {
            let Candidate { due, amount, .. } = line.candidate;
            rows.push(&[
                due.person.into(),
                (*id).into(),
                due.month.into(),
                due.branch.code().into(),
                i64::from(due.part).into(),
                amount.into(),
                PaymentState::Open.code().into(),
            ])?;
        }
    }
    rows.finish()?;
    Ok(())
}

fn insert_lines(tx: &mut Tx<'_>, (people, placed, files): Placed<'_>) -> Result<(), store::Error> {
    let mut rows = tx.bulk(&debit::BULK)?;
    for (person, (id, index)) in people.iter().zip(placed) {
        for (place, line) in (1_i64..).zip(&person.lines) {
            let Candidate { due, amount, mandate } = line.candidate;
            rows.push(&[
                due.person.into(),
                due.month.into(),
                due.branch.code().into(),
                i64::from(due.part).into(),
                i64::from(line.attempt).into(),
                (*id).into(),
                mandate.into(),
                files.get(*index).map(|file| file.id.as_str()).into(),
                place.into(),
                amount.into(),
                DebitState::Sent.code().into(),
            ])?;
        }
    }
    rows.finish()?;
    Ok(())
}
