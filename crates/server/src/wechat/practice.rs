//! A sandbox WeChat inside the process, for the demo and for tests under a clock of their own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channels::http_message::{Answer, Request};
use channels::http_send::Sender;
use channels::wechat_pay::client::Client;
use channels::wechat_sandbox::{self as sandbox, Sandbox};
use units::Timestamp;

use super::{Wechat, gateway};
use crate::clock::Clock;

/// A sandbox WeChat that several threads use.
#[derive(Clone, Debug)]
pub struct Practice(Arc<Mutex<Sandbox>>);

impl Practice {
    /// A WeChat with no orders, whose own address for browsers is `base_url`.
    #[must_use]
    pub fn new(base_url: &str, seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Sandbox::new(base_url, seed))))
    }

    /// The sandbox itself. A holder that panicked leaves it usable.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request at a moment.
    #[must_use]
    pub fn answer(&self, request: &Request, now: Timestamp) -> Answer {
        self.sandbox().answer(request, now)
    }

    /// The program's connection to it. Browsers find it under `base_url`; notices go to
    /// `callbacks`, such as `https://shebao.example/callbacks/wechat`.
    #[must_use]
    pub fn connect(&self, base_url: &str, callbacks: &str, clock: Clock) -> Wechat {
        let other_side = self.clone();
        let sender = Sender::InProcess(Arc::new(move |request| {
            Some(other_side.answer(request, clock.now()))
        }));
        connection(base_url, callbacks, (sender, clock))
    }
}

/// A connection to a sandbox, in the process or over the network.
pub(super) fn connection(
    base_url: &str,
    callbacks: &str,
    (sender, clock): (Sender, Clock),
) -> Wechat {
    let mut merchant = sandbox::merchant(&format!("{callbacks}/pay"));
    merchant.refund_notify_url = format!("{callbacks}/refund");
    let base_url = base_url.trim_end_matches('/').to_owned();
    let keys = sandbox::platform_keys();
    let client = Client::new(merchant, base_url.clone(), sender.clone(), keys);
    Wechat {
        gateway: gateway(client, clock),
        account: sandbox::account(),
        authorize_base_url: base_url.clone(),
        api_base_url: base_url.clone(),
        sender,
        bridge_script: Some(format!("{base_url}/sandbox/bridge.js")),
        receipt_template: Some("sandbox-receipt".to_owned()),
    }
}
