//! `receipt_move`: receipts that were booked to the wrong person. Only ever inserted.

use insurance::ids::{CaseId, EntryId, PersonId, ReceiptId};

use crate::{Error, Tx};

/// A receipt that was booked to the wrong person, and the one that took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptMove {
    /// To whom it was booked.
    pub person: PersonId,
    /// The receipt of the mistake; it stays.
    pub receipt: ReceiptId,
    /// The case that decided it.
    pub case: CaseId,
    /// The entry that undid the mistake.
    pub entry: EntryId,
    /// Whose money it is.
    pub to_person: PersonId,
    /// The receipt in the rightful person's books.
    pub to_receipt: ReceiptId,
}

/// Records a move; a receipt moves once.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, moved: &ReceiptMove) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO receipt_move (person_id, receipt_id, case_id, entry_id, to_person, \
         to_receipt) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            moved.person.into(),
            moved.receipt.into(),
            moved.case.into(),
            moved.entry.into(),
            moved.to_person.into(),
            moved.to_receipt.into(),
        ],
    )?;
    Ok(())
}

/// Where a receipt went; `None` while it stands where it was booked.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(
    tx: &mut Tx<'_>,
    person: PersonId,
    receipt: ReceiptId,
) -> Result<Option<ReceiptMove>, Error> {
    tx.query_opt(
        "SELECT case_id, entry_id, to_person, to_receipt FROM receipt_move \
         WHERE person_id = $1 AND receipt_id = $2",
        &[person.into(), receipt.into()],
        |row| {
            Ok(ReceiptMove {
                person,
                receipt,
                case: row.id(0)?,
                entry: row.id(1)?,
                to_person: row.id(2)?,
                to_receipt: row.id(3)?,
            })
        },
    )
}
