//! `office_case`, `case_event`: cases and their steps.

use insurance::casework::kind::CaseKind;
use insurance::casework::state::{CaseEvent, CaseState};
use insurance::ids::{CaseId, ClerkId, PersonId};
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// 办件.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficeCase {
    /// About whom; the city for money of nobody known.
    pub person: PersonId,
    /// Its number.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseKind,
    /// Which office.
    pub office: String,
    /// Who asks for it.
    pub applicant: String,
    /// The day from which the legal limit counts.
    pub opened_on: Date,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Where it stands.
    pub state: CaseState,
}

/// Shows no name.
impl std::fmt::Debug for OfficeCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { person, id, kind, state, .. } = self;
        f.debug_struct("OfficeCase")
            .field("person", person)
            .field("id", id)
            .field("kind", kind)
            .field("state", state)
            .finish_non_exhaustive()
    }
}

/// One step of a case.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// Its number, from 1.
    pub step: i64,
    /// What happened.
    pub event: CaseEvent,
    /// Who did it.
    pub clerk: ClerkId,
    /// 工号 of the account when it acted.
    pub staff: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
    /// What was handed in, as it is from this step on.
    pub form: Option<String>,
    /// What was computed, in words.
    pub computed: Option<String>,
    /// The sum that leaves.
    pub amount: Option<Fen>,
    /// Why, where somebody gave a reason.
    pub note: String,
}

/// Shows neither form nor sum.
impl std::fmt::Debug for CaseStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseStep")
            .field("step", &self.step)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

/// Opens a case.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, case: &OfficeCase) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO office_case (person_id, case_id, kind, office, applicant, opened_on, \
         opened_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            case.person.into(),
            case.id.into(),
            case.kind.code().into(),
            (&case.office).into(),
            (&case.applicant).into(),
            case.opened_on.into(),
            case.opened_at.into(),
            case.state.code().into(),
        ],
    )?;
    Ok(())
}

/// Records a step. Two clerks who act at the same moment can't both write it.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_step(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
    step: &CaseStep,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO case_event (person_id, case_id, step, event, clerk_id, staff_number, \
         recorded_at, form, computed, amount_fen, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            person.into(),
            case.into(),
            step.step.into(),
            step.event.code().into(),
            step.clerk.into(),
            step.staff.as_ref().into(),
            step.recorded_at.into(),
            step.form.as_ref().into(),
            step.computed.as_ref().into(),
            step.amount.into(),
            (&step.note).into(),
        ],
    )?;
    Ok(())
}

/// Follows a case's steps with its state.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
    state: CaseState,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE office_case SET state = $3 WHERE person_id = $1 AND case_id = $2",
        &[person.into(), case.into(), state.code().into()],
    )?;
    Ok(())
}

/// A case, locked until the transaction ends where rows can be locked.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_locked(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Option<OfficeCase>, Error> {
    let lock = "SELECT 1 FROM office_case WHERE person_id = $1 AND case_id = $2";
    tx.lock_row(lock, &[person.into(), case.into()])?;
    find(tx, (person, case))
}

const COLUMNS: &str = "SELECT person_id, case_id, kind, office, applicant, opened_on, opened_at, state \
     FROM office_case";

/// A case.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Option<OfficeCase>, Error> {
    let sql = format!("{COLUMNS} WHERE person_id = $1 AND case_id = $2");
    tx.query_opt(&sql, &[person.into(), case.into()], read)
}

/// A person's cases, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<OfficeCase>, Error> {
    let sql = format!("{COLUMNS} WHERE person_id = $1 ORDER BY case_id DESC LIMIT $2");
    tx.query(&sql, &[person.into(), limit.into()], read)
}

/// The cases that are not over, oldest first: of one office, or of all where none is named.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_waiting(
    tx: &mut Tx<'_>,
    office: Option<&str>,
    limit: i64,
) -> Result<Vec<OfficeCase>, Error> {
    let sql = format!(
        "{COLUMNS} WHERE state IN (1, 2, 3, 4) AND ($1 = '' OR office = $1) \
         ORDER BY opened_on, case_id LIMIT $2"
    );
    tx.query(&sql, &[office.unwrap_or_default().into(), limit.into()], read)
}

/// The steps of a case, in order.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_steps(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
) -> Result<Vec<CaseStep>, Error> {
    tx.query(
        "SELECT step, event, clerk_id, staff_number, recorded_at, form, computed, amount_fen, note \
         FROM case_event WHERE person_id = $1 AND case_id = $2 ORDER BY step",
        &[person.into(), case.into()],
        |row| {
            Ok(CaseStep {
                step: row.int(0)?,
                event: row.code(1, CaseEvent::from_code)?,
                clerk: row.id(2)?,
                staff: row.opt_string(3)?,
                recorded_at: row.timestamp(4)?,
                form: row.opt_string(5)?,
                computed: row.opt_string(6)?,
                amount: row.opt_fen(7)?,
                note: row.string(8)?,
            })
        },
    )
}

/// Every case's key, for proof.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_all(tx: &mut Tx<'_>) -> Result<Vec<OfficeCase>, Error> {
    tx.query(&format!("{COLUMNS} ORDER BY person_id, case_id"), &[], read)
}

fn read(row: &Row<'_>) -> Result<OfficeCase, Error> {
    Ok(OfficeCase {
        person: row.id(0)?,
        id: row.id(1)?,
        kind: row.code(2, CaseKind::from_code)?,
        office: row.string(3)?,
        applicant: row.string(4)?,
        opened_on: row.date(5)?,
        opened_at: row.timestamp(6)?,
        state: row.code(7, CaseState::from_code)?,
    })
}
