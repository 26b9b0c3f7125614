//! `meta`: what a database says of itself.

use crate::{Error, Tx};

/// Sets a value once; a value set before stays.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[key.into(), value.into()],
    )
}

/// A value.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, Error> {
    tx.query_opt("SELECT value FROM meta WHERE key = $1", &[key.into()], |row| row.string(0))
}
