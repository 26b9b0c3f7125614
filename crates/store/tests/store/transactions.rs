//! What a transaction promises, on both engines.

use std::sync::mpsc;

use store::testing::{for_each_database, on_postgres};
use store::{BulkTable, Db, Error};

use crate::{insert, make_account, persons};

const ACCOUNT: BulkTable = BulkTable { name: "account", columns: &["person_id", "note", "fen"] };

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
        let found = db.read(|tx| {
            tx.query_opt(
                "SELECT note, fen FROM account WHERE fen = $2 AND person_id = $1",
                &[7_i64.into(), 1000_i64.into()],
                |row| Ok((row.string(0)?, row.int(1)?)),
            )
        });
        assert_eq!(found, Ok(Some(("宋先生".to_owned(), 1000))));
    });
}

#[test]
fn too_many_or_too_few_parameters_are_an_error() {
    for_each_database(|db| {
        for count in [0, 2] {
            let params = vec![store::Value::Int(1); count];
            let found = db.read(|tx| tx.query_one("SELECT $1 + 1", &params, |row| row.int(0)));
            assert!(matches!(found, Err(Error::Statement { .. })), "{count} parameters");
        }
    });
}

#[test]
fn bulk_rows_are_all_there_or_none_is() {
    for_each_database(|db| {
        make_account(db);
        let bulk = |first: i64, last: i64| {
            db.bulk_write(move |tx| {
                let mut rows = tx.bulk(&ACCOUNT)?;
                for person in first..=last {
                    rows.push(&[person.into(), Option::<&str>::None.into(), 100_i64.into()])?;
                }
                rows.finish()
            })
        };
        assert_eq!(bulk(1, 20_000), Ok(20_000));
        assert!(matches!(bulk(20_000, 20_010), Err(Error::Statement { .. })));
        assert_eq!(persons(db).len(), 20_000);
        assert_eq!(bulk(20_001, 20_001), Ok(1));
    });
}

#[test]
fn a_bulk_insert_that_is_not_finished_undoes_the_transaction() {
    for_each_database(|db| {
        make_account(db);
        let answer: Result<(), Error> = db
            .bulk_write(|tx| tx.bulk(&ACCOUNT)?.push(&[1_i64.into(), "left".into(), 1_i64.into()]));
        assert_eq!(answer, Err(Error::WentOnAfterFailure));
        assert!(persons(db).is_empty());
    });
}

#[test]
fn a_transaction_that_goes_on_after_a_failed_statement_is_undone() {
    for_each_database(|db| {
        make_account(db);
        let answer = db.write(|tx| {
            insert(tx, 1)?;
            let _ = insert(tx, 1);
            Ok(())
        });
        assert_eq!(answer, Err(Error::WentOnAfterFailure));
        let answer = db.bulk_write(|tx| -> Result<(), Error> {
            insert(tx, 1)?;
            let _ = insert(tx, 1);
            // PostgreSQL refuses to begin; SQLite would go on.
            tx.bulk(&ACCOUNT)?.finish().map(|_| ())
        });
        assert!(answer.is_err());
        assert!(persons(db).is_empty());
    });
}

#[test]
fn a_read_sees_one_snapshot_while_others_write() {
    for_each_database(|db| {
        make_account(db);
        db.write(|tx| insert(tx, 1)).unwrap();
        let count = "SELECT COUNT(*) FROM account";
        let (before, after) = db
            .read(|tx| {
                let before = tx.query_one(count, &[], |row| row.int(0))?;
                db.write(|tx| insert(tx, 2))?;
                Ok::<_, Error>((before, tx.query_one(count, &[], |row| row.int(0))?))
            })
            .unwrap();
        assert_eq!((before, after), (1, 1));
        assert_eq!(persons(db), [1, 2]);
    });
}

#[test]
fn a_read_cannot_write() {
    for_each_database(|db| {
        make_account(db);
        assert!(matches!(db.read(|tx| insert(tx, 1)), Err(Error::Statement { .. })));
        assert!(persons(db).is_empty());
    });
}

