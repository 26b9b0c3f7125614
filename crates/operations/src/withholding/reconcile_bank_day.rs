//! 对账: the paying banks' bookings of a day against our receipts.
//!
//! The statement of a day is what the banks' notifications, kept raw, say was booked on it: money
//! that only a status report told of is not there, and shows as a difference.

use std::collections::{BTreeMap, BTreeSet};

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::file_refusal::ReadError;
use insurance::payment::ChannelKind;
use insurance::reconciliation::Line;
use store::Db;
use store::tables::debit::Proof;
use store::tables::{debit_file, inbound_message};
use units::{Date, Timestamp};

use super::Agreement;
use super::book_bank_result::{accounting_day, money_reference};
use super::parse_answer::parse;
use crate::city::City;
use crate::reconcile_day::{Reconciled, Statement, reconcile_day};

/// Why a day cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// A file that was booked cannot be read any more: the program or the database is damaged.
    #[error("the answer file {name} was booked and can't be read again")]
    FileMustReadAgain {
        /// Its name.
        name: String,
        /// Why.
        source: ReadError,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Compares a day of all paying banks, books what matches, records what differs.
///
/// # Errors
/// [`ReconcileError`].
pub fn reconcile_bank_day(
    db: &Db,
    city: &City,
    (agreements, day): (&[Agreement], Date),
    actor: &str,
    now: Timestamp,
) -> Result<Reconciled, ReconcileError> {
    let mut bookings = Bookings::default();
    for file in db.read(|tx| debit_file::list_results_since(tx, Timestamp::start_of(day)))? {
        let Some(agreement) = agreements.iter().find(|each| each.bank == file.bank) else {
            continue;
        };
        let Some(message) = db.read(|tx| inbound_message::find(tx, file.message))? else {
            continue;
        };
        let nothing_sent = |_: &str| None;
        let mut told = Vec::new();
        let known = (&*message.body, &nothing_sent as _);
        let read = parse((db, agreement), known, &mut |each| told.push(each));
        let (_, proof) = read.map_err(|source| ReconcileError::FileMustReadAgain {
            name: file.name.clone(),
            source,
        })?;
        if proof == Proof::Booking {
            let name = file.message.to_string();
            for result in &told {
                let on = db.read(|tx| accounting_day(tx, result))?;
                // What tells no day at all was booked on the day on which it came.
                if on.unwrap_or(file.received_at.date_in_shanghai()) == day {
                    bookings.add(result, &name);
                }
            }
        }
    }
    let statement = Statement {
        channel: ChannelKind::BankBatch,
        accounting_on: day,
        lines: bookings.into_lines(),
    };
    Ok(reconcile_day(db, city, statement, actor, now)?)
}

/// What the banks say of a day.
#[derive(Default)]
struct Bookings {
    /// By the number under which the books know it: the line, and the bank's own number.
    lines: BTreeMap<String, (Line, Option<String>)>,
    /// End-to-end numbers whose money was taken back on the same day.
    returned: BTreeSet<String>,
}

impl Bookings {
    /// Adds one booking; a notification that comes twice names the same bookings.
    fn add(&mut self, result: &BankResult, file: &str) {
        match &result.outcome {
            Outcome::Returned { .. } => {
                self.returned.insert(result.end_to_end_id.clone());
            }
            Outcome::Collected { amount: Some(amount), reference, .. } => {
                let ours = EndToEndId::parse(&result.end_to_end_id).is_some();
                let mut number = result.end_to_end_id.clone();
                if !ours || self.is_other_money(&number, reference.as_deref()) {
                    number = money_reference(result, file);
                }
                let line = Line { reference: number.clone(), amount: *amount };
                self.lines.entry(number).or_insert((line, reference.clone()));
            }
            Outcome::Collected { .. } | Outcome::Rejected { .. } | Outcome::Pending { .. } => {}
        }
    }

    /// Whether the attempt's money is known under another number of the bank.
    fn is_other_money(&self, end_to_end_id: &str, reference: Option<&str>) -> bool {
        let known = self.lines.get(end_to_end_id).and_then(|(_, known)| known.as_deref());
        matches!((known, reference), (Some(known), Some(reference)) if known != reference)
    }

    fn into_lines(self) -> Vec<Line> {
        let Self { lines, returned } = self;
        lines
            .into_values()
            .map(|(line, _)| line)
            .filter(|line| !returned.contains(&line.reference))
            .collect()
    }
}
