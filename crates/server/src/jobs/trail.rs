//! The job of the trail: looks that were recorded in passing get their places in the chains.

use std::time::Duration;

use store::tables::access_pending;

use super::Job;
use crate::app::App;

/// Looks in one transaction: as short as a group of small ones.
const CHUNK: i64 = 1_000;
/// Transactions in one run, so that a rush of calls is served first and chained afterwards.
const CHUNKS_MAX: u32 = 8;

/// The job.
#[must_use]
pub fn jobs() -> Vec<Job> {
    vec![Job { name: "chain_looks", rest: Duration::from_secs(1), run: chain_looks }]
}

/// Gives waiting looks their places in the chains of their people.
///
/// # Errors
/// The database's.
pub fn chain_looks(app: &App) -> anyhow::Result<Option<String>> {
    let mut chained = 0;
    for _ in 0..CHUNKS_MAX {
        let some = app.db.bulk_write(|tx| access_pending::chain(tx, CHUNK))?;
        chained += some;
        if some == 0 {
            break;
        }
    }
    Ok((chained > 0).then(|| format!("{chained} chained")))
}
