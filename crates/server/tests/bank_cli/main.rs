//! Withholding from the command line: a whole day with two banks, and killed on the way.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

mod cnaps2;
mod desk;
mod schema;

use std::time::Duration;

use desk::{Desk, shown};

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
