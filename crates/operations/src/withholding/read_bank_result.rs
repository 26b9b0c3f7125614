//! Reads a bank's answer file and books it.
//!
//! The raw bytes are kept before anything else. The whole file is read and checked once; only then
//! is it booked, in chunks, each with how far the run is. The same bytes again have no effect; a
//! file that breaks a rule is refused whole and books nothing; killed at any point and run again,
//! it goes on behind the last chunk, and the books are the same.

use channels::bank_batch::bank_result::{BankResult, FileDigest, WholeResult};
use channels::bank_batch::debit::Totals;
use channels::bank_batch::file_refusal::{FileRefusal, ReadError};
use insurance::ids::{MessageId, RunId};
use insurance::payment::ChannelKind;
use store::Db;
use store::tables::debit::Proof;
use store::tables::debit_file::{self, BankResultFile};
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::tables::run as runs;
use units::Timestamp;

use super::Agreement;
use super::book_bank_result::Origin;
use super::book_file::{Work, book_all, book_whole};
use super::parse_answer::parse;
use crate::city::City;
use crate::run::{self, Job, Progress};

/// How many results go into one transaction at most.
pub const RESULTS_PER_CHUNK: usize = 8_000;

/// A bank's answer file.
#[derive(Clone, Copy)]
pub struct ResultFile<'a> {
    /// Its name, without folder.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What a file did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadResult {
    /// Whether the same bytes had been read to their end before.
    pub seen_before: bool,
    /// How many files with other bytes came under this name: somebody must ask the bank.
    pub others_named: i64,
    /// Results told.
    pub results: u64,
    /// Lines whose money paid their due.
    pub collected: u64,
    /// Lines whose money is held.
    pub held: u64,
    /// Lines that ended without money.
    pub rejected: u64,
    /// Lines whose money was taken back.
    pub returned: u64,
    /// Lines without a final state.
    pub pending: u64,
    /// Lines that told nothing new.
    pub repeated: u64,
    /// Lines about no attempt of ours.
    pub unknown: u64,
    /// Lines that contradict what the bank told before.
    pub contradicted: u64,
}

