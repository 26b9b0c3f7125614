//! Who asks, in which language, how they read, and from which page: what every page needs.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use insurance::clerk::Clerk;
use policy::Text;

use super::cookie;
use super::language::Language;
use super::reader::Reader;
use super::today::Today;
use super::visitor::Visitor;
use crate::app::App;

/// The cookie that remembers 长辈版.
pub(crate) const TEXT_SIZE_COOKIE: &str = "text-size";

/// How large the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TextSize {
    /// 18 px on phones.
    #[default]
    Normal,
    /// 长辈版: half as large again.
    Large,
}

impl TextSize {
    /// The word of links and of the cookie.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Large => "large",
        }
    }

    /// The size of a word; normal for one that is not known.
    pub(crate) fn from_word(word: &str) -> Self {
        if word == Self::Large.word() { Self::Large } else { Self::Normal }
    }
}

/// One request of a person, as the page's frame needs it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The language of the page.
    pub(crate) language: Language,
    /// How large the text is.
    pub(crate) text_size: TextSize,
    /// Path and query without the language.
    pub(crate) path: String,
    /// The day, and what is possible on it.
    pub(crate) today: Today,
    /// Whether everything here is invented.
    pub(crate) sandbox: bool,
    /// Who is signed in.
    pub(crate) reader: Reader,
    /// The browser's secret.
    pub(crate) visitor: Visitor,
}

impl Visit {
    /// The words in the reader's language: both stand side by side in the template.
    pub(crate) fn say<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// A text of a pack or a refusal in the reader's language.
    pub(crate) fn read<'a>(&self, text: &'a Text) -> &'a str {
        self.say(&text.zh, &text.en)
    }

    /// A path of this site in the reader's language.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.language.prefix())
    }

    /// The token that every form of this browser carries.
    pub(crate) fn form_token(&self) -> String {
        self.visitor.form_token()
    }

    /// Whether somebody is signed in.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.reader != Reader::Nobody
    }

    /// The clerk who is signed in.
    pub(crate) fn clerk(&self) -> Option<&Clerk> {
        match &self.reader {
            Reader::Clerk(clerk) => Some(clerk),
            Reader::Nobody | Reader::Person(_) => None,
        }
    }

    /// Whether this page is the one of a path, or lies below it.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.path.split('?').next() == Some(path)
    }

    /// Whether the page is English.
    pub(crate) fn english(&self) -> bool {
        self.language == Language::English
    }

    /// Whether the reader chose 长辈版.
    pub(crate) fn is_large(&self) -> bool {
        self.text_size == TextSize::Large
    }

    /// This page in the other language.
    pub(crate) fn other_language_link(&self) -> String {
        format!("{}{}", self.language.other().prefix(), self.path)
    }

    /// The link that changes the size of the text and comes back to this page.
    pub(crate) fn text_size_link(&self) -> String {
        let other = if self.is_large() { TextSize::Normal } else { TextSize::Large };
        let back = url_encoded(&self.path);
        self.link(&format!("/text-size?size={}&back={back}", other.word()))
    }

    /// A visit for tests and samples.
    #[cfg(test)]
    pub(crate) fn sample(language: Language) -> Self {
        let pack = policy::Pack::shipped("nanjing").expect("the pack is shipped");
        let date = "2026-11-24".parse().expect("it is a day");
        let today = Today::new(date, pack.calendar());
        let path = "/".to_owned();
        Self {
            language,
            text_size: TextSize::Normal,
            path,
            today,
            sandbox: true,
            reader: Reader::Nobody,
            visitor: Visitor::fresh(),
        }
    }
}

/// Everything but letters, digits and `/-._~` as `%XX`.
pub(crate) fn url_encoded(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
            char::from(b).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

impl<S: Sync> FromRequestParts<S> for Visit
where
    Arc<App>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let language = parts.extensions.get::<Language>().copied().unwrap_or_default();
        let size = cookie::read(&parts.headers, TEXT_SIZE_COOKIE).unwrap_or_default();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let app = Arc::<App>::from_ref(state);
        let today = Today::new(app.clock.today(), app.pack().calendar());
        let text_size = TextSize::from_word(size);
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_else(Visitor::fresh);
        let reader = match parts.extensions.get::<Reader>() {
            Some(known) => known.clone(),
            None => Reader::of(&app, &visitor).await,
        };
        parts.extensions.insert(reader.clone());
        let sandbox = app.sandbox;
        Ok(Self { language, text_size, path, today, sandbox, reader, visitor })
    }
}
