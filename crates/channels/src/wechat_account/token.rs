//! 稳定版接口调用凭据: the token of server calls, the same for every process that asks.

use std::fmt;

use serde::{Deserialize, Serialize};
use units::Timestamp;

use super::{Account, AccountRefusal, read_answer};
use crate::http_message::{Headers, Method, Request};

/// A token and until when it is good. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// Up to 512 characters.
    pub text: String,
    /// Ask again after this moment: a minute before WeChat ends it.
    pub good_until: Timestamp,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken(until {}, hidden)", self.good_until)
    }
}

/// The request for a token. Without force it returns the current one, which has at least five
/// minutes left; that costs nothing, and no other process loses its token.
#[must_use]
pub fn request(account: &Account) -> Request {
    #[derive(Serialize)]
    struct Body<'a> {
        grant_type: &'static str,
        appid: &'a str,
        secret: &'a str,
        force_refresh: bool,
    }
    let body = Body {
        grant_type: "client_credential",
        appid: &account.app_id,
        secret: &account.secret,
        force_refresh: false,
    };
    Request {
        method: Method::Post,
        target: "/cgi-bin/stable_token".to_owned(),
        headers: Headers::new().with("Content-Type", "application/json"),
        body: serde_json::to_vec(&body).expect("texts always write as JSON"),
    }
}

/// Reads the answer to [`request`] that came at `now`.
///
/// # Errors
/// [`AccountRefusal`].
pub fn read(body: &[u8], now: Timestamp) -> Result<AccessToken, AccountRefusal> {
    #[derive(Deserialize)]
    struct Wire {
        access_token: String,
        expires_in: u32,
    }
    let wire: Wire = read_answer(body)?;
    let good_until = now.plus_seconds(i64::from(wire.expires_in) - 60);
    Ok(AccessToken { text: wire.access_token, good_until })
}

/// Whether an error code says that the token is not good any more: ask for one again, once, and
/// repeat the call.
#[must_use]
pub const fn is_token_error(code: i64) -> bool {
    matches!(code, 40_001 | 40_014 | 42_001)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_asked_again_a_minute_before_its_end_and_never_printed() {
        let now: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let token = read(br#"{"access_token":"T0KEN","expires_in":7200}"#, now).unwrap();
        assert_eq!(token.good_until, now.plus_seconds(7140));
        assert!(!format!("{token:?}").contains("T0KEN"));
        assert_eq!(read(br#"{"errcode":40125}"#, now), Err(AccountRefusal::Code(40125)));
        assert!(is_token_error(42_001) && !is_token_error(43_004));
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_not_a_panic(bytes: Vec<u8>) {
            let _ = read(&bytes, Timestamp::start_of("2026-11-24".parse().unwrap()));
        }
    }
}
