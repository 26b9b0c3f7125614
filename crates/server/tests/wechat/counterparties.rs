//! Programs that others wrote, against the running server and against the served sandbox.
//!
//! `cargo xtask test` installs them; without them these tests fail and say so.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::StatusCode;
use channels::http_message::{Headers, Method, Request};
use channels::http_send::Sender;
use channels::wechat_sandbox as sandbox;
use serde_json::Value;
use server::app::App;
use server::clock::Clock;
use server::jobs::wechat as jobs;
use server::wechat::settings::{WechatOptions, WechatSettings};
use store::tables::wechat_order::OrderState;
use store::testing::on_sqlite;
use units::Timestamp;

use crate::shop::{Shop, assert_clean, noon, order, person_of, post, view, waiting};

fn channels_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../channels")
}

/// npm `wechatpay-axios-plugin`, which plays WeChat Pay.
struct Gateway {
    process: Child,
    url: String,
}

impl Gateway {
    fn start() -> Self {
        let folder = channels_folder();
        let modules = std::env::var_os("SHEBAO_TEST_NODE_MODULES").map_or_else(
            || folder.join("../../target/test-tools/node/node_modules"),
            PathBuf::from,
        );
        let modules = modules.canonicalize().unwrap_or_else(|_| {
            panic!("{} is missing: `cargo xtask test` installs it", modules.display())
        });
        let key = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let mut process = Command::new("node")
            .arg(folder.join("tests/node/gateway.js"))
            .env("SHEBAO_TEST_NODE_MODULES", &modules)
            .env("MERCHANT_PUBLIC_KEY", key("tests/vectors/merchant_public_key.pem"))
            .env("MERCHANT_SERIAL", sandbox::MERCHANT_SERIAL)
            .env("PLATFORM_PRIVATE_KEY", key("src/wechat_sandbox/keys/platform_private_key.pem"))
            .env("PLATFORM_KEY_ID", sandbox::PLATFORM_KEY_ID)
            .env("API_V3_KEY", sandbox::API_V3_KEY)
            .env("APP_ID", sandbox::APP_ID)
            .env("MCHID", sandbox::MCHID)
            .env("NOW_SECONDS", noon().seconds().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { process, url: format!("http://127.0.0.1:{}", port.trim()) }
    }

    /// A notice for an order, tampered with as said.
    fn notice(&self, tampering: &str, number: &str, total: i64) -> (Headers, Vec<u8>) {
        let target = format!("/test/notice?tampering={tampering}&number={number}&total={total}");
        let (method, headers) = (Method::Get, Headers::new());
        let request = Request { method, target, headers, body: Vec::new() };
        let sender = Sender::network(Duration::from_secs(10));
        let answer = sender.send(&self.url, &request).unwrap();
        let notice: Value = serde_json::from_slice(&answer.body).unwrap();
        let mut headers = Headers::new();
        for (name, value) in notice["headers"].as_object().unwrap() {
            headers.push(name, value.as_str().unwrap());
        }
        (headers, notice["body"].as_str().unwrap().as_bytes().to_vec())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The settings of an operator whose WeChat Pay is the gateway, all in files.
fn settings(folder: &Path, gateway: &Gateway) -> WechatOptions {
    let file = |name: &str, content: &str| {
        std::fs::write(folder.join(name), content).unwrap();
        name.to_owned()
    };
    let toml = format!(
        "app-id = {:?}\napp-secret-file = {:?}\nmchid = {:?}\nmerchant-serial = {:?}\n\
         merchant-key-file = {:?}\napi-v3-key-file = {:?}\npublic-keys = [{:?}]\n\
         callbacks = \"https://shebao.example/callbacks/wechat\"\n",
        sandbox::APP_ID,
        file("secret", sandbox::APP_SECRET),
        sandbox::MCHID,
        sandbox::MERCHANT_SERIAL,
        file("merchant.pem", sandbox::MERCHANT_PRIVATE_KEY),
        file("api-v3", &format!("{}\n", sandbox::API_V3_KEY)),
        format!(
            "{}={}",
            sandbox::PLATFORM_KEY_ID,
            file("platform.pem", sandbox::PLATFORM_PUBLIC_KEY)
        ),
    );
    WechatOptions {
        wechat: Some(folder.join(file("wechat.toml", &toml))),
        wechat_sandbox: None,
        settings: WechatSettings { pay_base_url: Some(gateway.url.clone()), ..Default::default() },
    }
}

#[test]
fn the_npm_gateway_verifies_our_requests_and_our_server_accepts_only_its_honest_notices() {
    on_sqlite(|db| {
        let gateway = Gateway::start();
        let folder = tempfile::tempdir().unwrap();
        let options = settings(folder.path(), &gateway);
        let bare = Shop::new(db).app;
        let connect = |app: &App| options.connect(app).unwrap().unwrap();
        let app = std::sync::Arc::new(App {
            db: db.clone(),
            city: bare.city.clone(),
            clock: Clock::Fixed(noon()),
            sandbox: true,
            wechat: Some(connect(&bare)),
            vault: Shop::vault(),
            evidence: server::evidence_folder::EvidenceFolder::new(env!("CARGO_TARGET_TMPDIR")),
        });
        assert!(!format!("{:?}", app.wechat).contains("sandbox-app-secret"));
        // The gateway answers an order only when it has verified our signature.
        let person = person_of(&app, 0);
        let number = order(&app, person);
        let total = view(&app, number).amount.fen();
        let path = "/callbacks/wechat/pay";
        for (tampering, expected) in [
            ("body", StatusCode::UNAUTHORIZED),
            ("signature", StatusCode::UNAUTHORIZED),
            ("nonce", StatusCode::UNAUTHORIZED),
            ("probe", StatusCode::UNAUTHORIZED),
            ("clock", StatusCode::UNAUTHORIZED),
            ("serial", StatusCode::UNAUTHORIZED),
            ("associated_data", StatusCode::BAD_REQUEST),
        ] {
            let (headers, body) = gateway.notice(tampering, &number.to_string(), total);
            assert_eq!(post(&app, path, &headers, &body), expected, "{tampering}");
            assert_eq!(waiting(&app), 0, "{tampering}");
        }
        let (headers, body) = gateway.notice("none", &number.to_string(), total);
        assert_eq!(post(&app, path, &headers, &body), StatusCode::NO_CONTENT);
        jobs::read_wechat_notices(&app).unwrap();
        assert_eq!(view(&app, number).state, OrderState::Paid);
        assert_clean(&app);
    });
}

#[test]
fn settings_that_are_missing_are_named_and_a_real_city_has_no_sandbox() {
    on_sqlite(|db| {
        let app = Shop::new(db).app;
        let none = WechatOptions::default().connect(&app).unwrap();
        assert!(none.is_none(), "without settings nobody can pay by WeChat");
        let settings =
            WechatSettings { mchid: Some("1900007291".to_owned()), ..Default::default() };
        let partial = WechatOptions { settings, ..Default::default() };
        let error = format!("{:#}", partial.connect(&app).unwrap_err());
        assert!(error.contains("callbacks"), "{error}");
        let real = App {
            db: db.clone(),
            city: app.city.clone(),
            clock: Clock::System,
            sandbox: false,
            wechat: None,
            vault: Shop::vault(),
            evidence: server::evidence_folder::EvidenceFolder::new(env!("CARGO_TARGET_TMPDIR")),
        };
        let sandbox = Some("http://127.0.0.1:9".to_owned());
        let practice = WechatOptions { wechat_sandbox: sandbox, ..Default::default() };
        let error = format!("{:#}", practice.connect(&real).unwrap_err());
        assert!(error.contains("real people"), "{error}");
    });
}

/// `shebao wechat sandbox`, served by the program itself.
pub(crate) struct Served {
    process: Child,
    pub(crate) setup: Value,
}

impl Served {
    pub(crate) fn start(global: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shebao"))
            .args(global)
            .args(["--json", "wechat", "sandbox", "--listen", "127.0.0.1:0", "--notices", "prompt"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { process, setup: serde_json::from_str(&line).unwrap() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Two days ago, so that the day's bill is ready whatever the hour.
#[expect(clippy::disallowed_methods, reason = "the other side of this test uses the real clock")]
fn two_days_ago() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap();
    now.plus_seconds(-2 * 86_400)
}

#[test]
fn the_pypi_merchant_orders_refunds_and_reads_bills_against_the_served_sandbox() {
    let served = Served::start(&[]);
    let mut setup = served.setup.clone();
    let paid_at = two_days_ago();
    setup["bill_date"] = paid_at.date_in_shanghai().to_string().into();
    setup["paid_at"] = paid_at.to_string().into();
    // It asks for notices itself, so it names an address where nobody listens.
    let folder = channels_folder();
    let python = std::env::var_os("SHEBAO_TEST_PYTHON")
        .map_or_else(|| folder.join("../../target/test-tools/venv/bin/python"), PathBuf::from);
    let mut running = Command::new(&python)
        .arg(folder.join("tests/python/merchant.py"))
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|failure| {
            panic!("{}: {failure}; `cargo xtask test` makes it", python.display())
        });
    running.stdin.take().unwrap().write_all(setup.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "merchant.py failed; its words are above");
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (step, expected) in
        [("placed", 200), ("changed", 400), ("refund", 200), ("closed", 204), ("stranger", 401)]
    {
        assert_eq!(seen[step]["status"], expected, "{step}: {}", seen[step]["body"]);
    }
    assert_eq!(seen["paid"]["body"]["trade_state"], "SUCCESS");
    assert_eq!(seen["refunded"]["body"]["status"], "SUCCESS");
    assert!(seen["bill"].as_str().unwrap().contains("`merchant-0001,"));
}
