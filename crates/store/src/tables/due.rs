//! `due`, `arrears`. In [`difference`], dues from values published late.

use insurance::due::{Due, DueState};
use insurance::ids::{AssessmentBatchId, PersonId, RunId};
use insurance::payment::DueKey;
use policy::Branch;
use units::{Date, Fen, Month, Timestamp};

use crate::{BulkTable, Error, Row, Tx};

/// How dues are inserted in bulk.
pub const BULK: BulkTable = BulkTable {
    name: "due",
    columns: &[
        "person_id",
        "month",
        "branch",
        "part",
        "base_fen",
        "amount_fen",
        "account_fen",
        "batch_id",
        "state",
    ],
};

/// The start of every statement that reads dues.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, month, branch, part, base_fen, amount_fen, account_fen, ",
            "batch_id, state FROM due ",
            $rest
        )
    };
}

pub mod difference;

/// A person's dues, oldest month first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Due>, Error> {
    let sql = select!("WHERE person_id = $1 ORDER BY person_id, month, branch, part");
    tx.query(sql, &[person.into()], read)
}

/// A person's dues that money is still asked for, oldest month first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_unpaid(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Due>, Error> {
    let sql =
        select!("WHERE person_id = $1 AND state IN (1, 3) ORDER BY person_id, month, branch, part");
    tx.query(sql, &[person.into()], read)
}

/// One due.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, key: DueKey) -> Result<Option<Due>, Error> {
    let sql = select!("WHERE person_id = $1 AND month = $2 AND branch = $3 AND part = $4");
    tx.query_opt(sql, &key_values(&key), read)
}

/// The dues of keys; those that were never assessed are left out.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_keys(tx: &mut Tx<'_>, keys: &[DueKey]) -> Result<Vec<Due>, Error> {
    let mut dues = Vec::with_capacity(keys.len());
    for key in keys {
        dues.extend(find(tx, *key)?);
    }
    Ok(dues)
}

/// The dues of a month that money is still asked for: at most `limit` people's, by number, behind
/// `after`; a person's dues come together. Differences that are asked for with a later month's
/// bill are left to that month.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_unpaid_of_month(
    tx: &mut Tx<'_>,
    month: Month,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let sql = select!(
        "WHERE month = $1 AND state IN (1, 3) AND person_id > $2 AND person_id <= \
         (SELECT COALESCE(MAX(person_id), 0) FROM (SELECT DISTINCT person_id FROM due \
         WHERE month = $1 AND state IN (1, 3) AND person_id > $2 AND (part < 128 OR batch_id IN \
         (SELECT batch_id FROM assessment_batch WHERE asked_month <= $1)) \
         ORDER BY person_id LIMIT $3) p) AND (part < 128 OR batch_id IN \
         (SELECT batch_id FROM assessment_batch WHERE asked_month <= $1)) \
         ORDER BY person_id, branch, part"
    );
    tx.query(sql, &[month.into(), after.into(), limit.into()], read)
}

/// Whose dues a batch made, in the order in which its hash was taken.
///
/// # Errors
/// [`Error`] of the database, or of `each`.
pub fn each_of_batch(
    tx: &mut Tx<'_>,
    (batch, month): (AssessmentBatchId, Month),
    (first, last): (PersonId, PersonId),
    mut each: impl FnMut(&Due) -> Result<(), Error>,
) -> Result<(), Error> {
    let sql = select!(
        "WHERE person_id >= $1 AND person_id <= $2 AND month = $3 AND batch_id = $4 \
         ORDER BY person_id, branch, part"
    );
    tx.query_each(sql, &[first.into(), last.into(), month.into(), batch.into()], |row| {
        each(&read(row)?)
    })
}

/// What put a due into its state, and since which day it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The new state.
    pub state: DueState,
    /// The day on which the person paid, for the paid states.
    pub paid_on: Option<Date>,
    /// The receipt, run or enrolment that did it.
    pub cause: i64,
}

/// Moves a due from the state in which it was read to another. Answers how many rows changed: 0
/// when somebody else moved it meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_state(tx: &mut Tx<'_>, due: &Due, to: Transition) -> Result<u64, Error> {
    set_states(tx, [(due, to)])
}

/// [`set_state`] for several dues. Answers how many rows changed.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_states<'d>(
    tx: &mut Tx<'_>,
    moves: impl IntoIterator<Item = (&'d Due, Transition)>,
) -> Result<u64, Error> {
    let rows = moves.into_iter().map(|(due, to)| {
        let [person, month, branch, part] = key_values(&due.key);
        let from = due.state.code().into();
        let (state, paid_on) = (to.state.code().into(), to.paid_on.into());
        [person, month, branch, part, from, state, paid_on, to.cause.into()]
    });
    tx.execute_each(
        "UPDATE due SET state = $6, paid_on = $7, state_cause = $8 WHERE person_id = $1 \
         AND month = $2 AND branch = $3 AND part = $4 AND state = $5",
        rows,
    )
}

