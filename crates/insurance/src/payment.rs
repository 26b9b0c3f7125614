//! 缴费: one attempt to collect, through one channel; and what a channel tells us of it.
//!
//! Every channel speaks to the rest of the program in [`ChannelEvent`]s: from there on bank
//! batches, counters and WeChat share one code path.

use policy::Branch;
use serde::{Deserialize, Serialize};
use units::{Date, Fen, Month, Timestamp};

use crate::ids::{PaymentId, PersonId};

/// A way for money to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// 批量代扣: the paying bank debits the person's card, in files.
    BankBatch,
    /// 柜面: cash at a bank's counter, in real time.
    Counter,
    /// 微信: WeChat Pay from the official account.
    Wechat,
}

impl ChannelKind {
    /// Every channel, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::BankBatch, Self::Counter, Self::Wechat];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::BankBatch => 1,
            Self::Counter => 2,
            Self::Wechat => 3,
        }
    }

    /// The channel of a code.
    #[must_use]
    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::BankBatch),
            2 => Some(Self::Counter),
            3 => Some(Self::Wechat),
            _ => None,
        }
    }

    /// The word of JSON, logs and command lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BankBatch => "bank_batch",
            Self::Counter => "counter",
            Self::Wechat => "wechat",
        }
    }
}

/// Which due: a person's branch of a month, and which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueKey {
    /// Whose.
    pub person: PersonId,
    /// 费款所属期.
    pub month: Month,
    /// 险种.
    pub branch: Branch,
    /// 0 for the regular due, 1 and up for the regular due of somebody whose earlier one was
    /// withdrawn; from [`DueKey::FIRST_DIFFERENCE`] on what values published late added.
    pub part: u8,
}

impl DueKey {
    /// The first part that is a difference (补差) and no regular due.
    pub const FIRST_DIFFERENCE: u8 = 128;

    /// Whether it asks for what values published late added, after the month was billed.
    #[must_use]
    pub const fn is_difference(self) -> bool {
        self.part >= Self::FIRST_DIFFERENCE
    }

    /// The difference behind this part.
    #[must_use]
    pub const fn next_difference(self) -> Self {
        let last = if self.is_difference() { self.part } else { Self::FIRST_DIFFERENCE - 1 };
        Self { part: last.saturating_add(1), ..self }
    }
}

/// What the money is for, as far as the channel knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One attempt of ours: a WeChat order or a counter quote.
    Attempt(PersonId, PaymentId),
    /// One due of one person: a line of a withholding file.
    Due(DueKey),
    /// A person, whatever they owe.
    Person(PersonId),
    /// Nobody that we know; the money goes to suspense.
    Unknown,
}

/// Money arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Through which channel.
    pub channel: ChannelKind,
    /// The channel's own number for this money; unique in the channel, at most 64 characters.
    pub reference: String,
    /// How much.
    pub amount: Fen,
    /// When the person paid.
    pub paid_at: Timestamp,
    /// The channel's accounting day.
    pub accounting_on: Date,
    /// What for.
    pub target: Target,
}

/// Why a channel could not collect: our own small set. The channel's raw code is kept beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// 余额不足.
    InsufficientFunds,
    /// The account number is wrong or of a wrong kind.
    AccountInvalid,
    /// 账户已销.
    AccountClosed,
    /// 冻结, 止付, 挂失.
    AccountBlocked,
    /// 户名不符.
    HolderMismatch,
    /// 无有效委托协议.
    NoMandate,
    /// 委托信息不全: there is a mandate, but the bank misses something in it.
    MandateIncomplete,
    /// 超限额.
    LimitExceeded,
    /// The holder asked the bank for the money back.
    RefusedByHolder,
    /// The debtor has died.
    HolderDeceased,
    /// The channel says it has seen this instruction before.
    Duplicate,
    /// Our file or instruction was wrong.
    InstructionInvalid,
    /// The channel gave no reason, or one that we don't know.
    Unspecified,
}

impl FailureReason {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::InsufficientFunds,
        Self::AccountInvalid,
        Self::AccountClosed,
        Self::AccountBlocked,
        Self::HolderMismatch,
        Self::NoMandate,
        Self::MandateIncomplete,
        Self::LimitExceeded,
        Self::RefusedByHolder,
        Self::HolderDeceased,
        Self::Duplicate,
        Self::InstructionInvalid,
        Self::Unspecified,
    ];

    /// The reason of a word; `None` for another word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// The word of tables, JSON and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::AccountInvalid => "account_invalid",
            Self::AccountClosed => "account_closed",
            Self::AccountBlocked => "account_blocked",
            Self::HolderMismatch => "holder_mismatch",
            Self::NoMandate => "no_mandate",
            Self::MandateIncomplete => "mandate_incomplete",
            Self::LimitExceeded => "limit_exceeded",
            Self::RefusedByHolder => "refused_by_holder",
            Self::HolderDeceased => "holder_deceased",
            Self::Duplicate => "duplicate",
            Self::InstructionInvalid => "instruction_invalid",
            Self::Unspecified => "unspecified",
        }
    }
}

/// What a channel told us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelEvent {
    /// Money arrived.
    Paid(Paid),
    /// An attempt ended without money; final.
    Failed {
        /// Through which channel.
        channel: ChannelKind,
        /// What was attempted.
        target: Target,
        /// Our reason.
        reason: FailureReason,
        /// The channel's own code and words, at most 140 characters.
        raw: String,
    },
    /// Money that had arrived was taken back: a returned debit, a counter's reversal.
    Returned {
        /// Through which channel.
        channel: ChannelKind,
        /// The reference under which the money had arrived.
        reference: String,
        /// The channel's own number for taking it back; unique in the channel.
        return_reference: String,
        /// How much was taken back: all of it.
        amount: Fen,
        /// The channel's accounting day.
        accounting_on: Date,
        /// The channel's own code and words, at most 140 characters.
        raw: String,
    },
}
