//! `enrolment_draft`: what a clerk entered for somebody who joins, until it is saved; booked for
//! the next open day where the desk is closed.

use insurance::ids::{EnrolmentDraftId, PersonId};
use units::{Date, Timestamp};

use crate::{Error, Row, Tx};

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DraftState {
    /// Entered and shown, not saved.
    Entered,
    /// 预约: kept for the next open day.
    Booked,
    /// Saved: the person is insured.
    Saved,
    /// The person came no more, or the clerk let it go.
    Withdrawn,
}

impl DraftState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Entered, Self::Booked, Self::Saved, Self::Withdrawn];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Entered => 1,
            Self::Booked => 2,
            Self::Saved => 3,
            Self::Withdrawn => 4,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a clerk entered.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentDraft {
    /// Its number.
    pub id: EnrolmentDraftId,
    /// The office whose desk it was.
    pub office: String,
    /// The clerk's account.
    pub account: String,
    /// The form's fields as they were typed, in the encoding of forms. Personal.
    pub fields: String,
    /// How far it is.
    pub state: DraftState,
    /// The day that it is booked for.
    pub visit_on: Option<Date>,
    /// When it was entered.
    pub entered_at: Timestamp,
    /// Who was enrolled by it.
    pub enrolled: Option<PersonId>,
}

/// Hides the fields: they are personal.
impl std::fmt::Debug for EnrolmentDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, state, visit_on, .. } = self;
        f.debug_struct("EnrolmentDraft")
            .field("id", id)
            .field("state", state)
            .field("visit_on", visit_on)
            .finish_non_exhaustive()
    }
}

/// Keeps a fresh draft.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, draft: &EnrolmentDraft) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO enrolment_draft (draft_id, office, account, fields, state, visit_on, \
         entered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            draft.id.into(),
            (&draft.office).into(),
            (&draft.account).into(),
            (&draft.fields).into(),
            draft.state.code().into(),
            draft.visit_on.into(),
            draft.entered_at.into(),
        ],
    )?;
    Ok(())
}

/// A draft.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, draft: EnrolmentDraftId) -> Result<Option<EnrolmentDraft>, Error> {
    tx.query_opt(
        "SELECT draft_id, office, account, fields, state, visit_on, entered_at, enrolled \
         FROM enrolment_draft WHERE draft_id = $1",
        &[draft.into()],
        read,
    )
}

/// What is booked at an office, the next day first: at most `limit`.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_booked(
    tx: &mut Tx<'_>,
    office: &str,
    limit: i64,
) -> Result<Vec<EnrolmentDraft>, Error> {
    tx.query(
        "SELECT draft_id, office, account, fields, state, visit_on, entered_at, enrolled \
         FROM enrolment_draft WHERE office = $1 AND state = 2 ORDER BY visit_on, draft_id LIMIT $2",
        &[office.into(), limit.into()],
        read,
    )
}

/// Books a draft for a day. Answers 1, or 0 when it was settled meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_booked(tx: &mut Tx<'_>, draft: EnrolmentDraftId, visit_on: Date) -> Result<u64, Error> {
    tx.execute(
        "UPDATE enrolment_draft SET state = 2, visit_on = $2 WHERE draft_id = $1 AND state IN (1, 2)",
        &[draft.into(), visit_on.into()],
    )
}

/// Ends a draft and forgets what was typed: saved with the person enrolled by it, or withdrawn.
/// Answers 1, or 0 when it was settled meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_settled(
    tx: &mut Tx<'_>,
    draft: EnrolmentDraftId,
    enrolled: Option<PersonId>,
    now: Timestamp,
) -> Result<u64, Error> {
    let state = if enrolled.is_some() { DraftState::Saved } else { DraftState::Withdrawn };
    tx.execute(
        "UPDATE enrolment_draft SET state = $2, fields = '', enrolled = $3, settled_at = $4 \
         WHERE draft_id = $1 AND state IN (1, 2)",
        &[draft.into(), state.code().into(), enrolled.into(), now.into()],
    )
}

/// Forgets what was typed into drafts that nobody saved or booked before a moment, and into those
/// booked for a day before `day`.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_stale_withdrawn(
    tx: &mut Tx<'_>,
    (before, day): (Timestamp, Date),
    now: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE enrolment_draft SET state = 4, fields = '', settled_at = $3 \
         WHERE (state = 1 AND entered_at < $1) OR (state = 2 AND visit_on < $2)",
        &[before.into(), day.into(), now.into()],
    )
}

fn read(row: &Row<'_>) -> Result<EnrolmentDraft, Error> {
    Ok(EnrolmentDraft {
        id: row.id(0)?,
        office: row.string(1)?,
        account: row.string(2)?,
        fields: row.string(3)?,
        state: row.code(4, DraftState::from_code)?,
        visit_on: row.opt_date(5)?,
        entered_at: row.timestamp(6)?,
        enrolled: row.opt_id(7)?,
    })
}
