//! `shebao counter key`, `rate` and `reconcile`, as an operator runs them while the city is served.

use channels::counter_api::http_signature::algorithm::Algorithm;
use serde_json::Value;
use store::testing::for_each_url_text;

use crate::bank::Bank;
use crate::city::{CARD, City};

#[test]
fn keys_change_without_a_gap_and_a_revoked_one_ends_at_once() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let one = city.add_key("ccb", Algorithm::HmacSha256);
        let server = city.serve();
        let asks = |key| Bank::new(&server.base, key).query_first().0;
        assert_eq!(asks(&one), 200, "added while the city is served or before");
        let two = city.rotate_key("ccb", "ccb-2");
        assert_eq!((asks(&one), asks(&two)), (200, 200), "both are live during a rotation");
        let refused = city.refused(&["counter", "key", "add", "--bank", "ccb", "--key-id", "x"]);
        assert!(refused.contains("at most two live keys"), "{refused}");
        let three = city.rotate_key("ccb", "ccb-3");
        assert_eq!((asks(&one), asks(&two), asks(&three)), (401, 200, 200));
        city.run(&["counter", "key", "revoke", "ccb-2"]);
        assert_eq!((asks(&two), asks(&three)), (401, 200));
        let refused = city.refused(&["counter", "key", "revoke", "ccb-2"]);
        assert!(refused.contains("no live key"), "{refused}");

        let listed = city.run(&["counter", "key", "list"]);
        let line = |name: &str| listed.lines().find(|line| line.contains(name)).unwrap_or("none");
        assert!(line("ccb-2").contains("ended") && line("ccb-3").ends_with("live"), "{listed}");
        let secret = std::fs::read_to_string(&three.file).unwrap();
        assert!(!listed.contains(&secret), "a shared secret is never shown again");
    });
}

#[test]
fn a_banks_own_rate_holds_from_the_next_call_on() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let (slow, other) =
            (city.add_key("ccb", Algorithm::HmacSha256), city.add_key("icbc", Algorithm::Ed25519));
        let server = city.serve();
        city.run(&["counter", "rate", "set", "--bank", "ccb", "1"]);
        let bank = Bank::new(&server.base, &slow);
        let answers: Vec<_> = (0..20).map(|_| bank.query_first()).collect();
        let refused = answers.iter().find(|(status, _)| *status == 429).expect("twenty at once");
        assert_eq!(refused.1["code"], "rate_limited");
        assert_eq!(answers[0].0, 200);
        assert_eq!(Bank::new(&server.base, &other).query_first().0, 200, "each bank has its own");
        assert_eq!(city.run(&["counter", "rate", "list"]).trim(), "ccb  1 calls a second");
        city.run(&["counter", "rate", "unset", "--bank", "ccb"]);
        assert_eq!(bank.query_first().0, 200);
    });
}

#[test]
fn a_days_file_is_booked_by_command_once_and_the_late_reversal_the_next_day() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let file = |name: &str, text: &str| {
            let file = city.folder().join(name);
            std::fs::write(&file, encoding_rs::GBK.encode(text).0).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let owed = city.owed();
        let first = file("1110.txt", &format!("1|{owed}\n20261110|P1|{CARD}|{owed}|柜面|缴费|\n"));
        let reconcile = |day: &str, file: &str| {
            let moment = format!("{day}T20:00:00+08:00");
            let command = ["--clock", &moment, "--json", "counter", "reconcile", file];
            let said = city.run(&[&command[..], &["--bank", "ccb", "--date", day]].concat());
            serde_json::from_str::<Value>(&said).unwrap()
        };
        let found = reconcile("2026-11-10", &first);
        assert_eq!(found["differences"][0]["action"], "BOOKED", "{found}");
        assert_eq!(reconcile("2026-11-10", &first), found, "the same file changes nothing");
        city.verify();

        let late = format!("1|{owed}\n20261111|R1|{CARD}|{owed}|柜面|冲正|P1\n");
        let late = file("1111.txt", &late);
        let found = reconcile("2026-11-11", &late);
        assert_eq!(found["differences"][0]["action"], "REVERSED", "{found}");
        assert_eq!(reconcile("2026-11-11", &late), found);
        city.verify();

        let bad = file("bad.txt", "1|1.00\nnonsense\n");
        let command = ["--clock", "2026-11-12T20:00:00+08:00", "counter", "reconcile", &bad];
        let refused =
            city.refused(&[&command[..], &["--bank", "ccb", "--date", "2026-11-12"]].concat());
        assert!(refused.contains("line 2"), "{refused}");
    });
}

/// Another bank, another form: its profile says how it writes, and no code changes.
#[test]
fn a_banks_own_form_of_the_days_file_is_read_by_its_profile() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let file = |name: &str, text: &str| {
            let file = city.folder().join(name);
            std::fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let owed = city.owed();
        let fen = owed.replace('.', "");
        let profile = file("icbc.toml", ICBC);
        let day = file("icbc.txt", &format!("1,{fen}\n存,2026-11-10,9001,,{CARD},{fen}\n"));
        let clock = ["--clock", "2026-11-10T20:00:00+08:00"];
        let of = ["counter", "reconcile", &day, "--bank", "icbc", "--date", "2026-11-10"];
        let standard = [&clock[..], &of].concat();
        let with = |profile| [&standard[..], &["--profile", profile]].concat();
        let refused = city.refused(&standard);
        assert!(refused.contains("line 1"), "the standard form is another: {refused}");
        let said = city.run(&with(&profile));
        assert!(said.contains("9001") && said.contains(&owed), "{said}");
        assert!(said.contains("0 match, 1 differ"), "{said}");
        let again = city.run(&with(&profile));
        assert_eq!(said, again, "the same file changes nothing");
        city.verify();

        let unknown = file("bad.toml", &ICBC.replace("amount = \"fen\"", "amount = \"cent\""));
        let failed = city.failed(&with(&unknown));
        assert!(failed.contains("bad.toml") && failed.contains("amount"), "{failed}");
    });
}

const ICBC: &str = r#"
encoding = "utf-8"
separator = ","
columns = ["kind", "accounting_date", "serial", "original_serial", "customer", "amount"]
date = "yyyy-mm-dd"
amount = "fen"
payment = "存"
reversal = "退"
"#;

#[test]
fn secrets_are_sealed_in_the_database_and_sealed_anew_with_another_key() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("city.db").display());
    let city = City::new(&url, 3);
    let key = city.add_key("ccb", Algorithm::HmacSha256);
    let asks = || {
        let server = city.serve();
        Bank::new(&server.base, &key).query_first().0
    };
    assert_eq!(asks(), 200);
    let secret = std::fs::read(&key.file).unwrap();
    for name in ["city.db", "city.db-wal"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
        assert!(!holds(&secret) && !holds(b"PRIVATE KEY"), "{name} holds a secret in the clear");
    }

    let file = folder.path().join("city.db.key");
    let old = std::fs::read_to_string(&file).unwrap();
    let next = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
    std::fs::write(&file, format!("{next}{old}")).unwrap();
    city.run(&["counter", "key", "reseal"]);
    std::fs::write(&file, next).unwrap();
    assert_eq!(asks(), 200, "everything was sealed with the new key");
    std::fs::write(&file, &old).unwrap();
    let refused = city.failed(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(refused.contains("does not hold"), "{refused}");
}
