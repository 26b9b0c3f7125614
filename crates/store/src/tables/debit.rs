//! `debit`: one attempt by a bank at one due.

use insurance::debit::{DebitState, Retry};
use insurance::ids::{MandateId, PaymentId, PersonId, RunId};
use insurance::payment::DueKey;
use units::{Date, Fen, Month};

use crate::{BulkTable, Error, Row, Tx};

/// 代扣.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debit {
    /// Which due.
    pub due: DueKey,
    /// Which attempt at it, from 1.
    pub attempt: u16,
    /// The payment whose item locks the due.
    pub payment: PaymentId,
    /// The mandate under which it is sent.
    pub mandate: MandateId,
    /// The file that it is a line of.
    pub file: String,
    /// How much.
    pub amount: Fen,
    /// Where it stands.
    pub state: DebitState,
    /// Whether another attempt may follow.
    pub retry: Option<Retry>,
    /// The bank's own number for the money.
    pub bank_reference: Option<String>,
    /// How the money was told.
    pub proof: Option<Proof>,
}

/// How money was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// By a status report.
    Report,
    /// By a booking on the fund's account.
    Booking,
}

impl Proof {
    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Report => 1,
            Self::Booking => 2,
        }
    }

    /// The proof of a code.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Report),
            2 => Some(Self::Booking),
            _ => None,
        }
    }
}

/// How new attempts are inserted in bulk; all are [`DebitState::Sent`].
pub const BULK: BulkTable = BulkTable {
    name: "debit",
    columns: &[
        "person_id",
        "month",
        "branch",
        "part",
        "attempt",
        "payment_id",
        "mandate_id",
        "file_id",
        "place",
        "amount_fen",
        "state",
    ],
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT person_id, month, branch, part, attempt, payment_id, mandate_id, file_id, ",
            "amount_fen, state, retry, bank_reference, proof FROM debit ",
            $rest
        )
    };
}

/// One attempt.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, due: &DueKey, attempt: u16) -> Result<Option<Debit>, Error> {
    let sql = select!(
        "WHERE person_id = $1 AND month = $2 AND branch = $3 AND part = $4 AND attempt = $5"
    );
    tx.query_opt(
        sql,
        &[
            due.person.into(),
            due.month.into(),
            due.branch.code().into(),
            i64::from(due.part).into(),
            i64::from(attempt).into(),
        ],
        read,
    )
}

/// Every attempt at dues up to a month of people by number, both included; by person, due and
/// attempt.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_people(
    tx: &mut Tx<'_>,
    (first, last): (PersonId, PersonId),
    until: Month,
) -> Result<Vec<Debit>, Error> {
    let sql = select!(
        "WHERE person_id >= $1 AND person_id <= $2 AND month <= $3 \
         ORDER BY person_id, month, branch, part, attempt"
    );
    tx.query(sql, &[first.into(), last.into(), until.into()], read)
}

/// At most `limit` attempts of a file without a final state, behind a person.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_sent_of_file(
    tx: &mut Tx<'_>,
    file: &str,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Debit>, Error> {
    let sql = select!(
        "WHERE file_id = $1 AND state = 1 AND person_id > $2 ORDER BY person_id, place LIMIT $3"
    );
    tx.query(sql, &[file.into(), after.into(), limit.into()], read)
}

/// The due and number of every attempt of a file, whatever became of it.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_keys_of_file(tx: &mut Tx<'_>, file: &str) -> Result<Vec<(DueKey, u16)>, Error> {
    tx.query(
        "SELECT person_id, month, branch, part, attempt FROM debit WHERE file_id = $1 \
         ORDER BY person_id, place",
        &[file.into()],
        |row| Ok((due(row)?, attempt(row, 4)?)),
    )
}

/// A line of a file with what the bank needs of the person.
#[derive(Clone, PartialEq, Eq)]
pub struct FileLine {
    /// The attempt's due.
    pub due: DueKey,
    /// Which attempt.
    pub attempt: u16,
    /// How much.
    pub amount: Fen,
    /// The mandate.
    pub mandate: MandateId,
    /// The day it was signed.
    pub signed_on: Date,
    /// The account to debit.
    pub account_number: String,
    /// The account's holder.
    pub holder: String,
    /// The person's identity number.
    pub identity_number: String,
}

