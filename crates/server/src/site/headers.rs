//! Headers that every answer of the site carries.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Nothing is loaded that this list does not name: no inline script or style, no other host.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
    base-uri 'none'";

/// The same for a page that also loads a script of another address and lets it call home: with a
/// sandbox WeChat, whose bridge a browser does not have by itself.
///
/// # Panics
/// When the address holds what no header may; ours comes from the configuration's own address.
pub(crate) fn policy_with(script: &str) -> HeaderValue {
    let origin = origin(script);
    CONTENT_SECURITY_POLICY
        .replace("script-src 'self'", &format!("script-src 'self' {origin}"))
        .replace("connect-src 'self'", &format!("connect-src 'self' {origin}"))
        .parse()
        .expect("addresses are plain ASCII")
}

/// Scheme, host and port of an address.
pub(crate) fn origin(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let length = address[host..].find('/').map_or(address.len(), |at| host + at);
    &address[..length]
}

const FIXED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

/// Adds the headers; what a handler has set itself stays. Pages are never kept by caches.
pub(crate) async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_behind_its_host() {
        assert_eq!(origin("http://127.0.0.1:8090/sandbox/bridge.js"), "http://127.0.0.1:8090");
        assert_eq!(origin("https://shebao.example"), "https://shebao.example");
    }

    #[test]
    fn a_script_s_address_is_the_only_thing_that_is_added() {
        let policy = policy_with("http://127.0.0.1:8090/sandbox/bridge.js");
        let policy = policy.to_str().unwrap();
        assert_eq!(policy.matches(" http://127.0.0.1:8090").count(), 2);
        assert_eq!(policy.replace(" http://127.0.0.1:8090", ""), CONTENT_SECURITY_POLICY);
    }
}
