//! Pages for the insured, and for everybody who asks.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::app::App;

mod home;

/// The pages of the portal.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/", get(home::show))
}
