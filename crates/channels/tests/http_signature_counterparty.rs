//! Signatures against programs that others wrote: PyPI `http-message-signatures` for RFC 9421, and
//! OpenSSL for SM2. Both ways: they sign and we verify, we sign and they verify.
//!
//! `cargo xtask test` makes the Python environment; without it these tests fail and say so.
#![expect(clippy::unwrap_used, reason = "a test that meets a broken tool must stop")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use channels::counter_api::http_signature::algorithm::{Algorithm, SM2_DISTINGUISHING_ID};
use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message::{Request, Response};
use channels::counter_api::http_signature::sign::{LABEL, Stamp, sign_request, sign_response};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::http_signature::verify::{
    SignatureRefusal, verify_request, verify_response,
};
use channels::counter_api::http_signature::verifying_key::VerifyingKey;
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use units::Timestamp;

const CREATED: i64 = 1_736_128_800;
const BODY: &str = "{\"bank_serial\":\"0000042\",\"amount_fen\":137612}";
const URL: &str = "https://shebao.example/counter/v1/payments?trial=1";

fn now() -> Timestamp {
    Timestamp::from_micros(CREATED * 1_000_000).unwrap()
}

/// Calls `bank.py` with a job.
fn bank(job: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("SHEBAO_TEST_PYTHON").map_or_else(
        || folder.ancestors().nth(2).unwrap().join("target/test-tools/venv/bin/python"),
        PathBuf::from,
    );
    let mut running = Command::new(&python)
        .arg(folder.join("tests/python/bank.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|failure| {
            panic!(
                "{} does not start ({failure}): `cargo xtask test` makes it, or: python3 -m venv \
                 target/test-tools/venv && target/test-tools/venv/bin/pip install -r \
                 crates/channels/tests/python/requirements-http-signatures.txt",
                python.display()
            )
        });
    running.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "bank.py failed; its words are above");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap_or_else(|failure| panic!("install openssl 3 to run this test ({failure})"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {said}");
    output.stdout
}

struct Pair {
    algorithm: Algorithm,
    private: String,
    public: String,
}

/// A new key pair of each algorithm, made by OpenSSL.
fn pair(algorithm: Algorithm) -> Pair {
    let folder = tempfile::tempdir().unwrap();
    let generate: &[&str] = match algorithm {
        Algorithm::HmacSha256 => {
            let secret = openssl(folder.path(), &["rand", "-base64", "48"]);
            let secret = String::from_utf8(secret).unwrap().trim().to_owned();
            return Pair { algorithm, private: secret.clone(), public: secret };
        }
        Algorithm::EcdsaP256Sha256 => &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        Algorithm::Ed25519 => &["ED25519"],
        Algorithm::Sm2Sm3 => &["EC", "-pkeyopt", "ec_paramgen_curve:SM2"],
    };
    openssl(
        folder.path(),
        &[&["genpkey", "-algorithm"], generate, &["-out", "private.pem"]].concat(),
    );
    openssl(folder.path(), &["pkey", "-in", "private.pem", "-pubout", "-out", "public.pem"]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    Pair { algorithm, private: read("private.pem"), public: read("public.pem") }
}

const PYTHON_KNOWS: [Algorithm; 3] =
    [Algorithm::HmacSha256, Algorithm::EcdsaP256Sha256, Algorithm::Ed25519];

fn payment<'a>(headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "shebao.example",
        path: "/counter/v1/payments",
        query: Some("trial=1"),
        headers,
        body: BODY.as_bytes(),
    }
}

#[test]
fn a_request_signed_by_the_python_library_is_verified_here() {
    for algorithm in PYTHON_KNOWS {
        let pair = pair(algorithm);
        let answer = bank(&json!({
            "do": "sign", "algorithm": algorithm.word(), "private_key": pair.private,
            "key_id": "ccb-1", "method": "POST", "url": URL, "body": BODY,
            "headers": [["Content-Type", "application/json"], ["Idempotency-Key", "\"k-1\""]],
            "created": CREATED, "nonce": "7f3a",
        }));
        let headers: Vec<(String, String)> =
            serde_json::from_value(answer["headers"].clone()).unwrap();
        let lines: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let key = VerifyingKey::parse(algorithm, &pair.public).unwrap();
        let verified = verify_request(&payment(&lines), |_| Some(&key), now()).unwrap();
        assert_eq!((verified.key_id.as_str(), verified.nonce.as_str()), ("ccb-1", "7f3a"));

        let changed = Request { query: Some("trial=0"), ..payment(&lines) };
        let refused = verify_request(&changed, |_| Some(&key), now());
        assert_eq!(refused, Err(SignatureRefusal::MustVerify), "{algorithm:?}");
    }
}

