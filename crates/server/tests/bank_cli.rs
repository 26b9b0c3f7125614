//! Withholding from the command line: a whole day with two banks, and killed on the way.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

const PEOPLE: usize = 400;

struct Desk {
    folder: tempfile::TempDir,
    /// Minutes since eight: identifiers are made of the moment, so no two commands share one.
    minutes: Cell<u32>,
}

impl Desk {
    /// A sandbox city with people of two banks, their November bills made.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), minutes: Cell::new(0) };
        let mut csv =
            "identity_number,name,office,branches,base,from,bank,account_number\n".to_owned();
        for index in 0..PEOPLE {
            let bank = if index % 4 == 0 { "psbc" } else { "ccb" };
            let (identity, account) = (identity_number(index), account(index));
            csv += &format!(
                "{identity},张三,xuanwu,pension+medical+unemployment,4952,2026-01,{bank},{account}\n"
            );
        }
        let people = desk.path("people.csv");
        std::fs::write(&people, csv).unwrap();
        desk.run("2026-10-20", &["init", "--sandbox"]);
        desk.run("2026-10-20", &["person", "import", &shown(&people)]);
        desk.run("2026-11-01", &["month", "assess", "2026-11"]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, day: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shebao"));
        command.arg("--db").arg(format!("sqlite:{}", shown(&self.path("city.db"))));
        // The database is a sandbox's only once it is made.
        if arguments.first() != Some(&"init") {
            let minutes = self.minutes.get();
            self.minutes.set(minutes + 1);
            let (hour, minute) = (8 + minutes / 60, minutes % 60);
            command.arg("--clock").arg(format!("{day}T{hour:02}:{minute:02}:00+08:00"));
        }
        command.args(arguments);
        command
    }

    fn run(&self, day: &str, arguments: &[&str]) -> String {
        let output = self.output(day, arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn output(&self, day: &str, arguments: &[&str]) -> Output {
        self.command(day, arguments).output().unwrap()
    }

    fn export(&self, day: &str) -> String {
        self.run(day, &["bank", "export", "--out", &shown(&self.path("out"))])
    }

    /// The bank's answers in the order of their names.
    fn answers(&self, day: &str, bank: &str) -> Vec<String> {
        let (out, back) = (shown(&self.path("out")), shown(&self.path("in")));
        self.run(day, &["bank", "sandbox", "--files", &out, "--answers", &back]);
        let mut names: Vec<String> = std::fs::read_dir(self.path("in"))
            .unwrap()
            .map(|entry| shown(&entry.unwrap().path()))
            .filter(|name| name.contains(bank) && !name.ends_with(".ok"))
            .collect();
        names.sort();
        names
    }

    fn import<'a>(&self, day: &str, bank: &'a str, files: &'a [String]) -> String {
        let mut arguments = vec!["bank", "import", "--bank", bank];
        arguments.extend(files.iter().map(String::as_str));
        self.run(day, &arguments)
    }

    fn status(&self) -> String {
        self.run("2026-11-27", &["--json", "bank", "status", "2026-11"])
    }
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn identity_number(index: usize) -> String {
    let body = format!("32010219900101{index:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let check = "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap()).unwrap();
    format!("{body}{check}")
}

fn account(index: usize) -> String {
    let body = format!("6217001234{index:08}");
    let digits = body.chars().rev().filter_map(|c| c.to_digit(10)).enumerate();
    let sum: u32 = digits
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[test]
fn a_day_of_two_banks_balances() {
    let desk = Desk::new();
    let exported = desk.export("2026-11-26");
    assert!(exported.contains("ccb: 900 debits") && exported.contains("psbc: 300 debits"));
    assert_eq!(desk.export("2026-11-26"), exported, "exporting again says the same");
    for bank in ["ccb", "psbc"] {
        let files = desk.answers("2026-11-26", bank);
        let imported = desk.import("2026-11-26", bank, &files);
        assert!(imported.contains("collected"), "{imported}");
        let again = desk.import("2026-11-26", bank, &files);
        assert!(again.lines().all(|line| line.ends_with("nothing changed")), "{again}");
    }
    let status: serde_json::Value = serde_json::from_str(&desk.status()).unwrap();
    for file in status["files"].as_array().unwrap() {
        assert_eq!(file["waiting"], 0, "{file}");
    }
    let day = desk.run("2026-11-27", &["bank", "reconcile", "--date", "2026-11-26"]);
    assert!(day.contains(" 0 differ"), "{day}");
    desk.run("2026-11-27", &["verify"]);
    let next = desk.export("2026-11-27");
    assert!(next.contains("ccb: ") && !next.contains("ccb: 900"), "{next}");
}

#[test]
fn a_refused_file_books_nothing_and_names_its_fault() {
    let desk = Desk::new();
    desk.export("2026-11-26");
    let files = desk.answers("2026-11-26", "ccb");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    let broken = desk.path("broken.xml");
    std::fs::write(&broken, text.replacen("<OrgnlNbOfTxs>900<", "<OrgnlNbOfTxs>901<", 1)).unwrap();
    let arguments = ["bank", "import", "--bank", "ccb", &shown(&broken)];
    let output = desk.output("2026-11-26", &arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("OrgnlNbOfTxs must be 900, but the file says 901"), "{said}");
    assert!(said.contains("line ") && said.contains("CstmrPmtStsRpt"), "{said}");
    let status: serde_json::Value = serde_json::from_str(&desk.status()).unwrap();
    assert!(status["files"].as_array().unwrap().iter().all(|file| file["collected"] == 0));
}

#[test]
fn killed_at_any_point_and_run_again_the_books_are_the_same() {
    let whole = Desk::new();
    whole.export("2026-11-26");
    whole.import("2026-11-26", "ccb", &whole.answers("2026-11-26", "ccb"));
    let killed = Desk::new();
    let out = shown(&killed.path("out"));
    for delay_ms in [5, 20, 60, 150] {
        kill_after(&killed, &["bank", "export", "--out", &out], delay_ms);
    }
    killed.export("2026-11-26");
    let files = killed.answers("2026-11-26", "ccb");
    let mut arguments = vec!["bank", "import", "--bank", "ccb"];
    arguments.extend(files.iter().map(String::as_str));
    for delay_ms in [5, 30, 80, 150, 250, 400] {
        kill_after(&killed, &arguments, delay_ms);
        killed.run("2026-11-26", &["verify"]);
    }
    killed.import("2026-11-26", "ccb", &files);
    assert_eq!(killed.status(), whole.status());
    killed.run("2026-11-26", &["verify"]);
}

/// Runs a command and kills it, as `kill -9` does.
fn kill_after(desk: &Desk, arguments: &[&str], delay_ms: u64) {
    let mut command = desk.command("2026-11-26", arguments);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(delay_ms));
    child.kill().unwrap();
    child.wait().unwrap();
}
