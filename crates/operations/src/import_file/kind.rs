//! The kinds of files that can be imported.

use super::{column, employer_months, mandates, people};

/// What the lines of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// 参保登记: people who join.
    People,
    /// 委托扣款协议: consents to be debited.
    Mandates,
    /// 单位参保月: months that an employer declared and paid.
    EmployerMonths,
}

impl ImportKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::People, Self::Mandates, Self::EmployerMonths];

    /// The word of addresses and command lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Mandates => "mandates",
            Self::EmployerMonths => "employer-months",
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
            Self::EmployerMonths => 3,
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
            Self::EmployerMonths => employer_months::COLUMNS,
        }
    }

    pub(super) const fn job(self) -> &'static str {
        match self {
            Self::People => "import_people",
            Self::Mandates => "import_mandates",
            Self::EmployerMonths => "import_employer_months",
        }
    }
}
