//! A chunk of people's dues, computed and saved in one transaction: the dues, the batch that
//! names the pack's version, and their entry in the books.

use insurance::assessment::{BatchHash, batch_postings};
use insurance::cause::Cause;
use insurance::due::Due;
use insurance::ids::{AssessmentBatchId, CITY, EntryId, PersonId, RunId};
use insurance::ledger::{Entry, EntryKind};
use policy::Rules;
use store::tables::assessment_batch::{self, AssessmentBatch};
use store::tables::{due, entry};
use store::{Tx, Value};
use units::{Date, Month, Timestamp};

/// What a batch is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    /// Its number and that of its entry.
    pub(super) ids: (AssessmentBatchId, EntryId),
    /// The run that makes it.
    pub(super) run: RunId,
    /// Its first and last person.
    pub(super) people: (PersonId, PersonId),
    /// With which month's bill its dues are asked for.
    pub(super) asked: Month,
    /// When.
    pub(super) now: Timestamp,
}

/// The batch of dues that were computed by rules.
pub(super) fn batch_of(rules: &Rules, about: About, dues: &[Due]) -> AssessmentBatch {
    let mut hash = BatchHash::default();
    for due in dues {
        hash.add(due);
    }
    AssessmentBatch {
        id: about.ids.0,
        run: about.run,
        month: rules.month(),
        asked: about.asked,
        pack: rules.pack().name.clone(),
        pack_version: rules.pack().version.clone(),
        known_on: rules.known_on(),
        people: about.people,
        dues: i64::try_from(dues.len()).expect("a chunk is small"),
        amount: dues.iter().map(|due| due.amount).sum(),
        entry: about.ids.1,
        rows_hash: hash.finish(),
        assessed_at: about.now,
    }
}

/// The entry that books a batch.
pub(super) fn entry_of(batch: &AssessmentBatch, dues: &[Due]) -> Entry {
    Entry {
        owner: CITY,
        id: batch.entry,
        kind: EntryKind::Assessment,
        recorded_at: batch.assessed_at,
        effective_on: effective_on(batch.month, batch.assessed_at.date_in_shanghai()),
        cause: Cause::AssessmentBatch(batch.id),
        postings: batch_postings(dues),
    }
}

/// A month's dues are booked on the day of assessment, but never before the month begins.
fn effective_on(month: Month, today: Date) -> Date {
    today.max(month.first_day())
}

/// Saves a batch, its dues and its entry.
pub(super) fn save(
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
