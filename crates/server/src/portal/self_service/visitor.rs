//! Who the payer is inside WeChat: WeChat tells the openid of whoever holds the phone, silently, by
//! two redirects (`snsapi_base`). It happens before the form, because a form may not lead to
//! another site.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use channels::wechat_account::AccountRefusal;
use policy::Text;
use serde::Deserialize;
use store::tables::wechat_visitor::{self, VisitorAnswer};

use super::{START, VISITOR};
use crate::app::App;
use crate::site::device::Browser;
use crate::site::failure::Failure;
use crate::site::page::ErrorPage;
use crate::site::secret::Secret;
use crate::site::visit::Visit;
use crate::wechat::{VisitorError, Wechat};

/// A browser is sent to WeChat at most once in so long, so that no trouble there goes in circles.
const ASK_EVERY_SECONDS: i64 = 10 * 60;
/// How long WeChat's answer is awaited: a code is good for five minutes.
const ANSWER_SECONDS: i64 = 5 * 60;

/// What came back from WeChat.
#[derive(Deserialize)]
pub(crate) struct CameBack {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Sends a browser inside WeChat to say who its user is, unless that is known or was just tried.
///
/// # Errors
/// The database's.
pub(super) async fn send_first(
    app: &App,
    visit: &Visit,
    browser: Browser,
) -> Result<Option<Response>, store::Error> {
    let Some(wechat) = app.wechat.as_ref().filter(|_| browser == Browser::Wechat) else {
        return Ok(None);
    };
    let (key, now) = (visit.visitor.browser_hash(), app.clock.now());
    let known = app.db.lookup_async(move |tx| wechat_visitor::find(tx, &key)).await?;
    let is_tried = known.is_some_and(|known| {
        matches!(known.answer, Some(VisitorAnswer::Known(_)))
            || now < known.asked_at.plus_seconds(ASK_EVERY_SECONDS)
    });
    if is_tried { Ok(None) } else { send(app, visit, wechat).await.map(Some) }
}

/// What WeChat said of the browser's user.
///
/// # Errors
/// The database's.
pub(super) async fn find(app: &App, visit: &Visit) -> Result<VisitorAnswer, store::Error> {
    let key = visit.visitor.browser_hash();
    let found = app.db.lookup_async(move |tx| wechat_visitor::find(tx, &key)).await?;
    Ok(found.and_then(|found| found.answer).unwrap_or(VisitorAnswer::None))
}

/// `GET /self-service/visitor`: without a code it sends the browser to WeChat; with one it is
/// where WeChat sends it back.
pub(crate) async fn come_back(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(back): Query<CameBack>,
) -> Result<Response, Failure> {
    let Some(wechat) = app.wechat.clone() else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    if back.state.is_empty() {
        return Ok(send(&app, &visit, &wechat).await?);
    }
    let (key, now) = (visit.visitor.browser_hash(), app.clock.now());
    let (browser, state) = (key.clone(), state_hash(&back.state));
    let since = now.plus_seconds(-ANSWER_SECONDS);
    let taken = app
        .db
        .write_async(move |tx| wechat_visitor::take_state(tx, &browser, &state, since))
        .await?;
    if taken == 0 {
        return Ok(not_this_browser(visit));
    }
    let code = back.code;
    let asked = tokio::task::spawn_blocking(move || wechat.visitor(&code)).await?;
    let answer = match asked {
        Ok(openid) => VisitorAnswer::Known(openid.0),
        Err(VisitorError::Refused(AccountRefusal::VisitorMustBeReal)) => VisitorAnswer::ThrowAway,
        Err(VisitorError::Refused(_) | VisitorError::NoAnswer(_)) => VisitorAnswer::None,
    };
    app.db.write_async(move |tx| wechat_visitor::set_answer(tx, &key, &answer)).await?;
    Ok(Redirect::to(&visit.link(START)).into_response())
}

async fn send(app: &App, visit: &Visit, wechat: &Wechat) -> Result<Response, store::Error> {
    let state = Secret::fresh();
    let (key, now) = (visit.visitor.browser_hash(), app.clock.now());
    let hash = state_hash(state.as_str());
    app.db.write_async(move |tx| wechat_visitor::insert(tx, &key, &hash, now)).await?;
    let back = format!("{}{}", wechat.site_address(), visit.link(VISITOR));
    let away = Redirect::to(&wechat.authorize_url(&back, state.as_str()));
    // The browser must come back with the secret that its state is kept under.
    Ok(([(header::SET_COOKIE, visit.visitor.cookie(app))], away).into_response())
}

/// What is kept of a `state`; whatever is no secret of ours fits nothing.
fn state_hash(state: &str) -> String {
    Secret::read(state).map_or_else(String::new, |state| state.derived("state"))
}

/// Somebody else's link, one used before, or a browser that keeps no cookies.
fn not_this_browser(visit: Visit) -> Response {
    let page = ErrorPage {
        visit,
        title: Text::fixed("这个链接不能再用", "This link can't be used again"),
        next_step: Text::fixed(
            "请从公众号菜单“我的社保 → 自助缴费”重新进入。如果总是这样，请允许浏览器保存 Cookie。",
            "Come in again by the account's menu “My social security → Self-service payment”. If this \
             happens every time, let the browser keep cookies.",
        ),
    };
    page.answer(StatusCode::BAD_REQUEST)
}
