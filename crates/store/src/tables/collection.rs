//! What was asked and what came in, added up: for the figures of the desk.

use policy::Branch;
use units::{Fen, Month};

use crate::{Error, Tx};

/// What an office's people were asked for, and what is paid of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeSum {
    /// The office's code in the pack.
    pub office: String,
    /// How many people.
    pub people: i64,
    /// What was asked, without what was withdrawn.
    pub asked: Fen,
    /// What is paid of it.
    pub paid: Fen,
}

/// Arrears of one month that are still unpaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthArrears {
    /// 费款所属期.
    pub month: Month,
    /// Which insurance.
    pub branch: Branch,
    /// How many dues.
    pub count: i64,
    /// How much.
    pub amount: Fen,
}

/// A month by the office that keeps each person's enrolment in it.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_by_office(tx: &mut Tx<'_>, month: Month) -> Result<Vec<OfficeSum>, Error> {
    tx.query(
        "SELECT e.office, COUNT(DISTINCT d.person_id), CAST(SUM(d.amount_fen) AS BIGINT), \
         CAST(SUM(CASE WHEN d.state IN (2, 4) THEN d.amount_fen ELSE 0 END) AS BIGINT) \
         FROM due d JOIN (SELECT person_id, MAX(enrolment_id) AS enrolment_id FROM enrolment \
         WHERE from_month <= $1 AND (until_month IS NULL OR until_month >= $1) GROUP BY person_id) s \
         ON s.person_id = d.person_id JOIN enrolment e ON e.person_id = s.person_id \
         AND e.enrolment_id = s.enrolment_id WHERE d.month = $1 AND d.state <> 5 \
         GROUP BY e.office ORDER BY e.office",
        &[month.into()],
        |row| {
            Ok(OfficeSum {
                office: row.string(0)?,
                people: row.int(1)?,
                asked: row.fen(2)?,
                paid: row.fen(3)?,
            })
        },
    )
}

/// Every unpaid arrears, by month and insurance, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_arrears_by_month(tx: &mut Tx<'_>) -> Result<Vec<MonthArrears>, Error> {
    tx.query(
        "SELECT month, branch, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM due \
         WHERE state = 3 GROUP BY month, branch ORDER BY month, branch",
        &[],
        |row| {
            Ok(MonthArrears {
                month: row.month(0)?,
                branch: super::branch(row, 1)?,
                count: row.int(2)?,
                amount: row.fen(3)?,
            })
        },
    )
}