/// At most `limit` people's lines of a file, behind a person, in the order of withholding.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_lines(
    tx: &mut Tx<'_>,
    file: &str,
    after: PersonId,
    limit: i64,
) -> Result<Vec<FileLine>, Error> {
    tx.query(
        "SELECT d.person_id, d.month, d.branch, d.part, d.attempt, d.amount_fen, d.mandate_id, \
         m.signed_on, m.account_number, m.holder, p.identity_number \
         FROM debit d JOIN mandate m ON m.person_id = d.person_id AND m.mandate_id = d.mandate_id \
         JOIN person p ON p.person_id = d.person_id \
         WHERE d.file_id = $1 AND d.state = 1 AND d.person_id > $2 AND d.person_id <= \
         (SELECT COALESCE(MAX(person_id), 0) FROM (SELECT DISTINCT person_id FROM debit \
         WHERE file_id = $1 AND person_id > $2 ORDER BY person_id LIMIT $3) x) \
         ORDER BY d.person_id, d.place",
        &[file.into(), after.into(), limit.into()],
        |row| {
            Ok(FileLine {
                due: due(row)?,
                attempt: attempt(row, 4)?,
                amount: row.fen(5)?,
                mandate: row.id(6)?,
                signed_on: row.date(7)?,
                account_number: row.string(8)?,
                holder: row.string(9)?,
                identity_number: row.string(10)?,
            })
        },
    )
}

/// What a bank told of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// Where it stands now.
    pub state: DebitState,
    /// Whether another attempt may follow.
    pub retry: Option<Retry>,
    /// Our reason and the bank's own code and words.
    pub reason: Option<(&'a str, &'a str)>,
    /// The bank's own number for the money.
    pub bank_reference: Option<&'a str>,
    /// How the money was told.
    pub proof: Option<Proof>,
}

/// Records what a bank told.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_told(tx: &mut Tx<'_>, debit: &Debit, told: &Told<'_>) -> Result<u64, Error> {
    tx.execute(
        "UPDATE debit SET state = $6, retry = $7, reason = $8, raw = $9, \
         bank_reference = COALESCE($10, bank_reference), proof = COALESCE($11, proof) \
         WHERE person_id = $1 AND month = $2 AND branch = $3 AND part = $4 AND attempt = $5",
        &[
            debit.due.person.into(),
            debit.due.month.into(),
            debit.due.branch.code().into(),
            i64::from(debit.due.part).into(),
            i64::from(debit.attempt).into(),
            told.state.code().into(),
            told.retry.map(Retry::code).into(),
            told.reason.map(|(reason, _)| reason).into(),
            told.reason.map(|(_, raw)| raw).into(),
            told.bank_reference.into(),
            told.proof.map(Proof::code).into(),
        ],
    )
}

/// How many attempts, and how much, stand in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where they stand.
    pub state: DebitState,
    /// How many.
    pub count: i64,
    /// How much.
    pub amount: Fen,
}

/// A file's attempts by state.
///
/// # Errors
/// [`Error`] of the database.
pub fn sum_of_file(tx: &mut Tx<'_>, file: &str) -> Result<Vec<Standing>, Error> {
    tx.query(
        "SELECT state, COUNT(*), CAST(SUM(amount_fen) AS BIGINT) FROM debit WHERE file_id = $1 \
         GROUP BY state ORDER BY state",
        &[file.into()],
        |row| Ok(Standing { state: state(row, 0)?, count: row.int(1)?, amount: row.fen(2)? }),
    )
}

/// A person who may be debited by a bank, with the dues that are still open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The live mandate.
    pub mandate: MandateId,
    /// A due asked for.
    pub due: DueKey,
    /// How much.
    pub amount: Fen,
}

