//! What withholding is compared with: the rows that a batch and the booking of its answers leave,
//! written in bulk by somebody who decides nothing and reads nothing.

use insurance::ids::PersonId;
use units::{Date, Month};

use super::PEOPLE_IN_A_CHUNK;
use crate::tables::{bulk_books, payment};
use crate::{BulkTable, BulkUpdate, Db, Error, Tx, Value};

const MANDATE: BulkTable = BulkTable {
    name: "mandate",
    columns: &[
        "person_id",
        "mandate_id",
        "bank",
        "account_number",
        "holder",
        "signed_on",
        "cause_kind",
        "cause_id",
    ],
};

const DEBIT: BulkTable = BulkTable {
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
        "retry",
        "reason",
        "raw",
        "bank_reference",
        "proof",
    ],
};

const DUE: BulkUpdate = BulkUpdate {
    stage: "bench_due",
    table: "due",
    keys: &["person_id", "month", "branch", "part"],
    from: &[],
    values: &["state", "paid_on", "state_cause"],
    only: "1 = 1",
};

/// Everybody of [`super::insert_insured`] signs a mandate with one bank; each account's number
/// tells whose it is.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_mandates(db: &Db, (bank, persons): (&str, u64), day: Date) -> Result<(), Error> {
    let persons = i64::try_from(persons).unwrap_or(i64::MAX);
    let mut first = 0;
    while first < persons {
        let last = persons.min(first + PEOPLE_IN_A_CHUNK);
        let bank = bank.to_owned();
        db.bulk_write(move |tx| {
            let mut rows = tx.bulk(&MANDATE)?;
            for number in first..last {
                let account = format!("6217001{number:012}");
                rows.push(&[
                    super::id(number).into(),
                    1.into(),
                    bank.as_str().into(),
                    account.as_str().into(),
                    "无名".into(),
                    day.into(),
                    1.into(),
                    1.into(),
                ])?;
            }
            rows.finish()
        })?;
        first = last;
    }
    Ok(())
}

/// Keeps the bytes of a file, in a transaction of its own.
///
/// # Errors
/// [`Error`] of the database.
pub fn keep_bytes(db: &Db, number: i64, bytes: Vec<u8>) -> Result<(), Error> {
    db.bulk_write(move |tx| {
        tx.execute(
            "INSERT INTO inbound_message (message_id, channel, kind, received_at, digest, \
             headers, body, state) VALUES ($1, 1, 'bench', $1, '', '', $2, 2)",
            &[number.into(), bytes.as_slice().into()],
        )?;
        Ok(())
    })
}

/// The rows of one batch and its answers.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// The month of the dues.
    pub month: Month,
    /// The day of collection.
    pub day: Date,
    /// Of how many people one has too little money for the third due.
    pub short_one_in: i64,
}

/// Writes them for people by number, in one transaction. Says how many rows it wrote.
///
/// # Errors
/// [`Error`] of the database.
pub fn write_bare(db: &Db, people: std::ops::Range<i64>, bare: Bare) -> Result<u64, Error> {
    db.bulk_write(move |tx| {
        let lines: Vec<Line> = bare.lines(people.clone()).collect();
        let paid: Vec<&Line> = lines.iter().filter(|line| bare.is_paid(**line)).collect();
        Ok(write_attempts(tx, bare, (people.clone(), &lines))?
            + write_money(tx, bare, &paid)?
            + write_ledger(tx, bare, (people.clone(), &paid))?)
    })
}

const SEEN: BulkUpdate = BulkUpdate {
    stage: "bench_seen",
    table: "debit",
    keys: &["person_id", "month", "branch", "part", "attempt"],
    from: &[],
    values: &["bank_reference", "proof"],
    only: "1 = 1",
};

/// Marks the money of [`write_bare`] as seen on the account, in one transaction. Says how many rows
/// changed.
///
/// # Errors
/// [`Error`] of the database.
pub fn mark_bare(db: &Db, people: std::ops::Range<i64>, bare: Bare) -> Result<u64, Error> {
    db.bulk_write(move |tx| {
        let paid = bare.lines(people.clone()).filter(|line| bare.is_paid(*line));
        let rows = paid.map(|line| -> [Value<'_>; 7] {
            let (person, month) = (line.person().into(), bare.month.into());
            let reference = "20261126000000000001".into();
            [person, month, line.branch.into(), 0.into(), 1.into(), reference, 2.into()]
        });
        tx.bulk_update(&SEEN, rows)
    })
}

impl Bare {
    fn lines(self, people: std::ops::Range<i64>) -> impl Iterator<Item = Line> {
        people.flat_map(|person| (1..=3).map(move |branch| Line { person, branch }))
    }

    const fn is_paid(self, line: Line) -> bool {
        !(line.branch == 3 && line.person % self.short_one_in == 0)
    }
}

/// One due of one person.
#[derive(Clone, Copy)]
struct Line {
    person: i64,
    branch: i64,
}

impl Line {
    fn person(self) -> PersonId {
        PersonId::from_i64(super::id(self.person))
    }

