//! The record of what a clerk did, written in the transaction that does it.

use insurance::clerk::Clerk;
use insurance::ids::{PersonId, TaskId};
use store::tables::audit_event::AuditEvent;
use units::Timestamp;

use crate::app::App;

/// An event of a clerk. `detail` holds figures and reasons, never an identity number, phone or card.
pub(crate) fn event(
    app: &App,
    clerk: &Clerk,
    (action, subject): (&'static str, Option<PersonId>),
    detail: String,
    now: Timestamp,
) -> AuditEvent {
    AuditEvent {
        id: app.city.fresh::<TaskId>(now).get(),
        recorded_at: now,
        actor: clerk.account.clone(),
        office: clerk.office.clone(),
        action: action.to_owned(),
        subject,
        detail,
    }
}