/// Why a file was not booked.
#[derive(Debug, thiserror::Error)]
pub enum ReadResultError {
    /// The file breaks a rule; nothing of it is booked.
    #[error("{name} is refused whole, nothing of it is booked: {refusal}")]
    FileMustKeepTheRules {
        /// The file.
        name: String,
        /// Where and why.
        refusal: FileRefusal,
    },
    /// It cannot be read.
    #[error("{name} can't be read")]
    Input {
        /// The file.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Reads and books a file.
///
/// # Errors
/// [`ReadResultError`].
pub fn read_bank_result(
    db: &Db,
    city: &City,
    about: (&Agreement, ResultFile<'_>, &str),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<ReadResult, ReadResultError> {
    read_in_chunks(db, city, (about, RESULTS_PER_CHUNK), now, progress)
}

/// The same with fewer results in a transaction; the books do not depend on it.
///
/// # Errors
/// [`ReadResultError`].
pub fn read_in_chunks(
    db: &Db,
    city: &City,
    ((agreement, file, actor), chunk): ((&Agreement, ResultFile<'_>, &str), usize),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<ReadResult, ReadResultError> {
    let digest = digest_of(file)?;
    let job = Job { kind: "read_bank_result", subject: &digest, actor };
    let run = run::begin(db, city, job, now)?;
    let others_named = db.read(|tx| debit_file::count_others_named(tx, file.name, &digest))?;
    if run.finished_at.is_some() {
        return seen_before(db, (&digest, others_named), file.name);
    }
    let message = keep(db, city, (agreement, file, &digest), (run.id, now))?;
    let (results, whole, proof) = match read_whole(db, agreement, file) {
        Ok(read) => read,
        Err(ReadError::Failed(source)) => {
            return Err(ReadResultError::Input { name: file.name.to_owned(), source });
        }
        Err(ReadError::Refused(refusal)) => {
            refuse(db, (run.id, message, &digest), refusal.to_string(), now)?;
            return Err(ReadResultError::FileMustKeepTheRules {
                name: file.name.to_owned(),
                refusal,
            });
        }
    };
    let origin = Origin { message, run: run.id, proof, on: now.date_in_shanghai() };
    let mut done = ReadResult { others_named, ..ReadResult::default() };
    let chunk = chunk.clamp(1, RESULTS_PER_CHUNK);
    let work = Work { db, city, run: run.id, origin, now, chunk };
    book_all(&work, results, &mut done, progress)?;
    for each in &whole {
        book_whole(&work, each, &mut done)?;
    }
    let told = i64::try_from(done.results).unwrap_or(i64::MAX);
    db.write(move |tx| debit_file::set_result_read(tx, &digest, (told, None)))?;
    let outcome = format!(
        "{} results: {} collected, {} rejected, {} held, {} unknown",
        done.results, done.collected, done.rejected, done.held, done.unknown
    );
    end(db, (run.id, message), (MessageState::Handled, outcome), now)?;
    Ok(done)
}

fn digest_of(file: ResultFile<'_>) -> Result<String, ReadResultError> {
    let digest = FileDigest::of(file.bytes);
    let digest =
        digest.map_err(|source| ReadResultError::Input { name: file.name.to_owned(), source })?;
    Ok(digest.to_string())
}

/// What the first reading of the same bytes made of them.
fn seen_before(
    db: &Db,
    (digest, others_named): (&str, i64),
    name: &str,
) -> Result<ReadResult, ReadResultError> {
    let known = db.read(|tx| debit_file::find_result(tx, digest))?;
    let known = known.as_ref();
    if let Some(refusal) = known.and_then(|file| file.refusal.clone()) {
        let detail = format!("the same bytes were refused before: {refusal}");
        let rule = channels::bank_batch::file_refusal::FileRule::FormatMustBeKept { detail };
        let refusal = FileRefusal { line: 1, element: String::new(), rule };
        return Err(ReadResultError::FileMustKeepTheRules { name: name.to_owned(), refusal });
    }
    let results = known.map_or(0, |file| u64::try_from(file.results).unwrap_or(0));
    Ok(ReadResult { seen_before: true, others_named, results, ..ReadResult::default() })
}

/// Keeps the raw bytes, once.
fn keep(
    db: &Db,
    city: &City,
    (agreement, file, digest): (&Agreement, ResultFile<'_>, &str),
    (run, now): (RunId, Timestamp),
) -> Result<MessageId, store::Error> {
    let message = InboundMessage {
        id: city.fresh(now),
        channel: ChannelKind::BankBatch,
        kind: "result-file".to_owned(),
        received_at: now,
        digest: digest.to_owned(),
        headers: format!("{} {}", agreement.bank, file.name),
        body: file.bytes.to_vec(),
    };
    let known = BankResultFile {
        digest: digest.to_owned(),
        name: file.name.to_owned(),
        message: message.id,
        run,
        bank: agreement.bank.clone(),
        results: 0,
        received_at: now,
        refusal: None,
    };
    db.bulk_write(move |tx| {
        if let Some(kept) = debit_file::find_result(tx, &known.digest)? {
            return Ok(kept.message);
        }
        inbound_message::insert(tx, &message, MessageState::Waiting)?;
        debit_file::insert_result(tx, &known)?;
        Ok(message.id)
    })
}

type Read = (Vec<BankResult>, Vec<WholeResult>, Proof);

/// Reads and checks the whole file; nothing is booked yet.
fn read_whole(db: &Db, agreement: &Agreement, file: ResultFile<'_>) -> Result<Read, ReadError> {
    let sent = |id: &str| totals_of(db, id);
    let mut results = Vec::new();
    let (summary, proof) = parse((db, agreement), (file.bytes, &sent), &mut |each| {
        results.push(each);
    })?;
    Ok((results, summary.whole, proof))
}

fn totals_of(db: &Db, id: &str) -> Option<Totals> {
    let file = db.read(|tx| debit_file::find(tx, id)).ok().flatten()?;
    Some(Totals { count: u64::try_from(file.debits).ok()?, sum: file.amount })
}

fn refuse(
    db: &Db,
    (run, message, digest): (RunId, MessageId, &str),
    refusal: String,
    now: Timestamp,
) -> Result<(), store::Error> {
    let (digest, why) = (digest.to_owned(), refusal.clone());
    db.write(move |tx| debit_file::set_result_read(tx, &digest, (0, Some(&why))))?;
    end(db, (run, message), (MessageState::Refused, refusal), now)
}

fn end(
    db: &Db,
    (run, message): (RunId, MessageId),
    (state, outcome): (MessageState, String),
    now: Timestamp,
) -> Result<(), store::Error> {
    db.write(move |tx| {
        inbound_message::set_state(tx, message, state, (now, &outcome))?;
        runs::set_finished(tx, run, now, &outcome).map(|_| ())
    })
}
