//! 到账: money that arrived through a channel.

use units::{Date, Fen, Timestamp};

use crate::ids::{EntryId, MessageId, PersonId, ReceiptId};
use crate::payment::ChannelKind;

/// Money that arrived. Never changed: money taken back is another entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whose; [`CITY`](crate::ids::CITY) while nobody is known for it.
    pub person: PersonId,
    /// Its number; people see it on their receipt.
    pub id: ReceiptId,
    /// Through which channel.
    pub channel: ChannelKind,
    /// The channel's own number, unique in the channel.
    pub reference: String,
    /// How much.
    pub amount: Fen,
    /// When the person paid.
    pub paid_at: Timestamp,
    /// The channel's accounting day.
    pub accounting_on: Date,
    /// When we booked it.
    pub recorded_at: Timestamp,
    /// The raw message that told us.
    pub message: MessageId,
    /// Its entry in the books.
    pub entry: EntryId,
}

/// Where money that fits no due stands (挂账).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspenseState {
    /// Held; somebody must decide.
    Open,
    /// Sent back.
    Refunded,
    /// Used for a due.
    Applied,
    /// The channel took the money back itself.
    Returned,
    /// Being sent back: nobody may apply it any more.
    Refunding,
}

impl SuspenseState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Refunded, Self::Applied, Self::Returned, Self::Refunding];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Refunded => 2,
            Self::Applied => 3,
            Self::Returned => 4,
            Self::Refunding => 5,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}
