//! `access_pending`: looks that are recorded, in the order of their coming, and get their place in
//! the person's chain a moment later.
//!
//! A look that takes its place at once changes pages all over the file, those of its person. Where
//! thousands look each second, they wait here: an answer still leaves only after its look is durable.

use super::access_log::{self, Access, read};
use crate::{Error, Tx};

/// Records a look, to be chained later.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, access: &Access) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO access_pending (access_id, person_id, accessed_at, actor, reason, what) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            access.id.into(),
            access.person.into(),
            access.accessed_at.into(),
            (&access.actor).into(),
            (&access.reason).into(),
            (&access.what).into(),
        ],
    )?;
    Ok(())
}

/// Gives the oldest looks, at most `limit`, their places in the chains of their people. Answers how
/// many; several programs may do it at once, and each look gets one place.
///
/// # Errors
/// [`Error`] of the database.
pub fn chain(tx: &mut Tx<'_>, limit: i64) -> Result<u64, Error> {
    let mut waiting = tx.query(
        "SELECT person_id, access_id, accessed_at, actor, reason, what FROM access_pending \
         ORDER BY access_id, person_id LIMIT $1",
        &[limit.into()],
        read,
    )?;
    // By person, so that two programs never wait for each other's people.
    waiting.sort_unstable_by_key(|look| (look.person, look.id));
    let mut chained = 0;
    for look in &waiting {
        let sql = "DELETE FROM access_pending WHERE access_id = $1 AND person_id = $2";
        if tx.execute(sql, &[look.id.into(), look.person.into()])? == 1 {
            access_log::insert(tx, look)?;
            chained += 1;
        }
    }
    Ok(chained)
}

/// How many looks wait.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM access_pending", &[], |row| row.int(0))
}
