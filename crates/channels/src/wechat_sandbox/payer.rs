//! The person's app: pays an order, and the script that a browser needs to stand in for it.

use serde::Deserialize;
use serde_json::json;
use units::{Fen, Timestamp};

use super::{MERCHANT_SERIAL, Order, OrderState, Sandbox};
use crate::http_message::{Answer, Headers, percent_encode, query_value};

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
        self.transactions.insert(transaction_id.clone(), out_trade_no.to_owned());
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
            state: OrderState::Paid { transaction_id: transaction_id.clone(), at: now },
        };
        self.transactions.insert(transaction_id, out_trade_no.to_owned());
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

    /// A lever: somebody pays an order by its number, as if they had scanned its code; at another
    /// moment than now, where that is given.
    pub(super) fn pay_order_answer(&mut self, body: &[u8], now: Timestamp) -> Answer {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Lever {
            out_trade_no: String,
            at: Option<Timestamp>,
        }
        let lever: Lever = match serde_json::from_slice(body) {
            Ok(lever) => lever,
            Err(error) => return super::json(400, &json!({ "message": error.to_string() })),
        };
        match self.pay(&lever.out_trade_no, lever.at.unwrap_or(now)) {
            Ok(()) => super::json(200, &json!({ "paid": lever.out_trade_no })),
            Err(refusal) => super::json(409, &json!({ "message": refusal.to_string() })),
        }
    }

    /// H5: the middle page of a phone's browser, with one link to pay and go back.
    pub(super) fn h5_page(&self, target: &str) -> Answer {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let known = query_value(query, "prepay_id").and_then(|id| self.order_of_prepay(&id));
        let Some(number) = known else {
            return super::page(404, "<p>订单不存在 no such order</p>");
        };
        let amount = self.orders[&number].amount;
        // Only names that were read as parameters go back into the link, encoded.
        let link: String = ["prepay_id", "redirect_url"]
            .iter()
            .filter_map(|name| {
                Some(format!("{name}={}&amp;", percent_encode(&query_value(query, name)?)))
            })
            .collect();
        super::page(
            200,
            &format!(
                "<p>微信支付（沙箱） WeChat Pay (sandbox)</p><p>¥{amount}</p>\
                 <p><a id=\"sandbox-pay\" href=\"h5/pay?{link}\">确认支付 Pay</a></p>"
            ),
        )
    }

    /// H5: pays, and sends the browser back to where the merchant asked.
    pub(super) fn h5_pay(&mut self, target: &str, now: Timestamp) -> Answer {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let known = query_value(query, "prepay_id").and_then(|id| self.order_of_prepay(&id));
        let Some(number) = known else {
            return super::page(404, "<p>订单不存在 no such order</p>");
        };
        // A browser that goes back finds the order paid already; it is sent on all the same.
        let paid = self.pay(&number, now);
        match (query_value(query, "redirect_url"), paid) {
            (Some(back), _) => {
                let headers = Headers::new().with("Location", back);
                Answer { status: 302, headers, body: Vec::new() }
            }
            (None, Ok(()) | Err(PayRefusal::OrderMustBeOpen)) => {
                super::page(200, "<p>已支付 paid</p>")
            }
            (None, Err(refusal)) => super::page(409, &format!("<p>{refusal}</p>")),
        }
    }

    fn order_of_prepay(&self, prepay_id: &str) -> Option<String> {
        let holds = |order: &Order| order.prepared.iter().any(|(id, _)| id == prepay_id);
        let found = self.orders.iter().find(|(_, order)| holds(order));
        found.map(|(number, _)| number.clone())
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
