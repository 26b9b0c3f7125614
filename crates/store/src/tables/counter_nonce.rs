//! `counter_nonce`: the nonces of the last minutes' calls, so that a restart forgets none.

use units::Timestamp;

use crate::{Error, Tx};

/// A nonce that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenNonce {
    /// When its call came.
    pub seen_at: Timestamp,
    /// What is kept of the key's name and the nonce.
    pub fingerprint: Vec<u8>,
    /// The bank's code.
    pub bank: String,
}

/// Keeps a nonce. Keeping it again changes nothing.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (bank, fingerprint): (&str, &[u8]),
    seen_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO counter_nonce (seen_at, fingerprint, bank) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[seen_at.into(), fingerprint.into(), bank.into()],
    )
}

/// The nonces since a moment, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_since(tx: &mut Tx<'_>, moment: Timestamp) -> Result<Vec<SeenNonce>, Error> {
    tx.query(
        "SELECT seen_at, fingerprint, bank FROM counter_nonce WHERE seen_at >= $1 \
         ORDER BY seen_at, fingerprint",
        &[moment.into()],
        |row| {
            Ok(SeenNonce {
                seen_at: row.timestamp(0)?,
                fingerprint: row.blob(1)?.to_vec(),
                bank: row.string(2)?,
            })
        },
    )
}

/// Forgets the nonces before a moment. Answers how many.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM counter_nonce WHERE seen_at < $1", &[moment.into()])
}