#[test]
fn our_answer_is_verified_by_the_python_library_and_bound_to_the_request() {
    let random = SystemRandom::new();
    for algorithm in PYTHON_KNOWS {
        let pair = pair(algorithm);
        let key = SigningKey::parse("ours-1", algorithm, &pair.private, &random).unwrap();
        let digest = content_digest(BODY.as_bytes());
        let unsigned = [("content-type", "application/json"), ("content-digest", digest.as_str())];
        let stamp = Stamp { created: now(), expires: None, nonce: Some("a") };
        let theirs = sign_request(&payment(&unsigned), &key, stamp, &random).unwrap();
        let request_lines = [
            unsigned[0],
            unsigned[1],
            ("signature-input", theirs.signature_input.as_str()),
            ("signature", theirs.signature.as_str()),
        ];
        let request = payment(&request_lines);
        let body = "{\"state\":\"posted\",\"payer\":\"张*\"}";
        let digest = content_digest(body.as_bytes());
        let lines = [("content-type", "application/json"), ("content-digest", digest.as_str())];
        let answer =
            Response { status: 200, headers: &lines, body: body.as_bytes(), request: &request };
        let ours =
            sign_response(&answer, LABEL, &key, Stamp { nonce: None, ..stamp }, &random).unwrap();
        let job = |status: u16| {
            json!({
                "do": "verify", "algorithm": algorithm.word(), "public_key": pair.public,
                "key_id": "ours-1",
                "require": ["@status", "\"@method\";req", "\"@path\";req", "content-digest",
                            "\"signature\";req;key=\"sig1\""],
                "request": {"method": "POST", "url": URL, "headers": request_lines, "body": BODY},
                "response": {"status": status, "body": body, "headers": [
                    lines[0], lines[1],
                    ("signature-input", ours.signature_input.as_str()),
                    ("signature", ours.signature.as_str()),
                ]},
            })
        };
        let verified = bank(&job(200));
        assert_eq!(verified["covered"]["\"@status\""], "200", "{algorithm:?}: {verified}");
        let refused = bank(&job(201));
        assert!(refused["refused"].is_string(), "{algorithm:?}: {refused}");
    }
}

#[test]
fn openssl_and_this_program_verify_each_others_sm2_signatures() {
    let pair = pair(Algorithm::Sm2Sm3);
    let message = "\"@method\": POST\n\"@status\": 200".as_bytes();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    };
    write("private.pem", pair.private.as_bytes());
    write("public.pem", pair.public.as_bytes());
    write("message", message);
    let distid = format!("distid:{SM2_DISTINGUISHING_ID}");
    let rawin = ["-rawin", "-digest", "sm3", "-in", "message", "-pkeyopt", &distid];

    let theirs = ["pkeyutl", "-sign", "-inkey", "private.pem", "-out", "theirs.der"];
    openssl(folder.path(), &[&theirs[..], &rawin[..]].concat());
    let der = std::fs::read(folder.path().join("theirs.der")).unwrap();
    let theirs = sm2::dsa::Signature::from_der(&der).unwrap().to_vec();
    assert_eq!(theirs.len(), 64);
    let key = VerifyingKey::parse(pair.algorithm, &pair.public).unwrap();
    assert!(key.verifies(message, &theirs));
    assert!(!key.verifies(b"another message", &theirs));
    assert!(!key.verifies(message, &der), "DER is not this interface's form");

    let random = SystemRandom::new();
    let ours = SigningKey::parse("ours", pair.algorithm, &pair.private, &random).unwrap();
    let ours = sm2::dsa::Signature::from_slice(&ours.sign(message, &random)).unwrap();
    write("ours.der", ours.to_der().as_bytes());
    let verify = ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-sigfile", "ours.der"];
    let said = openssl(folder.path(), &[&verify[..], &rawin[..]].concat());
    assert!(String::from_utf8_lossy(&said).contains("Verified Successfully"));
}

#[test]
fn every_algorithm_signs_a_request_and_its_answer() {
    let random = SystemRandom::new();
    for algorithm in Algorithm::ALL {
        let pair = pair(algorithm);
        let signing = SigningKey::parse("k", algorithm, &pair.private, &random).unwrap();
        let verifying = VerifyingKey::parse(algorithm, &pair.public).unwrap();
        let digest = content_digest(BODY.as_bytes());
        let lines = [("content-type", "application/json"), ("content-digest", digest.as_str())];
        let stamp = Stamp { created: now(), expires: Some(now()), nonce: Some("1") };
        let made = sign_request(&payment(&lines), &signing, stamp, &random).unwrap();
        let signed = [
            lines[0],
            lines[1],
            ("signature-input", made.signature_input.as_str()),
            ("signature", made.signature.as_str()),
        ];
        let request = payment(&signed);
        verify_request(&request, |_| Some(&verifying), now()).unwrap();

        let answer = Response { status: 204, headers: &[], body: b"", request: &request };
        let made = sign_response(&answer, LABEL, &signing, stamp, &random).unwrap();
        let signed = [
            ("signature-input", made.signature_input.as_str()),
            ("signature", made.signature.as_str()),
        ];
        let answer = Response { headers: &signed, ..answer };
        verify_response(&answer, LABEL, |_| Some(&verifying), now()).unwrap();
    }
}
