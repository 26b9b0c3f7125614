//! `access_log`: who looked at a person, and why. Only ever inserted; a person's looks form a chain.
//! Looks that wait for their place in it ([`access_pending`](super::access_pending)) are listed
//! with the others.

use insurance::clerk::record_chain::link;
use insurance::ids::PersonId;
use units::Timestamp;

use super::audit_event::{Filter, Link};
use crate::{Error, Row, Tx};

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

impl Access {
    /// Its hash, given the hash of the look before it at the same person.
    #[must_use]
    pub fn chain_after(&self, previous: &str, place: i64) -> String {
        let (person, id) = (self.person.to_string(), self.id.to_string());
        let moment = self.accessed_at.micros().to_string();
        link(previous, place, &[&person, &id, &moment, &self.actor, &self.reason, &self.what])
    }
}

/// The start of every statement that reads looks.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT person_id, access_id, accessed_at, actor, reason, what ", $rest)
    };
}

/// Records a look at its place in the person's chain.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, access: &Access) -> Result<(), Error> {
    let person = access.person;
    let select = "SELECT looks, head FROM access_chain WHERE person_id = $1";
    let read = |row: &Row<'_>| Ok((row.int(0)?, row.string(1)?));
    let (looks, head) = match tx.query_opt_locked(select, &[person.into()], read)? {
        Some(found) => found,
        None => {
            tx.execute(
                "INSERT INTO access_chain (person_id, looks, head) VALUES ($1, 0, '') \
                 ON CONFLICT DO NOTHING",
                &[person.into()],
            )?;
            let found = tx.query_opt_locked(select, &[person.into()], read)?;
            found.ok_or(Error::NotOneRow { sql: select.to_owned() })?
        }
    };
    let hash = access.chain_after(&head, looks + 1);
    tx.execute(
        "INSERT INTO access_log (person_id, access_id, accessed_at, actor, reason, what, place, \
         hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            person.into(),
            access.id.into(),
            access.accessed_at.into(),
            (&access.actor).into(),
            (&access.reason).into(),
            (&access.what).into(),
            (looks + 1).into(),
            (&hash).into(),
        ],
    )?;
    tx.execute(
        "UPDATE access_chain SET looks = $2, head = $3 WHERE person_id = $1",
        &[person.into(), (looks + 1).into(), (&hash).into()],
    )?;
    Ok(())
}

/// Who looked at a person, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Access>, Error> {
    let sql = select!("FROM access_look WHERE person_id = $1 ORDER BY access_id DESC LIMIT $2");
    tx.query(sql, &[person.into(), limit.into()], read)
}

/// Looks that match, newest first. The office and the kind of a filter mean nothing here.
///
/// # Errors
/// [`Error`] of the database.
pub fn search(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<Access>, Error> {
    let sql = select!(
        "FROM access_look WHERE ($1 = '' OR actor = $1) \
         AND (CAST($2 AS BIGINT) = 0 OR person_id = $2) \
         AND accessed_at >= $3 AND accessed_at < $4 AND access_id < $5 \
         ORDER BY access_id DESC LIMIT $6"
    );
    let (since, until) = filter.between();
    let params = [
        (&filter.actor).into(),
        filter.subject.map_or(0, PersonId::get).into(),
        since.into(),
        until.into(),
        filter.before.unwrap_or(i64::MAX).into(),
        limit.into(),
    ];
    tx.query(sql, &params, read)
}

/// Every look with its place in the person's chain, chain by chain.
///
/// # Errors
/// What `each` answers, or the database's.
pub fn each_link(
    tx: &mut Tx<'_>,
    mut each: impl FnMut(&Access, Link) -> Result<(), Error>,
) -> Result<(), Error> {
    tx.query_each(
        "SELECT person_id, access_id, accessed_at, actor, reason, what, place, hash \
         FROM access_log ORDER BY person_id, place, access_id",
        &[],
        |row| each(&read(row)?, Link { place: row.int(6)?, hash: row.string(7)? }),
    )
}

/// The heads of all chains: person, how many looks, the last one's hash.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_heads(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, i64, String)>, Error> {
    tx.query("SELECT person_id, looks, head FROM access_chain ORDER BY person_id", &[], |row| {
        Ok((row.id(0)?, row.int(1)?, row.string(2)?))
    })
}

pub(super) fn read(row: &Row<'_>) -> Result<Access, Error> {
    Ok(Access {
        person: row.id(0)?,
        id: row.int(1)?,
        accessed_at: row.timestamp(2)?,
        actor: row.string(3)?,
        reason: row.string(4)?,
        what: row.string(5)?,
    })
}
