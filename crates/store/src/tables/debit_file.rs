//! `debit_file`, `bank_result_file`: files to and from the paying banks.

use insurance::ids::{MessageId, RunId};
use units::{Date, Fen, Timestamp};

use crate::{Error, Row, Tx};

/// 批量代扣文件: one withholding file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitFile {
    /// Its number, unique forever.
    pub id: String,
    /// The run that built it.
    pub run: RunId,
    /// Its place in the run, from 1.
    pub number: i64,
    /// The paying bank's word in the pack.
    pub bank: String,
    /// The day on which the bank is to take the money.
    pub collect_on: Date,
    /// When it was begun.
    pub created_at: Timestamp,
    /// How many debits it holds.
    pub debits: i64,
    /// Their sum.
    pub amount: Fen,
    /// When the bank could see it.
    pub handed_over_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT file_id, run_id, number, bank, collect_on, created_at, debits, amount_fen, ",
            "handed_over_at FROM debit_file ",
            $rest
        )
    };
}

/// Begins a file, or counts what was added to it.
///
/// # Errors
/// [`Error`] of the database.
pub fn set(tx: &mut Tx<'_>, file: &DebitFile) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO debit_file (file_id, run_id, number, bank, collect_on, created_at, debits, \
         amount_fen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (file_id) DO UPDATE SET debits = excluded.debits, \
         amount_fen = excluded.amount_fen",
        &[
            (&file.id).into(),
            file.run.into(),
            file.number.into(),
            (&file.bank).into(),
            file.collect_on.into(),
            file.created_at.into(),
            file.debits.into(),
            file.amount.into(),
        ],
    )?;
    Ok(())
}

/// Records that the bank can see a file.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_handed_over(tx: &mut Tx<'_>, id: &str, at: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE debit_file SET handed_over_at = $2 WHERE file_id = $1 AND handed_over_at IS NULL",
        &[id.into(), at.into()],
    )
}

/// A file.
///
/// # Errors
/// [`Error`] of the database.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<DebitFile>, Error> {
    tx.query_opt(select!("WHERE file_id = $1"), &[id.into()], read)
}

/// The day of collection of a file.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_day(tx: &mut Tx<'_>, id: &str) -> Result<Option<Date>, Error> {
    let sql = "SELECT collect_on FROM debit_file WHERE file_id = $1";
    tx.query_opt(sql, &[id.into()], |row| row.date(0))
}

/// The files of a run, in order.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_of_run(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<DebitFile>, Error> {
    tx.query(select!("WHERE run_id = $1 ORDER BY number"), &[run.into()], read)
}

/// The files whose day lies between two days, both included, by day and number.
///
/// # Errors
/// [`Error`] of the database.
pub fn list(tx: &mut Tx<'_>, first: Date, last: Date) -> Result<Vec<DebitFile>, Error> {
    let sql = select!("WHERE collect_on >= $1 AND collect_on <= $2 ORDER BY collect_on, file_id");
    tx.query(sql, &[first.into(), last.into()], read)
}

fn read(row: &Row<'_>) -> Result<DebitFile, Error> {
    Ok(DebitFile {
        id: row.string(0)?,
        run: row.id(1)?,
        number: row.int(2)?,
        bank: row.string(3)?,
        collect_on: row.date(4)?,
        created_at: row.timestamp(5)?,
        debits: row.int(6)?,
        amount: row.fen(7)?,
        handed_over_at: row.opt_timestamp(8)?,
    })
}

/// A bank's answer file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankResultFile {
    /// SHA-256 of its bytes, in hex.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// The raw message.
    pub message: MessageId,
    /// The run that reads it.
    pub run: RunId,
    /// The bank that sent it.
    pub bank: String,
    /// How many results it tells.
    pub results: i64,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it was refused whole.
    pub refusal: Option<String>,
}

/// Keeps what an answer file is. Answers 0 when the same bytes came before.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_result(tx: &mut Tx<'_>, file: &BankResultFile) -> Result<u64, Error> {
    tx.execute(
        "INSERT INTO bank_result_file (digest, name, message_id, run_id, bank, results, \
         received_at, refusal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            (&file.digest).into(),
            (&file.name).into(),
            file.message.into(),
            file.run.into(),
            (&file.bank).into(),
            file.results.into(),
            file.received_at.into(),
            file.refusal.as_deref().into(),
        ],
    )
}

/// Records how a file was read: what it tells, or why it was refused whole.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_result_read(
    tx: &mut Tx<'_>,
    digest: &str,
    (results, refusal): (i64, Option<&str>),
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE bank_result_file SET results = $2, refusal = $3 WHERE digest = $1",
        &[digest.into(), results.into(), refusal.into()],
    )
}

macro_rules! select_result {
    ($rest:literal) => {
        concat!(
            "SELECT digest, name, message_id, run_id, bank, results, received_at, refusal ",
            "FROM bank_result_file ",
            $rest
        )
    };
}

/// The answer file of a digest.
///
/// # Errors
/// [`Error`] of the database.
pub fn find_result(tx: &mut Tx<'_>, digest: &str) -> Result<Option<BankResultFile>, Error> {
    tx.query_opt(select_result!("WHERE digest = $1"), &[digest.into()], read_result)
}

/// The answer files that came since a moment and were not refused, in the order of coming.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_results_since(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<BankResultFile>, Error> {
    let sql = select_result!(
        "WHERE received_at >= $1 AND refusal IS NULL ORDER BY received_at, message_id"
    );
    tx.query(sql, &[since.into()], read_result)
}

/// The answer files that came between two moments, refused ones too, newest first.
///
/// # Errors
/// [`Error`] of the database.
pub fn list_results(
    tx: &mut Tx<'_>,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<BankResultFile>, Error> {
    let sql = select_result!(
        "WHERE received_at >= $1 AND received_at < $2 ORDER BY received_at DESC, digest"
    );
    tx.query(sql, &[since.into(), until.into()], read_result)
}

fn read_result(row: &Row<'_>) -> Result<BankResultFile, Error> {
    Ok(BankResultFile {
        digest: row.string(0)?,
        name: row.string(1)?,
        message: row.id(2)?,
        run: row.id(3)?,
        bank: row.string(4)?,
        results: row.int(5)?,
        received_at: row.timestamp(6)?,
        refusal: row.opt_string(7)?,
    })
}

/// How many files with other bytes came under a name.
///
/// # Errors
/// [`Error`] of the database.
pub fn count_others_named(tx: &mut Tx<'_>, name: &str, digest: &str) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM bank_result_file WHERE name = $1 AND digest <> $2",
        &[name.into(), digest.into()],
        |row| row.int(0),
    )
}
