//! `counter_request`: idempotency keys of banks, each with the hash of the call that it named. The
//! answer stands with the call's serial.

use units::Timestamp;

use crate::{Error, Tx};

/// SHA-256 of the call of a key, in hexadecimal.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, bank: &str, key: &str) -> Result<Option<String>, Error> {
    tx.query_opt(
        "SELECT content FROM counter_request WHERE bank = $1 AND idempotency_key = $2",
        &[bank.into(), key.into()],
        |row| row.string(0),
    )
}

/// Keeps a call that was answered. Answers 1, or 0 when the key is known already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (bank, key): (&str, &str),
    content: &str,
    recorded_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO counter_request (bank, idempotency_key, content, recorded_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[bank.into(), key.into(), content.into(), recorded_at.into()],
    )
}

/// Forgets keys that were answered before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM counter_request WHERE recorded_at < $1", &[moment.into()])
}
