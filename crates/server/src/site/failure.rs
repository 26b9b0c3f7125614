//! Outside trouble while a page is made: the person reads a page with a way on, the log has why.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A handler's failure.
#[derive(Debug)]
pub(crate) struct Failure(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("site: {:#}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
