//! 微信支付 API v3 as the merchant's server sees it.

use serde::Deserialize;
use serde_json::{Value, json};
use units::{Fen, Timestamp};

use super::behaviour::Notices;
use super::{MCHID, MERCHANT_SERIAL, Order, OrderState, PLATFORM_KEY_ID, Refund, Sandbox};
use crate::http_message::{Answer, Headers, Method, Request, query_value};
use crate::wechat_pay::signature::{SCHEME, SKEW_SECONDS_MAX, request_message};

/// A refusal: status, word, sentence, inner code at the end of `Request-ID`.
pub(super) struct Refusal(pub u16, pub &'static str, pub &'static str, pub u32);

type Result<T> = std::result::Result<T, Refusal>;

const PARAMETER: Refusal = Refusal(400, "PARAM_ERROR", "参数错误", 270_924_358);
const NO_ORDER: Refusal = Refusal(404, "ORDER_NOT_EXIST", "订单不存在", 268_512_771);
const NO_REFUND: Refusal = Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在", 268_512_771);
const PAID: Refusal = Refusal(400, "ORDERPAID", "该订单已支付", 268_449_538);
const CLOSED: Refusal = Refusal(400, "ORDER_CLOSED", "订单已关闭", 268_447_914);
const CHANGED: Refusal =
    Refusal(400, "INVALID_REQUEST", "请求重入时,参数与首次请求时不一致", 268_498_688);
const SIGNATURE: Refusal = Refusal(401, "SIGN_ERROR", "签名错误", 268_443_699);

/// What a good call gives: a status and a body, or a file without signature.
enum Reply {
    Json(Value),
    Empty,
    File(Vec<u8>),
}