/// Records that a due was unpaid when its month was closed. Repeating it changes nothing.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_arrears(
    tx: &mut Tx<'_>,
    due: &Due,
    run: RunId,
    recorded_at: Timestamp,
) -> Result<(), Error> {
    let [person, month, branch, part] = key_values(&due.key);
    let amount = due.amount.into();
    tx.execute(
        "INSERT INTO arrears (person_id, month, branch, part, amount_fen, run_id, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[person, month, branch, part, amount, run.into(), recorded_at.into()],
    )?;
    Ok(())
}

/// How many dues there are.
///
/// # Errors
/// [`Error`] of the database.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, Error> {
    tx.query_one("SELECT COUNT(*) FROM due", &[], |row| row.int(0))
}

/// What money is still asked for, in a branch.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_unpaid(tx: &mut Tx<'_>, branch: Branch) -> Result<Fen, Error> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM due \
         WHERE state IN (1, 3) AND branch = $1",
        &[branch.code().into()],
        |row| row.fen(0),
    )
}

/// What everybody still owes for a month, by person.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_by_person(tx: &mut Tx<'_>, month: Month) -> Result<Vec<(PersonId, Fen)>, Error> {
    tx.query(
        "SELECT person_id, CAST(SUM(amount_fen) AS BIGINT) FROM due \
         WHERE month = $1 AND state IN (1, 3) GROUP BY person_id ORDER BY person_id",
        &[month.into()],
        |row| Ok((row.id(0)?, row.fen(1)?)),
    )
}

/// How many dues of a month became arrears, and how much.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_arrears(tx: &mut Tx<'_>, month: Month) -> Result<(i64, Fen), Error> {
    tx.query_one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM arrears \
         WHERE month = $1",
        &[month.into()],
        |row| Ok((row.int(0)?, row.fen(1)?)),
    )
}

/// A month's medical payment: when it was paid in full, if it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedicalPayment {
    /// 费款所属期.
    pub month: Month,
    /// Dues still asked for.
    pub unpaid: i64,
    /// The latest day of payment.
    pub paid_on: Option<Date>,
}

/// A person's months with medical dues that were not withdrawn, oldest first. Differences from
/// values published late are no part of it: a month that was paid in full as it was billed stays
/// so.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_medical(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<MedicalPayment>, Error> {
    tx.query(
        "SELECT month, COUNT(CASE WHEN state IN (1, 3) THEN 1 END), MAX(paid_on) FROM due \
         WHERE person_id = $1 AND branch = $2 AND part < 128 AND state <> 5 \
         GROUP BY month ORDER BY month",
        &[person.into(), Branch::Medical.code().into()],
        |row| {
            Ok(MedicalPayment {
                month: row.month(0)?,
                unpaid: row.int(1)?,
                paid_on: row.opt_date(2)?,
            })
        },
    )
}

/// How many dues, and how much, stand in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// 险种.
    pub branch: Branch,
    /// Where they stand.
    pub state: DueState,
    /// How many.
    pub count: i64,
    /// How much.
    pub amount: Fen,
}

/// A month's dues by branch and state.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_of_month(tx: &mut Tx<'_>, month: Month) -> Result<Vec<Standing>, Error> {
    tx.query(
        "SELECT branch, state, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM due \
         WHERE month = $1 GROUP BY branch, state ORDER BY branch, state",
        &[month.into()],
        |row| {
            Ok(Standing {
                branch: super::branch(row, 0)?,
                state: state(row, 1)?,
                count: row.int(2)?,
                amount: row.fen(3)?,
            })
        },
    )
}

fn key_values(key: &DueKey) -> [crate::Value<'static>; 4] {
    [key.person.into(), key.month.into(), key.branch.code().into(), i64::from(key.part).into()]
}

fn state(row: &Row<'_>, column: usize) -> Result<DueState, Error> {
    let corrupt = Error::Corrupt { column, expected: "a state of a due" };
    DueState::from_code(row.int(column)?).ok_or(corrupt)
}

fn read(row: &Row<'_>) -> Result<Due, Error> {
    let key = DueKey {
        person: row.id(0)?,
        month: row.month(1)?,
        branch: super::branch(row, 2)?,
        part: super::part(row, 3)?,
    };
    Ok(Due {
        key,
        base: row.fen(4)?,
        amount: row.fen(5)?,
        account: row.fen(6)?,
        batch: row.id(7)?,
        state: state(row, 8)?,
    })
}
