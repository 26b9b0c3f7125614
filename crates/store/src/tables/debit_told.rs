//! `debit`, thousands at once: what a bank's answer tells of them, with all that booking needs to
//! know of each, and what booking changes in them.

use insurance::debit::{DebitState, Retry};
use insurance::due::{Due, DueState};
use insurance::ids::{PaymentId, PersonId};
use insurance::ledger::ChainHash;
use insurance::notice::NoticeKind;
use insurance::payment::{ChannelKind, DueKey};
use units::Fen;

use super::bulk_books::Head;
use super::debit::{Debit, Proof};
use super::payment::PaymentState;
use crate::stage::Stage;
use crate::tx::Dialect;
use crate::{BulkTable, BulkUpdate, Error, Row, Tx, Value};

/// Which attempt a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldKey<'a> {
    /// The line's place in the chunk.
    pub line: i64,
    /// Which due.
    pub due: DueKey,
    /// Which attempt.
    pub attempt: u16,
    /// Whether it tells that the attempt failed.
    pub failed: bool,
    /// The end-to-end number, under which the books know its money.
    pub reference: &'a str,
}

/// An attempt that a line tells of, with what booking needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldDebit {
    /// The line's place in the chunk.
    pub line: i64,
    /// The attempt.
    pub debit: Debit,
    /// The due.
    pub due: Due,
    /// Whether the attempt still locks the due.
    pub locks: bool,
    /// The end of the person's chain, if they have one.
    pub head: Option<Head>,
    /// Whether medical cover may come back with a medical due.
    pub suspended: bool,
    /// The money that was booked for the attempt before.
    pub booked: Option<Fen>,
    /// Whether the person was told before that this attempt failed; only looked at for a line that
    /// tells of a failure.
    pub failure_told: bool,
}

const KEYS: Stage = Stage {
    table: BulkTable {
        name: "told_key",
        columns: &[
            "line",
            "person_id",
            "month",
            "branch",
            "part",
            "attempt",
            "failed",
            "reference",
        ],
    },
    declared: "line BIGINT NOT NULL, person_id BIGINT NOT NULL, month BIGINT NOT NULL, \
               branch BIGINT NOT NULL, part BIGINT NOT NULL, attempt BIGINT NOT NULL, \
               failed BIGINT NOT NULL, reference TEXT NOT NULL",
};

/// Whether the people of attempts are locked until the transaction ends. On SQLite a writer is
/// alone anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// They are.
    Locked,
    /// They are not: what is read may have changed when it is used.
    Free,
}

/// The attempts of keys, in any order; those that were never made are left out.
///
/// # Errors
/// [`Error`] of the database.
pub fn list<'a>(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = ToldKey<'a>>,
    people: People,
) -> Result<Vec<ToldDebit>, Error> {
    tx.stage(&KEYS)?;
    let mut rows = tx.bulk(&KEYS.table)?;
    for key in keys {
        rows.push(&[
            key.line.into(),
            key.due.person.into(),
            key.due.month.into(),
            key.due.branch.code().into(),
            i64::from(key.due.part).into(),
            i64::from(key.attempt).into(),
            key.failed.into(),
            key.reference.into(),
        ])?;
    }
    rows.finish()?;
    if people == People::Locked && tx.dialect() == Dialect::Postgres {
        let lock = "SELECT person_id FROM person WHERE person_id IN \
                    (SELECT person_id FROM told_key) ORDER BY person_id FOR UPDATE";
        tx.query_each::<Error>(lock, &[], |_| Ok(()))?;
    }
    tx.by_key(|tx| {
        tx.query(
            "SELECT k.line, d.person_id, d.month, d.branch, d.part, d.attempt, d.payment_id, \
         d.mandate_id, d.file_id, d.amount_fen, d.state, d.retry, d.bank_reference, d.proof, \
         u.base_fen, u.amount_fen, u.account_fen, u.batch_id, u.state, i.state, \
         c.entries, c.head, r.amount_fen, \
         CASE WHEN k.branch = 2 THEN EXISTS (SELECT 1 FROM suspension s \
         WHERE s.person_id = k.person_id AND s.lifted_on IS NULL) ELSE 1 = 0 END, \
         CASE WHEN k.failed = 1 THEN EXISTS (SELECT 1 FROM notice n \
         WHERE n.person_id = k.person_id AND n.kind = $2 AND n.month = k.month \
         AND n.subject = d.payment_id) ELSE 1 = 0 END \
         FROM told_key k CROSS JOIN debit d CROSS JOIN due u \
         LEFT JOIN payment_item i ON i.person_id = d.person_id AND i.payment_id = d.payment_id \
         AND i.month = d.month AND i.branch = d.branch AND i.part = d.part \
         LEFT JOIN ledger_chain c ON c.person_id = d.person_id \
         LEFT JOIN channel_reference r ON r.channel = $1 AND r.reference = k.reference \
         WHERE d.person_id = k.person_id AND d.month = k.month AND d.branch = k.branch \
         AND d.part = k.part AND d.attempt = k.attempt \
         AND u.person_id = k.person_id AND u.month = k.month AND u.branch = k.branch \
         AND u.part = k.part",
            &[ChannelKind::BankBatch.code().into(), NoticeKind::WithholdingFailed.code().into()],
            read,
        )
    })
}

