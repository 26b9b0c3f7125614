//! `counter_request`: idempotency keys of banks, with the answer that each got.

use units::Timestamp;

use crate::{Error, Tx};

/// A call that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// SHA-256 of the call, in hexadecimal.
    pub content: String,
    /// The body of the answer, byte for byte.
    pub answer: Vec<u8>,
}

/// The call of a key.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, bank: &str, key: &str) -> Result<Option<Answered>, Error> {
    tx.query_opt(
        "SELECT content, answer FROM counter_request WHERE bank = $1 AND idempotency_key = $2",
        &[bank.into(), key.into()],
        |row| Ok(Answered { content: row.string(0)?, answer: row.blob(1)?.to_vec() }),
    )
}

/// Keeps a call and its answer. Answers 1, or 0 when the key is known already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (bank, key): (&str, &str),
    answered: &Answered,
    recorded_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO counter_request (bank, idempotency_key, content, answer, recorded_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        &[
            bank.into(),
            key.into(),
            (&answered.content).into(),
            answered.answer.as_slice().into(),
            recorded_at.into(),
        ],
    )
}

/// Forgets keys that were answered before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM counter_request WHERE recorded_at < $1", &[moment.into()])
}
