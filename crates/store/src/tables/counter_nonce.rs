//! `counter_nonce`, `counter_nonce_once`: the nonces of the last minutes' calls, so that a restart forgets none.

use units::Timestamp;

use crate::tx::Dialect;
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

/// Whether a nonce is one call's alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// No other call had it, as far as this database's programs must tell each other.
    Once,
    /// Another call had it. Only PostgreSQL says so, where several programs may serve one city.
    ByAnotherCall,
}

/// Keeps the nonce of the call that came at a moment. Keeping it for that call again changes nothing.
///
/// On PostgreSQL a call that has the nonce of one that is being done waits for that one's end.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    (bank, fingerprint): (&str, &[u8]),
    seen_at: Timestamp,
) -> Result<Kept, Error> {
    tx.execute(
        "INSERT INTO counter_nonce (seen_at, fingerprint, bank) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[seen_at.into(), fingerprint.into(), bank.into()],
    )?;
    if tx.dialect() == Dialect::Sqlite {
        return Ok(Kept::Once);
    }
    let fresh = tx.execute(
        "INSERT INTO counter_nonce_once (fingerprint, seen_at) VALUES ($1, $2) \
         ON CONFLICT DO NOTHING",
        &[fingerprint.into(), seen_at.into()],
    )?;
    if fresh == 1 {
        return Ok(Kept::Once);
    }
    let own = tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM counter_nonce_once WHERE fingerprint = $1 AND seen_at = $2)",
        &[fingerprint.into(), seen_at.into()],
        |row| row.bool(0),
    )?;
    Ok(if own { Kept::Once } else { Kept::ByAnotherCall })
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
    tx.execute("DELETE FROM counter_nonce_once WHERE seen_at < $1", &[moment.into()])?;
    tx.execute("DELETE FROM counter_nonce WHERE seen_at < $1", &[moment.into()])
}
