//! A browser without a screen: keeps cookies, follows where a form sends it, copies the token out
//! of the page as a form does.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use server::app::App;
use tower::ServiceExt;

/// What the site answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

/// One browser.
pub(crate) struct Browser {
    site: Router,
    agent: Option<&'static str>,
    address: Option<SocketAddr>,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self::of(server::site::router(app.clone()))
    }

    /// A browser that looks at a site which is set up in its own way.
    pub(crate) const fn of(site: Router) -> Self {
        Self { site, agent: None, address: None, cookies: Vec::new() }
    }

    /// The same browser by the words with which it names itself.
    pub(crate) fn named(self, agent: &'static str) -> Self {
        Self { agent: Some(agent), ..self }
    }

    /// The same browser at a network address.
    pub(crate) fn at(self, address: &str) -> Self {
        Self { address: Some(format!("{address}:40000").parse().unwrap()), ..self }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, wanted: &str) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    /// Goes on at another site with the same cookies: the same city at another moment.
    pub(crate) fn move_to(&mut self, site: Router) {
        self.site = site;
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.call(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Opens a page, then sends its form.
    pub(crate) async fn submit(
        &mut self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let opened = self.get(page).await;
        let token = token_of(&opened.body).unwrap_or_default();
        let mut fields = fields.to_vec();
        fields.push(("form_token", &token));
        self.post(action, &fields).await
    }

    /// The token of a page's forms.
    pub(crate) async fn token(&mut self, page: &str) -> String {
        token_of(&self.get(page).await.body).unwrap_or_default()
    }

    /// Sends fields as they are.
    pub(crate) async fn post(&mut self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(action).header(header::CONTENT_TYPE, kind);
        self.call(request.body(Body::from(body.finish())).unwrap()).await
    }

    pub(crate) async fn call(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        if let Some(agent) = self.agent {
            request.headers_mut().insert(header::USER_AGENT, agent.parse().unwrap());
        }
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let response = self.site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let bytes = to_bytes(body, 1 << 22).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

fn token_of(page: &str) -> Option<String> {
    let (_, rest) = page.split_once(r#"name="form_token" value=""#)?;
    Some(rest.split_once('"')?.0.to_owned())
}
