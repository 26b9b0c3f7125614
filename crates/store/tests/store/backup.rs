//! A backup taken while the program works is a whole database.

use std::sync::atomic::{AtomicBool, Ordering};

use store::testing::{on_postgres, on_sqlite};
use store::{Db, Error, Url};

use crate::{insert, make_account, persons};

#[test]
fn a_backup_made_while_others_write_holds_all_that_was_committed_before() {
    on_sqlite(|db| {
        make_account(db);
        db.write(|tx| (1..=1000).try_for_each(|person| insert(tx, person))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for person in 1001.. {
                    db.write(move |tx| insert(tx, person)).unwrap();
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            db.backup_to(&file).unwrap();
            done.store(true, Ordering::Relaxed);
        });
        let copy = Db::open(&Url::of_file(&file)).unwrap();
        let there = persons(&copy);
        let count = i64::try_from(there.len()).unwrap();
        assert!(count >= 1000);
        // One snapshot: no gap.
        assert!(there.into_iter().eq(1..=count));
        let sound =
            copy.read(|tx| tx.query_one("PRAGMA integrity_check", &[], |row| row.string(0)));
        assert_eq!(sound.as_deref(), Ok("ok"));
        copy.write(|tx| insert(tx, 5_000_000)).unwrap();
    });
}

#[test]
fn a_backup_never_replaces_a_file() {
    on_sqlite(|db| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        std::fs::write(&file, "precious").unwrap();
        assert!(matches!(db.backup_to(&file), Err(Error::Backup(_))));
        assert_eq!(std::fs::read(&file).unwrap(), b"precious");
        let nowhere = folder.path().join("missing/copy.db");
        assert!(matches!(db.backup_to(&nowhere), Err(Error::Backup(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    });
}

#[test]
fn postgresql_is_backed_up_by_its_own_programs() {
    on_postgres(|db| {
        let refused = db.backup_to("copy.db".as_ref()).unwrap_err();
        assert!(refused.to_string().contains("pg_dump"), "{refused}");
    });
}
