//! The kinds of files that can be imported.

use super::{column, mandates, people};

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// 参保登记: people who join.
    People,
    /// 委托扣款协议: consents to be debited.
    Mandates,
}

impl ImportKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 2] = [Self::People, Self::Mandates];

    /// The word of addresses and command lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Mandates => "mandates",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The number that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::People => 1,
            Self::Mandates => 2,
        }
    }

    /// The kind of a number from a table.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The columns, in the order of the template.
    #[must_use]
    pub const fn columns(self) -> &'static [column::Column] {
        match self {
            Self::People => people::COLUMNS,
            Self::Mandates => mandates::COLUMNS,
        }
    }

    pub(super) const fn job(self) -> &'static str {
        match self {
            Self::People => "import_people",
            Self::Mandates => "import_mandates",
        }
    }
}
