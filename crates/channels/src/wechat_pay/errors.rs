//! WeChat's error answers: `{"code","message","detail"}` with an HTTP status, and what each means.
//!
//! Only words that WeChat documents as final are final here; everything else is unknown, and an
//! unknown outcome is settled by a query, never by a guess.

use serde::Deserialize;

use crate::http_message::Answer;

/// What WeChat's refusal means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// We sent something wrong: a defect or a configuration of ours, for the operator.
    RequestWrong,
    /// Our signature, serial number or clock is wrong, for the operator.
    SignatureWrong,
    /// The merchant may not do this, or a risk rule forbids it, for the operator.
    NotAllowed,
    /// The order is closed or expired: start a new attempt.
    OrderClosed,
    /// The order is paid already: query it.
    AlreadyPaid,
    /// The number was used before with other parameters: start a new attempt.
    NumberUsed,
    /// There is no such order or refund.
    NotFound,
    /// Too many calls: wait and repeat.
    TooManyCalls,
    /// The merchant's balance doesn't cover a refund: repeat later, tell the accountant.
    BalanceTooLow,
    /// The bill is still being made: repeat in 30 minutes.
    BillNotReady,
    /// There was no trade on that day: an empty bill.
    NoTrade,
    /// WeChat doesn't know, or we don't know the word: query, then repeat unchanged.
    Unknown,
}

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("WeChat answered {status} {code} (Request-ID {request_id})")]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// WeChat's word, such as `ORDER_NOT_EXIST`; empty when the body could not be read.
    pub code: String,
    /// WeChat's sentence. It may quote what we sent, so it is kept out of the error's text.
    pub message: String,
    /// `Request-ID`, which WeChat's support asks for; always log it.
    pub request_id: String,
    /// What it means for us.
    pub meaning: Meaning,
}

#[derive(Deserialize)]
struct Body {
    code: String,
    #[serde(default)]
    message: String,
}

/// Reads an error answer. Total: any bytes give a problem, at worst with an unknown meaning.
#[must_use]
pub fn read_problem(answer: &Answer) -> Problem {
    let body = serde_json::from_slice::<Body>(&answer.body).ok();
    let (code, message) = body.map(|body| (body.code, body.message)).unwrap_or_default();
    let request_id = answer.headers.get("Request-ID").unwrap_or_default().to_owned();
    let inner = request_id.rsplit('-').next().unwrap_or_default();
    let meaning = meaning_of(inner, &code, answer.status);
    Problem { status: answer.status, code, message, request_id, meaning }
}

/// The number behind the last `-` of `Request-ID` is Tencent's inner code and more precise than
/// the word, so it is asked first.
fn meaning_of(inner: &str, code: &str, status: u16) -> Meaning {
    match inner {
        "268449538" | "268498689" => return Meaning::AlreadyPaid,
        "268447914" => return Meaning::OrderClosed,
        "268512771" => return Meaning::NotFound,
        "268443699" => return Meaning::SignatureWrong,
        "268501013" | "270924358" => return Meaning::RequestWrong,
        "268447840" => return Meaning::TooManyCalls,
        "268498688" => return Meaning::NumberUsed,
        _ => {}
    }
    match (code, status) {
        ("SIGN_ERROR", _) | (_, 401) => Meaning::SignatureWrong,
        ("ORDER_CLOSED", _) => Meaning::OrderClosed,
        ("ORDERPAID" | "ORDER_PAID", _) => Meaning::AlreadyPaid,
        ("OUT_TRADE_NO_USED", _) => Meaning::NumberUsed,
        ("ORDER_NOT_EXIST" | "RESOURCE_NOT_EXISTS", _) => Meaning::NotFound,
        ("FREQUENCY_LIMITED" | "FREQUENCY_LIMIT_EXCEED" | "RATELIMIT_EXCEEDED", _) | (_, 429) => {
            Meaning::TooManyCalls
        }
        ("NOT_ENOUGH", _) => Meaning::BalanceTooLow,
        ("STATEMENT_CREATING", _) => Meaning::BillNotReady,
        ("NO_STATEMENT_EXIST", _) => Meaning::NoTrade,
        ("NO_AUTH" | "RULE_LIMIT", _) => Meaning::NotAllowed,
        ("PARAM_ERROR" | "APPID_MCHID_NOT_MATCH" | "MCH_NOT_EXISTS", _) => Meaning::RequestWrong,
        // INVALID_REQUEST covers many things, some of which pass: only a query tells.
        _ => Meaning::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_message::Headers;

    fn meaning(status: u16, code: &str, request_id: &str) -> Meaning {
        let headers = Headers::new().with("Request-ID", request_id);
        let body = format!(r#"{{"code":"{code}","message":"…","detail":{{}}}}"#).into_bytes();
        read_problem(&Answer { status, headers, body }).meaning
    }

    #[test]
    fn only_documented_words_are_final() {
        let plain = "08F78BB5AF0610D302-0";
        for (status, code, expected) in [
            (400, "PARAM_ERROR", Meaning::RequestWrong),
            (400, "APPID_MCHID_NOT_MATCH", Meaning::RequestWrong),
            (400, "INVALID_REQUEST", Meaning::Unknown),
            (400, "ORDER_CLOSED", Meaning::OrderClosed),
            (400, "STATEMENT_CREATING", Meaning::BillNotReady),
            (400, "NO_STATEMENT_EXIST", Meaning::NoTrade),
            (401, "SIGN_ERROR", Meaning::SignatureWrong),
            (403, "NO_AUTH", Meaning::NotAllowed),
            (403, "RULE_LIMIT", Meaning::NotAllowed),
            (403, "OUT_TRADE_NO_USED", Meaning::NumberUsed),
            (403, "NOT_ENOUGH", Meaning::BalanceTooLow),
            (404, "ORDER_NOT_EXIST", Meaning::NotFound),
            (404, "RESOURCE_NOT_EXISTS", Meaning::NotFound),
            (404, "SOMETHING_NEW", Meaning::Unknown),
            (429, "FREQUENCY_LIMITED", Meaning::TooManyCalls),
            (500, "SYSTEM_ERROR", Meaning::Unknown),
            (502, "", Meaning::Unknown),
        ] {
            assert_eq!(meaning(status, code, plain), expected, "{status} {code}");
        }
    }

    #[test]
    fn the_inner_code_says_more_than_the_word() {
        let word = "INVALID_REQUEST";
        assert_eq!(meaning(400, word, "08F7-268449538"), Meaning::AlreadyPaid);
        assert_eq!(meaning(400, word, "08F7-268498689"), Meaning::AlreadyPaid);
        assert_eq!(meaning(400, word, "08F7-268447914"), Meaning::OrderClosed);
        assert_eq!(meaning(400, word, "08F7-268498688"), Meaning::NumberUsed);
        assert_eq!(meaning(404, word, "08F7-268512771"), Meaning::NotFound);
    }

    #[test]
    fn a_body_that_is_not_json_is_unknown_not_a_panic() {
        let answer = Answer { status: 504, headers: Headers::new(), body: b"<html>".to_vec() };
        let problem = read_problem(&answer);
        assert_eq!((problem.meaning, problem.code.as_str()), (Meaning::Unknown, ""));
    }
}
