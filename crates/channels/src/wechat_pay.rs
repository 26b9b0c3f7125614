//! 微信支付 API v3, for a direct merchant: the protocol, without any rule of insurance.
//!
//! Documents: WeChat Pay merchant documentation, `pay.weixin.qq.com/doc/v3/merchant/`; Tencent's
//! `wechatpay-go` and `wechatpay-java` where the documents are silent. Nothing here decides what
//! is owed, books money or stores anything, and an outcome that WeChat did not state in a
//! documented word is never counted as paid or unpaid.
//!
//! Files in reading order: [`signature`] and [`certificate`] who says it; [`secret`] encryption;
//! [`order_number`] our numbers; [`mod@order`] asking; [`transaction`] and [`refund`] what WeChat
//! says; [`notification`] what it says of its own accord; [`errors`] what its refusals mean;
//! [`query_schedule`] when to ask; [`trade_bill`] the next day's file; [`client`] the calls.

pub mod certificate;
pub mod client;
pub mod errors;
pub mod notification;
pub mod order;
pub mod order_number;
pub mod query_schedule;
pub mod refund;
pub mod secret;
pub mod signature;
pub mod trade_bill;
pub mod transaction;

/// Who we are to WeChat Pay. All of it is configuration; its secrets are never printed.
#[derive(Debug)]
pub struct Merchant {
    /// 公众号 appid: the official account.
    pub app_id: String,
    /// 商户号: the payee.
    pub mchid: String,
    /// 商户API私钥 with the serial number of its certificate.
    pub key: signature::SigningKey,
    /// APIv3 密钥.
    pub api_v3_key: secret::ApiV3Key,
    /// Where WeChat sends notices of payments: https, no query, reachable without signing in.
    pub notify_url: String,
    /// Where WeChat sends notices of refunds, likewise.
    pub refund_notify_url: String,
}

/// A message is authentic but not as documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message must have the documented form")]
pub struct AnswerMustBeReadable;
