//! `audit_event`: what clerks did. Only ever inserted; an office's events form a chain.

use insurance::clerk::record_chain::link;
use insurance::ids::PersonId;
use units::Timestamp;

use crate::{Error, Row, Tx};

/// One thing that a clerk did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its number.
    pub id: i64,
    /// When.
    pub recorded_at: Timestamp,
    /// The clerk's account.
    pub actor: String,
    /// The clerk's office.
    pub office: String,
    /// What: the operation's name.
    pub action: String,
    /// To whom; `None` when it was about no one person.
    pub subject: Option<PersonId>,
    /// Figures and reasons; never an identity number, phone or card.
    pub detail: String,
}

impl AuditEvent {
    /// Its hash, given the hash of the event before it at the same office.
    #[must_use]
    pub fn chain_after(&self, previous: &str, place: i64) -> String {
        let (id, moment) = (self.id.to_string(), self.recorded_at.micros().to_string());
        let subject = self.subject.map_or(0, PersonId::get).to_string();
        let Self { actor, office, action, detail, .. } = self;
        link(previous, place, &[&id, &moment, actor, office, action, &subject, detail])
    }
}

/// A row's place in its chain, and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Counted from 1.
    pub place: i64,
    /// The hash that is stored with it.
    pub hash: String,
}

/// Which rows of a trail are looked for; what is empty matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The clerk's account.
    pub actor: String,
    /// The clerk's office.
    pub office: String,
    /// The operation's name.
    pub action: String,
    /// The person.
    pub subject: Option<PersonId>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Only rows before this one, for the next page.
    pub before: Option<i64>,
}

impl Filter {
    /// The moments between which rows lie, as the columns hold them.
    pub(super) fn between(&self) -> (i64, i64) {
        let (since, until) = (self.since.map(Timestamp::micros), self.until.map(Timestamp::micros));
        (since.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX))
    }
}

/// Records an event.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), Error> {
    let office = &event.office;
    tx.execute(
        "INSERT INTO audit_chain (office, events, head) VALUES ($1, 0, '') ON CONFLICT DO NOTHING",
        &[office.into()],
    )?;
    tx.lock_row("SELECT 1 FROM audit_chain WHERE office = $1", &[office.into()])?;
    let (events, head) = tx.query_one(
        "SELECT events, head FROM audit_chain WHERE office = $1",
        &[office.into()],
        |row| Ok((row.int(0)?, row.string(1)?)),
    )?;
    let hash = event.chain_after(&head, events + 1);
    tx.execute(
        "INSERT INTO audit_event (audit_id, recorded_at, actor, office, action, subject, detail, \
         place, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            event.id.into(),
            event.recorded_at.into(),
            (&event.actor).into(),
            office.into(),
            (&event.action).into(),
            event.subject.map_or(0, PersonId::get).into(),
            (&event.detail).into(),
            (events + 1).into(),
            (&hash).into(),
        ],
    )?;
    tx.execute(
        "UPDATE audit_chain SET events = $2, head = $3 WHERE office = $1",
        &[office.into(), (events + 1).into(), (&hash).into()],
    )?;
    Ok(())
}

/// Events that match, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<AuditEvent>, Error> {
    let (since, until) = filter.between();
    tx.query(
        "SELECT audit_id, recorded_at, actor, office, action, subject, detail FROM audit_event \
         WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR action = $2) AND ($3 = '' OR office = $3) \
         AND (CAST($4 AS BIGINT) = 0 OR subject = $4) \
         AND recorded_at >= $5 AND recorded_at < $6 AND audit_id < $7 \
         ORDER BY audit_id DESC LIMIT $8",
        &[
            (&filter.actor).into(),
            (&filter.action).into(),
            (&filter.office).into(),
            filter.subject.map_or(0, PersonId::get).into(),
            since.into(),
            until.into(),
            filter.before.unwrap_or(i64::MAX).into(),
            limit.into(),
        ],
        read,
    )
}

/// The kinds of events that were ever recorded.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_actions(tx: &mut Tx<'_>) -> Result<Vec<String>, Error> {
    let sql = "SELECT DISTINCT action FROM audit_event ORDER BY action";
    tx.query(sql, &[], |row| row.string(0))
}

/// Every event with its place in the office's chain, chain by chain.
///
/// # Errors
/// What `each` answers, or the database's.
pub fn each_link(
    tx: &mut Tx<'_>,
    mut each: impl FnMut(&AuditEvent, Link) -> Result<(), Error>,
) -> Result<(), Error> {
    tx.query_each(
        "SELECT audit_id, recorded_at, actor, office, action, subject, detail, place, hash \
         FROM audit_event ORDER BY office, place, audit_id",
        &[],
        |row| each(&read(row)?, Link { place: row.int(7)?, hash: row.string(8)? }),
    )
}

/// The heads of all chains: office, how many events, the last one's hash.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_heads(tx: &mut Tx<'_>) -> Result<Vec<(String, i64, String)>, Error> {
    tx.query("SELECT office, events, head FROM audit_chain ORDER BY office", &[], |row| {
        Ok((row.string(0)?, row.int(1)?, row.string(2)?))
    })
}

fn read(row: &Row<'_>) -> Result<AuditEvent, Error> {
    let subject = row.int(5)?;
    Ok(AuditEvent {
        id: row.int(0)?,
        recorded_at: row.timestamp(1)?,
        actor: row.string(2)?,
        office: row.string(3)?,
        action: row.string(4)?,
        subject: (subject != 0).then(|| PersonId::from_i64(subject)),
        detail: row.string(6)?,
    })
}
