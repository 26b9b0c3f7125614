//! Calls of the sandbox bank: signed, and every answer verified.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message;
use channels::counter_api::http_signature::sign::{LABEL, Stamp, sign_request};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::http_signature::verify::verify_response;
use channels::counter_api::http_signature::verifying_key::VerifyingKey;
use channels::http_message::{Answer, Headers, Method, Request};
use channels::http_send::Sender;
use ring::rand::SystemRandom;
use serde::Serialize;

use super::Plan;
use crate::clock::Clock;

/// How long a teller waits for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call is stored and forwarded before the sandbox gives up.
const FORWARDS_MAX: u32 = 300;
const FORWARD_EVERY: Duration = Duration::from_millis(200);

/// The bank's way to the city.
pub(super) struct Client {
    base: String,
    authority: String,
    scheme: String,
    key: SigningKey,
    verifying: VerifyingKey,
    sender: Sender,
    random: SystemRandom,
    run: i64,
    calls: AtomicU64,
    lost: AtomicUsize,
}

impl Client {
    pub(super) fn new(plan: &Plan) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let (scheme, authority) =
            plan.base.split_once("://").context("the address begins with http:// or https://")?;
        Ok(Self {
            base: plan.base.trim_end_matches('/').to_owned(),
            authority: authority.trim_end_matches('/').to_owned(),
            scheme: scheme.to_owned(),
            key: SigningKey::parse(&plan.key_id, Algorithm::HmacSha256, &plan.secret, &random)?,
            verifying: VerifyingKey::parse(Algorithm::HmacSha256, &plan.secret)?,
            sender: Sender::network(TIMEOUT),
            random,
            run: Clock::System.now().micros(),
            calls: AtomicU64::new(0),
            lost: AtomicUsize::new(0),
        })
    }

    /// How many answers were lost.
    pub(super) fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }

    /// Notes an answer that is thrown away on purpose.
    pub(super) fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Stores and forwards a call until it is answered with something that is not to be retried.
    pub(super) fn until_answered(
        &self,
        call: impl Fn() -> anyhow::Result<Option<Answer>>,
    ) -> anyhow::Result<Answer> {
        for _ in 0..FORWARDS_MAX {
            match call()? {
                Some(answer) if !is_passing(&answer) => return Ok(answer),
                _ => std::thread::sleep(FORWARD_EVERY),
            }
        }
        bail!("no answer for a minute")
    }

    pub(super) fn get(&self, path: &str) -> anyhow::Result<Option<Answer>> {
        self.send(Method::Get, path, Headers::new(), Vec::new())
    }

    pub(super) fn post<T: Serialize>(
        &self,
        path: &str,
        key: Option<&str>,
        body: &T,
    ) -> anyhow::Result<Option<Answer>> {
        let mut headers = Headers::new().with("content-type", "application/json");
        if let Some(key) = key {
            headers.push("idempotency-key", format!("\"{key}\""));
        }
        self.send(Method::Post, path, headers, serde_json::to_vec(body)?)
    }

    pub(super) fn post_file(&self, path: &str, body: Vec<u8>) -> anyhow::Result<Option<Answer>> {
        let headers = Headers::new().with("content-type", "text/plain; charset=gbk");
        self.send(Method::Post, path, headers, body)
    }

    /// One call; `None` when no answer came, so that nobody knows what became of it.
    fn send(
        &self,
        method: Method,
        path: &str,
        mut headers: Headers,
        body: Vec<u8>,
    ) -> anyhow::Result<Option<Answer>> {
        if !body.is_empty() {
            headers.push("content-digest", content_digest(&body));
        }
        let nonce = format!("{}-{}", self.run, self.calls.fetch_add(1, Ordering::Relaxed));
        let stamp = Stamp { created: Clock::System.now(), expires: None, nonce: Some(&nonce) };
        let unsigned: Vec<_> = headers.iter().collect();
        let signed = sign_request(
            &self.described(method, path, (&unsigned, &body)),
            &self.key,
            stamp,
            &self.random,
        )?;
        headers.push("signature-input", signed.signature_input);
        headers.push("signature", signed.signature);
        let request = Request { method, target: path.to_owned(), headers, body };
        let Ok(answer) = self.sender.send(&self.base, &request) else {
            self.lose();
            return Ok(None);
        };
        let lines: Vec<_> = request.headers.iter().collect();
        let described = self.described(method, path, (&lines, &request.body));
        let answered: Vec<_> = answer.headers.iter().collect();
        let response = message::Response {
            status: answer.status,
            headers: &answered,
            body: &answer.body,
            request: &described,
        };
        let key = |_: &str| Some(&self.verifying);
        verify_response(&response, LABEL, key, Clock::System.now())
            .with_context(|| format!("an answer {} is not signed by the city", answer.status))?;
        Ok(Some(answer))
    }

    fn described<'a>(
        &'a self,
        method: Method,
        path: &'a str,
        (headers, body): (message::HeaderLines<'a>, &'a [u8]),
    ) -> message::Request<'a> {
        message::Request {
            method: method.word(),
            scheme: &self.scheme,
            authority: &self.authority,
            path,
            query: None,
            headers,
            body,
        }
    }
}

/// Whether the same call may be answered otherwise in a moment.
fn is_passing(answer: &Answer) -> bool {
    const IN_PROGRESS: &[u8] = b"\"request_in_progress\"";
    matches!(answer.status, 429 | 500 | 503)
        || answer.body.windows(IN_PROGRESS.len()).any(|part| part == IN_PROGRESS)
}
