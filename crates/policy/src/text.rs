//! Words that people read, in Chinese and English.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The same words in Chinese and in English; Chinese is read first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// Words known when the program was written.
    #[must_use]
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// Words put together from values.
    #[must_use]
    pub fn made(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: Cow::Owned(zh.into()), en: Cow::Owned(en.into()) }
    }
}

/// Figures, names and whatever else reads the same in both languages.
impl From<String> for Text {
    fn from(same: String) -> Self {
        Self { zh: Cow::Owned(same.clone()), en: Cow::Owned(same) }
    }
}

/// The same for borrowed words.
impl From<&str> for Text {
    fn from(same: &str) -> Self {
        Self::from(same.to_owned())
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.zh == self.en {
            return f.write_str(&self.zh);
        }
        write!(f, "{} ({})", self.zh, self.en)
    }
}
