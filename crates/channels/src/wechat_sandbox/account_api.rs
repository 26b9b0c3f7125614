//! 公众号 as browsers and the account's server see it.

use serde_json::{Value, json};
use units::Timestamp;

use super::{APP_ID, APP_SECRET, Sandbox};
use crate::http_message::{Answer, Headers, Method, Request, percent_encode, query_value};

/// How long an OAuth2 code is good.
const CODE_SECONDS: i64 = 300;
/// How long a token is good.
const TOKEN_SECONDS: i64 = 7200;

impl Sandbox {
    pub(super) fn account_answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let value = |name: &str| query_value(query, name);
        match (request.method, path) {
            (Method::Get, "/connect/oauth2/authorize") => self.authorize(value, now),
            (Method::Get, "/sns/oauth2/access_token") => self.visitor(value, now),
            (Method::Post, "/cgi-bin/stable_token") => self.stable_token(&request.body, now),
            (Method::Post, "/cgi-bin/message/template/send") => {
                self.template(value("access_token").as_deref(), &request.body, now)
            }
            (Method::Get, "/cgi-bin/ticket/getticket") => {
                self.ticket(value("access_token").as_deref(), now)
            }
            _ => super::json(404, &json!({ "errcode": 404, "errmsg": "not found" })),
        }
    }

    /// Silent sign-in: sends the browser straight back with a code.
    fn authorize(&mut self, value: impl Fn(&str) -> Option<String>, now: Timestamp) -> Answer {
        let good = value("appid").as_deref() == Some(APP_ID)
            && value("response_type").as_deref() == Some("code")
            && value("scope").as_deref() == Some("snsapi_base");
        let Some(redirect) = value("redirect_uri").filter(|_| good) else {
            return super::json(400, &json!({ "errmsg": "redirect_uri域名与后台配置不一致" }));
        };
        let code = self.fresh(32);
        let visitor = self.behaviour.visitor.clone();
        self.codes.insert(code.clone(), (visitor, now.plus_seconds(CODE_SECONDS)));
        let state = percent_encode(&value("state").unwrap_or_default());
        let mark = if redirect.contains('?') { '&' } else { '?' };
        let location = format!("{redirect}{mark}code={code}&state={state}");
        let headers = Headers::new().with("Location", location);
        Answer { status: 302, headers, body: Vec::new() }
    }

    fn visitor(&mut self, value: impl Fn(&str) -> Option<String>, now: Timestamp) -> Answer {
        if value("appid").as_deref() != Some(APP_ID)
            || value("secret").as_deref() != Some(APP_SECRET)
        {
            return errcode(40125, "invalid appsecret");
        }
        // A code works once, also when it is too old.
        let code = value("code").and_then(|code| self.codes.remove(&code));
        let Some((openid, _)) = code.filter(|(_, until)| now <= *until) else {
            return errcode(40029, "invalid code");
        };
        let mut answer = json!({
            "access_token": self.fresh(64), "expires_in": 7200, "refresh_token": self.fresh(64),
            "openid": openid, "scope": "snsapi_base",
        });
        if self.behaviour.snapshot_visitor {
            answer["is_snapshotuser"] = 1.into();
        }
        super::json(200, &answer)
    }

    /// The same token for everybody who asks, until five minutes before its end.
    fn stable_token(&mut self, body: &[u8], now: Timestamp) -> Answer {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        if body["appid"] != APP_ID || body["secret"] != APP_SECRET {
            return errcode(40125, "invalid appsecret");
        }
        let fresh = self.fresh(64);
        let current = self.token.take().filter(|(_, until)| now.plus_seconds(300) <= *until);
        let (token, until) = current.unwrap_or((fresh, now.plus_seconds(TOKEN_SECONDS)));
        let expires_in = until.seconds() - now.seconds();
        let answer = json!({ "access_token": token, "expires_in": expires_in });
        self.token = Some((token, until));
        super::json(200, &answer)
    }

    fn template(&mut self, token: Option<&str>, body: &[u8], now: Timestamp) -> Answer {
        let message: Value = serde_json::from_slice(body).unwrap_or_default();
        let complete = ["touser", "template_id"].iter().all(|name| message[*name].is_string());
        if !complete || !message["data"].is_object() {
            return errcode(40037, "invalid template_id");
        }
        if !self.is_token_good(token, now) {
            return errcode(42001, "access_token expired");
        }
        self.messages.push(message);
        let message_id = 200_228_332 + self.messages.len();
        super::json(200, &json!({ "errcode": 0, "errmsg": "ok", "msgid": message_id }))
    }

    fn ticket(&mut self, token: Option<&str>, now: Timestamp) -> Answer {
        if !self.is_token_good(token, now) {
            return errcode(42001, "access_token expired");
        }
        super::json(200, &json!({ "errcode": 0, "ticket": self.fresh(64), "expires_in": 7200 }))
    }

    fn is_token_good(&self, token: Option<&str>, now: Timestamp) -> bool {
        let current = self.token.as_ref();
        current.is_some_and(|(current, until)| token == Some(current) && now <= *until)
    }
}

/// This side of WeChat refuses with HTTP 200.
fn errcode(code: i64, message: &str) -> Answer {
    super::json(200, &json!({ "errcode": code, "errmsg": message }))
}
