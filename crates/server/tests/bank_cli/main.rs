//! Withholding from the command line: a whole day with two banks, and what a file may not say.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

mod cnaps2;
mod desk;
mod independent;
mod killed;
mod schema;

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
