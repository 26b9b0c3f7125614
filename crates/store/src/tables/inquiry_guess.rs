//! `inquiry_guess`: how many answers somebody gave.

use units::Timestamp;

use crate::{Error, Tx};

/// Answers that were counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub count: i64,
    /// When counting starts again.
    pub ends_at: Timestamp,
}

/// Counts one more answer and says how many there are. The row stays locked until the transaction
/// ends, so that answers given at the same time are counted one after the other.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(
    tx: &mut Tx<'_>,
    hash: &str,
    now: Timestamp,
    ends_at: Timestamp,
) -> Result<Guesses, Error> {
    tx.execute(
        "INSERT INTO inquiry_guess (guess_hash, guesses, ends_at) VALUES ($1, 1, $3) \
         ON CONFLICT (guess_hash) DO UPDATE SET \
         guesses = CASE WHEN inquiry_guess.ends_at <= $2 THEN 1 ELSE inquiry_guess.guesses + 1 END, \
         ends_at = CASE WHEN inquiry_guess.ends_at <= $2 THEN $3 ELSE inquiry_guess.ends_at END",
        &[hash.into(), now.into(), ends_at.into()],
    )?;
    tx.query_one(
        "SELECT guesses, ends_at FROM inquiry_guess WHERE guess_hash = $1",
        &[hash.into()],
        |row| Ok(Guesses { count: row.int(0)?, ends_at: row.timestamp(1)? }),
    )
}

/// Takes back the answer just counted: it was right.
///
/// # Errors
/// [`Error`] of the database.
pub fn take_back(tx: &mut Tx<'_>, hash: &str) -> Result<u64, Error> {
    tx.execute(
        "UPDATE inquiry_guess SET guesses = guesses - 1 WHERE guess_hash = $1 AND guesses > 0",
        &[hash.into()],
    )
}

/// Forgets what was counted until before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM inquiry_guess WHERE ends_at < $1", &[moment.into()])
}
