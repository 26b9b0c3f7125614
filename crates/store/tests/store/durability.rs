//! An acknowledged write survives the death of the program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};

use store::testing::now;
use store::{Db, Error, Url};

use crate::{insert, make_account, persons};

/// Set for the child process, which is this same test: the file that it writes to.
const CHILD: &str = "SHEBAO_TEST_DURABILITY_FILE";
const WRITERS: usize = 16;
const ACKNOWLEDGED_BEFORE_THE_KILL: usize = 3_000;

#[test]
fn what_was_acknowledged_is_there_after_kill_9() {
    if let Some(file) = std::env::var_os(CHILD) {
        write_until_killed(&Url::of_file(file.as_ref()));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("city.db");
    let url = Url::of_file(&file);
    make_account(&Db::migrate(&url, now()).unwrap());

    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["durability::what_was_acknowledged_is_there_after_kill_9", "--exact", "--nocapture"])
        .env(CHILD, &file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    // The full stop tells a whole line from one that was cut.
    let id = |line: String| line.strip_prefix("acknowledged ")?.strip_suffix('.')?.parse().ok();
    let mut acknowledged: Vec<i64> =
        lines.by_ref().filter_map(id).take(ACKNOWLEDGED_BEFORE_THE_KILL).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said before it died counts too.
    acknowledged.extend(lines.filter_map(id));
    assert!(acknowledged.len() >= ACKNOWLEDGED_BEFORE_THE_KILL);

    let db = Db::open(&url).unwrap();
    let there = persons(&db);
    let lost: Vec<_> = acknowledged.iter().filter(|id| there.binary_search(id).is_err()).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), acknowledged.len());
    let sound = db.read(|tx| tx.query_one("PRAGMA integrity_check", &[], |row| row.string(0)));
    assert_eq!(sound.as_deref(), Ok("ok"));
}

fn write_until_killed(url: &Url) -> ! {
    let db = Db::open(url).unwrap();
    let next = AtomicI64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                loop {
                    let person = next.fetch_add(1, Ordering::Relaxed);
                    let written: Result<(), Error> = db.write(move |tx| insert(tx, person));
                    written.unwrap();
                    println!("acknowledged {person}.");
                }
            });
        }
    });
    unreachable!("the writers never stop by themselves")
}

#[test]
fn every_commit_is_synced_to_the_disk() {
    store::testing::on_sqlite(|db| {
        let pragmas = db.write(|tx| {
            let synchronous = tx.query_one("PRAGMA synchronous", &[], |row| row.int(0))?;
            let journal = tx.query_one("PRAGMA journal_mode", &[], |row| row.string(0))?;
            Ok::<_, Error>((synchronous, journal))
        });
        // 2 is FULL: the log is synced at every commit.
        assert_eq!(pragmas, Ok((2, "wal".to_owned())));
    });
}
