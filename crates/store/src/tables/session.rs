//! `session`: browsers that are signed in.

use insurance::ids::{ClerkId, PersonId};
use units::Timestamp;

use crate::{Error, Tx};

/// Who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An insured person.
    Person(PersonId),
    /// A clerk.
    Clerk(ClerkId),
}

impl Actor {
    const fn parts(self) -> (i64, i64) {
        match self {
            Self::Person(id) => (1, id.get()),
            Self::Clerk(id) => (2, id.get()),
        }
    }

    const fn from_parts(kind: i64, id: i64) -> Option<Self> {
        match kind {
            1 => Some(Self::Person(PersonId::from_i64(id))),
            2 => Some(Self::Clerk(ClerkId::from_i64(id))),
            _ => None,
        }
    }
}

/// A session that was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub actor: Actor,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

/// Starts a session under the hash of its secret.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, hash: &str, actor: Actor, now: Timestamp) -> Result<(), Error> {
    let (kind, id) = actor.parts();
    tx.execute(
        "INSERT INTO session (session_hash, actor_kind, actor_id, started_at, seen_at) \
         VALUES ($1, $2, $3, $4, $4)",
        &[hash.into(), kind.into(), id.into(), now.into()],
    )?;
    Ok(())
}

/// The session of a hash, unless it was ended.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Session>, Error> {
    tx.query_opt(
        "SELECT actor_kind, actor_id, started_at, seen_at FROM session \
         WHERE session_hash = $1 AND ended_at IS NULL",
        &[hash.into()],
        |row| {
            let corrupt = Error::Corrupt { column: 0, expected: "a person or a clerk" };
            Ok(Session {
                actor: Actor::from_parts(row.int(0)?, row.int(1)?).ok_or(corrupt)?,
                started_at: row.timestamp(2)?,
                seen_at: row.timestamp(3)?,
            })
        },
    )
}

/// Notes that a session was used.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_seen(tx: &mut Tx<'_>, hash: &str, seen_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE session SET seen_at = $2 WHERE session_hash = $1 AND ended_at IS NULL",
        &[hash.into(), seen_at.into()],
    )
}

/// Ends a session.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_ended(tx: &mut Tx<'_>, hash: &str, ended_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE session SET ended_at = $2 WHERE session_hash = $1 AND ended_at IS NULL",
        &[hash.into(), ended_at.into()],
    )
}
