//! `single_sign_on_attempt`, `clerk_subject`: signing in at the identity provider.

use insurance::ids::ClerkId;
use units::Timestamp;

use crate::{Error, Tx};

/// An attempt to sign in, until the browser comes back. Its `Debug` hides everything.
#[derive(Clone, PartialEq, Eq)]
pub struct SignOnAttempt {
    /// The hash of the state that the browser carries.
    pub state_hash: String,
    /// The browser that began.
    pub visitor_hash: String,
    /// What the token must repeat.
    pub nonce: String,
    /// What proves to the provider that the code is ours (RFC 7636).
    pub verifier: String,
    /// Where to go afterwards.
    pub back: String,
    /// When it began.
    pub started_at: Timestamp,
}

impl std::fmt::Debug for SignOnAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOnAttempt").finish_non_exhaustive()
    }
}

/// Begins an attempt, and forgets those that began before `oldest`.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, attempt: &SignOnAttempt, oldest: Timestamp) -> Result<(), Error> {
    tx.execute("DELETE FROM single_sign_on_attempt WHERE started_at < $1", &[oldest.into()])?;
    tx.execute(
        "INSERT INTO single_sign_on_attempt (state_hash, visitor_hash, nonce, verifier, back, \
         started_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            (&attempt.state_hash).into(),
            (&attempt.visitor_hash).into(),
            (&attempt.nonce).into(),
            (&attempt.verifier).into(),
            (&attempt.back).into(),
            attempt.started_at.into(),
        ],
    )?;
    Ok(())
}

/// Takes an attempt away, so that its state counts once.
///
/// # Errors
/// [`Error`] of the database.
pub fn take(tx: &mut Tx<'_>, state_hash: &str) -> Result<Option<SignOnAttempt>, Error> {
    let found = tx.query_opt(
        "SELECT state_hash, visitor_hash, nonce, verifier, back, started_at \
         FROM single_sign_on_attempt WHERE state_hash = $1",
        &[state_hash.into()],
        |row| {
            Ok(SignOnAttempt {
                state_hash: row.string(0)?,
                visitor_hash: row.string(1)?,
                nonce: row.string(2)?,
                verifier: row.string(3)?,
                back: row.string(4)?,
                started_at: row.timestamp(5)?,
            })
        },
    )?;
    let taken = tx.execute(
        "DELETE FROM single_sign_on_attempt WHERE state_hash = $1",
        &[state_hash.into()],
    )?;
    Ok(found.filter(|_| taken == 1))
}

/// Whose account a provider's subject is.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_clerk(
    tx: &mut Tx<'_>,
    (issuer, subject): (&str, &str),
) -> Result<Option<ClerkId>, Error> {
    tx.query_opt(
        "SELECT clerk_id FROM clerk_subject WHERE issuer = $1 AND subject = $2",
        &[issuer.into(), subject.into()],
        |row| row.id(0),
    )
}

/// Binds an account to a provider's subject. Answers 0 when either is bound already.
///
/// # Errors
/// [`Error`] of the database.
pub fn bind(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    (issuer, subject): (&str, &str),
    bound_at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO clerk_subject (clerk_id, issuer, subject, bound_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[clerk.into(), issuer.into(), subject.into(), bound_at.into()],
    )
}