    /// A number of the program's shape for the line's receipt, entry or notice.
    const fn number(self, kind: i64) -> i64 {
        super::id((self.person * 3 + self.branch) * 4 + kind)
    }
}

fn write_attempts(
    tx: &mut Tx<'_>,
    bare: Bare,
    (people, lines): (std::ops::Range<i64>, &[Line]),
) -> Result<u64, Error> {
    let mut rows = tx.bulk(&payment::BULK)?;
    for person in people {
        let id = super::id(person);
        let (amount, at) = (120_000.into(), 1_764_000_000_000_000.into());
        let detail = "FE-20261126-ccb-1-0001".into();
        rows.push(&[id.into(), id.into(), 1.into(), 2.into(), amount, at, 1.into(), detail])?;
    }
    let mut count = rows.finish()?;
    let mut rows = tx.bulk(&payment::ITEM_BULK)?;
    for line in lines {
        let (id, month) = (super::id(line.person), bare.month.into());
        let branch = line.branch.into();
        rows.push(&[id.into(), id.into(), month, branch, 0.into(), 40_000.into(), 2.into()])?;
    }
    count += rows.finish()?;
    let mut rows = tx.bulk(&DEBIT)?;
    for line in lines {
        let id = super::id(line.person);
        let reference = "20261126000000000001".into();
        rows.push(&[
            id.into(),
            bare.month.into(),
            line.branch.into(),
            0.into(),
            1.into(),
            id.into(),
            1.into(),
            "FE-20261126-ccb-1-0001".into(),
            line.branch.into(),
            40_000.into(),
            2.into(),
            Value::Null,
            Value::Null,
            Value::Null,
            reference,
            1.into(),
        ])?;
    }
    Ok(count + rows.finish()?)
}

fn write_money(tx: &mut Tx<'_>, bare: Bare, paid: &[&Line]) -> Result<u64, Error> {
    let reference = |line: &Line| {
        let letter = ["P", "M", "U"][usize::try_from(line.branch - 1).unwrap_or(0)];
        format!("{:013}-202611-{letter}0-1-X7", super::id(line.person))
    };
    let mut rows = tx.bulk(&bulk_books::RECEIPT)?;
    for line in paid {
        let (id, entry) = (line.number(0), line.number(1));
        let reference = reference(line);
        let at = 1_764_000_000_000_000_i64;
        rows.push(&[
            line.person().into(),
            id.into(),
            1.into(),
            reference.as_str().into(),
            40_000.into(),
            at.into(),
            bare.day.into(),
            at.into(),
            1.into(),
            entry.into(),
        ])?;
    }
    let mut count = rows.finish()?;
    let mut rows = tx.bulk(&bulk_books::REFERENCE)?;
    for line in paid {
        let (reference, person) = (reference(line), line.person().into());
        let (id, day) = (line.number(0).into(), bare.day.into());
        rows.push(&[1.into(), reference.as_str().into(), person, id, 40_000.into(), day])?;
    }
    count += rows.finish()?;
    let moves = paid.iter().map(|line| -> [Value<'_>; 7] {
        let (person, month) = (line.person().into(), bare.month.into());
        let (receipt, day) = (line.number(0).into(), bare.day.into());
        [person, month, line.branch.into(), 0.into(), 2.into(), day, receipt]
    });
    Ok(count + tx.bulk_update(&DUE, moves)?)
}

fn write_ledger(
    tx: &mut Tx<'_>,
    bare: Bare,
    (people, paid): (std::ops::Range<i64>, &[&Line]),
) -> Result<u64, Error> {
    let hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let at: Value<'_> = 1_764_000_000_000_000_i64.into();
    let mut rows = tx.bulk(&bulk_books::ENTRY)?;
    for line in paid {
        let (person, id) = (line.person().into(), line.number(1).into());
        let receipt = line.number(0).into();
        rows.push(&[person, id, 2.into(), at, bare.day.into(), 4.into(), receipt, hash.into()])?;
    }
    let mut count = rows.finish()?;
    let mut rows = tx.bulk(&bulk_books::POSTING)?;
    for line in paid {
        rows.push(&[
            line.person().into(),
            line.number(1).into(),
            1.into(),
            101.into(),
            (120 + line.branch).into(),
            40_000.into(),
            bare.month.into(),
            line.branch.into(),
            0.into(),
        ])?;
    }
    count += rows.finish()?;
    let mut rows = tx.bulk(&bulk_books::CHAIN)?;
    for person in people {
        rows.push(&[super::id(person).into(), 3.into(), hash.into()])?;
    }
    count += rows.finish()?;
    let mut rows = tx.bulk(&bulk_books::NOTICE)?;
    for line in paid {
        let (person, month) = (line.person().into(), bare.month.into());
        let (receipt, id) = (line.number(0), line.number(2));
        let (subject, cause) = (receipt.into(), receipt.into());
        let amount = 40_000.into();
        rows.push(&[
            person,
            id.into(),
            2.into(),
            month,
            subject,
            amount,
            4.into(),
            cause,
            at,
            1.into(),
        ])?;
    }
    Ok(count + rows.finish()?)
}
