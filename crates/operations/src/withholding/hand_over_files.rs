//! Writes a built batch's files into the folder that the bank watches.
//!
//! Each file is written from the database page by page, whole or not at all, and then marked as
//! handed over. Killed at any point and run again, the same files appear with the same bytes. A
//! person whose data the bank's format cannot carry is taken out of the file and told to a clerk;
//! the others are not kept waiting.

use std::io::Write;
use std::path::{Path, PathBuf};

use channels::bank_batch::beps_380::{self, CollectionMessage, MessageNumber};
use channels::bank_batch::debit::{self as wire, NotDebitFileId, Totals};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::hand_over::{hand_over, is_handed_over};
use channels::bank_batch::pain_008;
use channels::bank_batch::text_profile::request;
use channels::bank_batch::write_error::WriteError;
use insurance::debit::{DebitState, Retry};
use insurance::ids::{PersonId, RunId};
use insurance::payment::FailureReason;
use store::tables::debit::{self, FileLine, Told};
use store::tables::debit_file::{self, DebitFile};
use store::tables::payment::{self, PaymentState};
use store::{Db, Tx};
use units::{Fen, Timestamp};

use super::{Agreement, FileFormat};
use crate::run::Progress;

/// How many people are read at once.
const PEOPLE_PER_PAGE: i64 = 2_000;

/// How many people may be taken out of one file before somebody must look.
const EXCLUDED_MAX: usize = 1_000;

/// What was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// Every file of the batch that the bank can see.
    pub paths: Vec<PathBuf>,
    /// People taken out, and why.
    pub excluded: Vec<(PersonId, String)>,
}

/// Why files cannot be handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// Too many people's data do not fit: the profile or the agreement must be wrong.
    #[error("more than {EXCLUDED_MAX} people do not fit into file {file}; check the bank's format")]
    FormatMustFitPeople {
        /// Which file.
        file: String,
    },
    /// A file's number cannot be written.
    #[error(transparent)]
    Number(#[from] NotDebitFileId),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<std::io::Error> for HandOverError {
    fn from(error: std::io::Error) -> Self {
        Self::Write(WriteError::Failed(error))
    }
}

