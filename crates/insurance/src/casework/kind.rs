//! What a case is about.

use policy::Text;

use crate::clerk::{Role, RoleSet};

/// A kind of case (办件事项).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseKind {
    /// 退保: the person asks to end the relationship (Social Insurance Law art. 14, order 13 art. 6).
    Surrender,
    /// 死亡: the account is inherited, the survivors get their grants (art. 14, 17).
    Death,
    /// 转入: months and account from another city (art. 19).
    TransferIn,
    /// 转出: months and account leave for another city.
    TransferOut,
    /// 挂账处理: money that fits no due is applied or sent back.
    Suspense,
    /// 串户更正: money was booked to the wrong person, or to nobody.
    WrongReceipt,
    /// 核定更正: a due was asked for in error.
    WrongDue,
    /// 异议: the person disputes a record and is answered.
    Objection,
    /// 追回到账: money that had left twice came back to the fund.
    Recovery,
}

impl CaseKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Surrender,
        Self::Death,
        Self::TransferIn,
        Self::TransferOut,
        Self::Suspense,
        Self::WrongReceipt,
        Self::WrongDue,
        Self::Objection,
        Self::Recovery,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Surrender => 1,
            Self::Death => 2,
            Self::TransferIn => 3,
            Self::TransferOut => 4,
            Self::Suspense => 5,
            Self::WrongReceipt => 6,
            Self::WrongDue => 7,
            Self::Objection => 8,
            Self::Recovery => 9,
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The word of addresses and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Surrender => "surrender",
            Self::Death => "death",
            Self::TransferIn => "transfer-in",
            Self::TransferOut => "transfer-out",
            Self::Suspense => "suspense",
            Self::WrongReceipt => "wrong-receipt",
            Self::WrongDue => "wrong-due",
            Self::Objection => "objection",
            Self::Recovery => "recovery",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Surrender => Text::fixed("退保", "Surrender"),
            Self::Death => Text::fixed("参保人死亡", "Death of the insured person"),
            Self::TransferIn => Text::fixed("关系转入", "Transfer in"),
            Self::TransferOut => Text::fixed("关系转出", "Transfer out"),
            Self::Suspense => Text::fixed("挂账处理", "Money in suspense"),
            Self::WrongReceipt => Text::fixed("到账更正", "Correction of a receipt"),
            Self::WrongDue => Text::fixed("核定更正", "Correction of a due"),
            Self::Objection => Text::fixed("异议处理", "Objection"),
            Self::Recovery => Text::fixed("追回到账", "Money got back"),
        }
    }

    /// The matter of the pack's `time_limits` that it falls under. 经办条例 article 10 covers a
    /// change and the end of a registration; the other kinds are held to the same days, since no
    /// document known here gives them their own.
    #[must_use]
    pub const fn matter(self) -> &'static str {
        match self {
            Self::Surrender
            | Self::Death
            | Self::TransferIn
            | Self::TransferOut
            | Self::Suspense
            | Self::WrongReceipt
            | Self::WrongDue
            | Self::Objection
            | Self::Recovery => "change",
        }
    }

    /// Who opens such a case and proposes what to do.
    #[must_use]
    pub const fn openers(self) -> RoleSet {
        match self {
            Self::Surrender
            | Self::Death
            | Self::TransferIn
            | Self::TransferOut
            | Self::WrongDue
            | Self::Objection => RoleSet::of(&[Role::Window]),
            Self::Suspense | Self::WrongReceipt => RoleSet::of(&[Role::Window, Role::Finance]),
            Self::Recovery => RoleSet::of(&[Role::Finance]),
        }
    }
}
