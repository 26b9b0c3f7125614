//! 支付单: what WeChat says of an order, in a notice or in the answer to a query.

use insurance::payment::{ChannelKind, Paid, Target};
use serde::Deserialize;
use units::{Fen, Timestamp};

use super::order_number::OrderNumber;
use super::{AnswerMustBeReadable, Merchant};

/// 交易状态.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TradeState {
    /// 支付成功.
    Success,
    /// 转入退款: it was paid, and at least a part went back.
    Refund,
    /// 未支付, also after a failed try.
    NotPay,
    /// 已关闭.
    Closed,
    /// 已撤销 (payment codes only).
    Revoked,
    /// 用户支付中 (payment codes only).
    UserPaying,
    /// 支付失败 (payment codes only).
    PayError,
    /// A word that we don't know: neither paid nor unpaid.
    Unknown(String),
}

impl TradeState {
    fn of(word: &str) -> Self {
        match word {
            "SUCCESS" => Self::Success,
            "REFUND" => Self::Refund,
            "NOTPAY" => Self::NotPay,
            "CLOSED" => Self::Closed,
            "REVOKED" => Self::Revoked,
            "USERPAYING" => Self::UserPaying,
            "PAYERROR" => Self::PayError,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// A transaction. Everything but number and state may be absent: an unpaid order has little more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// 商户订单号, as text: it may not be ours.
    pub out_trade_no: String,
    /// Its state.
    pub state: TradeState,
    /// The official account.
    pub app_id: Option<String>,
    /// The payee.
    pub mchid: Option<String>,
    /// 微信支付订单号.
    pub transaction_id: Option<String>,
    /// When the person paid.
    pub paid_at: Option<Timestamp>,
    /// The order's amount, which is what we receive: coupons of WeChat's are WeChat's cost.
    pub total: Option<Fen>,
    /// The currency of [`Transaction::total`].
    pub currency: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    out_trade_no: String,
    trade_state: String,
    appid: Option<String>,
    mchid: Option<String>,
    transaction_id: Option<String>,
    success_time: Option<String>,
    amount: Option<WireAmount>,
}

#[derive(Deserialize)]
struct WireAmount {
    total: Option<Fen>,
    currency: Option<String>,
}

/// Reads a transaction: the plaintext of a notice or the verified answer to a query.
///
/// # Errors
/// [`AnswerMustBeReadable`].
pub fn read(json: &[u8]) -> Result<Transaction, AnswerMustBeReadable> {
    let wire: Wire = serde_json::from_slice(json).map_err(|_| AnswerMustBeReadable)?;
    let moment = |text: String| text.parse().map_err(|_| AnswerMustBeReadable);
    // Empty texts stand for absent ones in some answers.
    let present = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (total, currency) = wire.amount.map_or((None, None), |a| (a.total, a.currency));
    Ok(Transaction {
        out_trade_no: wire.out_trade_no,
        state: TradeState::of(&wire.trade_state),
        app_id: present(wire.appid),
        mchid: present(wire.mchid),
        transaction_id: present(wire.transaction_id),
        paid_at: present(wire.success_time).map(moment).transpose()?,
        total,
        currency: present(currency),
    })
}

/// What a transaction means for the attempt that asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money arrived as asked.
    Paid(Paid),
    /// Money arrived, but not as asked: it belongs to suspense until a clerk has looked.
    PaidOtherwise(Paid, Mismatch),
    /// Not paid yet; it still can be.
    Unpaid,
    /// Closed without money; final.
    Ended,
    /// WeChat's word is unknown: ask again, count nothing.
    Unknown,
}

/// In what a paid transaction differs from what we asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The number is not one that we gave.
    #[error("the order number must be one that we gave")]
    OrderMustBeOurs,
    /// The number is well formed, but no such order is recorded.
    #[error("the order must have been placed by us")]
    OrderMustBeRecorded,
    /// Another amount than asked.
    #[error("the amount paid must be the amount asked")]
    AmountMustBeAsAsked,
}

/// Why a transaction says nothing to us at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionRefusal {
    /// It pays somebody else.
    #[error("the payee and the official account must be ours")]
    PayeeMustBeOurs,
    /// It claims to be paid but lacks number, moment or amount.
    #[error("a paid transaction must carry its number, moment and amount in CNY")]
    PaidMustBeComplete,
}

impl Transaction {
    /// What it means. `asked` is the amount of our recorded order under this number, `None` when
    /// there is none.
    ///
    /// # Errors
    /// [`TransactionRefusal`].
    pub fn outcome(
        &self,
        merchant: &Merchant,
        asked: Option<Fen>,
    ) -> Result<Outcome, TransactionRefusal> {
        let ours =
            |theirs: &Option<String>, mine: &str| theirs.as_deref().is_none_or(|t| t == mine);
        if !ours(&self.app_id, &merchant.app_id) || !ours(&self.mchid, &merchant.mchid) {
            return Err(TransactionRefusal::PayeeMustBeOurs);
        }
        match self.state {
            TradeState::Success | TradeState::Refund => self.paid(asked),
            TradeState::NotPay | TradeState::UserPaying | TradeState::PayError => {
                Ok(Outcome::Unpaid)
            }
            TradeState::Closed | TradeState::Revoked => Ok(Outcome::Ended),
            TradeState::Unknown(_) => Ok(Outcome::Unknown),
        }
    }

    fn paid(&self, asked: Option<Fen>) -> Result<Outcome, TransactionRefusal> {
        let incomplete = TransactionRefusal::PaidMustBeComplete;
        // The payee must be named, not only not contradicted, once money is counted.
        if self.app_id.is_none() || self.mchid.is_none() {
            return Err(TransactionRefusal::PayeeMustBeOurs);
        }
        let reference = self.transaction_id.clone().ok_or(incomplete)?;
        let paid_at = self.paid_at.ok_or(incomplete)?;
        let amount = self.total.filter(|total| !total.is_zero()).ok_or(incomplete)?;
        if self.currency.as_deref().is_some_and(|currency| currency != "CNY")
            || reference.len() > 32
        {
            return Err(incomplete);
        }
        let number = self.out_trade_no.parse::<OrderNumber>();
        let mismatch = match (number, asked) {
            (Err(_), _) => Some(Mismatch::OrderMustBeOurs),
            (Ok(_), None) => Some(Mismatch::OrderMustBeRecorded),
            (Ok(_), Some(asked)) => (asked != amount).then_some(Mismatch::AmountMustBeAsAsked),
        };
        let target = match (number, mismatch) {
            (Ok(number), None) => Target::Attempt(number.person, number.payment),
            _ => Target::Unknown,
        };
        let paid = Paid {
            channel: ChannelKind::Wechat,
            reference,
            amount,
            paid_at,
            accounting_on: paid_at.date_in_shanghai(),
            target,
        };
        Ok(mismatch.map_or(Outcome::Paid(paid.clone()), |why| Outcome::PaidOtherwise(paid, why)))
    }
}
