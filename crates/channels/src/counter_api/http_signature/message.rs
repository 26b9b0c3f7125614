//! What is signed: plain descriptions of a request and of the response to it.

use std::borrow::Cow;
use std::fmt;

/// Header lines in the order in which they came; names in any case.
pub type HeaderLines<'a> = &'a [(&'a str, &'a str)];

/// A request as its receiver sees it.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST`.
    pub method: &'a str,
    /// `https`, or `http` behind a proxy that ends TLS.
    pub scheme: &'a str,
    /// The host, with its port when it has one; what the `Host` header says.
    pub authority: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query without its question mark, still percent-encoded.
    pub query: Option<&'a str>,
    /// The header lines.
    pub headers: HeaderLines<'a>,
    /// The body.
    pub body: &'a [u8],
}

/// A response, together with the request that it answers.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// The header lines.
    pub headers: HeaderLines<'a>,
    /// The body.
    pub body: &'a [u8],
    /// What it answers.
    pub request: &'a Request<'a>,
}

/// Either of them.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    /// A request.
    Request(&'a Request<'a>),
    /// A response.
    Response(&'a Response<'a>),
}

impl<'a> Message<'a> {
    pub(super) fn headers(self) -> HeaderLines<'a> {
        match self {
            Self::Request(request) => request.headers,
            Self::Response(response) => response.headers,
        }
    }

    pub(super) fn body(self) -> &'a [u8] {
        match self {
            Self::Request(request) => request.body,
            Self::Response(response) => response.body,
        }
    }
}

/// The value of a header field: its lines, trimmed, joined by `, ` (RFC 9421 section 2.1); `None`
/// when the field is absent.
#[must_use]
pub fn field_value<'h>(headers: HeaderLines<'h>, name: &str) -> Option<Cow<'h, str>> {
    let mut lines = headers
        .iter()
        .filter(|(line_name, _)| line_name.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim_matches([' ', '\t']));
    let first = lines.next()?;
    let Some(second) = lines.next() else { return Some(Cow::Borrowed(first)) };
    let mut joined = format!("{first}, {second}");
    for line in lines {
        joined.push_str(", ");
        joined.push_str(line);
    }
    Some(Cow::Owned(joined))
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {}, {} bytes)", self.method, self.path, self.body.len())
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}
