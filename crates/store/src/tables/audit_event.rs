//! `audit_event`: what clerks did. Only ever inserted.

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

/// Which events are looked for; empty texts match all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The clerk's account.
    pub actor: String,
    /// The operation's name.
    pub action: String,
    /// The person.
    pub subject: Option<PersonId>,
    /// Only events before this one, for the next page.
    pub before: Option<i64>,
}

/// Records an event.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit_event (audit_id, recorded_at, actor, office, action, subject, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            event.id.into(),
            event.recorded_at.into(),
            (&event.actor).into(),
            (&event.office).into(),
            (&event.action).into(),
            event.subject.map_or(0, PersonId::get).into(),
            (&event.detail).into(),
        ],
    )?;
    Ok(())
}

/// Events that match, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<AuditEvent>, Error> {
    tx.query(
        "SELECT audit_id, recorded_at, actor, office, action, subject, detail FROM audit_event \
         WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR action = $2) \
         AND (CAST($3 AS BIGINT) = 0 OR subject = $3) AND audit_id < $4 ORDER BY audit_id DESC LIMIT $5",
        &[
            (&filter.actor).into(),
            (&filter.action).into(),
            filter.subject.map_or(0, PersonId::get).into(),
            filter.before.unwrap_or(i64::MAX).into(),
            limit.into(),
        ],
        read,
    )
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
