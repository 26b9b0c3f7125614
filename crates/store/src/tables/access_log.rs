//! `access_log`: who looked at a person, and why. Only ever inserted.

use insurance::ids::PersonId;
use units::Timestamp;

use crate::{Error, Tx};

/// One look at a person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// At whom.
    pub person: PersonId,
    /// Its number.
    pub id: i64,
    /// When.
    pub accessed_at: Timestamp,
    /// Who: `self`, a clerk's account, a bank's or hospital's key.
    pub actor: String,
    /// Why, as the actor stated it.
    pub reason: String,
    /// Which page or call.
    pub what: String,
}

/// Records a look.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, access: &Access) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO access_log (person_id, access_id, accessed_at, actor, reason, what) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            access.person.into(),
            access.id.into(),
            access.accessed_at.into(),
            (&access.actor).into(),
            (&access.reason).into(),
            (&access.what).into(),
        ],
    )?;
    Ok(())
}

/// Who looked at a person, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Access>, Error> {
    tx.query(
        "SELECT person_id, access_id, accessed_at, actor, reason, what FROM access_log \
         WHERE person_id = $1 ORDER BY access_id DESC LIMIT $2",
        &[person.into(), limit.into()],
        |row| {
            Ok(Access {
                person: row.id(0)?,
                id: row.int(1)?,
                accessed_at: row.timestamp(2)?,
                actor: row.string(3)?,
                reason: row.string(4)?,
                what: row.string(5)?,
            })
        },
    )
}
