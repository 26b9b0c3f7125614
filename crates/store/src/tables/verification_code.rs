//! `verification_code`: the digits that a browser is shown.

use units::Timestamp;

use crate::{Error, Tx};

/// The digits that a browser is shown. Never printed: whoever reads them passes.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode {
    /// The digits.
    pub digits: String,
    /// When they were made.
    pub made_at: Timestamp,
}

impl std::fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerificationCode({})", self.made_at)
    }
}

/// Gives a browser new digits in place of those it had.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, browser: &str, code: &VerificationCode) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO verification_code (browser_hash, digits, made_at) VALUES ($1, $2, $3) \
         ON CONFLICT (browser_hash) DO UPDATE SET digits = excluded.digits, \
         made_at = excluded.made_at",
        &[browser.into(), (&code.digits).into(), code.made_at.into()],
    )?;
    Ok(())
}

/// A browser's digits.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, browser: &str) -> Result<Option<VerificationCode>, Error> {
    tx.query_opt(
        "SELECT digits, made_at FROM verification_code WHERE browser_hash = $1",
        &[browser.into()],
        |row| Ok(VerificationCode { digits: row.string(0)?, made_at: row.timestamp(1)? }),
    )
}

/// Takes a browser's digits away. Answers 1, or 0 when somebody was faster.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete(tx: &mut Tx<'_>, browser: &str, code: &VerificationCode) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM verification_code WHERE browser_hash = $1 AND digits = $2 AND made_at = $3",
        &[browser.into(), (&code.digits).into(), code.made_at.into()],
    )
}

/// Forgets the digits made before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM verification_code WHERE made_at < $1", &[moment.into()])
}
