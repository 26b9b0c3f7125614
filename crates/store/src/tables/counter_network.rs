//! `counter_network`: from where a bank may call.

use units::Timestamp;

use super::caller_version::counted;
use crate::{Error, Tx};

/// Every bank's networks in CIDR form, by bank.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, Error> {
    let sql = "SELECT bank, network FROM counter_network ORDER BY bank, network";
    tx.query(sql, &[], |row| Ok((row.string(0)?, row.string(1)?)))
}

/// Lets a bank call from a network. Answers 0 when it might already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (bank, network): (&str, &str),
    added_at: Timestamp,
) -> Result<u64, Error> {
    let changed = tx.execute(
        "INSERT INTO counter_network (bank, network, added_at) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[bank.into(), network.into(), added_at.into()],
    )?;
    counted(tx, changed)
}

/// Takes a network from a bank. Answers 0 when it had none such.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete(tx: &mut Tx<'_>, (bank, network): (&str, &str)) -> Result<u64, Error> {
    let sql = "DELETE FROM counter_network WHERE bank = $1 AND network = $2";
    let changed = tx.execute(sql, &[bank.into(), network.into()])?;
    counted(tx, changed)
}
