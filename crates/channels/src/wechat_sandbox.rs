//! A WeChat to practise with: the official account's server, WeChat Pay, and the payer's app.
//!
//! A state machine without network and clock: requests in, answers and notices out, everything
//! seeded. A shell around it speaks HTTP. It checks what the real one checks (signatures over the
//! raw bytes, unknown fields, repeated numbers with other parameters, expiry) and can misbehave as
//! the real one does: notices late, repeated, forged or never, answers lost, throw-away visitors.
//! It cannot show WeChat's domain checks, risk control or H5 middle page.
//!
//! Files in reading order: [`behaviour`] what it should do wrong; [`merchant_api`] 微信支付;
//! [`payer`] the person's app; [`notices`] what it posts; [`bill`] the day after; [`account_api`]
//! 公众号.

use std::collections::BTreeMap;

use serde::Serialize;
use units::{Fen, Timestamp};

use crate::http_message::{Answer, Headers, Method, Request};
use crate::wechat_account::Account;
use crate::wechat_pay::Merchant;
use crate::wechat_pay::secret::ApiV3Key;
use crate::wechat_pay::signature::{Nonce, Occasion, PlatformKeys, SigningKey};

mod account_api;
pub mod behaviour;
mod bill;
mod merchant_api;
pub mod notices;
pub mod payer;

pub use behaviour::Behaviour;

/// 公众号 appid of the sandbox's only account.
pub const APP_ID: &str = "wxd678efh567hg6787";
/// Its AppSecret, which opens nothing.
pub const APP_SECRET: &str = "sandbox-app-secret-0000000000000";
/// 商户号 of its only merchant.
pub const MCHID: &str = "1900007291";
/// The merchant's APIv3 key, which opens nothing.
pub const API_V3_KEY: &str = "sandboxSandboxSandboxSandbox0000";
/// The serial number of the merchant's certificate.
pub const MERCHANT_SERIAL: &str = "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB";
/// The merchant's private key, a published test key.
pub const MERCHANT_PRIVATE_KEY: &str = include_str!("wechat_sandbox/keys/merchant_private_key.pem");
/// The identifier of WeChat Pay's public key.
pub const PLATFORM_KEY_ID: &str = "PUB_KEY_ID_SANDBOX0000000000000000000001";
/// WeChat Pay's public key.
pub const PLATFORM_PUBLIC_KEY: &str = include_str!("wechat_sandbox/keys/platform_public_key.pem");

const PLATFORM_PRIVATE_KEY: &str = include_str!("wechat_sandbox/keys/platform_private_key.pem");
const PLATFORM_CERTIFICATE: &str = include_str!("wechat_sandbox/keys/platform_certificate.pem");
const PLATFORM_SERIAL: &str = "D7CE59D1F522D701";

/// The merchant that the sandbox knows, for a program that uses it; all its notices go to one
/// address.
#[must_use]
pub fn merchant(notify_url: &str) -> Merchant {
    let key = SigningKey::from_pem(MERCHANT_SERIAL, MERCHANT_PRIVATE_KEY);
    Merchant {
        app_id: APP_ID.to_owned(),
        mchid: MCHID.to_owned(),
        key: key.expect("the sandbox's key is part of the program"),
        api_v3_key: ApiV3Key::new(API_V3_KEY).expect("the sandbox's key has 32 characters"),
        notify_url: notify_url.to_owned(),
        refund_notify_url: notify_url.to_owned(),
    }
}

/// The official account that the sandbox knows.
#[must_use]
pub fn account() -> Account {
    Account { app_id: APP_ID.to_owned(), secret: APP_SECRET.to_owned() }
}

/// The keys under which the sandbox signs.
#[must_use]
pub fn platform_keys() -> PlatformKeys {
    let mut keys = PlatformKeys::new();
    keys.add_public_key(PLATFORM_KEY_ID, PLATFORM_PUBLIC_KEY)
        .expect("the sandbox's key is part of the program");
    keys
}

/// A WeChat.
#[derive(Debug)]
pub struct Sandbox {
    /// What it does wrong at the moment.
    pub behaviour: Behaviour,
    /// Its own address, without a final slash, for the links that it gives to merchants.
    base_url: String,
    /// The same for the links that it gives to browsers, which may reach it by another way.
    pub browser_base_url: String,
    seed: u64,
    counter: u64,
    platform_key: SigningKey,
    merchant_keys: PlatformKeys,
    api_v3_key: ApiV3Key,
    orders: BTreeMap<String, Order>,
    /// Their own number of each payment → the merchant's number of its order.
    transactions: BTreeMap<String, String>,
    refunds: BTreeMap<String, Refund>,
    notices: Vec<notices::Pending>,
    /// OAuth2 code → until when it is good.
    codes: BTreeMap<String, (String, Timestamp)>,
    token: Option<(String, Timestamp)>,
    /// Template messages as they were sent, newest last.
    messages: Vec<serde_json::Value>,
}

