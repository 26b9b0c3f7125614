//! A template as an answer, and the pages of what went wrong; each offers a way on.

use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use policy::Text;

use super::visit::Visit;

/// Renders a page.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        // Our templates can't fail: what they show is formatted without errors.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The page of something that did not work.
#[derive(Template)]
#[template(path = "site/error.html")]
pub(crate) struct ErrorPage {
    pub(crate) visit: Visit,
    pub(crate) title: Text,
    pub(crate) next_step: Text,
}

impl ErrorPage {
    fn new(visit: Visit, status: StatusCode) -> Self {
        let (title, next_step) = words(status);
        Self { visit, title, next_step }
    }

    /// The page with its status.
    pub(crate) fn answer(&self, status: StatusCode) -> Response {
        (status, page(self)).into_response()
    }
}

/// The page for addresses that don't exist.
pub(crate) async fn not_found(visit: Visit) -> Response {
    ErrorPage::new(visit, StatusCode::NOT_FOUND).answer(StatusCode::NOT_FOUND)
}

/// Gives a page to every refusal that a handler or the router made without one. Answers that
/// have a body of their own, such as `application/problem+json`, stay.
pub(crate) async fn dress_refusals(visit: Visit, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if failed && plain { ErrorPage::new(visit, status).answer(status) } else { response }
}

fn words(status: StatusCode) -> (Text, Text) {
    match status {
        StatusCode::NOT_FOUND => (
            Text::fixed("没有找到这个页面", "This page does not exist"),
            Text::fixed(
                "地址可能抄错了，或者页面已经搬走。请从首页重新进入。",
                "The address may be mistyped, or the page has moved. Start again from the home page.",
            ),
        ),
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => (
            Text::fixed("您不能打开这个页面", "You can't open this page"),
            Text::fixed(
                "请先登录；如果已经登录，说明您的岗位没有这项权限，请与管理员联系。",
                "Sign in first. If you are signed in, your role does not include this; ask the administrator.",
            ),
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            Text::fixed("这个地址不能这样打开", "This address can't be opened this way"),
            Text::fixed("请从首页重新进入。", "Start again from the home page."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            Text::fixed("提交的内容太大", "What you sent is too large"),
            Text::fixed(
                "请返回上一页，换一个小一些的文件再试。没有保存任何内容。",
                "Go back and try a smaller file. Nothing was saved.",
            ),
        ),
        status if status.is_client_error() => (
            Text::fixed("这次提交没有被接受", "This was not accepted"),
            Text::fixed(
                "没有保存任何内容。请返回上一页，检查后重新提交。",
                "Nothing was saved. Go back, check and send it again.",
            ),
        ),
        _ => (
            Text::fixed("系统暂时出了问题", "Something went wrong on our side"),
            Text::fixed(
                "您的钱和资料没有变动。请过几分钟再试；急事请到就近经办窗口，或拨打12333。",
                "Your money and your records have not changed. Try again in a few minutes; if it is urgent, go to an office or call 12333.",
            ),
        ),
    }
}
