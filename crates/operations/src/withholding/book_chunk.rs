//! Thousands of lines of a bank's answer at once. What booking must know of them is read with one
//! statement, each line is decided by the same functions as a line alone, and what they write is
//! inserted and changed in bulk.
//!
//! Only plain lines go this way: money for one due that still asks for it, a rejection, a repeat. A
//! person one of whose lines is anything else (a return, a second booking, a part, a contradiction,
//! cover to restore) is booked line by line, in the lines' order; people's books do not touch.
//!
//! [`DecidedChunk`] reads and decides before the transaction that writes, so that one chunk is
//! decided while another is written. Every row that it changes is changed only where it still holds
//! what was read; if one does not, nothing is written, and the chunk is booked by [`book_chunk`].

use std::collections::{BTreeMap, BTreeSet};

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use insurance::debit::failure::{Aftermath, aftermath};
use insurance::debit::{DebitState, DebitStep};
use insurance::ids::PersonId;
use insurance::payment::DueKey;
use store::Tx;
use store::tables::debit_file;
use store::tables::debit_told::{self, People, ToldDebit, ToldKey};
use units::{Date, Timestamp};

use super::book_bank_result::{BookedResult, accounting_day, book_bank_result, money_reference};
use super::chunk_books::{ChunkBooks, Kept};
use super::line::{Line, Origin};
use crate::city::City;

/// Books lines in the caller's transaction; answers what became of each, in their order. The books
/// are those that [`book_bank_result`] makes of one line after the other.
///
/// # Errors
/// The database's; every rule's "no" is an answer.
///
/// # Panics
/// Never: what was read is locked.
pub fn book_chunk(
    tx: &mut Tx<'_>,
    city: &City,
    (results, origin): (&[BankResult], Origin),
    now: Timestamp,
) -> Result<Vec<BookedResult>, store::Error> {
    let known = Known::read(tx, results, People::Locked)?;
    let chunk = Chunk { results, known: &known, origin };
    let (books, answers) = chunk.decide(city, now);
    let kept = books.save(tx, &chunk)?;
    assert_eq!(kept, Kept::Whole, "what was read in this transaction is still there");
    chunk.book_alone(tx, city, (&answers, now))
}

/// Lines that were decided on facts read before, ready to be written.
pub struct DecidedChunk {
    results: Vec<BankResult>,
    known: Known,
    origin: Origin,
    books: ChunkBooks,
    answers: Vec<Option<BookedResult>>,
}

impl DecidedChunk {
    /// Reads what booking must know, and decides. `tx` may write temporary tables
    /// ([`store::Db::read_staged`]).
    ///
    /// # Errors
    /// The database's.
    pub fn decide(
        tx: &mut Tx<'_>,
        city: &City,
        (results, origin): (Vec<BankResult>, Origin),
        now: Timestamp,
    ) -> Result<Self, store::Error> {
        let known = Known::read(tx, &results, People::Free)?;
        let (books, answers) = Chunk { results: &results, known: &known, origin }.decide(city, now);
        Ok(Self { results, known, origin, books, answers })
    }

    /// Writes what was decided and books the other lines one by one. `None` when what was read is
    /// no longer so: the caller then undoes the transaction. Where another transaction wrote one of
    /// the rows to be inserted, that is the database's refusal, and means the same.
    ///
    /// # Errors
    /// The database's.
    pub fn book(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        now: Timestamp,
    ) -> Result<Option<Vec<BookedResult>>, store::Error> {
        let chunk = Chunk { results: &self.results, known: &self.known, origin: self.origin };
        // What a repeat confirms without writing anything nothing would notice to have changed.
        if self.books.holds_silent_repeats()
            || debit_told::lock_people(tx, self.books.people())?
            || self.books.save(tx, &chunk)? == Kept::FactsChanged
        {
            return Ok(None);
        }
        chunk.book_alone(tx, city, (&self.answers, now)).map(Some)
    }

    /// The lines.
    #[must_use]
    pub fn results(&self) -> &[BankResult] {
        &self.results
    }
}

/// What is known of lines.
struct Known {
    /// Each line's attempt, by the line's place.
    ids: Vec<Option<EndToEndId>>,
    /// What is known of it.
    told: Vec<Option<ToldDebit>>,
    /// The day of collection of each file that they came from.
    days: BTreeMap<String, Date>,
}

