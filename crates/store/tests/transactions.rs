//! What a transaction promises, on both engines.
#![expect(clippy::unwrap_used, reason = "the helpers of tests")]

use store::testing::for_each_database;
use store::{BulkTable, Db, Error};

const ACCOUNT: BulkTable = BulkTable { name: "account", columns: &["person_id", "note", "fen"] };

fn make_account(db: &Db) {
    db.write(|tx| {
        let sql =
            "CREATE TABLE account (person_id BIGINT PRIMARY KEY, note TEXT, fen BIGINT NOT NULL)";
        tx.execute(sql, &[])
    })
    .unwrap();
}

fn count(db: &Db) -> i64 {
    db.read(|tx| tx.query_one("SELECT COUNT(*) FROM account", &[], |row| row.int(0))).unwrap()
}

#[test]
fn parameters_are_bound_by_their_number_wherever_they_stand() {
    for_each_database(|db| {
        make_account(db);
        let changed = db
            .write(|tx| {
                let sql = "INSERT INTO account (note, person_id, fen) VALUES ($2, $1, $3)";
                tx.execute(sql, &[7_i64.into(), "宋先生".into(), 100_i64.into()])?;
                let sql =
                    "UPDATE account SET fen = fen + $2 WHERE person_id = $1 AND fen < $2 + $2";
                tx.execute(sql, &[7_i64.into(), 900_i64.into()])
            })
            .unwrap();
        assert_eq!(changed, 1);
        let found: Option<(String, i64)> = db
            .read(|tx| {
                tx.query_opt(
                    "SELECT note, fen FROM account WHERE fen = $2 AND person_id = $1",
                    &[7_i64.into(), 1000_i64.into()],
                    |row| Ok((row.string(0)?, row.int(1)?)),
                )
            })
            .unwrap();
        assert_eq!(found, Some(("宋先生".to_owned(), 1000)));
    });
}

#[test]
fn bulk_rows_are_all_there_or_none_is() {
    for_each_database(|db| {
        make_account(db);
        let insert = |first: i64, last: i64| {
            db.bulk_write(move |tx| {
                let mut rows = tx.bulk(&ACCOUNT)?;
                for person in first..=last {
                    rows.push(&[person.into(), Option::<&str>::None.into(), 100_i64.into()])?;
                }
                rows.finish()
            })
        };
        assert_eq!(insert(1, 20_000), Ok(20_000));
        assert!(matches!(insert(20_000, 20_010), Err(Error::Statement { .. })));
        assert_eq!(count(db), 20_000);
    });
}
