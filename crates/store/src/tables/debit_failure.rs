//! `debit`: attempts that ended without money, as the person and the clerk read of them.

use insurance::debit::{DebitState, Retry};
use insurance::ids::{PaymentId, PersonId};
use insurance::payment::DueKey;
use units::{Date, Fen};

use crate::{Error, Row, Tx};

/// An attempt that ended without money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedDebit {
    /// Which due.
    pub due: DueKey,
    /// The attempt's payment, which a notice of the failure names.
    pub payment: PaymentId,
    /// How much was asked for.
    pub amount: Fen,
    /// The day on which the bank was to take it.
    pub collect_on: Date,
    /// Rejected, or collected and taken back.
    pub state: DebitState,
    /// Our reason's word.
    pub reason: String,
    /// Whether another attempt may follow.
    pub retry: Option<Retry>,
    /// Whether the due is still asked for and no later attempt at it was made.
    pub stands: bool,
}

/// At most `limit` failed attempts of a person, newest day first, then by due.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<FailedDebit>, Error> {
    tx.query(
        "SELECT d.month, d.branch, d.part, d.payment_id, d.amount_fen, f.collect_on, d.state, \
         d.reason, d.retry, CAST(CASE WHEN u.state = 1 AND NOT EXISTS (SELECT 1 FROM debit l \
         WHERE l.person_id = d.person_id AND l.month = d.month AND l.branch = d.branch \
         AND l.part = d.part AND l.attempt > d.attempt) THEN 1 ELSE 0 END AS BIGINT) \
         FROM debit d JOIN debit_file f ON f.file_id = d.file_id \
         JOIN due u ON u.person_id = d.person_id AND u.month = d.month AND u.branch = d.branch \
         AND u.part = d.part WHERE d.person_id = $1 AND d.state IN (3, 4) \
         ORDER BY f.collect_on DESC, d.month, d.branch, d.part, d.attempt LIMIT $2",
        &[person.into(), limit.into()],
        |row| {
            Ok(FailedDebit {
                due: DueKey {
                    person,
                    month: row.month(0)?,
                    branch: super::branch(row, 1)?,
                    part: super::part(row, 2)?,
                },
                payment: row.id(3)?,
                amount: row.fen(4)?,
                collect_on: row.date(5)?,
                state: state(row, 6)?,
                reason: row.opt_string(7)?.unwrap_or_default(),
                retry: row.opt_int(8)?.and_then(Retry::from_code),
                stands: row.int(9)? == 1,
            })
        },
    )
}

fn state(row: &Row<'_>, column: usize) -> Result<DebitState, Error> {
    let corrupt = Error::Corrupt { column, expected: "a state of an attempt" };
    DebitState::from_code(row.int(column)?).ok_or(corrupt)
}
