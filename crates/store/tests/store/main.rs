//! What the store promises, on SQLite and on PostgreSQL. One program, so that one throw-away
//! server serves all of it.
#![expect(clippy::unwrap_used, reason = "the helpers of tests")]

mod backup;
mod bench;
mod durability;
mod groups;
mod migrations;
mod schema;
mod transactions;
mod values;

use store::{Db, Error};

/// A table for tests, and what it holds.
fn make_account(db: &Db) {
    db.write(|tx| {
        let table = "CREATE TABLE account (
            person_id BIGINT NOT NULL PRIMARY KEY, note TEXT, fen BIGINT NOT NULL)";
        tx.execute(table, &[])
    })
    .unwrap();
}

fn insert(tx: &mut store::Tx<'_>, person: i64) -> Result<(), Error> {
    let sql = "INSERT INTO account (person_id, note, fen) VALUES ($1, $2, $3)";
    tx.execute(sql, &[person.into(), "参保人".into(), 100_i64.into()]).map(|_| ())
}

fn persons(db: &Db) -> Vec<i64> {
    let sql = "SELECT person_id FROM account ORDER BY person_id";
    db.read(|tx| tx.query(sql, &[], |row| row.int(0))).unwrap()
}
