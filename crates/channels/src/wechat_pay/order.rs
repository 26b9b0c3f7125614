//! 下单: asking WeChat to prepare an order, and the data of the page's pay call.

use std::fmt;

use serde::{Deserialize, Serialize};
use units::{Fen, Timestamp};

use super::order_number::OrderNumber;
use super::signature::{Occasion, pay_call_message};
use super::{AnswerMustBeReadable, Merchant};
use crate::http_message::{Headers, Method, Request};

/// How long an order may be paid: WeChat would allow 2 hours for a JSAPI order, but its dues
/// cannot be paid elsewhere meanwhile.
pub const LIFETIME_SECONDS: i64 = 30 * 60;

/// WeChat refuses a `time_expire` less than a minute away.
pub const LIFETIME_SECONDS_MIN: i64 = 60;

/// 用户标识: who the payer is to one official account. A person's identifier, never printed.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OpenId(pub String);

impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenId(hidden)")
    }
}

/// Where the person is, which decides the WeChat product.
#[derive(Clone, Debug)]
pub enum Place {
    /// JSAPI: a page inside the official account.
    OfficialAccount(OpenId),
    /// H5: a phone's own browser, with its address as WeChat must know it.
    PhoneBrowser {
        /// The payer's IP address.
        payer_ip: String,
    },
    /// Native: a code on another screen, scanned with WeChat.
    QrCode,
}

/// What is to be paid.
#[derive(Clone, Debug)]
pub struct Order {
    /// Our number for this attempt.
    pub number: OrderNumber,
    /// What the person reads in WeChat, at most 127 characters; never a name or number of theirs.
    pub description: String,
    /// How much.
    pub amount: Fen,
    /// `time_expire`, from [`expires_at`].
    pub expires_at: Timestamp,
}

/// Why no order can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    /// The window ends within a minute.
    #[error("the payment window must stay open for another minute")]
    WindowMustStayOpenAMinute,
    /// There is nothing to pay.
    #[error("the amount to pay must be above zero")]
    AmountMustBePositive,
}

/// When an order placed now expires: after [`LIFETIME_SECONDS`], and never after the last second
/// of the window, so that an order of 23:58 on the 24th cannot be paid on the 25th.
///
/// # Errors
/// [`OrderRefusal::WindowMustStayOpenAMinute`].
pub fn expires_at(now: Timestamp, window_ends_at: Timestamp) -> Result<Timestamp, OrderRefusal> {
    if window_ends_at < now.plus_seconds(LIFETIME_SECONDS_MIN) {
        return Err(OrderRefusal::WindowMustStayOpenAMinute);
    }
    Ok(now.plus_seconds(LIFETIME_SECONDS).min(window_ends_at))
}

#[derive(Serialize)]
struct Body<'a> {
    appid: &'a str,
    mchid: &'a str,
    description: &'a str,
    out_trade_no: String,
    time_expire: String,
    notify_url: &'a str,
    amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<Payer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scene_info: Option<Scene<'a>>,
}

#[derive(Serialize)]
struct Amount {
    total: Fen,
    currency: &'static str,
}

#[derive(Serialize)]
struct Payer<'a> {
    openid: &'a OpenId,
}

#[derive(Serialize)]
struct Scene<'a> {
    payer_client_ip: &'a str,
    h5_info: H5Info,
}

#[derive(Serialize)]
struct H5Info {
    r#type: &'static str,
}

