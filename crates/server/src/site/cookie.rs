//! Reading and writing cookies.

use axum::http::{HeaderMap, HeaderValue, header};

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
    /// A year.
    Year,
}

/// A `Set-Cookie` header that scripts can't read and other sites can't send.
///
/// # Panics
/// When name or value hold characters that a header can't; ours are letters, digits and `-`.
pub(crate) fn set(name: &str, value: &str, lifetime: Lifetime) -> HeaderValue {
    let age = match lifetime {
        Lifetime::Year => "; Max-Age=31536000",
    };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}")
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