fn read(row: &Row<'_>) -> Result<ToldDebit, Error> {
    let key = DueKey {
        person: row.id(1)?,
        month: row.month(2)?,
        branch: super::branch(row, 3)?,
        part: super::part(row, 4)?,
    };
    let attempt = Error::Corrupt { column: 5, expected: "an attempt from 1 to 65535" };
    let debit = Debit {
        due: key,
        attempt: u16::try_from(row.int(5)?).map_err(|_| attempt)?,
        payment: row.id(6)?,
        mandate: row.id(7)?,
        file: row.string(8)?,
        amount: row.fen(9)?,
        state: row.code(10, DebitState::from_code)?,
        retry: row.opt_int(11)?.and_then(Retry::from_code),
        bank_reference: row.opt_string(12)?,
        proof: row.opt_int(13)?.and_then(Proof::from_code),
    };
    let due = Due {
        key,
        base: row.fen(14)?,
        amount: row.fen(15)?,
        account: row.fen(16)?,
        batch: row.id(17)?,
        state: row.code(18, DueState::from_code)?,
    };
    let hash = row.opt_string(21)?.map(ChainHash::from_text);
    Ok(ToldDebit {
        line: row.int(0)?,
        debit,
        due,
        locks: row.opt_int(19)? == Some(PaymentState::Open.code()),
        head: row.opt_int(20)?.zip(hash).map(|(entries, hash)| Head { entries, hash }),
        booked: row.opt_fen(22)?,
        suspended: row.bool(23)?,
        failure_told: row.bool(24)?,
    })
}

const TOLD: BulkUpdate = BulkUpdate {
    stage: "new_debit_told",
    table: "debit",
    keys: &["person_id", "month", "branch", "part", "attempt"],
    from: &["state"],
    values: &["state", "retry", "reason", "raw", "bank_reference", "proof"],
    only: "(debit.state = 1 OR debit.proof = 1)",
};

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTold<'a> {
    /// Which due.
    pub due: DueKey,
    /// Which attempt.
    pub attempt: u16,
    /// Where it stood when this was decided.
    pub from: DebitState,
    /// Where it stands.
    pub state: DebitState,
    /// Whether another may follow.
    pub retry: Option<Retry>,
    /// Our word and the bank's raw words, where it ended without money.
    pub reason: Option<(&'a str, &'a str)>,
    /// The bank's number.
    pub bank_reference: Option<&'a str>,
    /// How the money was told.
    pub proof: Option<Proof>,
}

/// Records what a bank told: first words of attempts that nothing was told of, or that money that
/// was reported is booked. Every column is replaced. Answers how many rows changed: fewer when
/// somebody else was told more meanwhile.
///
/// # Errors
/// [`Error`] of the database.
pub fn set_told_each<'a>(
    tx: &mut Tx<'_>,
    told: impl Iterator<Item = NewTold<'a>>,
) -> Result<u64, Error> {
    let rows = told.map(|told| -> [Value<'a>; 12] {
        let [person, month, branch, part] = key(&told.due);
        let (reason, raw) = told.reason.unzip();
        [
            person,
            month,
            branch,
            part,
            i64::from(told.attempt).into(),
            told.from.code().into(),
            told.state.code().into(),
            told.retry.map(Retry::code).into(),
            reason.into(),
            raw.into(),
            told.bank_reference.into(),
            told.proof.map(Proof::code).into(),
        ]
    });
    tx.bulk_update(&TOLD, rows)
}

