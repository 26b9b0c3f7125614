//! PyPI `wechatpayv3` plays a merchant against our sandbox: what another's client accepts as
//! WeChat Pay, ours may practise with.
//!
//! `cargo xtask test` installs it; without it these tests fail and say so.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets a broken tool must stop")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use channels::http_message::{Answer, Headers, Method, Request};
use channels::wechat_sandbox::{self as sandbox, Sandbox};
use serde_json::{Value, json};
use units::Timestamp;

/// The merchant's own clock cannot be set, so the sandbox follows it.
#[expect(clippy::disallowed_methods, reason = "the other side of this test uses the real clock")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap()).unwrap()
}

/// Two days ago, so that the day's bill is ready whatever the hour.
fn paid_at() -> Timestamp {
    now().plus_seconds(-2 * 86_400)
}

/// Reads one request; enough of HTTP/1.1 for one Python client.
fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split_whitespace();
    let method = match parts.next()? {
        "GET" => Method::Get,
        _ => Method::Post,
    };
    let target = parts.next()?.to_owned();
    let mut headers = Headers::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push(name, value);
    }
    let length = headers.get("Content-Length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, target, headers, body })
}

fn write_answer(mut stream: &TcpStream, answer: &Answer) {
    let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", answer.status);
    for (name, value) in answer.headers.iter() {
        head += &format!("{name}: {value}\r\n");
    }
    if answer.status != 204 {
        head += &format!("Content-Length: {}\r\n", answer.body.len());
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    stream.write_all(&answer.body).unwrap();
}

/// Runs `merchant.py` against a sandbox and returns what it saw.
fn run_merchant() -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("SHEBAO_TEST_PYTHON").map_or_else(
        || folder.ancestors().nth(2).unwrap().join("target/test-tools/venv/bin/python"),
        PathBuf::from,
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let mut sandbox = Sandbox::new(&base_url, 1);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let Some(request) = read_request(&stream) else { continue };
            write_answer(&stream, &sandbox.answer(&request, now()));
        }
    });
    let setup = json!({
        "base_url": base_url, "mchid": sandbox::MCHID, "app_id": sandbox::APP_ID,
        "private_key": sandbox::MERCHANT_PRIVATE_KEY, "serial": sandbox::MERCHANT_SERIAL,
        "api_v3_key": sandbox::API_V3_KEY, "platform_key_id": sandbox::PLATFORM_KEY_ID,
        "platform_public_key": sandbox::PLATFORM_PUBLIC_KEY,
        "bill_date": paid_at().date_in_shanghai().to_string(), "paid_at": paid_at().to_string(),
    });
    let mut running = Command::new(&python)
        .arg(folder.join("tests/python/merchant.py"))
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|failure| {
            panic!(
                "{} does not start ({failure}): `cargo xtask test` makes it, or: python3 -m venv \
                 target/test-tools/venv && target/test-tools/venv/bin/pip install -r \
                 crates/channels/tests/python/requirements-wechat.txt",
                python.display()
            )
        });
    running.stdin.take().unwrap().write_all(setup.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "merchant.py failed; its words are above");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn its_orders_notices_refunds_and_bill_work_against_our_sandbox() {
    let seen = run_merchant();
    let status = |step: &str| seen[step]["status"].as_u64().unwrap();
    for (step, expected) in [
        ("placed", 200),
        ("repeated", 200),
        ("changed", 400),
        ("unpaid", 200),
        ("paid", 200),
        ("refund", 200),
        ("refunded", 200),
        ("close_paid", 400),
        ("closed", 204),
        ("missing", 404),
        ("bill_link", 200),
        ("stranger", 401),
    ] {
        assert_eq!(status(step), expected, "{step}: {}", seen[step]["body"]);
    }
    assert_eq!(seen["unpaid"]["body"]["trade_state"], "NOTPAY");
    assert_eq!(seen["paid"]["body"]["trade_state"], "SUCCESS");
    assert_eq!(seen["refunded"]["body"]["status"], "SUCCESS");

    let [payment] = seen["payment_notices"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(payment["event_type"], "TRANSACTION.SUCCESS");
    assert_eq!(payment["resource"], seen["paid"]["body"], "notice and query say the same");
    let [refund] = seen["refund_notices"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(refund["event_type"], "REFUND.SUCCESS");
    assert_eq!(refund["resource"]["refund_status"], "SUCCESS");

    let bill = seen["bill"].as_str().unwrap();
    assert!(bill.contains("`merchant-0001,") && bill.contains("`1055.23"), "{bill}");
    assert!(!bill.contains("merchant-0002"), "a closed order is not in the bill");
}
