//! Every way into the site and who may take it: one list builds the router, guards each way, and
//! is the golden list that tests call as everybody else.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::MethodRouter;
use insurance::clerk::RoleSet;

use super::reader::Reader;
use super::visit::{Visit, url_encoded};
use crate::app::App;

/// Who may take a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Whoever comes.
    Everybody,
    /// A signed-in insured person.
    Person,
    /// A signed-in clerk with one of these roles.
    Clerk(RoleSet),
}

/// An address, the methods that it answers, and who may call it.
pub(crate) struct Way {
    methods: &'static str,
    path: &'static str,
    callers: Callers,
    handler: MethodRouter<Arc<App>>,
}

impl Way {
    /// A way that is read.
    pub(crate) fn get(
        path: &'static str,
        callers: Callers,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        Self { methods: "GET", path, callers, handler }
    }

    /// A way that only changes something.
    pub(crate) fn post(
        path: &'static str,
        callers: Callers,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        Self { methods: "POST", path, callers, handler }
    }

    /// A form: read, and sent to the same address.
    pub(crate) fn form(
        path: &'static str,
        callers: Callers,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        Self { methods: "GET POST", path, callers, handler }
    }
}

impl Way {
    /// `GET POST /desk/sign-in  everybody`.
    pub(crate) fn line(&self) -> String {
        let callers = match self.callers {
            Callers::Everybody => "everybody".to_owned(),
            Callers::Person => "person".to_owned(),
            Callers::Clerk(roles) => {
                let words: Vec<_> = roles.iter().map(insurance::clerk::Role::word).collect();
                words.join(" ")
            }
        };
        format!("{} {}  {callers}", self.methods, self.path)
    }
}

/// The router of the ways, each behind its guard.
pub(crate) fn router(app: &Arc<App>, ways: Vec<Way>) -> Router<Arc<App>> {
    ways.into_iter().fold(Router::new(), |router, way| {
        let callers = way.callers;
        let guard = move |State(app): State<Arc<App>>,
                          visit: Visit,
                          request: Request,
                          next: Next| async move {
            drop(app);
            guarded(callers, visit, request, next).await
        };
        let guarded = way.handler.route_layer(middleware::from_fn_with_state(app.clone(), guard));
        router.route(way.path, guarded)
    })
}

async fn guarded(callers: Callers, visit: Visit, request: Request, next: Next) -> Response {
    let sign_in = match (callers, &visit.reader) {
        (Callers::Everybody, _) | (Callers::Person, Reader::Person(_)) => None,
        (Callers::Clerk(roles), Reader::Clerk(clerk)) if clerk.roles.meets(roles) => None,
        (Callers::Clerk(_), Reader::Clerk(_)) => return StatusCode::FORBIDDEN.into_response(),
        (Callers::Person, _) => Some("/sign-in"),
        (Callers::Clerk(_), _) => Some("/desk/sign-in"),
    };
    match sign_in {
        None => next.run(request).await,
        Some(page) if request.method() == Method::GET => {
            let back = url_encoded(&visit.path);
            Redirect::to(&visit.link(&format!("{page}?back={back}"))).into_response()
        }
        Some(_) => StatusCode::FORBIDDEN.into_response(),
    }
}
