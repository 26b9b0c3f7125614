//! `shebao wechat` as an operator runs it: a served sandbox, and the bill of a day over HTTP.

use std::path::Path;
use std::process::{Command, Output};

use channels::wechat_sandbox as sandbox;

use crate::counterparties::Served;

const AFTER_TEN: &str = "2026-11-11T10:00:00+08:00";

struct Operator {
    folder: tempfile::TempDir,
}

impl Operator {
    fn new() -> Self {
        let operator = Self { folder: tempfile::tempdir().unwrap() };
        assert!(operator.run(&["init", "--sandbox"]).status.success());
        operator
    }

    fn file(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let db = format!("sqlite:{}", self.folder.path().join("city.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_shebao"));
        command.args(["--db", &db]).args(arguments).output().unwrap()
    }

    fn reconcile(&self, clock: &str, with: &[&str]) -> Output {
        let arguments = ["--json", "--clock", clock, "wechat", "reconcile", "2026-11-10"];
        self.run(&[&arguments[..], with].concat())
    }
}

fn said(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_day_is_compared_after_ten_with_exit_codes_0_1_and_2() {
    let served = Served::start(&["--clock", AFTER_TEN]);
    let url = served.setup["base_url"].as_str().unwrap();
    let operator = Operator::new();
    let with = ["--wechat-sandbox", url];
    for _ in 0..2 {
        let done = operator.reconcile(AFTER_TEN, &with);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        assert_eq!(said(&done)["stated"]["count"], 0);
        assert_eq!(said(&done)["open_differences"], 0);
    }
    let early = operator.reconcile("2026-11-11T09:59:59+08:00", &with);
    assert_eq!(early.status.code(), Some(1));
    assert!(said(&early)["refused"].as_str().unwrap().contains("10:00"));
    let bare = operator.reconcile(AFTER_TEN, &[]);
    assert_eq!(bare.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bare.stderr).contains("not set up"));
}

#[test]
fn the_settings_file_of_a_real_merchant_works_and_a_wrong_key_is_refused_by_wechat() {
    let served = Served::start(&["--clock", AFTER_TEN]);
    let url = served.setup["base_url"].as_str().unwrap();
    let operator = Operator::new();
    operator.file("secret", sandbox::APP_SECRET);
    operator.file("merchant.pem", sandbox::MERCHANT_PRIVATE_KEY);
    operator.file("api-v3", sandbox::API_V3_KEY);
    operator.file("platform.pem", sandbox::PLATFORM_PUBLIC_KEY);
    let settings = |serial: &str| {
        format!(
            "app-id = \"{}\"\napp-secret-file = \"secret\"\nmchid = \"{}\"\n\
             merchant-serial = \"{serial}\"\nmerchant-key-file = \"merchant.pem\"\n\
             api-v3-key-file = \"api-v3\"\npublic-keys = [\"{}=platform.pem\"]\n\
             callbacks = \"https://shebao.example/callbacks/wechat\"\npay-base-url = \"{url}\"\n",
            sandbox::APP_ID,
            sandbox::MCHID,
            sandbox::PLATFORM_KEY_ID,
        )
    };
    operator.file("wechat.toml", &settings(sandbox::MERCHANT_SERIAL));
    operator.file("wrong.toml", &settings("0000000000000000000000000000000000000000"));
    let with = |name: &str| -> String {
        Path::new(operator.folder.path()).join(name).to_str().unwrap().to_owned()
    };
    let done = operator.reconcile(AFTER_TEN, &["--wechat", &with("wechat.toml")]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let refused = operator.reconcile(AFTER_TEN, &["--wechat", &with("wrong.toml")]);
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("SIGN_ERROR") && !words.contains("PRIVATE KEY"), "{words}");
}
