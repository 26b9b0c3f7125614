//! `transfer`, `transferred_month`: months and money that came from, or left for, another city.
//! Only ever inserted.

use insurance::ids::{CITY, CaseId, EntryId, PersonId};
use policy::Branch;
use units::{Date, Fen, Month};

use crate::{Error, Row, Tx};

/// Which way a relationship went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// 转入.
    In,
    /// 转出.
    Out,
}

impl Direction {
    const fn code(self) -> i64 {
        match self {
            Self::In => 1,
            Self::Out => 2,
        }
    }

    const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::In),
            2 => Some(Self::Out),
            _ => None,
        }
    }
}

/// 关系转移.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Whose.
    pub person: PersonId,
    /// The case that decided it.
    pub case: CaseId,
    /// Which way.
    pub direction: Direction,
    /// Which branch.
    pub branch: Branch,
    /// The other city.
    pub city: String,
    /// How many months went with it.
    pub months: i64,
    /// Money of the individual account.
    pub account: Fen,
    /// Money of the pooled fund.
    pub pooled: Fen,
    /// The day of the money.
    pub effective_on: Date,
    /// The bank's number of that money; empty for a transfer out.
    pub reference: String,
    /// The entry of money that came in.
    pub entry: Option<EntryId>,
}

/// Records a transfer.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert(tx: &mut Tx<'_>, transfer: &Transfer) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO transfer (person_id, case_id, direction, branch, city, months, account_fen, \
         pooled_fen, effective_on, reference, entry_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            transfer.person.into(),
            transfer.case.into(),
            transfer.direction.code().into(),
            transfer.branch.code().into(),
            (&transfer.city).into(),
            transfer.months.into(),
            transfer.account.into(),
            transfer.pooled.into(),
            transfer.effective_on.into(),
            (&transfer.reference).into(),
            transfer.entry.into(),
        ],
    )?;
    Ok(())
}

/// Records a month that came with a transfer. Answers 0 when it is counted already.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_month(
    tx: &mut Tx<'_>,
    (person, case): (PersonId, CaseId),
    (branch, month): (Branch, Month),
) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO transferred_month (person_id, branch, month, case_id) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        &[person.into(), branch.code().into(), month.into(), case.into()],
    )
}

/// A person's transfers, in the order of their cases.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Transfer>, Error> {
    tx.query(
        "SELECT person_id, case_id, direction, branch, city, months, account_fen, pooled_fen, \
         effective_on, reference, entry_id FROM transfer WHERE person_id = $1 ORDER BY case_id",
        &[person.into()],
        read,
    )
}

/// Whether the bank's number of money that came in was counted for somebody else.
///
/// # Errors
/// [`Error`] of the database.
pub fn is_counted_for_another(
    tx: &mut Tx<'_>,
    person: PersonId,
    reference: &str,
) -> Result<bool, Error> {
    tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM transfer WHERE direction = 1 AND person_id <> $1 \
         AND reference = $2)",
        &[person.into(), reference.into()],
        |row| row.bool(0),
    )
}

/// Lets one transaction after another count money that came in, whoever's it is.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock_all(tx: &mut Tx<'_>) -> Result<bool, Error> {
    tx.lock_row("SELECT 1 FROM ledger_chain WHERE person_id = $1", &[CITY.into()])
}

/// The months of a branch that came from other cities, oldest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_months(tx: &mut Tx<'_>, person: PersonId, branch: Branch) -> Result<Vec<Month>, Error> {
    tx.query(
        "SELECT month FROM transferred_month WHERE person_id = $1 AND branch = $2 ORDER BY month",
        &[person.into(), branch.code().into()],
        |row| row.month(0),
    )
}

fn read(row: &Row<'_>) -> Result<Transfer, Error> {
    Ok(Transfer {
        person: row.id(0)?,
        case: row.id(1)?,
        direction: row.code(2, Direction::from_code)?,
        branch: super::branch(row, 3)?,
        city: row.string(4)?,
        months: row.int(5)?,
        account: row.fen(6)?,
        pooled: row.fen(7)?,
        effective_on: row.date(8)?,
        reference: row.string(9)?,
        entry: row.opt_id(10)?,
    })
}
