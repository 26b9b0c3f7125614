//! 长辈版: larger text, kept in a cookie so that it stays from page to page.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::cookie::{self, Lifetime, Transport};
use super::visit::{TEXT_SIZE_COOKIE, TextSize, Visit};
use crate::app::App;

/// What the link says.
#[derive(Deserialize)]
pub(crate) struct Choice {
    size: String,
    back: String,
}

/// `GET /text-size?size=large&back=/dues`: remembers the size and goes back to the page.
pub(crate) async fn text_size(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(choice): Query<Choice>,
) -> Response {
    let size = TextSize::from_word(&choice.size);
    let cookie = cookie::set(TEXT_SIZE_COOKIE, size.word(), Lifetime::Year, Transport::of(&app));
    let back = visit.link(local(&choice.back));
    ([(header::SET_COOKIE, cookie)], Redirect::to(&back)).into_response()
}

/// A path of this site; the home page instead of anything that could lead elsewhere.
pub(crate) fn local(path: &str) -> &str {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if path.starts_with('/') && !path.starts_with("//") && plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_never_leaves_the_site() {
        assert_eq!(local("/dues?month=2026-11"), "/dues?month=2026-11");
        for path in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nb"] {
            assert_eq!(local(path), "/", "{path:?}");
        }
    }
}
