//! What a bank's counters send: the day's file, the bodies of calls, and their signatures.

use channels::counter_api::daily_file::{read_daily_file, standard_profile};
use channels::counter_api::day_end::DayEndRequest;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message::Request;
use channels::counter_api::http_signature::sign::{Stamp, sign_request};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::http_signature::verify::verify_request;
use channels::counter_api::http_signature::verifying_key::VerifyingKey;
use channels::counter_api::payment::PaymentRequest;
use channels::counter_api::quote::DuesQuery;
use channels::counter_api::reversal::ReversalRequest;
use serde_json::Error;
use units::{Date, Timestamp};

use super::{Parser, assert_sentence};

/// The daily file.
pub const DAILY_FILE: Parser = Parser {
    name: "counter_daily_file",
    rounds: 2_000,
    samples: || {
        let text = "3|2849.82\n\
                    20261124|0000001|A12345678|1376.12|柜面|缴费|\n\
                    20261124|0000002|A12345679|97.58|柜面|缴费|\r\n\
                    20261124|0000003|A12345678|1376.12|柜面|冲正|0000001\n";
        vec![encoding_rs::GBK.encode(text).0.into_owned()]
    },
    read: |bytes| {
        if let Err(lines) = read_daily_file(bytes, &standard_profile(), today()) {
            assert!(!lines.is_empty(), "a refused file has a bad line");
            for bad in lines {
                assert!(bad.line >= 1);
                assert_sentence(&bad.to_string());
            }
        }
    },
};

/// The JSON bodies of the calls.
pub const BODY: Parser = Parser {
    name: "counter_body",
    rounds: 2_000,
    samples: || {
        let bodies = [
            r#"{"identity_number":"320102199001010010","social_security_card":"A12345678"}"#,
            r#"{"bank_date":"2026-11-24","bank_serial":"0000001","accounting_date":"2026-11-24","branch_code":"3201001","teller":"T01","quote_id":"Q1","amount_fen":137612,"currency":"CNY","paid_at":"2026-11-24T10:00:00+08:00"}"#,
            r#"{"bank_date":"2026-11-24","bank_serial":"0000003","accounting_date":"2026-11-24","original_bank_date":"2026-11-24","original_bank_serial":"0000001","branch_code":"3201001","teller":"T01","amount_fen":137612,"currency":"CNY"}"#,
            r#"{"accounting_date":"2026-11-24","payments":{"count":2,"amount_fen":147370},"reversals":{"count":1,"amount_fen":137612},"currency":"CNY"}"#,
        ];
        bodies.map(|body| body.as_bytes().to_vec()).to_vec()
    },
    read: |bytes| {
        match serde_json::from_slice::<DuesQuery>(bytes) {
            Ok(query) => {
                if let Err(problem) = query.check(today()) {
                    assert_sentence(&problem.detail_zh);
                }
            }
            Err(error) => assert_placed(&error),
        }
        let errors = [
            serde_json::from_slice::<PaymentRequest>(bytes).err(),
            serde_json::from_slice::<ReversalRequest>(bytes).err(),
            serde_json::from_slice::<DayEndRequest>(bytes).err(),
        ];
        errors.iter().flatten().for_each(assert_placed);
    },
};

/// The headers of a signed call, and its body behind an empty line.
pub const SIGNATURE: Parser = Parser {
    name: "http_signature",
    rounds: 2_000,
    samples: || vec![signed()],
    read: |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let headers: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).collect();
        let key = VerifyingKey::parse(Algorithm::HmacSha256, SECRET).expect("a key");
        let request = request(&headers, body.as_bytes());
        if let Err(refusal) = verify_request(&request, |_| Some(&key), now()) {
            assert_sentence(&refusal.to_string());
        }
    },
};

const SECRET: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn request<'a>(headers: &'a [(&'a str, &'a str)], body: &'a [u8]) -> Request<'a> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "shebao.example",
        path: "/counter/v1/payments",
        query: None,
        headers,
        body,
    }
}

fn signed() -> Vec<u8> {
    let random = ring::rand::SystemRandom::new();
    let key = SigningKey::parse("ccb-1", Algorithm::HmacSha256, SECRET, &random).expect("a key");
    let body = r#"{"quote_id":"Q1"}"#;
    let digest = content_digest(body.as_bytes());
    let plain = [("content-type", "application/json"), ("content-digest", digest.as_str())];
    let stamp = Stamp { created: now(), expires: None, nonce: Some("n-1") };
    let signed = sign_request(&request(&plain, body.as_bytes()), &key, stamp, &random);
    let signed = signed.expect("headers that can be signed");
    let (input, signature) = (signed.signature_input, signed.signature);
    format!(
        "content-type: application/json\ncontent-digest: {digest}\nsignature-input: {input}\n\
         signature: {signature}\n\n{body}"
    )
    .into_bytes()
}

fn assert_placed(error: &Error) {
    // Line 0 stands for the whole body.
    assert!(error.line() >= 1 || error.column() == 0, "{error}");
    assert_sentence(&error.to_string());
}

fn today() -> Date {
    "2026-11-24".parse().expect("a day")
}

fn now() -> Timestamp {
    "2026-11-24T10:00:00+08:00".parse().expect("a moment")
}