const ITEM_ENDED: BulkUpdate = BulkUpdate {
    stage: "new_item_state",
    table: "payment_item",
    keys: &["person_id", "payment_id", "month", "branch", "part"],
    from: &[],
    values: &["state", "reason", "raw"],
    only: "payment_item.state = 1",
};

/// How an open item ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedItem<'a> {
    /// In which attempt.
    pub payment: PaymentId,
    /// Which due.
    pub due: DueKey,
    /// Paid or failed.
    pub state: PaymentState,
    /// Our word and the bank's raw words; both empty for money.
    pub reason: (&'a str, &'a str),
}

/// Ends items that are open.
///
/// # Errors
/// [`Error`] of the database.
pub fn end_items<'a>(
    tx: &mut Tx<'_>,
    items: impl Iterator<Item = EndedItem<'a>>,
) -> Result<u64, Error> {
    let rows = items.map(|item| -> [Value<'a>; 8] {
        let [person, month, branch, part] = key(&item.due);
        let (reason, raw) = item.reason;
        let state = item.state.code().into();
        [person, item.payment.into(), month, branch, part, state, reason.into(), raw.into()]
    });
    tx.bulk_update(&ITEM_ENDED, rows)
}

const TOUCHED: Stage = Stage {
    table: BulkTable { name: "touched_payment", columns: &["person_id", "payment_id"] },
    declared: "person_id BIGINT NOT NULL, payment_id BIGINT NOT NULL",
};

/// Ends those attempts none of whose items is open any more: paid if one was, else failed.
///
/// # Errors
/// [`Error`] of the database.
pub fn end_settled(
    tx: &mut Tx<'_>,
    payments: impl Iterator<Item = (PersonId, PaymentId)>,
) -> Result<u64, Error> {
    tx.stage(&TOUCHED)?;
    let mut rows = tx.bulk(&TOUCHED.table)?;
    for (person, payment) in payments {
        rows.push(&[person.into(), payment.into()])?;
    }
    rows.finish()?;
    tx.by_key(|tx| {
        tx.execute(
        "UPDATE payment SET state = (SELECT CASE WHEN COUNT(CASE WHEN i.state = 2 THEN 1 END) > 0 \
         THEN 2 ELSE 3 END FROM payment_item i WHERE i.person_id = payment.person_id \
         AND i.payment_id = payment.payment_id) \
         WHERE state = 1 AND (person_id, payment_id) IN \
         (SELECT person_id, payment_id FROM touched_payment) \
         AND NOT EXISTS (SELECT 1 FROM payment_item i WHERE i.person_id = payment.person_id \
         AND i.payment_id = payment.payment_id AND i.state = 1)",
        &[],
    )
    })
}

const PAYING: Stage = Stage {
    table: BulkTable { name: "paying_person", columns: &["person_id", "medical"] },
    declared: "person_id BIGINT NOT NULL, medical BIGINT NOT NULL",
};

/// Locks people, whose attempts were read without a lock, until the transaction ends. Answers
/// whether the cover of one of those who pay a medical due is suspended.
///
/// # Errors
/// [`Error`] of the database.
pub fn lock_people(
    tx: &mut Tx<'_>,
    people: impl Iterator<Item = (PersonId, PaysMedical)>,
) -> Result<bool, Error> {
    let locks = tx.dialect() == Dialect::Postgres;
    tx.stage(&PAYING)?;
    let mut rows = tx.bulk(&PAYING.table)?;
    for (person, pays) in people {
        if locks || pays == PaysMedical::Yes {
            rows.push(&[person.into(), (pays == PaysMedical::Yes).into()])?;
        }
    }
    rows.finish()?;
    if locks {
        let lock = "SELECT person_id FROM person WHERE person_id IN \
                    (SELECT person_id FROM paying_person) ORDER BY person_id FOR UPDATE";
        tx.query_each::<Error>(lock, &[], |_| Ok(()))?;
    }
    tx.query_one(
        "SELECT EXISTS (SELECT 1 FROM paying_person p CROSS JOIN suspension s \
         WHERE p.medical = 1 AND s.person_id = p.person_id AND s.lifted_on IS NULL)",
        &[],
        |row| row.bool(0),
    )
}

/// Whether a person pays a medical due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaysMedical {
    /// One of their lines is money for one.
    Yes,
    /// None is.
    No,
}

fn key(due: &DueKey) -> [Value<'static>; 4] {
    [due.person.into(), due.month.into(), due.branch.code().into(), i64::from(due.part).into()]
}
