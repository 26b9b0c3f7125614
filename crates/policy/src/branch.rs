//! 险种: the branches of social insurance open to the flexibly employed.

use serde::{Deserialize, Serialize};

/// A branch of social insurance (险种; pages say "insurance").
///
/// The order is the legal order of withholding in Nanjing; a pack states its own order. Fixed
/// sums collected together with a branch, such as Nanjing's serious-illness assistance
/// (大病医疗救助), are components of that branch, not branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Branch {
    /// 企业职工基本养老保险.
    Pension,
    /// 职工基本医疗保险.
    Medical,
    /// 失业保险.
    Unemployment,
}

impl Branch {
    /// Every branch, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Pension, Self::Medical, Self::Unemployment];

    /// The code that tables and files hold: 1 pension, 2 medical, 3 unemployment.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Pension => 1,
            Self::Medical => 2,
            Self::Unemployment => 3,
        }
    }

    /// The branch of a code.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Pension),
            2 => Some(Self::Medical),
            3 => Some(Self::Unemployment),
            _ => None,
        }
    }

    /// The word of packs, files and JSON: `pension`, `medical`, `unemployment`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pension => "pension",
            Self::Medical => "medical",
            Self::Unemployment => "unemployment",
        }
    }

    /// The Chinese name that people read.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Pension => "养老保险",
            Self::Medical => "医疗保险",
            Self::Unemployment => "失业保险",
        }
    }
}

/// A set of branches: what an enrolment covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BranchSet(u8);

impl BranchSet {
    /// No branch.
    pub const EMPTY: Self = Self(0);
    /// Every branch.
    pub const ALL: Self = Self(0b111);

    /// The set with `branch` added.
    #[must_use]
    pub const fn with(self, branch: Branch) -> Self {
        Self(self.0 | Self::bit(branch))
    }

    /// The set with `branch` taken out.
    #[must_use]
    pub const fn without(self, branch: Branch) -> Self {
        Self(self.0 & !Self::bit(branch))
    }

    /// Whether `branch` is in the set.
    #[must_use]
    pub const fn contains(self, branch: Branch) -> bool {
        self.0 & Self::bit(branch) != 0
    }

    /// Whether no branch is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The branches of the set, in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = Branch> {
        Branch::ALL.into_iter().filter(move |branch| self.contains(*branch))
    }

    /// The number that tables hold: bit 0 pension, bit 1 medical, bit 2 unemployment.
    #[must_use]
    pub fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// The set of a number from a table, or `None` when it has other bits.
    #[must_use]
    pub fn from_bits(bits: i64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| *bits <= Self::ALL.0).map(Self)
    }

    const fn bit(branch: Branch) -> u8 {
        match branch {
            Branch::Pension => 1,
            Branch::Medical => 2,
            Branch::Unemployment => 4,
        }
    }
}

impl FromIterator<Branch> for BranchSet {
    fn from_iter<I: IntoIterator<Item = Branch>>(branches: I) -> Self {
        branches.into_iter().fold(Self::EMPTY, Self::with)
    }
}
