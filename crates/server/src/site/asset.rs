//! The style sheet, the script and the mark: parts of the program, so that nothing is loaded from elsewhere.

use axum::http::header;
use axum::response::IntoResponse;

const STYLE: &str = include_str!("../../static/style.css");
const WECHAT: &str = include_str!("../../static/wechat.js");
const MARK: &str = include_str!("../../static/mark.svg");

/// An hour: a new release shows its style within one.
const KEEP: &str = "public, max-age=3600";

/// `GET /style.css`.
pub(crate) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, KEEP)], STYLE)
}

/// `GET /mark.svg`.
pub(crate) async fn mark() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, KEEP)], MARK)
}

/// `GET /wechat.js`: the site's only script, for the one thing that WeChat lets no page do without.
pub(crate) async fn wechat() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, KEEP)],
        WECHAT,
    )
}
