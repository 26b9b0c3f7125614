//! The language of a page is the first part of its path: `/en/dues` is the English page of
//! `/dues`, which is Chinese. So every page of either language can be linked, printed and sent.

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// A language that the site is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// 中文: the default, without a prefix.
    #[default]
    Chinese,
    /// English, below `/en`.
    English,
}

impl Language {
    /// What stands before a path of this language.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Chinese => "",
            Self::English => "/en",
        }
    }

    /// The BCP 47 tag of the `lang` attribute.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The other one, for the switch that keeps the page.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }
}

/// Takes the language off the request's path and keeps it with the request.
pub(crate) fn take(mut request: Request) -> Request {
    let (language, rest) = split(request.uri());
    if let Some(rest) = rest {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(rest);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request.extensions_mut().insert(language);
    request
}

fn split(uri: &Uri) -> (Language, Option<PathAndQuery>) {
    let whole = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    for (prefix, language) in [("/en", Language::English), ("/zh", Language::Chinese)] {
        let Some(rest) = whole.strip_prefix(prefix) else { continue };
        let path = match rest.chars().next() {
            None => "/".to_owned(),
            Some('?') => format!("/{rest}"),
            Some('/') => rest.to_owned(),
            Some(_) => continue,
        };
        return (language, path.parse().ok());
    }
    (Language::Chinese, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_a_path_is_its_language() {
        let cases = [
            ("/", Language::Chinese, None),
            ("/dues?x=1", Language::Chinese, None),
            ("/english", Language::Chinese, None),
            ("/en", Language::English, Some("/")),
            ("/en?x=1", Language::English, Some("/?x=1")),
            ("/en/dues?x=1", Language::English, Some("/dues?x=1")),
            ("/zh/dues", Language::Chinese, Some("/dues")),
        ];
        for (path, language, rest) in cases {
            let (found, left) = split(&path.parse().unwrap());
            assert_eq!(found, language, "{path}");
            assert_eq!(left.as_ref().map(PathAndQuery::as_str), rest, "{path}");
        }
    }
}
