//! A sandbox city whose clerk types `shebao bank …`.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How many people it has, each with three dues.
const PEOPLE: usize = 400;

/// A city's withholding desk: its database and the folders that files come and go by.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    /// The database's name.
    db: String,
    /// Minutes since eight: identifiers are made of the moment, so no two commands share one.
    minutes: Cell<u32>,
}

impl Desk {
    /// A sandbox city with people of two banks, their November bills made.
    pub(crate) fn new() -> Self {
        Self::with(&["psbc", "ccb", "ccb", "ccb"])
    }

    /// The same with people of these banks, one after the other.
    pub(crate) fn with(banks: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = format!("sqlite:{}", shown(&folder.path().join("city.db")));
        Self { folder, db, minutes: Cell::new(0) }.filled(banks)
    }

    /// The same in a database that is there.
    pub(crate) fn at(db: &str, banks: &[&str]) -> Self {
        let (folder, db) = (tempfile::tempdir().unwrap(), db.to_owned());
        Self { folder, db, minutes: Cell::new(0) }.filled(banks)
    }

    fn filled(self, banks: &[&str]) -> Self {
        let desk = self;
        let mut csv =
            "identity_number,name,office,branches,base,from,bank,account_number\n".to_owned();
        for index in 0..PEOPLE {
            let bank = banks[index % banks.len()];
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

    /// Another desk at a copy of this one's database, with the same folders and clock.
    pub(crate) fn on_copy(&self, test: impl FnOnce(&Self)) {
        store::testing::on_copy(&self.db, |db| {
            let minutes = Cell::new(self.minutes.get());
            test(&Self { folder: tempfile::tempdir().unwrap(), db: db.to_owned(), minutes });
        });
    }

    pub(crate) fn url(&self) -> store::Url {
        self.db.parse().unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, day: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shebao"));
        command.arg("--db").arg(&self.db);
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

    pub(crate) fn run(&self, day: &str, arguments: &[&str]) -> String {
        let output = self.output(day, arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn output(&self, day: &str, arguments: &[&str]) -> Output {
        self.command(day, arguments).output().unwrap()
    }

    pub(crate) fn export(&self, day: &str) -> String {
        self.run(day, &["bank", "export", "--out", &shown(&self.path("out"))])
    }

    /// The files for a bank that were handed over so far, and what they say.
    pub(crate) fn sent(&self, bank: &str) -> Vec<(PathBuf, String)> {
        let paths = std::fs::read_dir(self.path("out")).unwrap().map(|entry| entry.unwrap().path());
        let of_bank = |path: &PathBuf| shown(path).contains(bank) && !shown(path).ends_with(".ok");
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        };
        paths.filter(of_bank).map(read).collect()
    }

    /// The bank's answers in the order of their names.
    pub(crate) fn answers(&self, day: &str, bank: &str) -> Vec<String> {
        self.answer(day, &[]);
        self.answers_of(bank)
    }

    /// The same under agreements of a file.
    pub(crate) fn answers_by(&self, day: &str, bank: &str, agreements: &str) -> Vec<String> {
        self.answer(day, &["--agreements", agreements]);
        self.answers_of(bank)
    }

    fn answer(&self, day: &str, more: &[&str]) {
        let (out, back) = (shown(&self.path("out")), shown(&self.path("in")));
        let mut arguments = vec!["bank", "sandbox", "--files", &out, "--answers", &back];
        arguments.extend(more);
        self.run(day, &arguments);
    }

    fn answers_of(&self, bank: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path("in"))
            .unwrap()
            .map(|entry| shown(&entry.unwrap().path()))
            .filter(|name| name.contains(bank) && !name.ends_with(".ok"))
            .collect();
        names.sort();
        names
    }

    pub(crate) fn import<'a>(&self, day: &str, bank: &'a str, files: &'a [String]) -> String {
        let mut arguments = vec!["bank", "import", "--bank", bank];
        arguments.extend(files.iter().map(String::as_str));
        self.run(day, &arguments)
    }

    pub(crate) fn status(&self) -> String {
        self.run("2026-11-27", &["--json", "bank", "status", "2026-11"])
    }
}

pub(crate) fn shown(path: &Path) -> String {
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
