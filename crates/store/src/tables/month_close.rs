//! `month_close`.

use insurance::ids::RunId;
use units::{Fen, Month, Timestamp};

use crate::{Error, Tx};

/// 月结: a month that was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthClose {
    /// 费款所属期.
    pub month: Month,
    /// The run that closed it.
    pub run: RunId,
    /// When.
    pub closed_at: Timestamp,
    /// How many dues became arrears.
    pub arrears_count: i64,
    /// How much.
    pub arrears: Fen,
}

/// Records a closed month.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, close: &MonthClose) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO month_close (month, run_id, closed_at, arrears_count, arrears_fen) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            close.month.into(),
            close.run.into(),
            close.closed_at.into(),
            close.arrears_count.into(),
            close.arrears.into(),
        ],
    )?;
    Ok(())
}

/// A month's close, if it was closed.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, month: Month) -> Result<Option<MonthClose>, Error> {
    tx.query_opt(
        "SELECT run_id, closed_at, arrears_count, arrears_fen FROM month_close WHERE month = $1",
        &[month.into()],
        |row| {
            Ok(MonthClose {
                month,
                run: row.id(0)?,
                closed_at: row.timestamp(1)?,
                arrears_count: row.int(2)?,
                arrears: row.fen(3)?,
            })
        },
    )
}

/// The closed months, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Month>, Error> {
    tx.query("SELECT month FROM month_close ORDER BY month", &[], |row| row.month(0))
}
