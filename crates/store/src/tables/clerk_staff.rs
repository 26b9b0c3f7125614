//! `clerk_staff`: which person works with an account. Only ever inserted; the latest line holds.

use insurance::ids::ClerkId;
use units::Timestamp;

use crate::{Error, Tx};

/// Binds an account to a staff number (工号).
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(
    tx: &mut Tx<'_>,
    clerk: ClerkId,
    (staff_number, bound_by): (&str, &str),
    bound_at: Timestamp,
) -> Result<(), Error> {
    // Two bindings of one moment stand behind one another, as they were made.
    tx.execute(
        "INSERT INTO clerk_staff (clerk_id, bound_at, staff_number, bound_by) \
         SELECT CAST($1 AS BIGINT), CASE WHEN COALESCE(MAX(bound_at), 0) >= $2 \
         THEN MAX(bound_at) + 1 ELSE CAST($2 AS BIGINT) END, CAST($3 AS TEXT), CAST($4 AS TEXT) \
         FROM clerk_staff WHERE clerk_id = $1",
        &[clerk.into(), bound_at.into(), staff_number.into(), bound_by.into()],
    )?;
    Ok(())
}

/// The staff number of an account; `None` while it is bound to nobody.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, clerk: ClerkId) -> Result<Option<String>, Error> {
    tx.query_opt(
        "SELECT staff_number FROM clerk_staff WHERE clerk_id = $1 \
         ORDER BY bound_at DESC LIMIT 1",
        &[clerk.into()],
        |row| row.string(0),
    )
}
