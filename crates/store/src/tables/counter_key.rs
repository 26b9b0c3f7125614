//! `counter_key`, `counter_secret`: who may speak at the interfaces for banks and hospitals, and our
//! own secrets.

use units::Timestamp;

use super::caller_version::counted;
use crate::{Error, Row, Tx};

/// Whose a key is, and so which interface it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Partner {
    /// A bank: it takes cash at its counters.
    Bank,
    /// A hospital: it asks who is covered.
    Hospital,
}

impl Partner {
    const fn code(self) -> i64 {
        match self {
            Self::Bank => 1,
            Self::Hospital => 2,
        }
    }

    fn from_code(code: i64) -> Option<Self> {
        [Self::Bank, Self::Hospital].into_iter().find(|partner| partner.code() == code)
    }
}

/// A partner's key as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct CounterKey {
    /// Its name in signatures.
    pub key_id: String,
    /// Whose it is.
    pub partner: Partner,
    /// The bank's or hospital's code.
    pub bank: String,
    /// The algorithm's word.
    pub algorithm: String,
    /// A PEM public key, or a shared secret, sealed.
    pub verifying: String,
    /// Since when it is valid.
    pub added_at: Timestamp,
    /// Since when it is not.
    pub revoked_at: Option<Timestamp>,
}

/// Shows the name only: a shared secret is inside.
impl std::fmt::Debug for CounterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CounterKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Every key, by bank and age.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<CounterKey>, Error> {
    tx.query(
        "SELECT key_id, bank, algorithm, verifying, added_at, revoked_at, partner FROM counter_key \
         ORDER BY bank, added_at, key_id",
        &[],
        read,
    )
}

/// Adds a key. Answers 1, or 0 when the name was used before.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, key: &CounterKey) -> Result<u64, Error> {
    let changed = tx.execute(
        "INSERT INTO counter_key (key_id, bank, algorithm, verifying, added_at, revoked_at, partner) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            (&key.key_id).into(),
            (&key.bank).into(),
            (&key.algorithm).into(),
            (&key.verifying).into(),
            key.added_at.into(),
            key.revoked_at.into(),
            key.partner.code().into(),
        ],
    )?;
    counted(tx, changed)
}

/// Ends a key. Answers 1, or 0 when no live key has the name.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_revoked(tx: &mut Tx<'_>, key_id: &str, revoked_at: Timestamp) -> Result<u64, Error> {
    let changed = tx.execute(
        "UPDATE counter_key SET revoked_at = $2 WHERE key_id = $1 AND revoked_at IS NULL",
        &[key_id.into(), revoked_at.into()],
    )?;
    counted(tx, changed)
}

/// One of our own secrets.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_secret(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT secret FROM counter_secret WHERE name = $1";
    tx.query_opt(sql, &[name.into()], |row| row.string(0))
}

/// Keeps one of our own secrets, and answers the one that is kept: the first.
///
/// # Errors
/// [`Error`] of the database.
pub fn claim_secret(
    tx: &mut Tx<'_>,
    (name, secret): (&str, &str),
    made_at: Timestamp,
) -> Result<String, Error> {
    tx.execute(
        "INSERT INTO counter_secret (name, secret, made_at) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
        &[name.into(), secret.into(), made_at.into()],
    )?;
    let sql = "SELECT secret FROM counter_secret WHERE name = $1";
    tx.query_one(sql, &[name.into()], |row| row.string(0))
}

/// Keeps another text of the same secret.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_secret(tx: &mut Tx<'_>, name: &str, secret: &str) -> Result<u64, Error> {
    let sql = "UPDATE counter_secret SET secret = $2 WHERE name = $1";
    tx.execute(sql, &[name.into(), secret.into()])
}

/// Keeps another text of the same key.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_verifying(tx: &mut Tx<'_>, key_id: &str, verifying: &str) -> Result<u64, Error> {
    let sql = "UPDATE counter_key SET verifying = $2 WHERE key_id = $1";
    let changed = tx.execute(sql, &[key_id.into(), verifying.into()])?;
    counted(tx, changed)
}

fn read(row: &Row<'_>) -> Result<CounterKey, Error> {
    Ok(CounterKey {
        key_id: row.string(0)?,
        bank: row.string(1)?,
        algorithm: row.string(2)?,
        verifying: row.string(3)?,
        added_at: row.timestamp(4)?,
        revoked_at: row.opt_timestamp(5)?,
        partner: row.code(6, Partner::from_code)?,
    })
}
