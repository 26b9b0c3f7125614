//! 模板消息: a notice to a follower of the account, and WeChat's word on what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::token::{AccessToken, is_token_error};
use super::{AccountRefusal, read_answer};
use crate::http_message::{Headers, Method, Request, percent_encode};
use crate::wechat_pay::order::OpenId;

/// Since 2023-05-04 WeChat shows at most 20 characters of a value, and no line break.
pub const VALUE_CHARACTERS_MAX: usize = 20;

/// A message.
#[derive(Clone, Debug)]
pub struct TemplateMessage {
    /// To whom.
    pub to: OpenId,
    /// The template's identifier in this account: configuration.
    pub template_id: String,
    /// The page that opens on a tap.
    pub url: Option<String>,
    /// Our own number; WeChat sends one message for it within 10 minutes.
    pub client_msg_id: String,
    /// The template's fields, such as `thing1`, `amount2`, `time3`.
    pub values: BTreeMap<&'static str, String>,
}

/// A value that WeChat would cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} must have 1 to {VALUE_CHARACTERS_MAX} characters and no line break")]
pub struct ValueMustFit(pub &'static str);

/// The request that sends a message.
///
/// # Errors
/// [`ValueMustFit`]: a sum of money cut in the middle would be worse than no message.
pub fn request(message: &TemplateMessage, token: &AccessToken) -> Result<Request, ValueMustFit> {
    #[derive(Serialize)]
    struct Body<'a> {
        touser: &'a OpenId,
        template_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
        client_msg_id: &'a str,
        data: BTreeMap<&'static str, Value<'a>>,
    }
    #[derive(Serialize)]
    struct Value<'a> {
        value: &'a str,
    }
    for (name, value) in &message.values {
        let fits = (1..=VALUE_CHARACTERS_MAX).contains(&value.chars().count());
        if !fits || value.contains(['\n', '\r']) {
            return Err(ValueMustFit(name));
        }
    }
    let data = message.values.iter().map(|(name, value)| (*name, Value { value })).collect();
    let body = Body {
        touser: &message.to,
        template_id: &message.template_id,
        url: message.url.as_deref(),
        client_msg_id: &message.client_msg_id,
        data,
    };
    Ok(Request {
        method: Method::Post,
        target: format!(
            "/cgi-bin/message/template/send?access_token={}",
            percent_encode(&token.text)
        ),
        headers: Headers::new().with("Content-Type", "application/json"),
        body: serde_json::to_vec(&body).expect("texts always write as JSON"),
    })
}

/// What WeChat says at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Accepted; delivery is told later under this number.
    Accepted {
        /// `msgid`.
        message_id: i64,
    },
    /// The person doesn't follow the account (any more), or the openid is wrong: use another way.
    NotReachable,
    /// Ask for a token again and repeat.
    TokenMustBeRenewed,
    /// The day's quota is used up, or calls come too fast: repeat later.
    Later,
    /// The template or the account is set up wrongly, for the operator; WeChat's code.
    SetUpWrongly(i64),
}

/// Reads the answer to [`request`].
///
/// # Errors
/// [`AccountRefusal::AnswerMustBeReadable`]: whether it was sent is unknown.
pub fn read_sent(body: &[u8]) -> Result<Sent, AccountRefusal> {
    #[derive(Deserialize)]
    struct Wire {
        msgid: i64,
    }
    match read_answer::<Wire>(body) {
        Ok(wire) => Ok(Sent::Accepted { message_id: wire.msgid }),
        Err(AccountRefusal::Code(code)) => Ok(match code {
            40_003 | 43_004 | 43_101 => Sent::NotReachable,
            code if is_token_error(code) => Sent::TokenMustBeRenewed,
            // -1: the system is busy. 45009 and 45011: quota and frequency.
            -1 | 45_009 | 45_011 => Sent::Later,
            code => Sent::SetUpWrongly(code),
        }),
        Err(refusal) => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(value: &str) -> TemplateMessage {
        TemplateMessage {
            to: OpenId("oUpF8".to_owned()),
            template_id: "T".to_owned(),
            url: None,
            client_msg_id: "n-1".to_owned(),
            values: [("thing1", value.to_owned())].into(),
        }
    }

    fn token() -> AccessToken {
        let good_until = "2026-11-24T10:00:00+08:00".parse().unwrap();
        AccessToken { text: "A+B".to_owned(), good_until }
    }

    #[test]
    fn a_value_that_wechat_would_cut_is_refused() {
        let twenty = "灵活就业社保费二〇二六年十一月共三项应缴";
        assert_eq!(twenty.chars().count(), 20);
        let request = request(&message(twenty), &token()).unwrap();
        assert_eq!(request.target, "/cgi-bin/message/template/send?access_token=A%2BB");
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            format!(
                r#"{{"touser":"oUpF8","template_id":"T","client_msg_id":"n-1","data":{{"thing1":{{"value":"{twenty}"}}}}}}"#
            )
        );
        for value in ["", "一\n二", &format!("{twenty}一")] {
            let refusal = super::request(&message(value), &token()).unwrap_err();
            assert_eq!(refusal, ValueMustFit("thing1"));
        }
    }

    #[test]
    fn each_code_has_its_next_step() {
        let sent = |code: i64| read_sent(format!(r#"{{"errcode":{code}}}"#).as_bytes()).unwrap();
        assert_eq!(sent(43_004), Sent::NotReachable);
        assert_eq!(sent(42_001), Sent::TokenMustBeRenewed);
        assert_eq!(sent(45_009), Sent::Later);
        assert_eq!(sent(40_037), Sent::SetUpWrongly(40_037));
        let accepted = read_sent(br#"{"errcode":0,"errmsg":"ok","msgid":200228332}"#).unwrap();
        assert_eq!(accepted, Sent::Accepted { message_id: 200_228_332 });
        assert!(read_sent(b"{}").is_err());
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_not_a_panic(bytes: Vec<u8>) {
            let _ = read_sent(&bytes);
        }
    }
}
