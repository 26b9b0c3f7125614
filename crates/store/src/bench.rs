//! Work to be timed by `shebao bench`, each in a database of its own. The clock is the caller's.

use insurance::ids::PersonId;
use units::Month;

use crate::tables::due;
use crate::url::Place;
use crate::{BulkTable, Db, Error, Fault, Tx, Url};

pub mod withholding;

/// A fresh database named `shebao_bench_` and `name` on the PostgreSQL server of another one; one
/// that an earlier run left is removed.
///
/// # Errors
/// [`Error::Unusable`] for an SQLite file, [`Error::Unreachable`] when the server does not answer or
/// does not allow it.
pub fn fresh_on_server(server: &Url, name: &str) -> Result<Url, Error> {
    remove_from_server(server, name)?;
    let name = format!("shebao_bench_{name}");
    let mut config = run_on_server(
        server,
        &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"),
    )?;
    config.dbname(&name);
    Ok(Url(Place::Postgres(config)))
}

/// Removes a database of [`fresh_on_server`].
///
/// # Errors
/// As [`fresh_on_server`].
pub fn remove_from_server(server: &Url, name: &str) -> Result<(), Error> {
    run_on_server(server, &format!("DROP DATABASE IF EXISTS shebao_bench_{name} WITH (FORCE)"))
        .map(|_| ())
}

fn run_on_server(server: &Url, sql: &str) -> Result<Box<postgres::Config>, Error> {
    let Place::Postgres(config) = &server.0 else {
        return Err(Error::Unusable("a file is no PostgreSQL server".to_owned()));
    };
    let unreachable = |error| Error::Unreachable(Fault::from(error));
    let mut client = config.connect(postgres::NoTls).map_err(unreachable)?;
    client.batch_execute(sql).map_err(unreachable)?;
    Ok(config.clone())
}

/// Rows in one commit of [`insert_bare_dues`].
const CHUNK_ROWS: u64 = 150_000;

/// Makes the tables of [`post_small_transactions`], and one account a person.
///
/// # Errors
/// [`Error`] of the database.
pub fn prepare_small_transactions(db: &Db, persons: i64) -> Result<(), Error> {
    db.bulk_write(move |tx| {
        tx.batch(
            "CREATE TABLE bench_account (person_id BIGINT NOT NULL PRIMARY KEY, fen BIGINT NOT NULL);
             CREATE TABLE bench_receipt (person_id BIGINT NOT NULL, number BIGINT NOT NULL,
                 fen BIGINT NOT NULL, PRIMARY KEY (person_id, number));",
        )?;
        for person in 1..=persons {
            let sql = "INSERT INTO bench_account (person_id, fen) VALUES ($1, 0)";
            tx.execute(sql, &[person.into()])?;
        }
        Ok(())
    })
}

/// Posts receipts, one durable transaction each: read an account, change it, insert a receipt.
/// `callers` threads post `each` of them, on persons of their own. Says how many were acknowledged.
///
/// To see what the grouping of commits gains, run it again on a database opened with
/// [`Settings::group_max`](crate::Settings::group_max) of 1.
///
/// # Errors
/// The first [`Error`] of the database.
pub fn post_small_transactions(db: &Db, callers: i64, each: i64) -> Result<i64, Error> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..callers)
            .map(|caller| {
                scope.spawn(move || {
                    (0..each).try_for_each(|number| {
                        let person = 1 + caller * each + number;
                        db.write(move |tx| post(tx, person))
                    })
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(callers * each)
    })
}

fn post(tx: &mut Tx<'_>, person: i64) -> Result<(), Error> {
    let select = "SELECT fen FROM bench_account WHERE person_id = $1";
    tx.lock_row(select, &[person.into()])?;
    let fen = tx.query_one(select, &[person.into()], |row| row.int(0))?;
    let update = "UPDATE bench_account SET fen = $2 WHERE person_id = $1";
    tx.execute(update, &[person.into(), (fen + 138_300).into()])?;
    let insert = "INSERT INTO bench_receipt (person_id, number, fen) VALUES ($1, $2, 138300)";
    tx.execute(insert, &[person.into(), fen.into()])?;
    Ok(())
}

/// Inserts three dues a person into the real table and computes nothing: what an assessment is
/// compared with. Says how many rows it inserted.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_bare_dues(db: &Db, month: Month, persons: u64) -> Result<u64, Error> {
    let rows = persons * 3;
    let mut first = 0;
    let mut inserted = 0;
    while first < rows {
        let last = rows.min(first + CHUNK_ROWS);
        inserted += db.bulk_write(move |tx| {
            let mut dues = tx.bulk(&due::BULK)?;
            for number in first..last {
                // Identifiers as the program makes them: large, rising, with gaps.
                let number = i64::try_from(number).unwrap_or(i64::MAX);
                let person = (number / 3 + 1_764_000_000_000) << 10;
                dues.push(&[
                    person.into(),
                    month.into(),
                    (number % 3 + 1).into(),
                    0.into(),
                    601_500.into(),
                    48_120.into(),
                    24_060.into(),
                    1.into(),
                    1.into(),
                ])?;
            }
            dues.finish()
        })?;
        first = last;
    }
    Ok(inserted)
}

