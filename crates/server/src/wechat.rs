//! WeChat as the running program knows it: the connection to WeChat Pay and the official account.
//!
//! Every call blocks its thread: handlers make them on `spawn_blocking`. Files in reading order:
//! [`settings`] what an operator configures; [`practice`] a WeChat to practise with.

pub mod practice;
pub mod settings;

use std::sync::Arc;

use channels::http_send::{NoAnswer, Sender};
use channels::wechat_account::account_client::AccountClient;
use channels::wechat_account::{Account, AccountRefusal, visitor};
use channels::wechat_pay::client::Client;
use channels::wechat_pay::order::{OpenId, PayCall, pay_call};
use channels::wechat_pay::signature::{Nonce, Occasion};
use operations::wechat::Gateway;
use ring::rand::{SecureRandom as _, SystemRandom};
use units::Timestamp;

use crate::site::headers::origin;

/// The moment of calls; a demo moves it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The parts of WeChat that the program talks to. Cheap to clone; its secrets are never printed.
#[derive(Clone, Debug)]
pub struct Wechat {
    /// WeChat Pay.
    pub gateway: Gateway,
    /// 公众号.
    pub account: Account,
    /// Its server's calls, which share a token.
    pub account_client: AccountClient,
    /// Where browsers are sent to say who they are.
    pub authorize_base_url: String,
    /// Where the account's server calls go.
    pub api_base_url: String,
    /// How they leave.
    pub sender: Sender,
    /// With a sandbox: the script that a page loads to get a `WeixinJSBridge` in any browser.
    pub bridge_script: Option<String>,
    /// 模板消息: the template of a payment's receipt, where the account has one.
    pub receipt_template: Option<String>,
}

/// Why nobody knows who the visitor is.
#[derive(Debug, thiserror::Error)]
pub enum VisitorError {
    /// WeChat says no: the code is old or used, or the visitor is a throw-away user.
    #[error(transparent)]
    Refused(#[from] AccountRefusal),
    /// WeChat gave no answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

impl Wechat {
    /// Where a page sends a visitor to learn their openid. `state` must be bound to the browser.
    #[must_use]
    pub fn authorize_url(&self, redirect_uri: &str, state: &str) -> String {
        visitor::authorize_url(&self.authorize_base_url, &self.account, redirect_uri, state)
    }

    /// Where browsers find this program's pages: where WeChat finds its callbacks.
    #[must_use]
    pub fn site_address(&self) -> &str {
        origin(&self.gateway.client.merchant.notify_url)
    }

    /// The openid behind a code that came back.
    ///
    /// # Errors
    /// [`VisitorError`].
    pub fn visitor(&self, code: &str) -> Result<OpenId, VisitorError> {
        let request = visitor::exchange_request(&self.account, code);
        let answer = self.sender.send(&self.api_base_url, &request)?;
        Ok(visitor::read_visitor(&answer.body)?)
    }

    /// Whether this is a WeChat to practise with.
    #[must_use]
    pub const fn is_sandbox(&self) -> bool {
        self.bridge_script.is_some()
    }

    /// The page's call to the bridge for a prepared order.
    #[must_use]
    pub fn pay_call(&self, prepay_id: &str) -> PayCall {
        pay_call(&self.gateway.client.merchant, prepay_id, &(self.gateway.occasion)())
    }
}

/// The gateway of a client under a clock.
pub(crate) fn gateway(client: Client, now: Now) -> Gateway {
    Gateway { client, occasion: Arc::new(move || occasion(now())) }
}

/// A moment with a fresh nonce.
///
/// # Panics
/// When the system has no randomness; nothing can be signed safely then.
fn occasion(at: Timestamp) -> Occasion {
    let mut random = [0; 16];
    SystemRandom::new().fill(&mut random).expect("the system gives random bytes");
    Occasion { at, nonce: Nonce::new(random) }
}
