//! `POST /callbacks/wechat/pay` and `/callbacks/wechat/refund`: WeChat tells of its own accord.
//!
//! 204 means that the notice is kept, whatever it says; 4xx that it is not WeChat's or can't be
//! read, and WeChat's own signature probes want to see that; 5xx that it should come again. What
//! is not signed by WeChat leaves nothing behind.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use channels::http_message::Headers;
use channels::wechat_pay::notification::{self, BODY_BYTES_MAX, NoticeRefusal};
use channels::wechat_pay::signature::SignatureRefusal;
use operations::wechat::read_notices::{Posted, keep_notice};

use crate::app::App;
use crate::wechat::Wechat;

/// WeChat waits five seconds for an answer; what takes longer is answered with "come again".
const KEEP_WITHIN: Duration = Duration::from_secs(4);

/// Every way into the callbacks as a line: methods, path, and who may call it.
pub const WAYS: [&str; 2] =
    ["POST /callbacks/wechat/pay  wechat", "POST /callbacks/wechat/refund  wechat"];

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/callbacks/wechat/pay", post(keep))
        .route("/callbacks/wechat/refund", post(keep))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

/// Keeps a notice of WeChat's. Both addresses do the same: a notice says itself what it is.
async fn keep(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(wechat) = &app.wechat else { return StatusCode::NOT_FOUND.into_response() };
    let posted = match check(wechat, &app, posted(&headers, &body)) {
        Ok(posted) => posted,
        Err(refusal) => return fail(StatusCode::UNAUTHORIZED, &refusal.to_string()),
    };
    let (readable, now, city) = (posted.readable, app.clock.now(), app.city.clone());
    let kept = app.db.write_async(move |tx| keep_notice(tx, &city, &posted, now));
    match tokio::time::timeout(KEEP_WITHIN, kept).await {
        Ok(Ok(())) if readable => StatusCode::NO_CONTENT.into_response(),
        Ok(Ok(())) => fail(StatusCode::BAD_REQUEST, "the notice can't be read"),
        // The write goes on behind the answer; the notice that comes again is found to be kept.
        Err(_) => fail(StatusCode::SERVICE_UNAVAILABLE, "come again"),
        Ok(Err(failure)) => {
            eprintln!("a WeChat notice could not be kept: {failure}");
            fail(StatusCode::SERVICE_UNAVAILABLE, "come again")
        }
    }
}

fn posted(headers: &HeaderMap, body: &Bytes) -> Posted {
    let mut kept = Headers::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            kept.push(name.as_str(), value);
        }
    }
    Posted { headers: kept, body: body.to_vec(), readable: true }
}

/// Whose notice it is: what WeChat did not sign is answered at once.
fn check(wechat: &Wechat, app: &App, posted: Posted) -> Result<Posted, SignatureRefusal> {
    let client = &wechat.gateway.client;
    let received = (&posted.headers, posted.body.as_slice());
    let read = notification::read(&client.merchant, &client.keys(), received, app.clock.now());
    match read {
        Ok(_) => Ok(posted),
        Err(NoticeRefusal::Signature(refusal)) => Err(refusal),
        Err(NoticeRefusal::Ciphertext(_) | NoticeRefusal::Form(_)) => {
            Ok(Posted { readable: false, ..posted })
        }
    }
}

/// A refusal in WeChat's own form.
fn fail(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "code": "FAIL", "message": message }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
