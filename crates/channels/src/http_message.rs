//! The little of HTTP that a channel's pure code needs: a request to send, an answer to read.
//!
//! Protocol modules build a [`Request`] and read an [`Answer`]; only [`crate::http_send`] touches
//! the network.

use std::fmt;

/// Header names and values in the order given. Names compare without regard to case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No header.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The same headers and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.push(name, value);
        self
    }

    /// Adds a header.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// The value of the first header of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Every header.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Names only: values carry signatures and tokens.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Write.
    Post,
}

impl Method {
    /// The word of the request line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request, without the host: that is configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// What it does.
    pub method: Method,
    /// The path and query exactly as sent, percent-encoded, beginning with `/`.
    pub target: String,
    /// Its headers.
    pub headers: Headers,
    /// Its raw body; empty for GET.
    pub body: Vec<u8>,
}

/// Hides the query and the body: they carry secrets and persons.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        write!(f, "{} {path} ({} bytes)", self.method.word(), self.body.len())
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its raw body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Hides the body: it carries persons.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Percent-encodes a value for a query: everything but RFC 3986's unreserved characters.
#[must_use]
pub fn percent_encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The value of a name in a query (`a=1&b=2`), decoded; `None` when the name is absent or the
/// value is not UTF-8.
#[must_use]
pub fn query_value(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })?;
    percent_decode(value)
}

fn percent_decode(value: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_value_survives_encoding() {
        let original = "https://例.cn/pay?a=1&b=2 3+4%";
        let query = format!("x=0&redirect_uri={}&y", percent_encode(original));
        assert_eq!(query_value(&query, "redirect_uri").as_deref(), Some(original));
        assert_eq!(query_value(&query, "y"), None);
        assert_eq!(query_value("a=%4", "a"), None);
        assert_eq!(query_value("a=%FF", "a"), None);
    }

    #[test]
    fn debug_shows_no_value_query_or_body() {
        let request = Request {
            method: Method::Get,
            target: "/sns/oauth2/access_token?secret=abc".to_owned(),
            headers: Headers::new().with("Authorization", "abc"),
            body: b"abc".to_vec(),
        };
        assert!(!format!("{request:?} {:?}", request.headers).contains("abc"));
    }
}
