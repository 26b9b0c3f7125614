//! The program is killed with SIGKILL while it exports and imports, inside a transaction and between
//! two, and run again: the books are those of a run that nobody disturbed.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use store::Db;
use store::testing::{Watch, for_each_url_text, list_books};

use crate::desk::{Desk, shown};

/// How many results go into one transaction here; 1,200 stand in each of the bank's two files.
const CHUNK: i64 = 150;
/// How often a kill is tried until it meets the moment that it wants.
const TRIES_MAX: u32 = 40;

/// The moment of a kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Inside the transaction of a chunk, with so many results booked by the chunks before.
    InsideAfter(i64),
    /// Between two transactions, with at least so many results booked.
    BetweenAfter(i64),
}

impl Moment {
    fn is_met(self, watch: &mut Watch) -> bool {
        let (wanted, inside) = match self {
            Self::InsideAfter(booked) => (booked, true),
            Self::BetweenAfter(booked) => (booked, false),
        };
        let Some(booked) = watch.progress_of("read_bank_result") else { return false };
        booked >= wanted && booked < 16 * CHUNK && watch.is_written_to() == inside
    }
}

/// A child that is made to stand still, so that the moment of its death can be chosen.
struct Halting(Child);

impl Halting {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success() || name == "-CONT", "{name}");
    }

    /// Lets it run for a moment, then stops it; false when it has ended by itself.
    fn step(&mut self) -> bool {
        self.signal("-CONT");
        std::thread::sleep(Duration::from_micros(300));
        if self.0.try_wait().unwrap().is_some() {
            return false;
        }
        self.signal("-STOP");
        true
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn import<'a>(chunk: &'a str, files: &'a [String]) -> Vec<&'a str> {
    let mut arguments = vec!["bank", "import", "--bank", "ccb", "--chunk", chunk];
    arguments.extend(files.iter().map(String::as_str));
    arguments
}

/// Runs the import until its moment has come and kills it; false when the moment never came.
fn kill_at(desk: &Desk, files: &[String], moment: Moment) -> bool {
    let mut watch = Watch::open(&desk.url());
    let chunk = CHUNK.to_string();
    let mut command = desk.command("2026-11-26", &import(&chunk, files));
    let mut child = Halting(command.stdout(Stdio::null()).spawn().unwrap());
    while child.step() {
        if moment.is_met(&mut watch) {
            child.kill();
            return true;
        }
    }
    false
}

fn books(desk: &Desk) -> (Vec<String>, String) {
    (list_books(&Db::open(&desk.url()).unwrap()), desk.status())
}

#[test]
fn an_import_killed_inside_and_between_its_transactions_ends_in_the_same_books() {
    for_each_url_text(|url| {
        let desk = Desk::at(url, &["ccb"]);
        desk.export("2026-11-26");
        let files = desk.answers("2026-11-26", "ccb");
        let mut whole = None;
        desk.on_copy(|undisturbed| {
            undisturbed.import("2026-11-26", "ccb", &files);
            undisturbed.run("2026-11-26", &["verify"]);
            whole = Some(books(undisturbed));
        });
        let whole = whole.unwrap();
        for moment in [
            Moment::InsideAfter(0),
            Moment::InsideAfter(3 * CHUNK),
            Moment::InsideAfter(9 * CHUNK),
            Moment::BetweenAfter(CHUNK),
            Moment::BetweenAfter(8 * CHUNK),
        ] {
            let mut was_killed = false;
            for _ in 0..TRIES_MAX {
                desk.on_copy(|killed| {
                    was_killed = kill_at(killed, &files, moment);
                    killed.run("2026-11-26", &["verify"]);
                    killed.import("2026-11-26", "ccb", &files);
                    killed.run("2026-11-26", &["verify"]);
                    let again = books(killed);
                    for (left, right) in again.0.iter().zip(&whole.0) {
                        assert_eq!(left, right, "{moment:?}");
                    }
                    assert_eq!(again.0.len(), whole.0.len(), "{moment:?}");
                    assert_eq!(again.1, whole.1, "{moment:?}");
                });
                if was_killed {
                    break;
                }
            }
            assert!(was_killed, "{moment:?} was never met");
        }
    });
}

#[test]
fn killed_again_and_again_export_and_import_end_in_the_same_books() {
    let desk = Desk::new();
    desk.on_copy(|whole| {
        whole.export("2026-11-26");
        whole.import("2026-11-26", "ccb", &whole.answers("2026-11-26", "ccb"));
        desk.on_copy(|killed| {
            let out = shown(&killed.path("out"));
            for delay_ms in [5, 20, 60, 150] {
                kill_after(killed, &["bank", "export", "--out", &out], delay_ms);
            }
            killed.export("2026-11-26");
            let files = killed.answers("2026-11-26", "ccb");
            for delay_ms in [5, 30, 80, 150, 250, 400] {
                kill_after(killed, &import("8000", &files), delay_ms);
                killed.run("2026-11-26", &["verify"]);
            }
            killed.import("2026-11-26", "ccb", &files);
            assert_eq!(killed.status(), whole.status());
            killed.run("2026-11-26", &["verify"]);
        });
    });
}

/// Runs a command and kills it after a while, as `kill -9` does.
fn kill_after(desk: &Desk, arguments: &[&str], delay_ms: u64) {
    let mut command = desk.command("2026-11-26", arguments);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(delay_ms));
    child.kill().unwrap();
    child.wait().unwrap();
}
