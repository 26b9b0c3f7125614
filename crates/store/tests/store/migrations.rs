//! Databases of every age are recognised.

use store::testing::{for_each_database, for_each_url, now};
use store::{Db, Error, Url};

#[test]
fn migrating_again_changes_nothing() {
    for_each_url(|url| {
        let history = || {
            let sql = "SELECT version, name, applied_at FROM schema_migration ORDER BY version";
            let db = Db::open(url).unwrap();
            db.read(|tx| {
                tx.query(sql, &[], |row| Ok((row.int(0)?, row.string(1)?, row.timestamp(2)?)))
            })
            .unwrap()
        };
        let before = history();
        assert!(before.iter().map(|line| line.0).eq(1..=i64::try_from(before.len()).unwrap()));
        drop(Db::migrate(url, now().plus_seconds(60)).unwrap());
        assert_eq!(history(), before);
    });
}

#[test]
fn a_database_newer_than_the_program_is_refused() {
    for_each_url(|url| {
        let db = Db::open(url).unwrap();
        db.write(|tx| {
            let sql =
                "INSERT INTO schema_migration (version, name, applied_at) VALUES (9999, 'x', 0)";
            tx.execute(sql, &[])
        })
        .unwrap();
        drop(db);
        for refused in [Db::open(url).err(), Db::migrate(url, now()).err()] {
            let refused = refused.unwrap();
            assert!(matches!(refused, Error::NewerThanProgram { found: 9999, .. }), "{refused}");
            assert!(refused.to_string().contains("newer program"), "{refused}");
        }
    });
}

#[test]
fn a_database_without_the_schema_is_refused_until_it_is_migrated() {
    for_each_url(|url| {
        let db = Db::open(url).unwrap();
        db.write(|tx| tx.execute("DELETE FROM schema_migration WHERE version > 0", &[])).unwrap();
        drop(db);
        let refused = Db::open(url).unwrap_err();
        assert!(matches!(refused, Error::NeedsMigration { found: 0, .. }), "{refused}");
        assert!(refused.to_string().contains("shebao init"), "{refused}");
    });
}

#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was() {
    for_each_url(|url| {
        let db = Db::open(url).unwrap();
        // The tables stay, so the first migration will find its own in the way.
        db.write(|tx| tx.execute("DELETE FROM schema_migration", &[])).unwrap();
        drop(db);
        assert!(matches!(Db::migrate(url, now()), Err(Error::Statement { .. })));
        assert!(matches!(Db::open(url), Err(Error::NeedsMigration { found: 0, .. })));
    });
}

#[test]
fn two_programs_that_start_together_both_find_the_schema() {
    for_each_url(|url| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| drop(Db::migrate(url, now()).unwrap()));
            }
        });
    });
    let folder = tempfile::tempdir().unwrap();
    let url = Url::of_file(&folder.path().join("city.db"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| drop(Db::migrate(&url, now()).unwrap()));
        }
    });
}

#[test]
fn a_missing_file_is_refused_with_the_way_to_make_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::of_file(&folder.path().join("city.db"));
    let refused = Db::open(&url).unwrap_err();
    assert!(matches!(refused, Error::NoDatabase(_)));
    assert!(refused.to_string().contains("shebao init"), "{refused}");
    assert!(!folder.path().join("city.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "name,identity_number\n".repeat(1000)).unwrap();
    let url = Url::of_file(&file);
    assert!(matches!(Db::open(&url), Err(Error::Unreachable(_))));
    assert!(matches!(Db::migrate(&url, now()), Err(Error::Unreachable(_))));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("name,"));
}

#[test]
fn every_migration_file_is_in_the_list() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    for_each_database(|db| {
        let sql = "SELECT version, name FROM schema_migration ORDER BY version";
        let read = |row: &store::Row<'_>| Ok((row.int(0)?, format!("{}.sql", row.text(1)?)));
        let applied = db.read(|tx| tx.query(sql, &[], read)).unwrap();
        assert!(applied.iter().map(|line| &line.1).eq(&files), "{applied:?} {files:?}");
        for (version, name) in applied {
            assert!(name.starts_with(&format!("{version:04}_")), "{name}");
        }
    });
}