impl Sandbox {
    /// Checks the signature, acts, and signs the answer.
    pub(super) fn merchant_answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        let reply = self.check_signature(request, now).and_then(|()| self.act(request, now));
        let wanted = request.headers.get("Wechatpay-Serial").unwrap_or_default();
        let serial =
            if wanted == PLATFORM_KEY_ID { PLATFORM_KEY_ID } else { super::PLATFORM_SERIAL };
        let (status, body, inner) = match reply {
            Ok(Reply::File(body)) => {
                return Answer { status: 200, headers: Headers::new(), body };
            }
            Ok(Reply::Empty) => (204, Vec::new(), 0),
            Ok(Reply::Json(value)) => (200, value.to_string().into_bytes(), 0),
            Err(Refusal(status, code, message, inner)) => {
                let body = json!({ "code": code, "message": message });
                (status, body.to_string().into_bytes(), inner)
            }
        };
        let mut headers = self.platform_headers(&body, serial, now);
        headers.push("Request-ID", format!("{}-{inner}", self.fresh(24).to_uppercase()));
        headers.push("Content-Type", "application/json; charset=utf-8");
        Answer { status, headers, body }
    }

    /// Takes an order without looking for a signature, lets its payer pay at once, and says what a
    /// query would: for demonstrations of millions, where signing takes longer than all the rest.
    /// `None` when the order is refused.
    pub fn order_unsigned(
        &mut self,
        request: &Request,
        now: Timestamp,
        number: &str,
    ) -> Option<Vec<u8>> {
        self.act(request, now).ok()?;
        let notices = std::mem::replace(&mut self.behaviour.notices, Notices::Never);
        let paid = self.pay(number, now);
        self.behaviour.notices = notices;
        paid.ok().map(|()| self.transaction(number).to_string().into_bytes())
    }

    fn act(&mut self, request: &Request, now: Timestamp) -> Result<Reply> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let parts: Vec<&str> = path.trim_start_matches("/v3/").split('/').collect();
        match (request.method, parts.as_slice()) {
            (Method::Post, ["pay", "transactions", product @ ("jsapi" | "h5" | "native")]) => {
                self.order(product, &request.body, now)
            }
            (Method::Get, ["pay", "transactions", "out-trade-no", number]) => {
                self.query(query, self.orders.contains_key(*number).then_some(*number))
            }
            (Method::Get, ["pay", "transactions", "id", id]) => {
                self.query(query, self.transactions.get(*id).map(String::as_str))
            }
            (Method::Post, ["pay", "transactions", "out-trade-no", number, "close"]) => {
                self.close(number, &request.body)
            }
            (Method::Post, ["refund", "domestic", "refunds"]) => self.refund(&request.body, now),
            (Method::Get, ["refund", "domestic", "refunds", number]) => {
                self.refunds.get(*number).map(|r| Reply::Json(r.json(number))).ok_or(NO_REFUND)
            }
            (Method::Get, ["bill", "tradebill"]) => {
                let day = query_value(query, "bill_date").and_then(|day| day.parse().ok());
                let link = self.bill_link(day.ok_or(PARAMETER)?, now)?;
                Ok(Reply::Json(link))
            }
            (Method::Get, ["billdownload", "file"]) => {
                let day = query_value(query, "token").and_then(|day| day.parse().ok());
                Ok(Reply::File(self.bill_file(day.ok_or(PARAMETER)?)))
            }
            (Method::Get, ["certificates"]) => Ok(Reply::Json(self.certificates())),
            _ => Err(Refusal(404, "RESOURCE_NOT_EXISTS", "请求地址不存在", 0)),
        }
    }

    /// The pairs of `Authorization` may come in any order. The signature is over the raw bytes.
    fn check_signature(&self, request: &Request, now: Timestamp) -> Result<()> {
        if request.headers.get("User-Agent").is_none_or(str::is_empty) {
            return Err(PARAMETER);
        }
        let header = request.headers.get("Authorization").unwrap_or_default();
        let pairs = header.strip_prefix(SCHEME).ok_or(SIGNATURE)?.trim();
        let value = |name: &str| {
            pairs.split(',').find_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                (key.trim() == name).then(|| value.trim_matches('"'))
            })
        };
        let seconds: i64 = value("timestamp").and_then(|s| s.parse().ok()).ok_or(SIGNATURE)?;
        let nonce = value("nonce_str").filter(|nonce| nonce.len() <= 32).ok_or(SIGNATURE)?;
        let known = value("mchid") == Some(MCHID) && value("serial_no") == Some(MERCHANT_SERIAL);
        if !known || now.seconds().abs_diff(seconds) > SKEW_SECONDS_MAX {
            return Err(SIGNATURE);
        }
        let message = request_message(request, seconds, nonce);
        self.merchant_keys
            .verify_message(MERCHANT_SERIAL, &message, value("signature").unwrap_or_default())
            .map_err(|_| SIGNATURE)
    }

    fn order(&mut self, product: &str, body: &[u8], now: Timestamp) -> Result<Reply> {
        let asked = OrderBody::read(product, body, now)?;
        let prepay_id = format!("wx{}", self.fresh(32));
        let order = self.orders.entry(asked.out_trade_no.clone()).or_insert_with(|| Order {
            asked: body.to_vec(),
            description: asked.description,
            amount: asked.amount.total,
            openid: asked.payer.map_or_else(String::new, |payer| payer.openid),
            notify_url: asked.notify_url,
            trade_type: match product {
                "jsapi" => "JSAPI",
                "h5" => "MWEB",
                _ => "NATIVE",
            },
            expires_at: asked.time_expire,
            prepared: Vec::new(),
            state: OrderState::NotPay,
        });
        if order.asked != body {
            return Err(CHANGED);
        }
        match order.state {
            OrderState::Paid { .. } => return Err(PAID),
            OrderState::Closed => return Err(CLOSED),
            OrderState::NotPay => {}
        }
        order.prepared.push((prepay_id.clone(), now));
        if self.behaviour.lose_order_answers {
            return Err(Refusal(502, "", "", 0));
        }
        Ok(Reply::Json(match product {
            "jsapi" => json!({ "prepay_id": prepay_id }),
            "h5" => {
                let browser = &self.browser_base_url;
                json!({ "h5_url": format!("{browser}/sandbox/h5?prepay_id={prepay_id}") })
            }
            _ => json!({ "code_url": format!("weixin://wxpay/bizpayurl?pr={prepay_id}") }),
        }))
    }

    fn query(&self, query: &str, number: Option<&str>) -> Result<Reply> {
        if query_value(query, "mchid").as_deref() != Some(MCHID) {
            return Err(PARAMETER);
        }
        Ok(Reply::Json(self.transaction(number.ok_or(NO_ORDER)?)))
    }

    fn close(&mut self, number: &str, body: &[u8]) -> Result<Reply> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Body {
            mchid: String,
        }
        let body: Body = serde_json::from_slice(body).map_err(|_| PARAMETER)?;
        if body.mchid != MCHID {
            return Err(PARAMETER);
        }
        let order = self.orders.get_mut(number).ok_or(NO_ORDER)?;
        if matches!(order.state, OrderState::Paid { .. }) {
            return Err(PAID);
        }
        order.state = OrderState::Closed;
        Ok(Reply::Empty)
    }

    fn refund(&mut self, body: &[u8], now: Timestamp) -> Result<Reply> {
        let asked: RefundBody = serde_json::from_slice(body).map_err(|_| PARAMETER)?;
        let of_transaction = asked.transaction_id.as_ref().map(|id| self.transactions.get(id));
        let number = match (of_transaction, &asked.out_trade_no) {
            (Some(Some(number)), Some(wanted)) if number == wanted => number,
            (Some(Some(number)), None) | (None, Some(number)) => number,
            (Some(_), _) | (None, None) => return Err(NO_ORDER),
        };
        let order = self.orders.get(number).ok_or(NO_ORDER)?;
        let (transaction_id, _) = order.paid().ok_or(NO_ORDER)?;
        if asked.amount.total != order.amount || asked.amount.refund.is_zero() {
            return Err(PARAMETER);
        }
        if let Some(before) = self.refunds.get(&asked.out_refund_no) {
            let same = before.amount == asked.amount.refund && before.out_trade_no == *number;
            return same.then(|| Reply::Json(before.json(&asked.out_refund_no))).ok_or(CHANGED);
        }
        let refunded = self.refunds.values().filter(|refund| refund.out_trade_no == *number);
        let total = refunded.map(|refund| refund.amount).sum::<Fen>() + asked.amount.refund;
        if total > order.amount {
            return Err(Refusal(400, "INVALID_REQUEST", "累计退款金额大于支付金额", 0));
        }
        let mut refund = Refund {
            refund_id: String::new(),
            out_trade_no: number.clone(),
            transaction_id: transaction_id.to_owned(),
            amount: asked.amount.refund,
            paid: order.amount,
            at: now,
            status: if self.behaviour.refunds_are_abnormal { "ABNORMAL" } else { "SUCCESS" },
        };
        let notify_url = asked.notify_url.unwrap_or_else(|| order.notify_url.clone());
        refund.refund_id = format!("5030{}", self.fresh_digits(24));
        // The answer says that it is under way; the notice and later queries say how it ended.
        let mut reply = refund.json(&asked.out_refund_no);
        reply["status"] = "PROCESSING".into();
        self.refunds.insert(asked.out_refund_no.clone(), refund);
        self.refund_happened(&asked.out_refund_no, &notify_url, now);
        Ok(Reply::Json(reply))
    }

    /// A transaction as queries and notices show it.
    pub(super) fn transaction(&self, number: &str) -> Value {
        let order = &self.orders[number];
        let mut json = json!({
            "appid": super::APP_ID,
            "mchid": MCHID,
            "out_trade_no": number,
            "trade_state": match order.state {
                OrderState::NotPay => "NOTPAY",
                OrderState::Closed => "CLOSED",
                OrderState::Paid { .. } if self.is_refunded(number) => "REFUND",
                OrderState::Paid { .. } => "SUCCESS",
            },
            "trade_state_desc": "沙箱",
        });
        if let Some((transaction_id, at)) = order.paid() {
            json["transaction_id"] = transaction_id.into();
            json["trade_type"] = order.trade_type.into();
            json["bank_type"] = "OTHERS".into();
            json["success_time"] = at.to_rfc3339_seconds().into();
            json["payer"] = json!({ "openid": order.openid });
            json["amount"] = json!({
                "total": order.amount, "payer_total": order.amount,
                "currency": "CNY", "payer_currency": "CNY",
            });
        }
        json
    }

    fn is_refunded(&self, number: &str) -> bool {
        self.refunds.values().any(|refund| refund.out_trade_no == number)
    }

    pub(super) fn fresh_digits(&mut self, length: usize) -> String {
        let hex = self.fresh(length);
        hex.bytes().map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    fn certificates(&mut self) -> Value {
        let nonce = self.fresh(12);
        let plain = super::PLATFORM_CERTIFICATE.as_bytes();
        let sealed = self.api_v3_key.seal(plain, &nonce, "certificate");
        json!({ "data": [{
            "serial_no": super::PLATFORM_SERIAL,
            "effective_time": "2021-04-27T16:55:23+08:00",
            "expire_time": "2031-04-25T16:55:23+08:00",
            "encrypt_certificate": sealed,
        }]})
    }
}

