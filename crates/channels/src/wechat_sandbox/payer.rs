//! The person's app: pays an order, and the script that a browser needs to stand in for it.

use serde::Deserialize;
use serde_json::json;
use units::{Fen, Timestamp};

use super::{MERCHANT_SERIAL, Order, OrderState, Sandbox};
use crate::http_message::Answer;

/// Defines `WeixinJSBridge` as WeChat's own browser does; its pay call asks the person and then
/// the sandbox.
pub const BRIDGE: &str = include_str!("bridge.js");

/// How long a `prepay_id` may be used.
const PREPAY_SECONDS: i64 = 7200;

/// Why a payment didn't happen. A page sees only `fail`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayRefusal {
    /// The page's call is not signed by the merchant, or for an app.
    #[error("paySign must verify over the page's call")]
    CallMustBeSigned,
    /// No such order.
    #[error("the order must exist")]
    OrderMustExist,
    /// It was closed, paid, or its time is over.
    #[error("the order must be open")]
    OrderMustBeOpen,
    /// The bank said no; the order stays open.
    #[error("the payer's bank must agree")]
    BankMustAgree,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    app_id: String,
    time_stamp: String,
    nonce_str: String,
    package: String,
    sign_type: String,
    pay_sign: String,
}

impl Sandbox {
    /// The person pays an order by its number, at `now`; notices go out as the behaviour says.
    ///
    /// # Errors
    /// [`PayRefusal`].
    pub fn pay(&mut self, out_trade_no: &str, now: Timestamp) -> Result<(), PayRefusal> {
        let transaction_id = format!("4200{}", self.fresh_digits(24));
        let refuses = self.behaviour.bank_refuses;
        let order = self.orders.get_mut(out_trade_no).ok_or(PayRefusal::OrderMustExist)?;
        if !matches!(order.state, OrderState::NotPay) || now > order.expires_at {
            return Err(PayRefusal::OrderMustBeOpen);
        }
        if refuses {
            return Err(PayRefusal::BankMustAgree);
        }
        order.state = OrderState::Paid { transaction_id, at: now };
        self.payment_happened(out_trade_no, now);
        Ok(())
    }

    /// Money that no order of the merchant's asked for, as when somebody else's program uses the
    /// merchant's number. It appears in the bill; no notice is sent.
    pub fn pay_without_order(&mut self, out_trade_no: &str, amount: Fen, now: Timestamp) {
        let transaction_id = format!("4200{}", self.fresh_digits(24));
        let order = Order {
            asked: Vec::new(),
            description: "其他收款".to_owned(),
            amount,
            openid: String::new(),
            notify_url: String::new(),
            trade_type: "NATIVE",
            expires_at: now,
            prepared: Vec::new(),
            state: OrderState::Paid { transaction_id, at: now },
        };
        self.orders.insert(out_trade_no.to_owned(), order);
    }

    /// The bridge's call: `ok`, `cancel` is the browser's affair, or `fail`.
    pub(super) fn pay_answer(&mut self, body: &[u8], now: Timestamp) -> Answer {
        let paid = self.check_call(body, now).and_then(|number| self.pay(&number, now));
        let word = match paid {
            Ok(()) => "get_brand_wcpay_request:ok",
            Err(_) => "get_brand_wcpay_request:fail",
        };
        let reason = paid.err().map(|refusal| refusal.to_string());
        let mut answer = super::json(200, &json!({ "err_msg": word, "reason": reason }));
        answer.headers.push("Access-Control-Allow-Origin", "*");
        answer
    }

    /// The order of a page's call, which must be signed by the merchant.
    fn check_call(&self, body: &[u8], now: Timestamp) -> Result<String, PayRefusal> {
        let unsigned = PayRefusal::CallMustBeSigned;
        let call: Call = serde_json::from_slice(body).map_err(|_| unsigned)?;
        let Call { app_id, time_stamp, nonce_str, package, sign_type, pay_sign } = call;
        let message = format!("{app_id}\n{time_stamp}\n{nonce_str}\n{package}\n");
        let signed =
            self.merchant_keys.verify_message(MERCHANT_SERIAL, message.as_bytes(), &pay_sign);
        let prepay_id = package.strip_prefix("prepay_id=").ok_or(unsigned)?;
        if signed.is_err() || sign_type != "RSA" || app_id != super::APP_ID {
            return Err(unsigned);
        }
        let young = |at: &Timestamp| now <= at.plus_seconds(PREPAY_SECONDS);
        let holds =
            |order: &Order| order.prepared.iter().any(|(id, at)| id == prepay_id && young(at));
        let found = self.orders.iter().find(|(_, order)| holds(order));
        found.map(|(number, _)| number.clone()).ok_or(PayRefusal::OrderMustExist)
    }
}