#[test]
fn writers_that_lock_a_row_take_turns() {
    const WRITERS: i64 = 8;
    const TURNS: i64 = 25;
    for_each_database(|db| {
        make_account(db);
        db.write(|tx| insert(tx, 1)).unwrap();
        let turn = |tx: &mut store::Tx<'_>| {
            let one = [1_i64.into()];
            assert!(tx.lock_row("SELECT 1 FROM account WHERE person_id = $1", &one)?);
            let select = "SELECT fen FROM account WHERE person_id = $1";
            let fen = tx.query_one(select, &one, |row| row.int(0))?;
            let update = "UPDATE account SET fen = $1 WHERE person_id = 1";
            tx.execute(update, &[(fen + 1).into()])
        };
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| (0..TURNS).for_each(|_| assert_eq!(db.write(turn), Ok(1))));
            }
        });
        let fen = db.read(|tx| tx.query_one("SELECT fen FROM account", &[], |row| row.int(0)));
        assert_eq!(fen, Ok(100 + WRITERS * TURNS));
    });
}

/// Tells the other side of a deadlock that a row is held, and waits until it says the same.
fn meet(other: Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>) {
    if let Some((tell, told)) = other {
        tell.send(()).unwrap();
        told.recv().unwrap();
    }
}

#[test]
fn a_deadlock_is_run_again_until_both_are_done() {
    on_postgres(|db| {
        make_account(db);
        db.write(|tx| insert(tx, 1).and_then(|()| insert(tx, 2))).unwrap();
        let (left_has_one, one_is_held) = mpsc::channel();
        let (right_has_two, two_is_held) = mpsc::channel();
        let add = |tx: &mut store::Tx<'_>, person: i64| {
            let sql = "UPDATE account SET fen = fen + 1 WHERE person_id = $1";
            tx.execute(sql, &[person.into()])
        };
        // Each holds its first row before either asks for its second. Only a first run waits for the
        // other's signal: on a second run it is spent, and the other may be waiting for this one's row.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut other = Some((left_has_one, two_is_held));
                let answer = db.write(move |tx| {
                    add(tx, 1)?;
                    meet(other.take());
                    add(tx, 2)
                });
                assert_eq!(answer, Ok(1));
            });
            scope.spawn(|| {
                let mut other = Some((right_has_two, one_is_held));
                let answer = db.write(move |tx| {
                    add(tx, 2)?;
                    meet(other.take());
                    add(tx, 1)
                });
                assert_eq!(answer, Ok(1));
            });
        });
        let sums = db.read(|tx| tx.query("SELECT fen FROM account", &[], |row| row.int(0)));
        assert_eq!(sums, Ok(vec![102, 102]));
    });
}

#[test]
fn a_stream_that_its_reader_ends_leaves_the_database_usable() {
    for_each_database(|db| {
        make_account(db);
        db.write(|tx| (1..=1000).try_for_each(|person| insert(tx, person))).unwrap();
        let mut seen = 0;
        let ended: Result<(), Error> = db.read(|tx| {
            tx.query_each("SELECT person_id FROM account", &[], |_| {
                seen += 1;
                if seen == 10 { Err(Error::Closed) } else { Ok(()) }
            })
        });
        assert_eq!((ended, seen), (Err(Error::Closed), 10));
        assert_eq!(persons(db).len(), 1000);
    });
}

#[test]
fn handlers_can_await_writes_and_reads() {
    for_each_database(|db| {
        make_account(db);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(db.write_async(|tx| insert(tx, 1)).await, Ok(()));
            let count = |tx: &mut store::Tx<'_>| {
                tx.query_one("SELECT COUNT(*) FROM account", &[], |row| row.int(0))
            };
            assert_eq!(db.read_async(count).await, Ok(1));
            assert_eq!(db.lookup_async(count).await, Ok(1));
        });
    });
}

#[test]
fn a_panic_in_a_closure_goes_on_in_its_caller_and_undoes_its_writes() {
    for_each_database(|db| {
        make_account(db);
        let write = std::panic::AssertUnwindSafe(|| {
            db.write(|tx| -> Result<(), Error> {
                insert(tx, 1)?;
                panic!("a defect");
            })
        });
        let panic = std::panic::catch_unwind(write).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"a defect"));
        let read = std::panic::AssertUnwindSafe(|| {
            db.read(|_| -> Result<(), Error> { panic!("another") })
        });
        assert!(std::panic::catch_unwind(read).is_err());
        db.write(|tx| insert(tx, 2)).unwrap();
        assert_eq!(persons(db), [2]);
    });
}

#[test]
fn clones_share_one_database() {
    for_each_database(|db| {
        make_account(db);
        let other: Db = db.clone();
        std::thread::spawn(move || other.write(|tx| insert(tx, 1))).join().unwrap().unwrap();
        assert_eq!(persons(db), [1]);
    });
}
