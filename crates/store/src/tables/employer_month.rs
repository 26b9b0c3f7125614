//! `employer_month`: which months employers declared for a person, from their files.

use insurance::ids::{PersonId, RunId};
use policy::BranchSet;
use units::{Date, Fen, Month};

use crate::{Error, Row, Tx};

/// 单位参保月: a month that an employer declared for a person.
#[derive(Clone, PartialEq, Eq)]
pub struct EmployerMonth {
    /// Whose.
    pub person: PersonId,
    /// 费款所属期.
    pub month: Month,
    /// 统一社会信用代码 of the employer.
    pub employer: String,
    /// The employer's name, as in its file.
    pub employer_name: String,
    /// What it covers.
    pub branches: BranchSet,
    /// The declared base.
    pub base: Fen,
    /// The day on which the employer's contribution arrived; `None` while it is only declared.
    pub paid_on: Option<Date>,
    /// The run that read the file.
    pub run: RunId,
}

/// Shows the numbers of the row only: where somebody works is personal.
impl std::fmt::Debug for EmployerMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { person, month, .. } = self;
        f.debug_struct("EmployerMonth")
            .field("person", person)
            .field("month", month)
            .finish_non_exhaustive()
    }
}

/// Records what an employer declared; a later file replaces an earlier one.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_declared(tx: &mut Tx<'_>, declared: &EmployerMonth) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO employer_month (person_id, month, employer, employer_name, branches, \
         base_fen, paid_on, run_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (person_id, month, employer) DO UPDATE SET \
         employer_name = excluded.employer_name, branches = excluded.branches, \
         base_fen = excluded.base_fen, paid_on = excluded.paid_on, run_id = excluded.run_id",
        &[
            declared.person.into(),
            declared.month.into(),
            (&declared.employer).into(),
            (&declared.employer_name).into(),
            declared.branches.bits().into(),
            declared.base.into(),
            declared.paid_on.into(),
            declared.run.into(),
        ],
    )?;
    Ok(())
}

/// Every month that employers declared for a person, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<EmployerMonth>, Error> {
    tx.query(
        "SELECT person_id, month, employer, employer_name, branches, base_fen, paid_on, run_id \
         FROM employer_month WHERE person_id = $1 ORDER BY month, employer",
        &[person.into()],
        read,
    )
}

/// The last month from `from` on that an employer declared for one of these branches.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_last(
    tx: &mut Tx<'_>,
    person: PersonId,
    branches: BranchSet,
    from: Month,
) -> Result<Option<EmployerMonth>, Error> {
    let covers = |declared: &EmployerMonth| declared.branches.iter().any(|b| branches.contains(b));
    let months = list(tx, person)?;
    Ok(months.into_iter().rev().find(|declared| declared.month >= from && covers(declared)))
}

fn read(row: &Row<'_>) -> Result<EmployerMonth, Error> {
    let corrupt = Error::Corrupt { column: 4, expected: "a set of branches" };
    Ok(EmployerMonth {
        person: row.id(0)?,
        month: row.month(1)?,
        employer: row.string(2)?,
        employer_name: row.string(3)?,
        branches: BranchSet::from_bits(row.int(4)?).ok_or(corrupt)?,
        base: row.fen(5)?,
        paid_on: row.opt_date(6)?,
        run: row.id(7)?,
    })
}
