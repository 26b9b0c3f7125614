//! Books a file that was read and checked, chunk by chunk, each with how far the run is.
//!
//! Two threads share the work: one reads what is known of the next chunk's attempts and decides, the
//! other writes the chunk before. A chunk whose people are in one that is not yet written waits for
//! it.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use channels::bank_batch::bank_result::{BankResult, WholeResult};
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::ids::{PersonId, RunId};
use store::Db;
use store::tables::debit;
use store::tables::run as runs;
use units::Timestamp;

use super::book_bank_result::{BookedResult, Origin};
use super::book_chunk::{DecidedChunk, book_chunk};
use super::read_bank_result::{RESULTS_PER_CHUNK, ReadResult};
use crate::city::City;
use crate::run::Progress;

/// How many more go with them, so that a person's results are not torn apart.
const RESULTS_OF_A_PERSON: usize = 100;

/// How many decided chunks may wait for the one that is written.
const CHUNKS_AHEAD: usize = 1;

/// What books a file.
pub(super) struct Work<'a> {
    pub(super) db: &'a Db,
    pub(super) city: &'a City,
    pub(super) run: RunId,
    pub(super) origin: Origin,
    pub(super) now: Timestamp,
    /// How many results go into one transaction.
    pub(super) chunk: usize,
}

/// Books results behind those that an earlier run booked.
///
/// # Errors
/// The database's; chunks that were booked stay, and booking again goes on behind them.
pub(super) fn book_all(
    work: &Work<'_>,
    results: Vec<BankResult>,
    done: &mut ReadResult,
    progress: Progress<'_>,
) -> Result<(), store::Error> {
    let run = work.run;
    let reached = work.db.read(|tx| runs::find(tx, run))?.map_or(0, |run| run.progress);
    let reached = usize::try_from(reached).unwrap_or(0);
    let all = u64::try_from(results.len()).unwrap_or(u64::MAX);
    done.results = all;
    done.repeated += u64::try_from(reached).unwrap_or(0);
    let mut booked = reached;
    let rest = results.into_iter().skip(reached).peekable();
    let chunks = Chunks { rest, size: work.chunk };
    std::thread::scope(|scope| {
        let (give, decided) = sync_channel(CHUNKS_AHEAD);
        let (tell, written) = channel();
        scope.spawn(move || decide_all(work, chunks, (&give, &written)));
        for chunk in decided {
            let chunk = Arc::new(chunk?);
            booked += chunk.results().len();
            for answer in book_decided(work, &chunk, booked)? {
                done.count(answer);
            }
            // A thread that has no more chunks does not listen.
            let _ = tell.send(());
            progress(u64::try_from(booked).unwrap_or(u64::MAX), all);
        }
        Ok(())
    })
}

/// Results in chunks that do not tear a person's apart where the file keeps them together.
struct Chunks<I: Iterator<Item = BankResult>> {
    rest: std::iter::Peekable<I>,
    size: usize,
}

impl<I: Iterator<Item = BankResult>> Iterator for Chunks<I> {
    type Item = Vec<BankResult>;

    fn next(&mut self) -> Option<Vec<BankResult>> {
        let mut chunk: Vec<BankResult> = self.rest.by_ref().take(self.size).collect();
        let last = chunk.last().and_then(person_of);
        while chunk.len() < self.size + RESULTS_OF_A_PERSON && last.is_some() {
            let Some(next) = self.rest.next_if(|next| person_of(next) == last) else { break };
            chunk.push(next);
        }
        (!chunk.is_empty()).then_some(chunk)
    }
}

fn person_of(result: &BankResult) -> Option<PersonId> {
    EndToEndId::parse(&result.end_to_end_id).map(|id| id.due.person)
}

type Decided = Result<DecidedChunk, store::Error>;

/// Decides chunk after chunk and gives them on, until they end or nobody takes them any more.
fn decide_all(
    work: &Work<'_>,
    chunks: impl Iterator<Item = Vec<BankResult>>,
    (give, written): (&SyncSender<Decided>, &Receiver<()>),
) {
    let mut under_way: VecDeque<RangeInclusive<PersonId>> = VecDeque::new();
    for chunk in chunks {
        while written.try_recv().is_ok() {
            under_way.pop_front();
        }
        let people = chunk.iter().filter_map(person_of);
        let nobody = PersonId::from_i64(0);
        let first = people.clone().min().unwrap_or(nobody);
        let people = first..=people.max().unwrap_or(nobody);
        while under_way
            .iter()
            .any(|each| each.start() <= people.end() && people.start() <= each.end())
        {
            if written.recv().is_err() {
                return;
            }
            under_way.pop_front();
        }
        let (mut results, Work { db, city, origin, now, .. }) = (Some(chunk), work);
        let decided = db.read_staged(|tx| {
            let results = results.take().unwrap_or_default();
            DecidedChunk::decide(tx, city, (results, *origin), *now)
        });
        under_way.push_back(people);
        if give.send(decided).is_err() {
            return;
        }
    }
}

/// Why a decided chunk was not written.
enum NotBooked {
    FactsChanged,
    Store(store::Error),
}