#[derive(Debug)]
struct Order {
    /// The request as it came, for "same number, other parameters".
    asked: Vec<u8>,
    description: String,
    amount: Fen,
    openid: String,
    notify_url: String,
    trade_type: &'static str,
    expires_at: Timestamp,
    /// Every `prepay_id` that was given for it, and when.
    prepared: Vec<(String, Timestamp)>,
    state: OrderState,
}

#[derive(Debug)]
enum OrderState {
    NotPay,
    Closed,
    Paid { transaction_id: String, at: Timestamp },
}

#[derive(Debug)]
struct Refund {
    refund_id: String,
    out_trade_no: String,
    transaction_id: String,
    amount: Fen,
    paid: Fen,
    at: Timestamp,
    status: &'static str,
}

impl Sandbox {
    /// A WeChat with no orders.
    ///
    /// # Panics
    /// Never: its keys are part of the program.
    #[must_use]
    pub fn new(base_url: &str, seed: u64) -> Self {
        let platform_key = SigningKey::from_pem(PLATFORM_SERIAL, PLATFORM_PRIVATE_KEY)
            .expect("the sandbox's key is part of the program");
        let mut merchant_keys = PlatformKeys::new();
        merchant_keys.add_der(MERCHANT_SERIAL, merchant("").key.public_key());
        Self {
            behaviour: Behaviour::default(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            browser_base_url: base_url.trim_end_matches('/').to_owned(),
            seed,
            counter: 0,
            platform_key,
            merchant_keys,
            api_v3_key: ApiV3Key::new(API_V3_KEY).expect("the sandbox's key has 32 characters"),
            orders: BTreeMap::new(),
            transactions: BTreeMap::new(),
            refunds: BTreeMap::new(),
            notices: Vec::new(),
            codes: BTreeMap::new(),
            token: None,
            messages: Vec::new(),
        }
    }

    /// Answers any request: of the merchant's server, of the person's browser, or of a test that
    /// works the sandbox's levers under `/sandbox/`.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        let path = request.target.split('?').next().unwrap_or_default();
        match (request.method, path) {
            (_, path) if path.starts_with("/v3/") => self.merchant_answer(request, now),
            (Method::Get, "/sandbox/bridge.js") => script(payer::BRIDGE),
            (Method::Post, "/sandbox/pay") => self.pay_answer(&request.body, now),
            (Method::Post, "/sandbox/pay-order") => self.pay_order_answer(&request.body, now),
            (Method::Post, "/sandbox/deliveries") => self.deliveries_answer(now),
            (Method::Get, "/sandbox/h5") => self.h5_page(&request.target),
            (Method::Get, "/sandbox/h5/pay") => self.h5_pay(&request.target, now),
            (Method::Post, "/sandbox/behaviour") => self.set_behaviour(&request.body),
            (Method::Get, "/sandbox/messages") => json(200, &self.messages),
            _ => self.account_answer(request, now),
        }
    }

    /// The template messages that were sent, newest last.
    #[must_use]
    pub fn messages(&self) -> &[serde_json::Value] {
        &self.messages
    }

    fn set_behaviour(&mut self, body: &[u8]) -> Answer {
        match serde_json::from_slice(body) {
            Ok(behaviour) => {
                self.behaviour = behaviour;
                json(200, &self.behaviour)
            }
            Err(error) => json(400, &serde_json::json!({ "message": error.to_string() })),
        }
    }

    /// A fresh text of `length` hexadecimal characters, at most 64, the same in every run of a
    /// seed.
    fn fresh(&mut self, length: usize) -> String {
        self.counter += 1;
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(&self.seed.to_be_bytes());
        context.update(&self.counter.to_be_bytes());
        let hex: String = context.finish().as_ref().iter().map(|b| format!("{b:02x}")).collect();
        hex[..length.min(hex.len())].to_owned()
    }

    fn occasion(&mut self, at: Timestamp) -> Occasion {
        Occasion { at, nonce: Nonce::from_text(&self.fresh(32)) }
    }

    /// A key like [`Sandbox::platform_key`] under the name that the merchant asked for.
    fn platform_headers(&mut self, body: &[u8], serial: &str, now: Timestamp) -> Headers {
        let occasion = self.occasion(now);
        let signed = self.platform_key.platform_headers(body, &occasion);
        let mut headers = Headers::new();
        for (name, value) in signed.iter() {
            headers.push(name, if name == "Wechatpay-Serial" { serial } else { value });
        }
        headers
    }
}

fn json(status: u16, body: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(body).expect("texts and numbers always write as JSON");
    let headers = Headers::new().with("Content-Type", "application/json; charset=utf-8");
    Answer { status, headers, body }
}

/// A page of WeChat's own, such as the middle page of H5.
fn page(status: u16, body: &str) -> Answer {
    let headers = Headers::new().with("Content-Type", "text/html; charset=utf-8");
    let body = format!("<!doctype html><meta charset=\"utf-8\"><title>微信沙箱</title>{body}");
    Answer { status, headers, body: body.into_bytes() }
}

fn script(text: &str) -> Answer {
    let headers = Headers::new().with("Content-Type", "text/javascript; charset=utf-8");
    Answer { status: 200, headers, body: text.as_bytes().to_vec() }
}

#[cfg(test)]
mod tests;
