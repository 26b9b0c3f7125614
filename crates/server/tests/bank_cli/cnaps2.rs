//! A bank of the payment system: `beps.380` out, `beps.381` in, by the same commands.

use crate::desk::Desk;

#[test]
fn a_bank_of_the_payment_system_is_withheld_from_by_the_same_commands() {
    let desk = Desk::with(&["boc"]);
    let exported = desk.export("2026-11-26");
    assert!(exported.contains("boc: 1200 debits"), "{exported}");
    let sent = desk.sent("boc");
    assert!(!sent.is_empty() && sent.iter().all(|(_, text)| text.contains("beps.380.001.01")));
    let files = desk.answers("2026-11-26", "boc");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains("beps.381.001.01"), "{text}");
    let imported = desk.import("2026-11-26", "boc", &files);
    assert!(imported.contains("collected"), "{imported}");
    let again = desk.import("2026-11-26", "boc", &files);
    assert!(again.lines().all(|line| line.ends_with("nothing changed")), "{again}");
    let status: serde_json::Value = serde_json::from_str(&desk.status()).unwrap();
    let collected: u64 = status["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            assert_eq!(file["waiting"], 0, "{file}");
            file["collected"].as_u64().unwrap()
        })
        .sum();
    assert!(collected > 900, "most cards hold enough: {collected}");
    let day = desk.run("2026-11-27", &["bank", "reconcile", "--date", "2026-11-26"]);
    assert!(day.contains(" 0 differ"), "{day}");
    desk.run("2026-11-27", &["verify"]);
    let next = desk.export("2026-11-27");
    assert!(next.contains("boc: ") && !next.contains("boc: 1200"), "{next}");
}

#[test]
fn an_answer_that_was_cut_off_books_nothing() {
    let desk = Desk::with(&["boc"]);
    desk.export("2026-11-26");
    let files = desk.answers("2026-11-26", "boc");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    let cut = desk.path("cut.xml");
    let half = (0..=text.len() / 2).rev().find(|place| text.is_char_boundary(*place)).unwrap();
    std::fs::write(&cut, &text[..half]).unwrap();
    let output =
        desk.output("2026-11-26", &["bank", "import", "--bank", "boc", cut.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("line "), "{said}");
    let status: serde_json::Value = serde_json::from_str(&desk.status()).unwrap();
    assert!(status["files"].as_array().unwrap().iter().all(|file| file["collected"] == 0));
    let imported = desk.import("2026-11-26", "boc", &files);
    assert!(imported.contains("collected"), "the whole file is still welcome: {imported}");
}
