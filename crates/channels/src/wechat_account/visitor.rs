//! 网页授权 (OAuth2, `snsapi_base`): which openid is looking at the page, silently.

use serde::Deserialize;

use super::{Account, AccountRefusal, read_answer};
use crate::http_message::{Headers, Method, Request, percent_encode};
use crate::wechat_pay::order::OpenId;

/// Where browsers are sent; configuration, because a sandbox has another.
pub const AUTHORIZE_BASE_URL: &str = "https://open.weixin.qq.com";

/// Where codes are exchanged; configuration likewise.
pub const API_BASE_URL: &str = "https://api.weixin.qq.com";

/// The address to which a page redirects a visitor. WeChat sends the browser back to
/// `redirect_uri` with `code` and `state`. `state` must be random and bound to the browser's
/// session, or a visitor could be made to pay under another's openid.
#[must_use]
pub fn authorize_url(base_url: &str, account: &Account, redirect_uri: &str, state: &str) -> String {
    format!(
        "{}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code\
         &scope=snsapi_base&state={}#wechat_redirect",
        base_url.trim_end_matches('/'),
        percent_encode(&account.app_id),
        percent_encode(redirect_uri),
        percent_encode(state),
    )
}

/// The request that exchanges a code; a code works once and for five minutes.
#[must_use]
pub fn exchange_request(account: &Account, code: &str) -> Request {
    let target = format!(
        "/sns/oauth2/access_token?appid={}&secret={}&code={}&grant_type=authorization_code",
        percent_encode(&account.app_id),
        percent_encode(&account.secret),
        percent_encode(code),
    );
    Request { method: Method::Get, target, headers: Headers::new(), body: Vec::new() }
}

/// Reads the visitor out of the answer.
///
/// # Errors
/// [`AccountRefusal::Code`] 40029 or 40163 for a code that is wrong, old or used: start again.
/// [`AccountRefusal::VisitorMustBeReal`] for a throw-away user, who must neither pay nor be bound.
pub fn read_visitor(body: &[u8]) -> Result<OpenId, AccountRefusal> {
    #[derive(Deserialize)]
    struct Wire {
        openid: String,
        #[serde(default)]
        is_snapshotuser: i64,
    }
    let wire: Wire = read_answer(body)?;
    if wire.is_snapshotuser != 0 {
        return Err(AccountRefusal::VisitorMustBeReal);
    }
    if wire.openid.is_empty() || wire.openid.len() > 128 {
        return Err(AccountRefusal::AnswerMustBeReadable);
    }
    Ok(OpenId(wire.openid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visitor_is_sent_with_an_encoded_address_and_state() {
        let account = Account { app_id: "wx1".to_owned(), secret: "s".to_owned() };
        let url =
            authorize_url("https://open.weixin.qq.com/", &account, "https://a.cn/b?c=1", "x y");
        assert_eq!(
            url,
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1\
             &redirect_uri=https%3A%2F%2Fa.cn%2Fb%3Fc%3D1&response_type=code\
             &scope=snsapi_base&state=x%20y#wechat_redirect"
        );
        let request = exchange_request(&account, "c&d");
        assert!(request.target.ends_with("&code=c%26d&grant_type=authorization_code"));
        assert!(!format!("{account:?}{request:?}").contains("secret=s"));
    }

    #[test]
    fn a_throw_away_user_or_a_used_code_is_refused() {
        let real =
            br#"{"access_token":"A","expires_in":7200,"openid":"oUpF8","scope":"snsapi_base"}"#;
        assert_eq!(read_visitor(real), Ok(OpenId("oUpF8".to_owned())));
        let snapshot = br#"{"openid":"oUpF8","is_snapshotuser":1}"#;
        assert_eq!(read_visitor(snapshot), Err(AccountRefusal::VisitorMustBeReal));
        let used = br#"{"errcode":40029,"errmsg":"invalid code, rid: 1"}"#;
        assert_eq!(read_visitor(used), Err(AccountRefusal::Code(40029)));
        for body in ["", "{}", r#"{"openid":""}"#, "[]"] {
            let refusal = read_visitor(body.as_bytes());
            assert_eq!(refusal, Err(AccountRefusal::AnswerMustBeReadable), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_not_a_panic(bytes: Vec<u8>) {
            let _ = read_visitor(&bytes);
        }
    }
}
