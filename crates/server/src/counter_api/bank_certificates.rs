//! The banks' client certificates: added and revoked on the command line.

use store::Db;
use store::tables::counter_certificate::{self, CounterCertificate};
use units::Timestamp;

use super::bank_keys::is_plain;
use crate::listener::tls::ClientCertificate;

/// Why a certificate is not added or revoked.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The bank's code has other characters.
    #[error("a bank's code has 1 to 20 letters, digits, hyphens or dots")]
    BankMustBePlain,
    /// It was added before.
    #[error("the certificate {0} was added before; a revoked one is not used again")]
    CertificateMustBeNew(String),
    /// No valid certificate has the fingerprint.
    #[error("no live certificate is {0:?}; `shebao counter certificate list` shows them")]
    CertificateMustBeLive(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Lets a bank call with a certificate.
///
/// # Errors
/// [`CertificateError`].
pub fn add(
    db: &Db,
    bank: &str,
    certificate: ClientCertificate,
    now: Timestamp,
) -> Result<(), CertificateError> {
    if !is_plain(bank) {
        return Err(CertificateError::BankMustBePlain);
    }
    let fingerprint = certificate.fingerprint;
    let (bank, kept) = (bank.to_owned(), fingerprint.clone());
    let row = CounterCertificate { fingerprint: kept, bank, added_at: now, revoked_at: None };
    match db.write(move |tx| counter_certificate::insert(tx, &row))? {
        0 => Err(CertificateError::CertificateMustBeNew(fingerprint)),
        _ => Ok(()),
    }
}

/// Ends a certificate at once.
///
/// # Errors
/// [`CertificateError::CertificateMustBeLive`].
pub fn revoke(db: &Db, fingerprint: &str, now: Timestamp) -> Result<(), CertificateError> {
    let named = fingerprint.to_owned();
    match db.write(move |tx| counter_certificate::set_revoked(tx, &named, now))? {
        0 => Err(CertificateError::CertificateMustBeLive(fingerprint.to_owned())),
        _ => Ok(()),
    }
}
