//! 退款: sending money back the way it came.

use serde::{Deserialize, Serialize};
use units::{Fen, Timestamp};

use super::order::{get, post};
use super::order_number::RefundNumber;
use super::{AnswerMustBeReadable, Merchant};
use crate::http_message::Request;

/// A refund to ask for.
#[derive(Clone, Debug)]
pub struct RefundOrder {
    /// Our number; repeating a request with it repeats no money.
    pub number: RefundNumber,
    /// 微信支付订单号 of the payment.
    pub transaction_id: String,
    /// What the person reads, at most 80 characters.
    pub reason: String,
    /// How much goes back.
    pub amount: Fen,
    /// How much the payment was.
    pub paid: Fen,
}

/// The request that starts a refund, unsigned. A refund may be asked for within one year; all
/// refunds of a payment together must not exceed it.
#[must_use]
pub fn request(merchant: &Merchant, refund: &RefundOrder) -> Request {
    #[derive(Serialize)]
    struct Body<'a> {
        transaction_id: &'a str,
        out_refund_no: String,
        reason: &'a str,
        notify_url: &'a str,
        amount: Amount,
    }
    #[derive(Serialize)]
    struct Amount {
        refund: Fen,
        total: Fen,
        currency: &'static str,
    }
    let body = Body {
        transaction_id: &refund.transaction_id,
        out_refund_no: refund.number.to_string(),
        reason: &refund.reason,
        notify_url: &merchant.refund_notify_url,
        amount: Amount { refund: refund.amount, total: refund.paid, currency: "CNY" },
    };
    post("/v3/refund/domestic/refunds".to_owned(), &body)
}

/// The request that asks for the state of a refund, unsigned.
#[must_use]
pub fn query_request(number: RefundNumber) -> Request {
    get(format!("/v3/refund/domestic/refunds/{number}"))
}

/// 退款状态.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// 退款成功; final.
    Success,
    /// 退款关闭: no money went back; final.
    Closed,
    /// 退款处理中.
    Processing,
    /// 退款异常: the card cannot take it (closed, frozen); a clerk must choose another way.
    Abnormal,
    /// A word that we don't know.
    Unknown(String),
}

/// What WeChat says of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// 商户退款单号, as text: it may not be ours.
    pub out_refund_no: String,
    /// 微信支付退款单号.
    pub refund_id: String,
    /// 微信支付订单号 of the payment.
    pub transaction_id: String,
    /// Its state.
    pub state: RefundState,
    /// When the money went back.
    pub refunded_at: Option<Timestamp>,
    /// How much.
    pub amount: Fen,
}

/// Answers name the state `status`, notices `refund_status`.
#[derive(Deserialize)]
struct Wire {
    out_refund_no: String,
    refund_id: String,
    transaction_id: String,
    #[serde(alias = "refund_status")]
    status: String,
    success_time: Option<String>,
    amount: WireAmount,
    mchid: Option<String>,
}

#[derive(Deserialize)]
struct WireAmount {
    refund: Fen,
}

/// Reads a refund: the plaintext of a notice or a verified answer.
///
/// # Errors
/// [`AnswerMustBeReadable`], also when it names another merchant.
pub fn read(merchant: &Merchant, json: &[u8]) -> Result<Refund, AnswerMustBeReadable> {
    let wire: Wire = serde_json::from_slice(json).map_err(|_| AnswerMustBeReadable)?;
    if wire.mchid.is_some_and(|mchid| mchid != merchant.mchid) {
        return Err(AnswerMustBeReadable);
    }
    let state = match wire.status.as_str() {
        "SUCCESS" => RefundState::Success,
        "CLOSED" => RefundState::Closed,
        "PROCESSING" => RefundState::Processing,
        "ABNORMAL" => RefundState::Abnormal,
        other => RefundState::Unknown(other.to_owned()),
    };
    let present = wire.success_time.filter(|text| !text.is_empty());
    let refunded_at =
        present.map(|text| text.parse()).transpose().map_err(|_| AnswerMustBeReadable)?;
    Ok(Refund {
        out_refund_no: wire.out_refund_no,
        refund_id: wire.refund_id,
        transaction_id: wire.transaction_id,
        state,
        refunded_at,
        amount: wire.amount.refund,
    })
}