/// The request that prepares an order, unsigned. Fields that don't apply are left out: WeChat
/// refuses unknown fields and nulls.
///
/// # Errors
/// [`OrderRefusal::AmountMustBePositive`].
pub fn request(merchant: &Merchant, order: &Order, place: &Place) -> Result<Request, OrderRefusal> {
    if order.amount.is_zero() {
        return Err(OrderRefusal::AmountMustBePositive);
    }
    let (product, payer, scene_info) = match place {
        Place::OfficialAccount(openid) => ("jsapi", Some(Payer { openid }), None),
        Place::PhoneBrowser { payer_ip } => {
            let scene = Scene { payer_client_ip: payer_ip, h5_info: H5Info { r#type: "Wap" } };
            ("h5", None, Some(scene))
        }
        Place::QrCode => ("native", None, None),
    };
    let body = Body {
        appid: &merchant.app_id,
        mchid: &merchant.mchid,
        description: &order.description,
        out_trade_no: order.number.to_string(),
        time_expire: order.expires_at.to_rfc3339_seconds(),
        notify_url: &merchant.notify_url,
        amount: Amount { total: order.amount, currency: "CNY" },
        payer,
        scene_info,
    };
    Ok(post(format!("/v3/pay/transactions/{product}"), &body))
}

/// The request that closes an unpaid order, unsigned; answered with 204.
#[must_use]
pub fn close_request(merchant: &Merchant, number: OrderNumber) -> Request {
    #[derive(Serialize)]
    struct Close<'a> {
        mchid: &'a str,
    }
    let body = Close { mchid: &merchant.mchid };
    post(format!("/v3/pay/transactions/out-trade-no/{number}/close"), &body)
}

/// The request that asks for the state of an order by our number, unsigned.
#[must_use]
pub fn query_request(merchant: &Merchant, number: OrderNumber) -> Request {
    get(format!("/v3/pay/transactions/out-trade-no/{number}?mchid={}", merchant.mchid))
}

pub(super) fn post(target: String, body: &impl Serialize) -> Request {
    let body = serde_json::to_vec(body).expect("texts and numbers always write as JSON");
    Request { method: Method::Post, target, headers: Headers::new(), body }
}

pub(super) fn get(target: String) -> Request {
    Request { method: Method::Get, target, headers: Headers::new(), body: Vec::new() }
}

/// A prepared order: where its payer goes next.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Prepared {
    /// JSAPI: call the page's bridge with [`PayCall`]; valid 2 hours.
    OfficialAccount {
        /// `prepay_id`.
        prepay_id: String,
    },
    /// H5: send the browser there; valid 5 minutes.
    PhoneBrowser {
        /// `h5_url`.
        h5_url: String,
    },
    /// Native: show it as a QR code; valid 2 hours.
    QrCode {
        /// `code_url`.
        code_url: String,
    },
}

/// Reads the answer to [`request`], already verified.
///
/// # Errors
/// [`AnswerMustBeReadable`].
pub fn read_prepared(body: &[u8]) -> Result<Prepared, AnswerMustBeReadable> {
    serde_json::from_slice(body).map_err(|_| AnswerMustBeReadable)
}

/// The arguments of `WeixinJSBridge.invoke('getBrandWCPayRequest', …)`; every value is a string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayCall {
    /// The official account.
    pub app_id: String,
    /// Seconds since 1970 (`timeStamp`, with a capital S).
    pub time_stamp: String,
    /// A fresh nonce.
    pub nonce_str: String,
    /// `prepay_id=…`.
    pub package: String,
    /// Always `RSA`.
    pub sign_type: &'static str,
    /// The signature over the four values above.
    pub pay_sign: String,
}

/// The page's pay call for a prepared JSAPI order.
#[must_use]
pub fn pay_call(merchant: &Merchant, prepay_id: &str, occasion: &Occasion) -> PayCall {
    let package = format!("prepay_id={prepay_id}");
    let pay_sign = merchant.key.sign(&pay_call_message(&merchant.app_id, &package, occasion));
    PayCall {
        app_id: merchant.app_id.clone(),
        time_stamp: occasion.at.seconds().to_string(),
        nonce_str: occasion.nonce.as_str().to_owned(),
        package,
        sign_type: "RSA",
        pay_sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_order_never_outlives_the_window() {
        let ends = moment("2026-11-24T23:59:59+08:00");
        for (now, expires) in [
            ("2026-11-24T10:00:00+08:00", Ok("2026-11-24T10:30:00+08:00")),
            ("2026-11-24T23:29:59+08:00", Ok("2026-11-24T23:59:59+08:00")),
            ("2026-11-24T23:58:59+08:00", Ok("2026-11-24T23:59:59+08:00")),
            ("2026-11-24T23:59:00+08:00", Err(OrderRefusal::WindowMustStayOpenAMinute)),
            ("2026-11-25T00:00:00+08:00", Err(OrderRefusal::WindowMustStayOpenAMinute)),
        ] {
            assert_eq!(expires_at(moment(now), ends), expires.map(moment), "{now}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_answers_are_refused_not_a_panic(bytes: Vec<u8>) {
            let _ = read_prepared(&bytes);
        }
    }
}