/// The open dues, up to a month, of at most `limit` people with a live mandate at a bank, behind a
/// person; without dues that lie in an open attempt of whatever channel.
///
/// The state is no bare column in the condition: PostgreSQL would look for each person through the
/// index of all unpaid dues, which begins with the month, and read it from end to end.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_candidates(
    tx: &mut Tx<'_>,
    (bank, until): (&str, Month),
    after: PersonId,
    limit: i64,
) -> Result<Vec<Candidate>, Error> {
    tx.query(
        "SELECT d.person_id, d.month, d.branch, d.part, d.amount_fen, m.mandate_id \
         FROM mandate m JOIN due d ON d.person_id = m.person_id \
         WHERE m.bank = $1 AND m.ended_on IS NULL AND m.person_id > $3 AND m.person_id <= \
         (SELECT COALESCE(MAX(person_id), 0) FROM (SELECT person_id FROM mandate \
         WHERE bank = $1 AND ended_on IS NULL AND person_id > $3 \
         ORDER BY person_id LIMIT $4) x) \
         AND d.state + 0 = 1 AND d.month <= $2 AND NOT EXISTS (SELECT 1 FROM payment_item i \
         WHERE i.person_id = d.person_id AND i.month = d.month AND i.branch = d.branch \
         AND i.part = d.part AND i.state = 1) \
         ORDER BY d.person_id, d.month, d.branch, d.part",
        &[bank.into(), until.into(), after.into(), limit.into()],
        |row| Ok(Candidate { due: due(row)?, amount: row.fen(4)?, mandate: row.id(5)? }),
    )
}

/// The last of at most `limit` people with a live mandate at a bank, behind a person.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_last_mandated(
    tx: &mut Tx<'_>,
    bank: &str,
    after: PersonId,
    limit: i64,
) -> Result<Option<PersonId>, Error> {
    let last = tx.query_one(
        "SELECT MAX(person_id) FROM (SELECT person_id FROM mandate \
         WHERE bank = $1 AND ended_on IS NULL AND person_id > $2 ORDER BY person_id LIMIT $3) x",
        &[bank.into(), after.into(), limit.into()],
        |row| row.opt_int(0),
    )?;
    Ok(last.map(PersonId::from_i64))
}

/// How many people have a live mandate at a bank.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_mandated(tx: &mut Tx<'_>, bank: &str) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM mandate WHERE bank = $1 AND ended_on IS NULL",
        &[bank.into()],
        |row| row.int(0),
    )
}

/// How many payments of a run there are, for checks.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_sent_of_run(tx: &mut Tx<'_>, run: RunId) -> Result<i64, Error> {
    tx.query_one(
        "SELECT CAST(COALESCE(SUM(debits), 0) AS BIGINT) FROM debit_file WHERE run_id = $1",
        &[run.into()],
        |row| row.int(0),
    )
}

fn due(row: &Row<'_>) -> Result<DueKey, Error> {
    Ok(DueKey {
        person: row.id(0)?,
        month: row.month(1)?,
        branch: super::branch(row, 2)?,
        part: super::part(row, 3)?,
    })
}

fn attempt(row: &Row<'_>, column: usize) -> Result<u16, Error> {
    let corrupt = Error::Corrupt { column, expected: "an attempt from 1 to 65535" };
    u16::try_from(row.int(column)?).map_err(|_| corrupt)
}

fn state(row: &Row<'_>, column: usize) -> Result<DebitState, Error> {
    let corrupt = Error::Corrupt { column, expected: "a state of an attempt" };
    DebitState::from_code(row.int(column)?).ok_or(corrupt)
}

fn read(row: &Row<'_>) -> Result<Debit, Error> {
    Ok(Debit {
        due: due(row)?,
        attempt: attempt(row, 4)?,
        payment: row.id(5)?,
        mandate: row.id(6)?,
        file: row.string(7)?,
        amount: row.fen(8)?,
        state: state(row, 9)?,
        retry: row.opt_int(10)?.and_then(Retry::from_code),
        bank_reference: row.opt_string(11)?,
        proof: row.opt_int(12)?.and_then(Proof::from_code),
    })
}