/// Hands over the files of a run that were not yet.
///
/// # Errors
/// [`HandOverError`]; files that were handed over stay, and running again goes on behind them.
pub fn hand_over_files(
    db: &Db,
    (agreement, run): (&Agreement, RunId),
    folder: &Path,
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<HandedOver, HandOverError> {
    let files = db.read(|tx| debit_file::list_of_run(tx, run))?;
    let all = u64::try_from(files.len()).unwrap_or(u64::MAX);
    let mut done = HandedOver::default();
    for (number, file) in (1..).zip(files) {
        let path = folder.join(file_name(&file, agreement));
        if file.handed_over_at.is_none() {
            // Killed between flag and mark, the bank may have answered meanwhile: never rewrite.
            let handed_over = if is_handed_over(&path) {
                file.id
            } else {
                write_file(db, agreement, file, &path, &mut done.excluded)?
            };
            db.write(move |tx| debit_file::set_handed_over(tx, &handed_over, now))?;
        }
        if path.is_file() {
            done.paths.push(path);
        }
        progress(number, all);
    }
    Ok(done)
}

fn file_name(file: &DebitFile, agreement: &Agreement) -> String {
    match agreement.format {
        FileFormat::Iso20022 => format!("{}.pain008.xml", file.id),
        FileFormat::Cnaps2 => format!("{}.beps380.xml", file.id),
        FileFormat::Text(_) => format!("{}_I.txt", file.id),
    }
}

/// Writes one file, taking out people whose data do not fit; answers its number.
fn write_file(
    db: &Db,
    agreement: &Agreement,
    mut file: DebitFile,
    path: &Path,
    excluded: &mut Vec<(PersonId, String)>,
) -> Result<String, HandOverError> {
    for _ in 0..EXCLUDED_MAX {
        if file.debits == 0 {
            return Ok(file.id);
        }
        let head = head_of(&file, agreement)?;
        let mut lines = Lines::new(db, &file.id, agreement);
        let written = hand_over(path, |out| match &agreement.format {
            FileFormat::Iso20022 => pain_008::write(out, &head, &mut lines),
            FileFormat::Cnaps2 => write_collection(out, (&head, agreement), &mut lines),
            FileFormat::Text(profile) => request::write(out, (profile, &head), &mut lines),
        });
        if let Some(error) = lines.failure {
            return Err(error.into());
        }
        match written {
            Ok(()) => return Ok(file.id),
            Err(WriteError::PersonDataMustFit { person, field, must }) => {
                excluded.push((person, format!("{field} must {must}")));
                let id = file.id.clone();
                let reason = format!("{field} must {must}");
                file = db.write(move |tx| exclude(tx, &id, person, &reason))?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(HandOverError::FormatMustFitPeople { file: file.id })
}

/// How many days a bank behind the payment system has for its answer.
const ANSWER_DAYS: u8 = 2;

/// Writes a file as a message of the payment system, which names each debit by its place.
fn write_collection(
    out: &mut dyn Write,
    (head, agreement): (&wire::DebitFile, &Agreement),
    lines: &mut Lines<'_>,
) -> Result<(), WriteError> {
    let class = agreement.bank_number.as_str().get(..3).unwrap_or_default();
    let number = MessageNumber::of_file(head.message_id.as_str(), class).ok_or(
        WriteError::AgencyDataMustFit {
            field: "the file's number",
            must: "be of at most nine rounds a day and 9,999 files a round",
        },
    )?;
    let batch_number = head.message_id.as_str().rsplit('-').next().and_then(|n| n.parse().ok());
    let message = CollectionMessage {
        file: head,
        number,
        debtor_bank: agreement.bank_number.clone(),
        batch_number: batch_number.unwrap_or_default(),
        answer_days: ANSWER_DAYS,
    };
    let places = match places(lines.db, lines.file) {
        Ok(places) => places,
        Err(error) => {
            lines.failure = Some(error);
            return Ok(());
        }
    };
    let placed = lines.filter_map(|debit| {
        let place = places.binary_search(&debit.end_to_end_id).ok()?;
        Some((u64::try_from(place).ok()? + 1, debit))
    });
    beps_380::write(out, &message, placed)
}

/// The attempts of a file in the order of their numbers: an attempt's place in it never changes,
/// whoever is taken out of the file, and names it to a bank behind the payment system.
///
/// # Errors
/// The database's.
pub(super) fn places(db: &Db, file: &str) -> Result<Vec<EndToEndId>, store::Error> {
    let keys = db.read(|tx| debit::list_keys_of_file(tx, file))?;
    let mut places: Vec<EndToEndId> =
        keys.into_iter().map(|(due, attempt)| EndToEndId { due, attempt }).collect();
    places.sort_unstable();
    Ok(places)
}

fn head_of(file: &DebitFile, agreement: &Agreement) -> Result<wire::DebitFile, NotDebitFileId> {
    Ok(wire::DebitFile {
        message_id: file.id.parse()?,
        created_at: file.created_at,
        collect_on: file.collect_on,
        totals: Totals { count: u64::try_from(file.debits).unwrap_or(0), sum: file.amount },
        creditor: agreement.creditor.clone(),
    })
}

/// Takes a person out of a file: their attempts end without having been sent.
fn exclude(
    tx: &mut Tx<'_>,
    file: &str,
    person: PersonId,
    reason: &str,
) -> Result<DebitFile, store::Error> {
    let before = PersonId::from_i64(person.get() - 1);
    let lines = debit::list_sent_of_file(tx, file, before, 1_000)?;
    let told = Told {
        state: DebitState::Rejected,
        retry: Some(Retry::AfterCorrection),
        reason: Some((FailureReason::InstructionInvalid.word(), reason)),
        bank_reference: None,
        proof: None,
    };
    let mut taken_out = (0, Fen::ZERO);
    for line in lines.iter().filter(|line| line.due.person == person) {
        debit::set_told(tx, line, &told)?;
        let why = (FailureReason::InstructionInvalid.word(), reason);
        payment::set_item_state_in(tx, (line.payment, &line.due), PaymentState::Failed, why)?;
        payment::end_when_settled(tx, person, line.payment)?;
        taken_out = (taken_out.0 + 1, taken_out.1 + line.amount);
    }
    let mut kept = debit_file::find(tx, file)?.expect("a file that is written is in the table");
    kept.debits -= taken_out.0;
    kept.amount = kept.amount.saturating_sub(taken_out.1);
    debit_file::set(tx, &kept)?;
    Ok(kept)
}

/// The lines of a file, read page by page. A failure ends them and is kept.
struct Lines<'a> {
    db: &'a Db,
    file: &'a str,
    agreement: &'a Agreement,
    after: PersonId,
    page: std::vec::IntoIter<FileLine>,
    failure: Option<store::Error>,
}

impl<'a> Lines<'a> {
    fn new(db: &'a Db, file: &'a str, agreement: &'a Agreement) -> Self {
        let after = PersonId::from_i64(0);
        Self { db, file, agreement, after, page: Vec::new().into_iter(), failure: None }
    }

    fn turn_page(&mut self) {
        let (file, after) = (self.file, self.after);
        match self.db.read(|tx| debit::list_lines(tx, file, after, PEOPLE_PER_PAGE)) {
            Ok(page) => {
                self.after = page.last().map_or(after, |line| line.due.person);
                self.page = page.into_iter();
            }
            Err(error) => self.failure = Some(error),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = wire::Debit;

    fn next(&mut self) -> Option<wire::Debit> {
        if self.page.len() == 0 && self.failure.is_none() {
            self.turn_page();
        }
        let line = self.page.next()?;
        Some(wire::Debit {
            end_to_end_id: EndToEndId { due: line.due, attempt: line.attempt },
            amount: line.amount,
            mandate: line.mandate.to_string(),
            signed_on: line.signed_on,
            holder: line.holder,
            identity_number: line.identity_number,
            account: line.account_number,
            bank: self.agreement.bank_number.clone(),
        })
    }
}
