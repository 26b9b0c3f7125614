//! A bank's calls, signed with one of its keys.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message;
use channels::counter_api::http_signature::sign::{Stamp, sign_request};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::http_message::{Headers, Method, Request};
use channels::http_send::Sender;
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use units::Timestamp;

use crate::city::{CARD, IDENTITY, Key};

/// Calls of all banks of this process, for nonces.
static CALLS: AtomicU64 = AtomicU64::new(0);

pub(crate) struct Bank {
    base: String,
    key: SigningKey,
    random: SystemRandom,
}

impl Bank {
    pub(crate) fn new(base: &str, key: &Key) -> Self {
        let random = SystemRandom::new();
        let text = std::fs::read_to_string(&key.file).unwrap();
        let parsed = SigningKey::parse(&key.key_id, key.algorithm, &text, &random).unwrap();
        Self { base: base.to_owned(), key: parsed, random }
    }

    /// What does the first person owe?
    pub(crate) fn query_first(&self) -> (u16, Value) {
        self.send(&self.signed_query(CARD))
    }

    /// The question what the first person owes, signed; it can be sent more than once.
    pub(crate) fn signed_query(&self, card: &str) -> Request {
        let body = json!({ "identity_number": IDENTITY, "social_security_card": card });
        self.signed("/counter/v1/dues-query", &body)
    }

    /// A signed call.
    pub(crate) fn signed(&self, path: &str, body: &Value) -> Request {
        self.signed_with(Method::Post, path, body)
    }

    /// A signed call of any method; one without a body is signed as such.
    pub(crate) fn signed_with(&self, method: Method, path: &str, body: &Value) -> Request {
        self.signed_from((method, Headers::new()), path, body)
    }

    /// A signed call that has a name.
    pub(crate) fn named(&self, name: &str, path: &str, body: &Value) -> Request {
        let headers = Headers::new().with("idempotency-key", format!("\"{name}\""));
        self.signed_from((Method::Post, headers), path, body)
    }

    fn signed_from(
        &self,
        (method, headers): (Method, Headers),
        path: &str,
        body: &Value,
    ) -> Request {
        let body =
            if method == Method::Get { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        let headers = headers
            .with("content-type", "application/json")
            .with("content-digest", content_digest(&body));
        let authority = self.base.trim_start_matches("http://");
        let lines: Vec<_> = headers.iter().collect();
        let described = message::Request {
            method: method.word(),
            scheme: "http",
            authority,
            path,
            query: None,
            headers: &lines,
            body: &body,
        };
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{}-{call}", std::process::id());
        let stamp = Stamp { created: now(), expires: None, nonce: Some(&nonce) };
        let signed = sign_request(&described, &self.key, stamp, &self.random).unwrap();
        let headers = headers
            .clone()
            .with("signature-input", signed.signature_input)
            .with("signature", signed.signature);
        Request { method, target: path.to_owned(), headers, body }
    }

    /// Sends a call.
    pub(crate) fn send(&self, request: &Request) -> (u16, Value) {
        let sender = Sender::network(Duration::from_secs(10));
        let answer = sender.send(&self.base, request).unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    /// Sends a call to another program that has the same name, as behind a proxy.
    pub(crate) fn send_to(&self, base: &str, request: &Request) -> (u16, Value) {
        let named = |base: &str| base.trim_start_matches("http://").to_owned();
        let mut head =
            format!("POST {} HTTP/1.1\r\nhost: {}\r\n", request.target, named(&self.base));
        for (name, value) in request.headers.iter() {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n", request.body.len()));
        head.push_str("connection: close\r\n\r\n");
        let mut line = TcpStream::connect(named(base)).unwrap();
        line.write_all(&[head.as_bytes(), &request.body].concat()).unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }
}

fn now() -> Timestamp {
    server::clock::Clock::System.now()
}
