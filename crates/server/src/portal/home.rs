//! The home page: what one can do here, in three sentences.

use askama::Template;
use axum::response::Response;

use crate::site::page::page;
use crate::site::visit::Visit;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct HomePage {
    visit: Visit,
}

/// `GET /`.
pub(crate) async fn show(visit: Visit) -> Response {
    page(&HomePage { visit })
}