/// A person's columns.
const PERSON: BulkTable = BulkTable {
    name: "person",
    columns: &["person_id", "identity_number", "name", "registered_on", "cause_kind", "cause_id"],
};

/// Whose an identity number is.
const IDENTITY_KEY: BulkTable =
    BulkTable { name: "identity_key", columns: &["identity_number", "person_id"] };

/// Whose a card is.
const CARD_KEY: BulkTable = BulkTable { name: "card_key", columns: &["card_number", "person_id"] };

/// An enrolment's columns.
const ENROLMENT: BulkTable = BulkTable {
    name: "enrolment",
    columns: &[
        "person_id",
        "enrolment_id",
        "office",
        "branches",
        "base_fen",
        "from_month",
        "opened_on",
        "cause_kind",
        "cause_id",
    ],
};

/// Inserts people without faces, insured in all branches from a month on: what a timed assessment
/// or payment works on.
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_insured(db: &Db, month: Month, persons: u64) -> Result<(), Error> {
    in_chunks(persons, |people| {
        db.bulk_write(move |tx| insert_people(tx, month, people.clone(), &faceless))
    })
}

/// As [`insert_insured`], with the identity numbers that `identity` gives to 0, 1, 2 and so on, so
/// that they are found by identity number and by card: see [`card`].
///
/// # Errors
/// [`Error`] of the database.
pub fn insert_customers(
    db: &Db,
    month: Month,
    persons: u64,
    identity: fn(i64) -> String,
) -> Result<(), Error> {
    in_chunks(persons, |people| {
        db.bulk_write(move |tx| {
            insert_people(tx, month, people.clone(), &identity)?;
            insert_keys(tx, &IDENTITY_KEY, people.clone(), &identity)?;
            insert_keys(tx, &CARD_KEY, people.clone(), &card)
        })
    })
}

/// The card of a person of [`insert_customers`].
#[must_use]
pub fn card(number: i64) -> String {
    format!("K{number:08}")
}

/// The person of a number.
#[must_use]
pub fn person(number: i64) -> PersonId {
    PersonId::from_i64(id(number))
}

fn faceless(number: i64) -> String {
    format!("bench{number}")
}

fn in_chunks(
    persons: u64,
    insert: impl Fn(std::ops::Range<i64>) -> Result<(), Error>,
) -> Result<(), Error> {
    let persons = i64::try_from(persons).unwrap_or(i64::MAX);
    let mut first = 0;
    while first < persons {
        let last = persons.min(first + PEOPLE_IN_A_CHUNK);
        insert(first..last)?;
        first = last;
    }
    Ok(())
}

/// Identifiers as the program makes them: large, rising, with gaps.
const fn id(number: i64) -> i64 {
    (number + 1_764_000_000_000) << 10
}

/// People in one commit of [`insert_insured`].
const PEOPLE_IN_A_CHUNK: i64 = 50_000;

fn insert_keys(
    tx: &mut Tx<'_>,
    table: &'static BulkTable,
    people: std::ops::Range<i64>,
    key: &dyn Fn(i64) -> String,
) -> Result<(), Error> {
    let mut bulk = tx.bulk(table)?;
    for number in people {
        bulk.push(&[key(number).as_str().into(), id(number).into()])?;
    }
    bulk.finish()?;
    Ok(())
}

fn insert_people(
    tx: &mut Tx<'_>,
    month: Month,
    people: std::ops::Range<i64>,
    identity: &dyn Fn(i64) -> String,
) -> Result<(), Error> {
    let day = month.first_day();
    let mut bulk = tx.bulk(&PERSON)?;
    for number in people.clone() {
        let identity = identity(number);
        let (identity, name) = (identity.as_str().into(), "无名".into());
        bulk.push(&[id(number).into(), identity, name, day.into(), 1.into(), 1.into()])?;
    }
    bulk.finish()?;
    let mut bulk = tx.bulk(&ENROLMENT)?;
    for number in people {
        let base = [495_200, 600_000, 800_000, 2_476_200][usize::try_from(number % 4).unwrap_or(0)];
        bulk.push(&[
            id(number).into(),
            1.into(),
            "xuanwu".into(),
            7.into(),
            base.into(),
            month.into(),
            day.into(),
            1.into(),
            1.into(),
        ])?;
    }
    bulk.finish()?;
    Ok(())
}
