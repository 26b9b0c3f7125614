//! `assessment_batch`: one chunk of a month's assessment, with the pack that it used.

use insurance::ids::{AssessmentBatchId, EntryId, PersonId, RunId};
use units::{Date, Fen, Month, Timestamp};

use crate::{Error, Row, Tx};

/// One chunk of a month's assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssessmentBatch {
    /// Its number.
    pub id: AssessmentBatchId,
    /// The run that made it.
    pub run: RunId,
    /// 费款所属期.
    pub month: Month,
    /// With which month's bill its dues are asked for: later than `month` where they are
    /// differences from values published late.
    pub asked: Month,
    /// The pack's name.
    pub pack: String,
    /// The hash of the pack's content.
    pub pack_version: String,
    /// The day whose knowledge of the law was used.
    pub known_on: Date,
    /// The first and last person.
    pub people: (PersonId, PersonId),
    /// How many dues.
    pub dues: i64,
    /// Their sum.
    pub amount: Fen,
    /// Its entry in the books.
    pub entry: EntryId,
    /// SHA-256 of its dues, in hex.
    pub rows_hash: String,
    /// When.
    pub assessed_at: Timestamp,
}

/// The start of every statement that reads batches.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT batch_id, run_id, month, pack, pack_version, known_on, first_person, ",
            "last_person, dues, amount_fen, entry_id, rows_hash, assessed_at, asked_month ",
            "FROM assessment_batch ",
            $rest
        )
    };
}

/// Inserts a batch.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, batch: &AssessmentBatch) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO assessment_batch (batch_id, run_id, month, pack, pack_version, known_on, \
         first_person, last_person, dues, amount_fen, entry_id, rows_hash, assessed_at, \
         asked_month, reviewed_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $6)",
        &[
            batch.id.into(),
            batch.run.into(),
            batch.month.into(),
            (&batch.pack).into(),
            (&batch.pack_version).into(),
            batch.known_on.into(),
            batch.people.0.into(),
            batch.people.1.into(),
            batch.dues.into(),
            batch.amount.into(),
            batch.entry.into(),
            (&batch.rows_hash).into(),
            batch.assessed_at.into(),
            batch.asked.into(),
        ],
    )?;
    Ok(())
}

/// One batch.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, batch: AssessmentBatchId) -> Result<Option<AssessmentBatch>, Error> {
    tx.query_opt(select!("WHERE batch_id = $1"), &[batch.into()], read)
}

/// Every batch, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<AssessmentBatch>, Error> {
    tx.query(select!("ORDER BY batch_id"), &[], read)
}

/// Batches of one month that were compared with the law up to the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// 费款所属期.
    pub month: Month,
    /// The day.
    pub on: Date,
}

/// Up to which days the batches of every month up to `last` were reviewed, oldest month first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_reviewed(tx: &mut Tx<'_>, last: Month) -> Result<Vec<Reviewed>, Error> {
    tx.query(
        "SELECT DISTINCT month, reviewed_on FROM assessment_batch WHERE month <= $1 \
         ORDER BY month, reviewed_on",
        &[last.into()],
        |row| Ok(Reviewed { month: row.month(0)?, on: row.date(1)? }),
    )
}

/// The batches of one month that were reviewed up to a day, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_review(tx: &mut Tx<'_>, reviewed: Reviewed) -> Result<Vec<AssessmentBatch>, Error> {
    let sql = select!("WHERE month = $1 AND reviewed_on = $2 ORDER BY batch_id");
    tx.query(sql, &[reviewed.month.into(), reviewed.on.into()], read)
}

/// Records up to which day's knowledge a batch was reviewed.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_reviewed(tx: &mut Tx<'_>, batch: AssessmentBatchId, on: Date) -> Result<(), Error> {
    let sql = "UPDATE assessment_batch SET reviewed_on = $2 WHERE batch_id = $1";
    tx.execute(sql, &[batch.into(), on.into()]).map(|_| ())
}

/// How many dues a month's batches made, and how much.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_of_month(tx: &mut Tx<'_>, month: Month) -> Result<(i64, Fen), Error> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(dues), 0) AS BIGINT), \
         CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM assessment_batch WHERE month = $1",
        &[month.into()],
        |row| Ok((row.int(0)?, row.fen(1)?)),
    )
}

fn read(row: &Row<'_>) -> Result<AssessmentBatch, Error> {
    Ok(AssessmentBatch {
        id: row.id(0)?,
        run: row.id(1)?,
        month: row.month(2)?,
        pack: row.string(3)?,
        pack_version: row.string(4)?,
        known_on: row.date(5)?,
        people: (row.id(6)?, row.id(7)?),
        dues: row.int(8)?,
        amount: row.fen(9)?,
        entry: row.id(10)?,
        rows_hash: row.string(11)?,
        assessed_at: row.timestamp(12)?,
        asked: row.month(13)?,
    })
}
