//! Calls of the account's server: the token is fetched when needed, kept while it is good, and
//! fetched once more when WeChat says that it is not.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use units::Timestamp;

use super::template_message::{self, Sent, TemplateMessage, ValueMustFit};
use super::token::{self, AccessToken};
use super::{Account, AccountRefusal};
use crate::http_send::{NoAnswer, Sender};

/// Why nobody knows whether a message was sent, or why it can't be.
#[derive(Debug, thiserror::Error)]
pub enum SendFailure {
    /// A value would be cut.
    #[error(transparent)]
    Value(#[from] ValueMustFit),
    /// WeChat's answer gives no result.
    #[error(transparent)]
    Refused(#[from] AccountRefusal),
    /// No answer came.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

/// A connection to the account's server. Clones share its token; its calls block the thread.
#[derive(Clone)]
pub struct AccountClient {
    account: Account,
    base_url: String,
    sender: Sender,
    token: Arc<Mutex<Option<AccessToken>>>,
}

impl fmt::Debug for AccountClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountClient({:?})", self.account)
    }
}

impl AccountClient {
    /// A connection to a base URL: [`super::visitor::API_BASE_URL`] or a sandbox.
    #[must_use]
    pub fn new(account: Account, base_url: String, sender: Sender) -> Self {
        Self { account, base_url, sender, token: Arc::default() }
    }

    /// Sends a template message. A token that WeChat no longer takes is fetched again, once.
    ///
    /// # Errors
    /// [`SendFailure`]; `client_msg_id` makes a repetition within ten minutes safe.
    pub fn send_template(
        &self,
        message: &TemplateMessage,
        now: Timestamp,
    ) -> Result<Sent, SendFailure> {
        let first = self.token(now)?;
        let sent = self.send_with(message, &first)?;
        if sent != Sent::TokenMustBeRenewed {
            return Ok(sent);
        }
        self.forget(&first);
        let second = self.token(now)?;
        self.send_with(message, &second)
    }

    fn send_with(
        &self,
        message: &TemplateMessage,
        token: &AccessToken,
    ) -> Result<Sent, SendFailure> {
        let request = template_message::request(message, token)?;
        let answer = self.sender.send(&self.base_url, &request)?;
        Ok(template_message::read_sent(&answer.body)?)
    }

    /// The token that is kept, or a new one.
    fn token(&self, now: Timestamp) -> Result<AccessToken, SendFailure> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| now <= kept.good_until) {
            return Ok(kept);
        }
        let answer = self.sender.send(&self.base_url, &token::request(&self.account))?;
        let fresh = token::read(&answer.body, now)?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets a token, unless another thread has fetched a newer one meanwhile.
    fn forget(&self, bad: &AccessToken) {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref() == Some(bad) {
            *kept = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_message::{Answer, Headers, Request};
    use crate::wechat_pay::order::OpenId;

    /// A WeChat that hands out T1, T2 … and takes only those from `good` on.
    fn client(good: usize) -> (AccountClient, Arc<Mutex<Vec<String>>>) {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = calls.clone();
        let answer = move |request: &Request| {
            let mut calls = seen.lock().unwrap();
            calls.push(request.target.clone());
            let tokens = calls.iter().filter(|call| call.contains("stable_token")).count();
            let body = if request.target.contains("stable_token") {
                format!(r#"{{"access_token":"T{tokens}","expires_in":7200}}"#)
            } else if tokens >= good {
                r#"{"errcode":0,"errmsg":"ok","msgid":7}"#.to_owned()
            } else {
                r#"{"errcode":40001,"errmsg":"invalid credential"}"#.to_owned()
            };
            Some(Answer { status: 200, headers: Headers::new(), body: body.into_bytes() })
        };
        let account = Account { app_id: "wx1".to_owned(), secret: "s3cret".to_owned() };
        let sender = Sender::InProcess(Arc::new(answer));
        (AccountClient::new(account, "https://api.example".to_owned(), sender), calls)
    }

    fn message() -> TemplateMessage {
        TemplateMessage {
            to: OpenId("o1".to_owned()),
            template_id: "T".to_owned(),
            url: None,
            client_msg_id: "1".to_owned(),
            values: [("amount1", "1055.23元".to_owned())].into(),
        }
    }

    #[test]
    fn a_token_is_fetched_once_and_once_more_when_wechat_no_longer_takes_it() {
        let now: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        for (good, calls_made, sent) in [
            (1, 3, Sent::Accepted { message_id: 7 }),
            (2, 5, Sent::Accepted { message_id: 7 }),
            (9, 7, Sent::TokenMustBeRenewed),
        ] {
            let (client, calls) = client(good);
            client.send_template(&message(), now).unwrap();
            assert_eq!(client.send_template(&message(), now).unwrap(), sent, "{good}");
            assert_eq!(calls.lock().unwrap().len(), calls_made, "{good}");
            assert!(!format!("{client:?}").contains("s3cret"));
        }
        let (client, calls) = client(1);
        client.send_template(&message(), now).unwrap();
        client.send_template(&message(), now.plus_seconds(7_141)).unwrap();
        assert_eq!(calls.lock().unwrap().len(), 4, "an old token is fetched anew");
    }
}
