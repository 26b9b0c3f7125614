//! `shebao clerk`, `person import`, `mandate import`, `employer import`: run as an operator runs them.
#![expect(clippy::unwrap_used, reason = "a command that can't be run must stop the test")]

use std::path::Path;
use std::process::{Command, Output};

/// Runs a command on a city's file, as if it were ten o'clock on 24 November 2026.
fn shebao(folder: &Path, arguments: &[&str]) -> Output {
    let db = format!("sqlite:{}", folder.join("city.db").display());
    Command::new(env!("CARGO_BIN_EXE_shebao"))
        .args(["--db", &db, "--json", "--actor", "operator"])
        .args(arguments)
        .output()
        .unwrap()
}

/// The JSON of each line that a command printed.
fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn city() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = shebao(folder.path(), &["init", "--sandbox"]);
    assert!(made.status.success(), "{made:?}");
    folder
}

#[test]
fn the_first_administrator_is_opened_on_the_command_line_and_one_person_has_one_account() {
    let city = city();
    let add = |account: &'static str, roles: &'static str| {
        let words = ["clerk", "add", account, "--name", "吴敏", "--staff", "W1"];
        shebao(city.path(), &[&words[..], &["--office", "gulou", "--roles", roles]].concat())
    };
    let refused = add("wu-min", "review,finance");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(lines(&refused)[0]["refused"], "roles");
    let opened = add("wu-min", "admin");
    assert!(opened.status.success(), "{opened:?}");
    assert_eq!(lines(&opened)[0]["second_factor"].as_str().unwrap().len(), 32);
    let second = add("wu-min-2", "finance");
    assert_eq!((second.status.code(), &lines(&second)[0]["refused"]), (Some(1), &"staff".into()));
    let last = shebao(city.path(), &["clerk", "close", "wu-min"]);
    assert_eq!(last.status.code(), Some(1), "the last administrator stays");
    let list = shebao(city.path(), &["clerk", "list"]);
    let text = String::from_utf8(list.stdout.clone()).unwrap();
    assert_eq!(lines(&list)[0]["roles"], serde_json::json!(["admin"]));
    assert!(!text.contains("argon2"), "no secret is listed");
    assert!(shebao(city.path(), &["verify"]).status.success(), "what was done stands in the trail");
}

#[test]
fn a_copy_of_the_database_shows_nobody_a_clerks_codes() {
    let city = city();
    let words = ["clerk", "add", "wu-min", "--name", "吴敏", "--staff", "W1"];
    let opened =
        shebao(city.path(), &[&words[..], &["--office", "gulou", "--roles", "admin"]].concat());
    let secret = lines(&opened)[0]["second_factor"].as_str().unwrap().to_owned();
    let holds = |text: &str| {
        ["city.db", "city.db-wal"].iter().any(|name| {
            let bytes = std::fs::read(city.path().join(name)).unwrap_or_default();
            bytes.windows(text.len()).any(|part| part == text.as_bytes())
        })
    };
    assert!(holds("wu-min"), "the account is there");
    assert!(!holds(&secret));
    let resealed = shebao(city.path(), &["counter", "key", "reseal"]);
    assert!(resealed.status.success(), "{resealed:?}");
    assert!(!holds(&secret));
}

#[test]
fn a_file_is_tried_then_imported_and_the_second_time_says_what_the_first_did() {
    let city = city();
    let file = city.path().join("people.csv");
    let head = "identity_number,name,office,branches,base,from\n";
    let good = "320102199001010010,张三,gulou,pension,4952,2026-11\n";
    let bad = "320115198512312341,李四,nowhere,pension,4952,2026-11\n";
    std::fs::write(&file, format!("{head}{good}{bad}")).unwrap();
    let clock = ["--clock", "2026-11-24T10:00:00+08:00", "person", "import"];
    let name = file.to_str().unwrap();
    let tried = shebao(city.path(), &[&clock[..], &[name, "--dry-run"]].concat());
    assert_eq!(tried.status.code(), Some(1), "a line is refused: {tried:?}");
    assert_eq!(lines(&tried)[0]["booked"], 1);
    assert_eq!(lines(&tried)[0]["refused"][0]["field"], "office");
    let booked = shebao(city.path(), &[&clock[..], &[name]].concat());
    assert_eq!(lines(&booked)[0]["booked"], 1, "{booked:?}");
    let again = shebao(city.path(), &[&clock[..], &[name]].concat());
    let again = &lines(&again)[0];
    assert_eq!((&again["booked"], &again["booked_before"]), (&0.into(), &1.into()));
    assert_eq!(again["refused"][0]["line"], 3);
    let no_file = shebao(city.path(), &["mandate", "import", "nothing.csv"]);
    assert_eq!(no_file.status.code(), Some(2));
}
