//! Why nothing can be paid by WeChat, in words that a person can act on.

use channels::wechat_pay::order::OrderRefusal;
use insurance::payment::ChannelKind;
use policy::Text;
use units::Date;

/// Why nothing can be paid by WeChat; each has a sentence with the next step.
#[derive(Debug, thiserror::Error)]
pub enum PaymentRefusal {
    /// The window is closed.
    #[error("WeChat payment is closed on {today}")]
    WindowMustBeOpen {
        /// The day.
        today: Date,
        /// The next day on which it is open, where the pack says.
        opens_on: Option<Date>,
    },
    /// The window's last minute has begun.
    #[error(transparent)]
    WindowMustStayOpenAMinute(#[from] OrderRefusal),
    /// Nothing of what was chosen can be paid by WeChat.
    #[error("there must be something to pay by WeChat")]
    SomethingMustBeOwed,
    /// A due that was chosen was paid or withdrawn meanwhile, or needs an office.
    #[error("each chosen due must be payable by WeChat now")]
    DuesMustBePayable,
    /// A due lies in an attempt of another channel.
    #[error("the dues must not lie in an attempt of another channel ({})", .0.word())]
    DuesMustBeFree(ChannelKind),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl PaymentRefusal {
    /// What the person reads.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::WindowMustBeOpen { opens_on: Some(day), .. } => Text::made(
                format!(
                    "微信缴费今天不开放，下次开放日为{day}。现在可到银行柜面缴费，或由银行代扣。"
                ),
                format!(
                    "WeChat payment is closed today; it opens again on {day}. Until then pay at a \
                     bank counter, or let the bank withhold."
                ),
            ),
            Self::WindowMustBeOpen { opens_on: None, .. } => Text::fixed(
                "微信缴费目前未开放，请到银行柜面或经办机构缴费。",
                "WeChat payment is closed; pay at a bank counter or an office.",
            ),
            Self::WindowMustStayOpenAMinute(_) => Text::fixed(
                "本月微信缴费即将结束，已来不及付款。请到银行柜面缴费，或在存款截止日前把钱存入代扣银行卡。",
                "This month's WeChat payment is about to end. Pay at a bank counter, or put the \
                 money on the card that is withheld from, by the deposit day.",
            ),
            Self::SomethingMustBeOwed => Text::fixed(
                "没有可用微信缴纳的费用。往年欠费含利息，请到经办机构办理。",
                "There is nothing to pay by WeChat. Arrears of earlier years bear interest: see an office.",
            ),
            Self::DuesMustBePayable => Text::fixed(
                "所选费用已缴清或已变更，请重新查询后再缴费。",
                "What you chose was paid or has changed; query again, then pay.",
            ),
            Self::DuesMustBeFree(ChannelKind::BankBatch) => Text::fixed(
                "银行正在代扣这笔费用，请等代扣结果（一般为次日）后再缴。",
                "The bank is withholding this just now; wait for its result, usually the next day.",
            ),
            Self::DuesMustBeFree(ChannelKind::Counter | ChannelKind::Wechat) => Text::fixed(
                "这笔费用正在缴纳中，请稍后查看结果。",
                "A payment of this is under way; look at its result in a moment.",
            ),
            Self::Store(_) => Text::fixed("系统忙，请稍后再试。", "Please try again in a moment."),
        }
    }
}
