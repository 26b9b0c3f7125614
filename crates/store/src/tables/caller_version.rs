//! `caller_version`: counted up by every change of who may call at the counter interface, and how
//! often and from where, so that what a program holds of it in memory is known to be true.

use crate::{Error, Tx};

/// The number now.
///
/// # Errors
/// [`Error`] of the database.
pub fn get(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let sql = "SELECT version FROM caller_version WHERE name = 'counter'";
    tx.query_one(sql, &[], |row| row.int(0))
}

/// Counts up. Every statement that changes who may call ends with it.
pub(super) fn count_up(tx: &mut Tx<'_>) -> Result<(), Error> {
    let sql = "UPDATE caller_version SET version = version + 1 WHERE name = 'counter'";
    tx.execute(sql, &[])?;
    Ok(())
}

/// Counts up where a statement changed rows, and passes on how many.
pub(super) fn counted(tx: &mut Tx<'_>, changed: u64) -> Result<u64, Error> {
    if changed > 0 {
        count_up(tx)?;
    }
    Ok(changed)
}