impl Known {
    fn read(tx: &mut Tx<'_>, results: &[BankResult], people: People) -> Result<Self, store::Error> {
        let ids: Vec<Option<EndToEndId>> =
            results.iter().map(|result| EndToEndId::parse(&result.end_to_end_id)).collect();
        let keys = (0_i64..).zip(results.iter().zip(&ids)).filter_map(|(line, (result, id))| {
            let EndToEndId { due, attempt } = (*id)?;
            let failed = matches!(result.outcome, Outcome::Rejected { .. });
            Some(ToldKey { line, due, attempt, failed, reference: &result.end_to_end_id })
        });
        let mut told: Vec<Option<ToldDebit>> = results.iter().map(|_| None).collect();
        let mut days = BTreeMap::new();
        for each in debit_told::list(tx, keys, people)? {
            if !days.contains_key(&each.debit.file) {
                days.extend(
                    debit_file::find_day(tx, &each.debit.file)?
                        .map(|day| (each.debit.file.clone(), day)),
                );
            }
            let place = usize::try_from(each.line).ok().and_then(|line| told.get_mut(line));
            *place.expect("a line has the place that was asked for") = Some(each);
        }
        Ok(Self { ids, told, days })
    }
}

/// Lines with what is known of them.
pub(super) struct Chunk<'a> {
    results: &'a [BankResult],
    known: &'a Known,
    origin: Origin,
}

impl<'a> Chunk<'a> {
    /// The line of a place, if its attempt is known, with what is known of it.
    pub(super) fn line(&self, index: usize) -> Option<(Line<'a>, &'a ToldDebit)> {
        let (id, told) = (self.known.ids[index]?, self.known.told[index].as_ref()?);
        let on = *self.known.days.get(&told.debit.file)?;
        let origin = Origin { on, ..self.origin };
        Some((Line { id, debit: &told.debit, result: &self.results[index], origin }, told))
    }

    /// Decides the plain lines; answers what became of them, and nothing for the others.
    fn decide(&self, city: &City, now: Timestamp) -> (ChunkBooks, Vec<Option<BookedResult>>) {
        let alone = self.people_booked_alone();
        let mut books = ChunkBooks::new(self.results.len());
        let mut answers = vec![None; self.results.len()];
        for index in self.by_person() {
            let plain = self.line(index).filter(|(line, _)| !alone.contains(&line.id.due.person));
            answers[index] =
                plain.and_then(|(line, told)| books.book(city, (index, &line), (told, now)));
        }
        (books, answers)
    }

    /// The places of the lines of attempts, by person: rows are then written in the order in which
    /// the tables keep them. A person's lines keep their order.
    fn by_person(&self) -> Vec<usize> {
        let person = |index: &usize| self.known.ids[*index].map(|id| id.due.person);
        let mut places: Vec<usize> = (0..self.results.len()).collect();
        places.sort_by_key(person);
        places
    }

    /// Books the lines without an answer one by one, in their order.
    fn book_alone(
        &self,
        tx: &mut Tx<'_>,
        city: &City,
        (answers, now): (&[Option<BookedResult>], Timestamp),
    ) -> Result<Vec<BookedResult>, store::Error> {
        let book = |(result, answer): (&BankResult, &Option<BookedResult>)| match answer {
            Some(answer) => Ok(*answer),
            None => {
                let on = accounting_day(tx, result)?.unwrap_or(self.origin.on);
                book_bank_result(tx, city, (result, Origin { on, ..self.origin }), now)
            }
        };
        self.results.iter().zip(answers).map(book).collect()
    }

    /// The people one of whose lines is not plain.
    fn people_booked_alone(&self) -> BTreeSet<PersonId> {
        let mut alone = BTreeSet::new();
        let mut seen: BTreeSet<DueKey> = BTreeSet::new();
        for (index, result) in self.results.iter().enumerate() {
            // Money of strangers might come under a number of ours.
            if let Outcome::Collected { reference: Some(_), .. } = &result.outcome {
                let reference = money_reference(result, "");
                alone.extend(EndToEndId::parse(&reference).map(|id| id.due.person));
            }
            let Some(id) = self.known.ids[index] else { continue };
            let plain = self
                .line(index)
                .is_some_and(|(line, told)| is_plain(&line, told) && seen.insert(id.due));
            if !plain {
                alone.insert(id.due.person);
            }
        }
        alone
    }
}

/// Whether a line needs no more than [`debit_told::list`] tells.
fn is_plain(line: &Line<'_>, told: &ToldDebit) -> bool {
    let told_amount = line.stated().unwrap_or(line.debit.amount);
    match line.step() {
        None => true,
        Some(Ok(DebitStep::Nothing)) => told.booked.is_none_or(|booked| booked == told_amount),
        Some(Ok(DebitStep::Collect)) => {
            let asks = told.locks && told.due.state.is_unpaid() && told.due.amount == told_amount;
            let fresh = line.debit.state == DebitState::Sent && told.booked.is_none();
            asks && fresh && !told.suspended
        }
        Some(Ok(DebitStep::Reject)) => line.ending().is_some_and(|ending| {
            matches!(
                aftermath(ending.reason),
                Aftermath::MayBeSentAgain | Aftermath::NeedsAnotherMandate
            ) && told.locks
        }),
        Some(
            Ok(DebitStep::Return | DebitStep::CollectAndReturn | DebitStep::HoldExtra) | Err(_),
        ) => false,
    }
}