impl From<store::Error> for NotBooked {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// Books a chunk in one transaction, with how far the run is.
fn book_decided(
    work: &Work<'_>,
    chunk: &Arc<DecidedChunk>,
    reached: usize,
) -> Result<Vec<BookedResult>, store::Error> {
    let (city, run, now, decided) = (work.city.clone(), work.run, work.now, Arc::clone(chunk));
    let booked = work.db.bulk_write(move |tx| {
        let answers = decided.book(tx, &city, now)?.ok_or(NotBooked::FactsChanged)?;
        runs::set_progress(tx, run, i64::try_from(reached).unwrap_or(i64::MAX))?;
        Ok(answers)
    });
    match booked {
        Ok(answers) => Ok(answers),
        // A row that was to be inserted may be there by now: that is a changed fact as well.
        Err(NotBooked::FactsChanged | NotBooked::Store(store::Error::Statement { .. })) => {
            book(work, chunk.results().to_vec(), Some(reached))
        }
        Err(NotBooked::Store(error)) => Err(error),
    }
}

/// As [`book_decided`], with facts that the transaction itself reads.
fn book(
    work: &Work<'_>,
    chunk: Vec<BankResult>,
    reached: Option<usize>,
) -> Result<Vec<BookedResult>, store::Error> {
    let (city, run, origin, now) = (work.city.clone(), work.run, work.origin, work.now);
    work.db.bulk_write(move |tx| {
        let answers = book_chunk(tx, &city, (&chunk, origin), now)?;
        if let Some(reached) = reached {
            runs::set_progress(tx, run, i64::try_from(reached).unwrap_or(i64::MAX))?;
        }
        Ok(answers)
    })
}

/// An outcome of a whole file is that of each of its attempts without a final state.
///
/// # Errors
/// The database's.
pub(super) fn book_whole(
    work: &Work<'_>,
    whole: &WholeResult,
    done: &mut ReadResult,
) -> Result<(), store::Error> {
    let file = &whole.original_message_id;
    let ours = format!("{file}-1");
    if whole.payment_information_id.as_ref().is_some_and(|block| *block != ours) {
        return Ok(());
    }
    let mut after = PersonId::from_i64(0);
    let limit = i64::try_from(RESULTS_PER_CHUNK).unwrap_or(i64::MAX);
    loop {
        let lines = work.db.read(|tx| debit::list_sent_of_file(tx, file, after, limit))?;
        // The last person of a full page may go on behind it: they are seen again on the next.
        let Some(last) = lines.last().map(|line| line.due.person) else { return Ok(()) };
        let full = lines.len() >= RESULTS_PER_CHUNK;
        let results = lines.into_iter().map(|line| BankResult {
            line: 1,
            original_message_id: Some(file.clone()),
            end_to_end_id: EndToEndId { due: line.due, attempt: line.attempt }.to_string(),
            outcome: whole.outcome.clone(),
        });
        for answer in book(work, results.collect(), None)? {
            done.results += 1;
            done.count(answer);
        }
        if !full {
            return Ok(());
        }
        after = PersonId::from_i64(last.get() - 1);
    }
}

impl ReadResult {
    fn count(&mut self, answer: BookedResult) {
        let counter = match answer {
            BookedResult::Collected => &mut self.collected,
            BookedResult::Held => &mut self.held,
            BookedResult::Rejected => &mut self.rejected,
            BookedResult::Returned => &mut self.returned,
            BookedResult::Pending => &mut self.pending,
            BookedResult::Repeated => &mut self.repeated,
            BookedResult::Unknown => &mut self.unknown,
            BookedResult::Contradicted => &mut self.contradicted,
        };
        *counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use channels::bank_batch::bank_result::Outcome;
    use insurance::payment::DueKey;
    use policy::Branch;

    use super::*;

    fn result(person: i64, branch: Branch) -> BankResult {
        let month = "2026-11".parse().unwrap();
        let due = DueKey { person: PersonId::from_i64(person), month, branch, part: 0 };
        BankResult {
            line: 1,
            original_message_id: None,
            end_to_end_id: EndToEndId { due, attempt: 1 }.to_string(),
            outcome: Outcome::Pending { status: String::new() },
        }
    }

    #[test]
    fn a_chunk_does_not_tear_a_persons_results_apart() {
        let people = (1..=5).flat_map(|person| Branch::ALL.map(|branch| result(person, branch)));
        let chunks = Chunks { rest: people.peekable(), size: 4 };
        assert_eq!(chunks.map(|chunk| chunk.len()).collect::<Vec<_>>(), [6, 6, 3]);
    }

    #[test]
    fn results_of_nobody_are_cut_where_a_chunk_is_full() {
        let nobody = || BankResult { end_to_end_id: "?".to_owned(), ..result(1, Branch::Medical) };
        let chunks = Chunks { rest: (0..5).map(|_| nobody()).peekable(), size: 2 };
        assert_eq!(chunks.map(|chunk| chunk.len()).collect::<Vec<_>>(), [2, 2, 1]);
    }
}
