//! A bank's tellers as a bench needs them: calls signed before the clock starts, sent over
//! connections that stay open, answers read and not much looked at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message;
use channels::counter_api::http_signature::sign::{Stamp, sign_request};
use channels::counter_api::http_signature::signing_key::SigningKey;
use ring::rand::SystemRandom;
use serde::Serialize;

use crate::cli::demo;
use crate::clock::Clock;

/// Tellers at the same time.
pub(super) const TELLERS: usize = 64;

/// A bank that signs.
pub(super) struct Bank {
    key: SigningKey,
    authority: String,
    random: SystemRandom,
}

impl Bank {
    pub(super) fn new(key_id: &str, secret: &str, at: SocketAddr) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let key = SigningKey::parse(key_id, Algorithm::HmacSha256, secret, &random)?;
        Ok(Self { key, authority: at.to_string(), random })
    }

    /// A signed call, as its bytes travel. `name` is its nonce and its idempotency key.
    pub(super) fn call<T: Serialize>(
        &self,
        path: &str,
        name: &str,
        body: &T,
    ) -> anyhow::Result<Vec<u8>> {
        let body = serde_json::to_vec(body)?;
        let (digest, key) = (content_digest(&body), format!("\"{name}\""));
        let headers = [
            ("content-type", "application/json"),
            ("content-digest", digest.as_str()),
            ("idempotency-key", key.as_str()),
        ];
        let described = message::Request {
            method: "POST",
            scheme: "http",
            authority: &self.authority,
            path,
            query: None,
            headers: &headers,
            body: &body,
        };
        let stamp = Stamp { created: Clock::System.now(), expires: None, nonce: Some(name) };
        let signed = sign_request(&described, &self.key, stamp, &self.random)?;
        let mut text = format!("POST {path} HTTP/1.1\r\nhost: {}\r\n", self.authority);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let (input, signature) = (signed.signature_input, signed.signature);
        text.push_str(&format!("signature-input: {input}\r\nsignature: {signature}\r\n"));
        text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        Ok([text.as_bytes(), &body].concat())
    }
}

/// What a run of calls came to.
pub(super) struct Sent {
    pub(super) answers: Vec<Vec<u8>>,
    pub(super) took: Duration,
    /// How long each call took.
    pub(super) waited: Vec<Duration>,
}

impl Sent {
    pub(super) fn per_second(&self) -> f64 {
        let calls = u32::try_from(self.waited.len()).map_or(f64::MAX, f64::from);
        calls / self.took.as_secs_f64().max(1e-9)
    }

    /// What 99 of 100 calls did not exceed.
    pub(super) fn p99(&self) -> Duration {
        let mut waited = self.waited.clone();
        waited.sort_unstable();
        waited.get(waited.len() * 99 / 100).copied().unwrap_or_default()
    }
}

/// Sends calls from so many tellers; each waits for its answer, and for `pause` from call to call.
pub(super) fn send(
    at: SocketAddr,
    calls: &[Vec<u8>],
    tellers: usize,
    pause: Duration,
) -> anyhow::Result<Sent> {
    let next = Mutex::new(calls.iter());
    let begun = demo::now();
    let work = || -> anyhow::Result<(Vec<Vec<u8>>, Vec<Duration>)> {
        let mut line = Line::connect(at)?;
        let (mut answers, mut waited) = (Vec::new(), Vec::new());
        let mut due = begun;
        loop {
            let call = next.lock().expect("no holder of the lock panics").next();
            let Some(call) = call else { return Ok((answers, waited)) };
            std::thread::sleep(due.saturating_duration_since(demo::now()));
            let sent: Instant = demo::now();
            answers.push(line.exchange(call)?);
            waited.push(sent.elapsed());
            due += pause;
        }
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..tellers).map(|_| scope.spawn(work)).collect();
        let join = |teller: std::thread::ScopedJoinHandle<'_, _>| teller.join();
        tellers.into_iter().map(join).collect::<std::thread::Result<_>>()
    })
    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let took = begun.elapsed();
    let mut sent = Sent { answers: Vec::new(), took, waited: Vec::new() };
    for teller in done {
        let (answers, waited) = teller?;
        sent.answers.extend(answers);
        sent.waited.extend(waited);
    }
    Ok(sent)
}

/// A connection that stays open.
struct Line(BufReader<TcpStream>);

impl Line {
    fn connect(at: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a call and reads its answer, which must be a success.
    fn exchange(&mut self, call: &[u8]) -> anyhow::Result<Vec<u8>> {
        self.0.get_mut().write_all(call)?;
        let (mut status, mut length, mut line) = (String::new(), 0, String::new());
        self.0.read_line(&mut status)?;
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().context("the answer has no length")?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let text = || String::from_utf8_lossy(&body).into_owned();
        anyhow::ensure!(status.contains(" 200 "), "{} {}", status.trim(), text());
        Ok(body)
    }
}
