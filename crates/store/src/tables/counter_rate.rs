//! `counter_rate`: how often a bank may call, where it is not what every bank may.

use units::Timestamp;

use super::caller_version::counted;
use crate::{Error, Row, Tx};

/// The calls a second of each bank that has its own number, by bank.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<(String, u32)>, Error> {
    let sql = "SELECT calls_per_second, bank FROM counter_rate ORDER BY bank";
    tx.query(sql, &[], |row| Ok((row.string(1)?, calls(row)?)))
}

/// Sets a bank's number.
///
/// # Errors
/// [`Error`] of the database.
pub fn set(
    tx: &mut Tx<'_>,
    (bank, calls_per_second): (&str, u32),
    set_at: Timestamp,
) -> Result<u64, Error> {
    let changed = tx.execute(
        "INSERT INTO counter_rate (bank, calls_per_second, set_at) VALUES ($1, $2, $3) \
         ON CONFLICT (bank) DO UPDATE SET calls_per_second = excluded.calls_per_second, \
         set_at = excluded.set_at",
        &[bank.into(), i64::from(calls_per_second).into(), set_at.into()],
    )?;
    counted(tx, changed)
}

/// Lets a bank call as often as every bank may. Answers 0 when it did already.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete(tx: &mut Tx<'_>, bank: &str) -> Result<u64, Error> {
    let changed = tx.execute("DELETE FROM counter_rate WHERE bank = $1", &[bank.into()])?;
    counted(tx, changed)
}

fn calls(row: &Row<'_>) -> Result<u32, Error> {
    u32::try_from(row.int(0)?).map_err(|_| Error::Corrupt { column: 0, expected: "calls a second" })
}
