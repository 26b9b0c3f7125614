//! SQLite's group commit: what callers that share a commit do to each other.

use std::sync::mpsc;

use store::testing::on_sqlite;
use store::{Db, Error, Tx};
use tokio::task::JoinError;

use crate::{insert, make_account, persons};

type Closure = Box<dyn FnMut(&mut Tx<'_>) -> Result<(), Error> + Send>;
type Answer = Result<Result<(), Error>, JoinError>;

/// Runs closures that all share one commit: they are queued while the writer thread is held.
fn together(db: &Db, closures: Vec<Closure>) -> Vec<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (started, is_held) = mpsc::channel();
    let (release, held) = mpsc::channel::<()>();
    let write = |mut closure: Closure| {
        let db = db.clone();
        runtime.spawn(async move { db.write_async(move |tx| closure(tx)).await })
    };
    let holder: Closure = Box::new(move |_| {
        started.send(()).unwrap();
        held.recv().unwrap();
        Ok(())
    });
    let holder = write(holder);
    runtime.block_on(tokio::task::yield_now());
    is_held.recv().unwrap();
    let others: Vec<_> = closures.into_iter().map(write).collect();
    runtime.block_on(async {
        // One turn of a single-threaded executor polls, and so queues, every one of them.
        for _ in 0..=others.len() {
            tokio::task::yield_now().await;
        }
        release.send(()).unwrap();
        holder.await.unwrap().unwrap();
        let mut answers = Vec::new();
        for other in others {
            answers.push(other.await);
        }
        answers
    })
}

#[test]
fn a_caller_that_fails_or_panics_undoes_only_its_own_writes() {
    on_sqlite(|db| {
        make_account(db);
        let answers = together(
            db,
            vec![
                Box::new(|tx| insert(tx, 1)),
                Box::new(|tx| insert(tx, 2).and(Err(Error::Closed))),
                Box::new(|tx| {
                    insert(tx, 3)?;
                    panic!("a defect");
                }),
                Box::new(|tx| insert(tx, 1)),
                Box::new(|tx| insert(tx, 5)),
            ],
        );
        assert!(matches!(answers[0], Ok(Ok(()))));
        assert!(matches!(answers[1], Ok(Err(Error::Closed))));
        assert!(answers[2].as_ref().is_err_and(JoinError::is_panic));
        assert!(matches!(answers[3], Ok(Err(Error::Statement { .. }))));
        assert!(matches!(answers[4], Ok(Ok(()))));
        assert_eq!(persons(db), [1, 5]);
    });
}

#[test]
fn a_failed_commit_is_told_to_every_caller_that_shared_it() {
    on_sqlite(|db| {
        make_account(db);
        db.write(|tx| {
            let sql = "CREATE TABLE child (person_id BIGINT
                REFERENCES account (person_id) DEFERRABLE INITIALLY DEFERRED)";
            tx.execute(sql, &[])
        })
        .unwrap();
        let orphan = |tx: &mut Tx<'_>| {
            tx.execute("INSERT INTO child (person_id) VALUES (404)", &[]).map(|_| ())
        };
        let answers = together(
            db,
            vec![
                Box::new(|tx| insert(tx, 1)),
                Box::new(orphan),
                // This refusal rests on the first caller's row, which is undone.
                Box::new(|tx| insert(tx, 1).map_err(|_| Error::Closed)),
            ],
        );
        for answer in answers {
            assert!(matches!(answer, Ok(Err(Error::CommitFailed(_)))), "{answer:?}");
        }
        assert!(persons(db).is_empty());
        db.write(|tx| insert(tx, 2)).unwrap();
        assert_eq!(persons(db), [2]);
    });
}

#[test]
fn a_full_disk_is_told_to_those_it_undid_and_the_others_go_on() {
    on_sqlite(|db| {
        make_account(db);
        let limit = |tx: &mut Tx<'_>| {
            let pages = tx.query_one("PRAGMA page_count", &[], |row| row.int(0))?;
            let sql = format!("PRAGMA max_page_count = {}", pages + 10);
            tx.query_one(&sql, &[], |_| Ok(()))
        };
        db.write(limit).unwrap();
        let fill = |tx: &mut Tx<'_>| {
            let note = "x".repeat(1_000_000);
            let sql = "INSERT INTO account (person_id, note, fen) VALUES (9, $1, 0)";
            tx.execute(sql, &[(&note).into()]).map(|_| ())
        };
        let answers = together(
            db,
            vec![Box::new(|tx| insert(tx, 1)), Box::new(fill), Box::new(|tx| insert(tx, 3))],
        );
        // Whether the engine undoes only the statement or the whole transaction is its choice;
        // what was answered with Ok must be there, and nothing else.
        let told = |index: usize| matches!(answers[index], Ok(Ok(())));
        assert!(!told(1), "{answers:?}");
        assert!(told(2), "{answers:?}");
        assert_eq!(persons(db), if told(0) { vec![1, 3] } else { vec![3] });
    });
}

#[test]
fn bulk_work_takes_its_turn_between_small_writers() {
    on_sqlite(|db| {
        make_account(db);
        std::thread::scope(|scope| {
            for first in [1000, 2000, 3000] {
                scope.spawn(move || {
                    let bulk = db.bulk_write(move |tx| {
                        (first..first + 500).try_for_each(|person| insert(tx, person))
                    });
                    assert_eq!(bulk, Ok(()));
                });
                scope.spawn(move || {
                    assert_eq!(db.write(move |tx| insert(tx, first / 1000)), Ok(()));
                });
            }
            scope.spawn(|| {
                let refused =
                    db.bulk_write(|tx| insert(tx, 9999).and(Err::<(), Error>(Error::Closed)));
                assert_eq!(refused, Err(Error::Closed));
            });
        });
        assert_eq!(persons(db).len(), 1503);
    });
}

#[test]
fn what_a_closure_holds_is_free_before_its_caller_goes_on() {
    on_sqlite(|db| {
        for _ in 0..100 {
            let held = std::sync::Arc::new(());
            let inside = std::sync::Arc::clone(&held);
            db.write(move |_| Ok::<_, Error>(std::sync::Arc::strong_count(&inside))).unwrap();
            assert_eq!(std::sync::Arc::strong_count(&held), 1);
        }
    });
}

#[test]
fn a_write_inside_a_write_is_a_defect_not_a_deadlock() {
    on_sqlite(|db| {
        let inner = db.clone();
        let nested = std::panic::AssertUnwindSafe(|| {
            db.write(move |_| inner.write(|_| Ok::<(), Error>(())))
        });
        assert!(std::panic::catch_unwind(nested).is_err());
    });
}
