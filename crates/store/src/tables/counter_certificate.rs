//! `counter_certificate`: by which client certificates a bank is known.

use units::Timestamp;

use super::caller_version::counted;
use crate::{Error, Row, Tx};

/// A bank's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterCertificate {
    /// SHA-256 of its DER encoding, lower-case hex.
    pub fingerprint: String,
    /// The bank's code.
    pub bank: String,
    /// Since when it is valid.
    pub added_at: Timestamp,
    /// Since when it is not.
    pub revoked_at: Option<Timestamp>,
}

/// Every certificate, by bank and age.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<CounterCertificate>, Error> {
    tx.query(
        "SELECT fingerprint, bank, added_at, revoked_at FROM counter_certificate \
         ORDER BY bank, added_at, fingerprint",
        &[],
        read,
    )
}

/// Adds a certificate. Answers 1, or 0 when it was added before, for whatever bank.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, certificate: &CounterCertificate) -> Result<u64, Error> {
    let changed = tx.execute(
        "INSERT INTO counter_certificate (fingerprint, bank, added_at, revoked_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[
            (&certificate.fingerprint).into(),
            (&certificate.bank).into(),
            certificate.added_at.into(),
            certificate.revoked_at.into(),
        ],
    )?;
    counted(tx, changed)
}

/// Ends a certificate. Answers 1, or 0 when no valid one has the fingerprint.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_revoked(
    tx: &mut Tx<'_>,
    fingerprint: &str,
    revoked_at: Timestamp,
) -> Result<u64, Error> {
    let changed = tx.execute(
        "UPDATE counter_certificate SET revoked_at = $2 \
         WHERE fingerprint = $1 AND revoked_at IS NULL",
        &[fingerprint.into(), revoked_at.into()],
    )?;
    counted(tx, changed)
}

fn read(row: &Row<'_>) -> Result<CounterCertificate, Error> {
    Ok(CounterCertificate {
        fingerprint: row.string(0)?,
        bank: row.string(1)?,
        added_at: row.timestamp(2)?,
        revoked_at: row.opt_timestamp(3)?,
    })
}
