//! How a call is answered: the body with its digest, signed and bound to the call.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::content_digest::content_digest;
use channels::counter_api::http_signature::message;
use channels::counter_api::http_signature::sign::{Stamp, sign_response};
use channels::counter_api::problem::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::Counter;
use super::caller::{Caller, Proof};

/// A body that is not yet signed.
pub(super) struct Answer {
    status: u16,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Answer {
    /// What was asked for.
    pub(super) fn json(body: Vec<u8>) -> Self {
        Self { status: 200, media_type: "application/json", body }
    }

    /// A refusal.
    pub(super) fn problem(problem: &Problem) -> Self {
        let body = serde_json::to_vec(problem).expect("problems have text keys");
        Self { status: problem.status, media_type: PROBLEM_MEDIA_TYPE, body }
    }
}

impl Counter {
    /// Signs an answer for the bank that called, if that signed its call.
    pub(super) fn signed(
        &self,
        answer: Answer,
        caller: &Caller,
        request: &message::Request<'_>,
        id: &str,
    ) -> Response<Body> {
        let digest = content_digest(&answer.body);
        let headers = [("content-type", answer.media_type), ("content-digest", digest.as_str())];
        let response = message::Response {
            status: answer.status,
            headers: &headers,
            body: &answer.body,
            request,
        };
        let head = head(&answer, id).header("content-digest", digest.as_str());
        let Proof::Signature(signed) = &caller.proof else { return finished(head, answer.body) };
        let key = match signed.algorithm {
            Algorithm::HmacSha256 => caller.callers.keys.shared.get(&signed.key_id),
            Algorithm::EcdsaP256Sha256 | Algorithm::Ed25519 | Algorithm::Sm2Sm3 => {
                self.secrets.answer_key(signed.algorithm)
            }
        };
        let stamp = Stamp { created: self.wall.now(), expires: None, nonce: None };
        let signed =
            key.map(|key| sign_response(&response, &signed.label, key, stamp, &self.random));
        let Some(Ok(signature)) = signed else {
            eprintln!("the answer to counter call {id} could not be signed");
            return unsigned(&ProblemCode::InternalError.problem(), id);
        };
        let head = head
            .header("signature-input", signature.signature_input)
            .header("signature", signature.signature);
        finished(head, answer.body)
    }
}

/// An answer to a call that was not verified: there is nobody to sign it for.
pub(super) fn unsigned(problem: &Problem, id: &str) -> Response<Body> {
    let answer = Answer::problem(problem);
    finished(head(&answer, id), answer.body)
}

/// The interface's own description.
pub(super) fn document(text: &'static str) -> Response<Body> {
    let head = Response::builder().header("content-type", "application/json");
    finished(head, text.as_bytes().to_vec())
}

fn head(answer: &Answer, id: &str) -> axum::http::response::Builder {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let head = Response::builder()
        .status(status)
        .header("content-type", answer.media_type)
        .header("cache-control", "no-store")
        .header("x-request-id", id);
    if status == StatusCode::TOO_MANY_REQUESTS { head.header("retry-after", "1") } else { head }
}

fn finished(head: axum::http::response::Builder, body: Vec<u8>) -> Response<Body> {
    head.body(Body::from(body)).expect("every header above is printable ASCII")
}
