//! `difference_step`: who took a difference, what they propose, who decided. Only ever inserted.

use insurance::ids::{ClerkId, DifferenceId};
use insurance::reconciliation::settlement::{DifferenceEvent, Settlement};
use units::Timestamp;

use crate::{Error, Row, Tx};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceStep {
    /// Its number, from 1.
    pub step: i64,
    /// What was done.
    pub event: DifferenceEvent,
    /// The decision that it is about.
    pub settlement: Option<Settlement>,
    /// Which account.
    pub clerk: ClerkId,
    /// 工号 of the account then.
    pub staff: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
    /// Why, in the clerk's words.
    pub note: String,
}

/// Appends a step.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    difference: DifferenceId,
    step: &DifferenceStep,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO difference_step (difference_id, step, kind, action, clerk_id, staff_number, \
         recorded_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            difference.into(),
            step.step.into(),
            step.event.code().into(),
            step.settlement.map(Settlement::code).into(),
            step.clerk.into(),
            step.staff.as_deref().into(),
            step.recorded_at.into(),
            (&step.note).into(),
        ],
    )?;
    Ok(())
}

/// The steps of a difference, in order.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, difference: DifferenceId) -> Result<Vec<DifferenceStep>, Error> {
    tx.query(
        "SELECT step, kind, action, clerk_id, staff_number, recorded_at, note \
         FROM difference_step WHERE difference_id = $1 ORDER BY step",
        &[difference.into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<DifferenceStep, Error> {
    let corrupt = |column, expected| Error::Corrupt { column, expected };
    let settlement = match row.opt_int(2)? {
        None => None,
        Some(code) => {
            Some(Settlement::from_code(code).ok_or(corrupt(2, "a way to settle a difference"))?)
        }
    };
    Ok(DifferenceStep {
        step: row.int(0)?,
        event: DifferenceEvent::from_code(row.int(1)?)
            .ok_or(corrupt(1, "a step of a difference"))?,
        settlement,
        clerk: row.id(3)?,
        staff: row.opt_string(4)?,
        recorded_at: row.timestamp(5)?,
        note: row.string(6)?,
    })
}
