//! The web site: every page and its way in. Portals for the people outside, the console for the
//! desk, and what they share: language, text size, sign-in, forms, headers and error pages.
//!
//! Files in reading order: [`language`], [`visit`] who asks and how they read, [`today`] what is
//! possible and until when, [`page`] a template
//! as an answer, [`headers`], [`asset`] the style sheet, [`preference`], [`words`] dates and money
//! as people read them.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware;
use axum::routing::get;
use axum::{Extension, Router};
use tower::Layer;
use tower::util::MapRequestLayer;

use self::way::{Callers, Way};
use crate::app::App;
use crate::console;
use crate::console::single_sign_on::SingleSignOn;
use crate::portal;

pub(crate) mod asset;
pub(crate) mod chart;
pub(crate) mod cookie;
pub(crate) mod device;
pub(crate) mod failure;
pub(crate) mod form;
pub(crate) mod headers;
pub(crate) mod language;
pub(crate) mod page;
pub(crate) mod preference;
pub(crate) mod reader;
pub(crate) mod secret;
pub(crate) mod spreadsheet;
pub(crate) mod today;
pub(crate) mod upload;
pub(crate) mod visit;
pub(crate) mod visitor;
pub(crate) mod way;
pub(crate) mod words;

/// The largest form that is read. Files have a limit of their own.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Every way into the site.
fn ways() -> Vec<Way> {
    let mut ways = vec![
        Way::get("/style.css", Callers::Everybody, get(asset::style)),
        Way::get("/mark.svg", Callers::Everybody, get(asset::mark)),
        Way::get("/wechat.js", Callers::Everybody, get(asset::wechat)),
        Way::get("/text-size", Callers::Everybody, get(preference::text_size)),
    ];
    ways.extend(portal::ways());
    ways.extend(console::ways());
    ways
}

/// Every way into the program as a line, those of partners' machines among them: methods, path, and
/// who may call it.
#[must_use]
pub fn list_ways() -> Vec<String> {
    let machines = crate::counter_api::WAYS.iter().chain(&crate::callbacks::wechat::WAYS);
    let machines = machines.map(|way| (*way).to_owned());
    ways().iter().map(Way::line).chain(machines).collect()
}

/// The site as a service: `/en/…` is the English page of `/…`. Clerks sign in with local accounts.
pub fn router(app: Arc<App>) -> Router {
    router_with(app, None)
}

/// The site as a service, where clerks may also sign in at an identity provider.
pub fn router_with(app: Arc<App>, single_sign_on: SingleSignOn) -> Router {
    let pages = Router::new()
        .merge(way::router(&app, ways()))
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(app.clone(), page::dress_refusals))
        .layer(middleware::from_fn_with_state(app.clone(), visitor::keep))
        .layer(middleware::map_response(headers::protect))
        .layer(Extension(single_sign_on))
        .with_state(app);
    // The language is taken off the path before the router matches it.
    let translated = MapRequestLayer::new(|request: Request| language::take(request)).layer(pages);
    Router::new().fallback_service(translated)
}