impl Order {
    pub(super) fn paid(&self) -> Option<(&str, Timestamp)> {
        match &self.state {
            OrderState::Paid { transaction_id, at } => Some((transaction_id, *at)),
            OrderState::NotPay | OrderState::Closed => None,
        }
    }
}

impl Refund {
    pub(super) fn json(&self, number: &str) -> Value {
        json!({
            "refund_id": self.refund_id,
            "out_refund_no": number,
            "transaction_id": self.transaction_id,
            "out_trade_no": self.out_trade_no,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": self.at.to_rfc3339_seconds(),
            "success_time": self.at.to_rfc3339_seconds(),
            "status": self.status,
            "funds_account": "UNSETTLED",
            "amount": {
                "total": self.paid, "refund": self.amount, "payer_total": self.paid,
                "payer_refund": self.amount, "settlement_refund": self.amount,
                "settlement_total": self.paid, "discount_refund": 0, "currency": "CNY",
            },
        })
    }
}

/// The documented fields; others are refused, as WeChat does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderBody {
    appid: String,
    mchid: String,
    description: String,
    out_trade_no: String,
    #[serde(default = "far_future")]
    time_expire: Timestamp,
    notify_url: String,
    amount: AmountBody,
    payer: Option<PayerBody>,
    scene_info: Option<Value>,
    #[serde(rename = "attach")]
    _attach: Option<String>,
    #[serde(rename = "goods_tag")]
    _goods_tag: Option<String>,
    #[serde(rename = "limit_pay")]
    _limit_pay: Option<Vec<String>>,
    #[serde(rename = "support_fapiao")]
    _support_fapiao: Option<bool>,
    #[serde(rename = "detail")]
    _detail: Option<Value>,
    #[serde(rename = "settle_info")]
    _settle_info: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AmountBody {
    total: Fen,
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayerBody {
    openid: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    transaction_id: Option<String>,
    out_trade_no: Option<String>,
    out_refund_no: String,
    #[serde(rename = "reason")]
    _reason: Option<String>,
    notify_url: Option<String>,
    amount: RefundAmount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundAmount {
    refund: Fen,
    total: Fen,
    #[serde(rename = "currency")]
    _currency: String,
}

/// An order that names no expiry lives 7 days; the sandbox keeps it for good.
fn far_future() -> Timestamp {
    Timestamp::start_of(units::Date::new(9999, 1, 1).expect("the day exists"))
}

impl OrderBody {
    fn read(product: &str, body: &[u8], now: Timestamp) -> Result<Self> {
        let asked: Self = serde_json::from_slice(body).map_err(|_| PARAMETER)?;
        if asked.appid != super::APP_ID || asked.mchid != MCHID {
            return Err(Refusal(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配", 0));
        }
        let number = asked.out_trade_no.as_str();
        let good_number = (6..=32).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-|*".contains(&b));
        let good_text = (1..=127).contains(&asked.description.chars().count());
        let good_amount = !asked.amount.total.is_zero()
            && asked.amount.currency.as_deref().is_none_or(|currency| currency == "CNY");
        let good_notify = asked.notify_url.starts_with("http") && !asked.notify_url.contains('?');
        let good_payer = match product {
            "jsapi" => asked.payer.as_ref().is_some_and(|payer| !payer.openid.is_empty()),
            "h5" => asked.scene_info.as_ref().is_some_and(|scene| scene["h5_info"].is_object()),
            _ => true,
        };
        // A null is refused too, and serde would take it for an absent field.
        let nulls = String::from_utf8_lossy(body).contains(":null");
        let in_time = asked.time_expire >= now.plus_seconds(60);
        let good = good_number && good_text && good_amount && good_notify && good_payer;
        if good && in_time && !nulls { Ok(asked) } else { Err(PARAMETER) }
    }
}
