//! `inquiry`: browsers that may see one person's bills for a short while.

use insurance::ids::{PaymentId, PersonId};
use units::Timestamp;

use crate::{Error, Tx};

/// An inquiry that was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// Whose bills.
    pub person: PersonId,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// The order that was begun last.
    pub payment: Option<PaymentId>,
}

/// Begins an inquiry under the hash of its secret.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, hash: &str, person: PersonId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO inquiry (inquiry_hash, subject, started_at, seen_at) VALUES ($1, $2, $3, $3)",
        &[hash.into(), person.into(), now.into()],
    )?;
    Ok(())
}

/// The inquiry of a hash, unless it was ended.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Inquiry>, Error> {
    tx.query_opt(
        "SELECT subject, started_at, seen_at, payment_id FROM inquiry \
         WHERE inquiry_hash = $1 AND ended_at IS NULL",
        &[hash.into()],
        |row| {
            Ok(Inquiry {
                person: row.id(0)?,
                started_at: row.timestamp(1)?,
                seen_at: row.timestamp(2)?,
                payment: row.opt_int(3)?.map(PaymentId::from_i64),
            })
        },
    )
}

/// Notes that an inquiry was used.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_seen(tx: &mut Tx<'_>, hash: &str, seen_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE inquiry SET seen_at = $2 WHERE inquiry_hash = $1 AND ended_at IS NULL",
        &[hash.into(), seen_at.into()],
    )
}

/// Notes the order that was begun.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_payment(tx: &mut Tx<'_>, hash: &str, payment: PaymentId) -> Result<u64, Error> {
    tx.execute(
        "UPDATE inquiry SET payment_id = $2 WHERE inquiry_hash = $1 AND ended_at IS NULL",
        &[hash.into(), payment.into()],
    )
}

/// Ends an inquiry.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_ended(tx: &mut Tx<'_>, hash: &str, ended_at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE inquiry SET ended_at = $2 WHERE inquiry_hash = $1 AND ended_at IS NULL",
        &[hash.into(), ended_at.into()],
    )
}

/// Forgets inquiries that began before a moment.
///
/// # Errors
/// [`Error`] of the database.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64, Error> {
    tx.execute("DELETE FROM inquiry WHERE started_at < $1", &[moment.into()])
}
