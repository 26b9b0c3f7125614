//! Reading and writing cookies.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;

/// The value of a cookie that the browser sent.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// Until it is closed.
    Session,
    /// A year.
    Year,
}

/// Over what a browser sends a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// HTTPS alone.
    Https,
    /// HTTP too: a sandbox on localhost has no certificate.
    Any,
}

impl Transport {
    /// What the program's database calls for.
    pub(crate) const fn of(app: &App) -> Self {
        if app.sandbox { Self::Any } else { Self::Https }
    }
}

/// A `Set-Cookie` header that scripts can't read and other sites can't send.
///
/// # Panics
/// When name or value hold characters that a header can't; ours are letters, digits and `-`.
pub(crate) fn set(
    name: &str,
    value: &str,
    lifetime: Lifetime,
    transport: Transport,
) -> HeaderValue {
    let age = match lifetime {
        Lifetime::Session => "",
        Lifetime::Year => "; Max-Age=31536000",
    };
    let secure = match transport {
        Transport::Https => "; Secure",
        Transport::Any => "",
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
        .parse()
        .expect("cookie names and values of ours are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; text-size=large; text=2".parse().unwrap());
        assert_eq!(read(&headers, "text-size"), Some("large"));
        assert_eq!(read(&headers, "text"), Some("2"));
        assert_eq!(read(&headers, "size"), None);
    }
}
