//! A sandbox WeChat: inside the process for the demo, or served by itself; and the way by which
//! any browser reaches it on the city's own pages.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as Call, State};
use axum::http::{Method as Verb, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::any;
use channels::http_message::{Answer, Headers, Method, Request};
use channels::http_send::Sender;
use channels::wechat_account::account_client::AccountClient;
use channels::wechat_pay::client::Client;
use channels::wechat_sandbox::notices::Delivery;
use channels::wechat_sandbox::{self as sandbox, Sandbox};
use units::Timestamp;

use super::{Now, Wechat, gateway};
use crate::clock::Clock;

/// Where a sandbox city's own pages reach the sandbox WeChat: a page loads scripts and sends
/// orders only under its own host.
pub const MOUNT: &str = "/wechat-sandbox";
/// The largest request that is passed on.
const REQUEST_BYTES_MAX: usize = 256 * 1024;
/// How long a merchant may take to answer a notice.
const NOTICE_SECONDS: u64 = 5;
/// Between two looks at which notices are due.
const NOTICES_REST: Duration = Duration::from_millis(200);

/// A sandbox WeChat that several threads use.
#[derive(Clone, Debug)]
pub struct Practice(Arc<Mutex<Sandbox>>);

impl Practice {
    /// A WeChat with no orders, whose own address is `base_url`.
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
    /// `callbacks`, such as `http://127.0.0.1:8080/callbacks/wechat`.
    #[must_use]
    pub fn connect(&self, base_url: &str, callbacks: &str, clock: Clock) -> Wechat {
        self.connect_at(base_url, callbacks, Arc::new(move || clock.now()))
    }

    /// As [`Practice::connect`], under a clock that somebody moves.
    #[must_use]
    pub fn connect_at(&self, base_url: &str, callbacks: &str, now: Now) -> Wechat {
        let (other_side, clock) = (self.clone(), now.clone());
        let answer = move |request: &Request| {
            let answer = other_side.answer(request, clock());
            // What a gateway on the way says stands for an answer that was lost.
            (answer.status != 502).then_some(answer)
        };
        connection(base_url, callbacks, (Sender::InProcess(Arc::new(answer)), now))
    }

    /// Posts the notices that are due: to the merchant's own address, or to this program at `to`.
    fn post_notices(&self, sender: &Sender, to: Option<SocketAddr>, now: Timestamp) {
        let due = self.sandbox().deliveries(now);
        for delivery in due {
            if !post(sender, to, &delivery) {
                self.sandbox().not_accepted(delivery, now);
            }
        }
    }
}

/// Posts notices when they are due, until the task is ended.
pub async fn post_for_ever(
    practice: Practice,
    to: Option<SocketAddr>,
    now: impl Fn() -> Timestamp + Send + 'static,
) {
    let sender = Sender::network(Duration::from_secs(NOTICE_SECONDS));
    loop {
        let (practice, sender, now) = (practice.clone(), sender.clone(), now());
        let posted = tokio::task::spawn_blocking(move || practice.post_notices(&sender, to, now));
        if posted.await.is_err() {
            return;
        }
        tokio::time::sleep(NOTICES_REST).await;
    }
}

/// Whether a notice was accepted.
fn post(sender: &Sender, to: Option<SocketAddr>, delivery: &Delivery) -> bool {
    let Some((scheme, rest)) = delivery.url.split_once("://") else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let base_url = to.map_or_else(|| format!("{scheme}://{host}"), |to| format!("http://{to}"));
    let request = Request {
        method: Method::Post,
        target: format!("/{path}"),
        headers: delivery.headers.clone(),
        body: delivery.body.clone(),
    };
    let answer = sender.send(&base_url, &request);
    answer.is_ok_and(|answer| matches!(answer.status, 200 | 204))
}

/// A connection to a sandbox, in the process or over the network.
pub(super) fn connection(base_url: &str, callbacks: &str, (sender, now): (Sender, Now)) -> Wechat {
    let callbacks = callbacks.trim_end_matches('/');
    let mut merchant = sandbox::merchant(&format!("{callbacks}/pay"));
    merchant.refund_notify_url = format!("{callbacks}/refund");
    let base_url = base_url.trim_end_matches('/').to_owned();
    let keys = sandbox::platform_keys();
    let client = Client::new(merchant, base_url.clone(), sender.clone(), keys);
    Wechat {
        gateway: gateway(client, now),
        account: sandbox::account(),
        account_client: AccountClient::new(sandbox::account(), base_url.clone(), sender.clone()),
        authorize_base_url: base_url.clone(),
        bridge_script: Some(format!("{base_url}/sandbox/bridge.js")),
        api_base_url: base_url,
        sender,
        receipt_template: Some("sandbox-receipt".to_owned()),
    }
}

/// The same connection, for browsers that reach the sandbox by [`router`].
#[must_use]
pub fn mounted(wechat: Wechat) -> Wechat {
    let bridge_script = Some(format!("{MOUNT}/sandbox/bridge.js"));
    Wechat { authorize_base_url: MOUNT.to_owned(), bridge_script, ..wechat }
}

/// The way to the sandbox WeChat on the city's own host; empty for a real WeChat.
pub fn router(wechat: Option<&Wechat>) -> Router {
    match wechat.filter(|wechat| wechat.is_sandbox()) {
        Some(wechat) => Router::new()
            .route(&format!("{MOUNT}/{{*rest}}"), any(pass_on))
            .with_state(wechat.clone()),
        None => Router::new(),
    }
}

async fn pass_on(State(wechat): State<Wechat>, call: Call) -> Response<Body> {
    let Some(request) = read_call(call, MOUNT).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let base_url = wechat.api_base_url.clone();
    let sent = tokio::task::spawn_blocking(move || wechat.sender.send(&base_url, &request)).await;
    match sent {
        Ok(Ok(answer)) => respond(answer),
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// A call as the sandbox reads requests, its path without `mount`.
pub(crate) async fn read_call(call: Call, mount: &str) -> Option<Request> {
    let method = match *call.method() {
        Verb::GET => Method::Get,
        Verb::POST => Method::Post,
        _ => return None,
    };
    let target = call.uri().path_and_query()?.as_str().strip_prefix(mount)?.to_owned();
    let mut headers = Headers::new();
    for (name, value) in call.headers() {
        // Lengths and connections belong to this call, not to the one behind it.
        let passes =
            !["host", "content-length", "connection", "accept-encoding"].contains(&name.as_str());
        if let (true, Ok(value)) = (passes, value.to_str()) {
            headers.push(name.as_str(), value);
        }
    }
    let body = axum::body::to_bytes(call.into_body(), REQUEST_BYTES_MAX).await.ok()?;
    Some(Request { method, target, headers, body: body.to_vec() })
}

/// The sandbox's answer over HTTP.
pub(crate) fn respond(answer: Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers.iter() {
        let of_connection =
            ["content-length", "transfer-encoding", "connection"].contains(&&*name.to_lowercase());
        if !of_connection {
            response = response.header(name, value);
        }
    }
    let built = response.body(Body::from(answer.body));
    built.unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
}
