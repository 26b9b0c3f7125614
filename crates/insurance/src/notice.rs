//! 告知: what a person must be told, by which event.

/// What a notice is about. One notice of a kind is written per person, month and subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Before the deposit day: the exact sum that must be on the card.
    DepositReminder,
    /// Money arrived: what it paid.
    Paid,
    /// A withholding failed: what is missing and the nearest open channel.
    WithholdingFailed,
    /// A month was closed with dues unpaid, and what follows.
    Arrears,
    /// Medical cover stops from a day.
    Suspension,
    /// Medical cover is back.
    Restoration,
    /// Money fits no due: it is held and will be sent back.
    Suspense,
    /// Money was taken back by the channel; the dues are asked for again.
    Returned,
    /// Money that fitted no due was sent back.
    Refunded,
}

impl NoticeKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::DepositReminder,
        Self::Paid,
        Self::WithholdingFailed,
        Self::Arrears,
        Self::Suspension,
        Self::Restoration,
        Self::Suspense,
        Self::Returned,
        Self::Refunded,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::DepositReminder => 1,
            Self::Paid => 2,
            Self::WithholdingFailed => 3,
            Self::Arrears => 4,
            Self::Suspension => 5,
            Self::Restoration => 6,
            Self::Suspense => 7,
            Self::Returned => 8,
            Self::Refunded => 9,
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
