//! The counter interface over HTTP, on both databases, called by programs that others wrote.
//!
//! `cargo xtask test` makes the Python environment; without it these tests fail and say so.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "counter/bank.rs"]
mod bank;
#[path = "counter/city.rs"]
mod city;
#[path = "counter/commands.rs"]
mod commands;
#[path = "counter/history.rs"]
mod history;
#[path = "counter/hospital.rs"]
mod hospital;
#[path = "counter/replay.rs"]
mod replay;
#[path = "counter/storm.rs"]
mod storm;
#[path = "counter/strangers.rs"]
mod strangers;
#[path = "counter/tls.rs"]
mod tls;

use std::path::Path;

use channels::counter_api::http_signature::algorithm::Algorithm;
use city::{CARD, City, DAY, IDENTITY, Key, python};
use store::testing::for_each_url_text;

#[test]
fn a_client_written_from_the_document_walks_through_every_call() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        for (index, algorithm) in
            [Algorithm::HmacSha256, Algorithm::EcdsaP256Sha256, Algorithm::Ed25519]
                .into_iter()
                .enumerate()
        {
            let bank = format!("bank{index}");
            let key = city.add_key(&bank, algorithm);
            let (our_id, our_file) = city.answer_key(&key);
            let server = city.serve();
            let done = python("counter_client.py")
                .args([&server.base, &key.key_id, algorithm.word()])
                .arg(&key.file)
                .arg(our_id)
                .arg(our_file)
                .args([IDENTITY, CARD, DAY])
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{algorithm:?}: {said}");
        }
        city.verify();
    });
}

/// The bank's keys and signatures are `openssl`'s, and it checks ours: nothing of SM2 or SM3 in this
/// test is the program's own.
#[test]
fn a_bank_with_sm2_keys_of_openssl_walks_through_every_call() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let key = city.add_sm2_key("boc");
        // The city makes its own keys when it is served for the first time.
        let server = city.serve();
        let (our_id, our_file) = city.answer_key(&key);
        let done = python("counter_client.py")
            .args([&server.base, &key.key_id, key.algorithm.word()])
            .arg(&key.file)
            .arg(our_id)
            .arg(our_file)
            .args([IDENTITY, CARD, DAY])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        city.verify();
    });
}

#[test]
fn schemathesis_finds_no_5xx_and_no_undocumented_answer() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let bank = city.add_key("ccb", Algorithm::HmacSha256);
        let hospital = city.add_hospital_key("gulou-hospital");
        let server = city.serve();
        explore(&city, &format!("{}/counter/v1/openapi.json", server.base), &bank);
        explore(&city, &format!("{}/hospital/v1/openapi.json", server.base), &hospital);
        drop(server);
        city.verify();
    });
}

fn explore(city: &City, document: &str, key: &Key) {
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_headers_conformance,response_schema_conformance";
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/sign_every_call.py");
    let done = python("-m")
        .args(["schemathesis.cli", "run", "--checks", checks, "--seed", "1"])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "25"])
        .args(["--generation-database", "none", "--warnings", "off"])
        .arg(document)
        .current_dir(city.folder())
        .env("SCHEMATHESIS_HOOKS", hooks)
        .env("BANK_KEY_ID", &key.key_id)
        .env("BANK_KEY_FILE", &key.file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
}
