//! What a person's paid dues gave to the individual account and to the pooled fund: read from
//! `due`, never stored.

use insurance::ids::PersonId;
use policy::Branch;
use units::{Date, Fen, Month};

use crate::{Error, Tx};

/// What one paid due gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountDeposit {
    /// The month that it belongs to.
    pub month: Month,
    /// The day on which it was paid.
    pub paid_on: Date,
    /// To the individual account.
    pub account: Fen,
    /// To the pooled fund.
    pub pooled: Fen,
}

/// What a person's paid dues of a branch gave, in the order of payment.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(
    tx: &mut Tx<'_>,
    person: PersonId,
    branch: Branch,
) -> Result<Vec<AccountDeposit>, Error> {
    tx.query(
        "SELECT month, paid_on, account_fen, amount_fen - account_fen FROM due \
         WHERE person_id = $1 AND branch = $2 AND state IN (2, 4) ORDER BY paid_on, month, part",
        &[person.into(), branch.code().into()],
        |row| {
            Ok(AccountDeposit {
                month: row.month(0)?,
                paid_on: row.date(1)?,
                account: row.fen(2)?,
                pooled: row.fen(3)?,
            })
        },
    )
}
