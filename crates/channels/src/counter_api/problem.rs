//! What went wrong, as RFC 9457 `application/problem+json` with a stable code.
//!
//! [`ProblemCode`] is the one list of codes: their status, whether the same call may succeed
//! later, and the words for the bank's engineer and the teller.

use serde::{Deserialize, Serialize};
use units::Date;

/// The media type of [`Problem`].
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// `urn:shebao:counter:` and the code.
    #[serde(rename = "type")]
    pub kind: Box<str>,
    /// The code in English words; the same for every problem of the code.
    pub title: Box<str>,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What was wrong with this call, in English, for the engineer.
    pub detail: Box<str>,
    /// What the teller reads to the customer, with the next step.
    pub detail_zh: Box<str>,
    /// Stable: programs decide by this.
    pub code: ProblemCode,
    /// Whether the same call, signed anew with the same `Idempotency-Key`, may succeed later.
    pub retryable: bool,
    /// The first day on which to come back, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_on: Option<Date>,
    /// The field of the request that was wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Box<str>>,
}

macro_rules! problem_codes {
    ($($(#[$meta:meta])* $name:ident $word:literal $status:literal $retryable:literal
        $title:literal $chinese:literal;)+) => {
        /// Every code, stable for ever: new ones may come, none changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$meta])* #[doc = $title] #[serde(rename = $word)] $name,)+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// Whether the same call may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)+ }
            }

            /// The code in English words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// What the teller reads, with the next step.
            #[must_use]
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$name => $chinese,)+ }
            }
        }
    };
}

problem_codes! {
    MalformedRequest "malformed_request" 400 false
        "The request can't be read" "请求格式有误，请联系银行技术人员。";
    IdempotencyKeyRequired "idempotency_key_required" 400 false
        "The header Idempotency-Key is required" "请求缺少幂等键，请联系银行技术人员。";
    IdempotencyKeyMalformed "idempotency_key_malformed" 400 false
        "Idempotency-Key must be a quoted string" "幂等键格式有误，请联系银行技术人员。";
    SignatureRequired "signature_required" 401 false
        "The request must be signed" "请求未签名，请联系银行技术人员。";
    SignatureInvalid "signature_invalid" 401 false
        "The signature does not hold" "请求签名无效，请联系银行技术人员。";
    NonceRepeated "nonce_repeated" 401 true
        "The nonce was used before" "请求重复，请重新签名后再试。";
    CertificateUnknown "certificate_unknown" 401 false
        "The client certificate is not the calling bank's"
        "银行客户端证书未登记或已停用，请联系银行技术人员。";
    NetworkNotAllowed "network_not_allowed" 403 false
        "The bank does not call from this address"
        "来源地址不在该银行登记的网段内，请联系银行技术人员。";
    CallerNotAllowed "caller_not_allowed" 403 false
        "The address is for another kind of caller: banks, or hospitals"
        "该密钥不适用于此接口，请联系技术人员。";
    PersonNotFound "person_not_found" 404 false
        "No insured person has these two numbers"
        "未找到该参保人，请核对身份证号码和社会保障卡号；仍未找到的，请到社保经办机构核对登记信息。";
    QuoteNotFound "quote_not_found" 404 false
        "The quote does not exist" "缴费查询已失效，请重新查询。";
    RouteNotFound "route_not_found" 404 false
        "There is nothing at this address" "接口地址有误，请联系银行技术人员。";
    MethodNotAllowed "method_not_allowed" 405 false
        "The address does not know this method" "接口方法有误，请联系银行技术人员。";
    RequestTimeout "request_timeout" 408 true
        "The request did not come whole in time" "请求传输中断，请稍候查询该笔结果。";
    WithholdingInProgress "withholding_in_progress" 409 true
        "A bank withholding of these dues is under way"
        "该参保人的费款正在银行批量代扣，暂不能柜面缴费，请在提示日期后再来。";
    PaymentUnderWay "payment_under_way" 409 true
        "Another channel is collecting these dues at this moment"
        "该参保人正在其他渠道缴费，请待其完成或失效后再试。";
    CounterClosed "counter_closed" 409 true
        "The counter is closed for contributions today" "今日不办理柜面缴费，请在提示日期再来。";
    RequestInProgress "request_in_progress" 409 true
        "The first call with this key is still running" "该笔业务正在处理，请稍候再查。";
    QuoteExpired "quote_expired" 409 false
        "The quote has expired" "缴费查询已过期，请重新查询。";
    DuesChanged "dues_changed" 409 false
        "The dues of the quote changed or were paid meanwhile" "应缴费款已变化，请重新查询。";
    SerialClosed "serial_closed" 409 false
        "The serial was answered NOT_FOUND, which is final"
        "该流水号已答复“无此交易”，不能再入账，请用新流水号重新缴费。";
    PaymentWasReversed "payment_was_reversed" 409 false
        "The serial was reversed before its payment came" "该流水号已冲正，不能再入账。";
    ReversalTooLate "reversal_too_late" 409 false
        "A payment is reversed on its own accounting day only, before the day is closed"
        "已超过当日冲正时间，请按退费办理。";
    DayClosed "day_closed" 409 false
        "The accounting day is closed" "该会计日已日终，请联系银行技术人员。";
    BodyTooLarge "body_too_large" 413 false
        "The body is too large" "报文过大，请联系银行技术人员。";
    UnsupportedMediaType "unsupported_media_type" 415 false
        "The body must have the documented media type" "报文类型有误，请联系银行技术人员。";
    IdentityNumberInvalid "identity_number_invalid" 422 false
        "The identity number is wrong" "公民身份号码有误，请核对后重新输入。";
    CardNumberInvalid "card_number_invalid" 422 false
        "The social security card number is wrong" "社会保障卡号有误，请核对后重新输入。";
    AmountDiffersFromQuote "amount_differs_from_quote" 422 false
        "The sum must equal the quote's total" "缴费金额与查询金额不一致，请重新查询。";
    IdempotencyKeyReused "idempotency_key_reused" 422 false
        "The key was used for another request" "幂等键重复使用，请联系银行技术人员。";
    SerialReused "serial_reused" 422 false
        "The serial was used for another payment or reversal"
        "银行流水号重复使用，请联系银行技术人员。";
    ReversalAmountDiffers "reversal_amount_differs" 422 false
        "A payment is reversed whole" "冲正金额与原缴费金额不一致。";
    DailyFileUnreadable "daily_file_unreadable" 422 false
        "The daily file has lines that can't be read" "对账文件有误，请按逐行说明更正后重送。";
    RateLimited "rate_limited" 429 true
        "Too many requests" "请求过于频繁，请稍候再试。";
    InternalError "internal_error" 500 true
        "An error on our side" "系统出错，请稍候查询该笔结果。";
    Unavailable "unavailable" 503 true
        "The service is not available now" "系统暂不可用，请稍候查询该笔结果。";
}

impl ProblemCode {
    /// A problem of this code, with what was wrong with this call.
    #[must_use]
    pub fn because(self, detail: impl Into<Box<str>>) -> Problem {
        Problem {
            kind: format!("urn:shebao:counter:{}", self.word()).into(),
            title: self.title().into(),
            status: self.status(),
            detail: detail.into(),
            detail_zh: self.chinese().into(),
            code: self,
            retryable: self.retryable(),
            retry_on: None,
            field: None,
        }
    }

    /// A problem of this code that needs no more words.
    #[must_use]
    pub fn problem(self) -> Problem {
        self.because(self.title())
    }
}

impl Problem {
    /// The same problem with the first day on which to come back.
    #[must_use]
    pub fn until(self, day: Date) -> Self {
        let detail_zh = format!("{}可于{day}起办理。", self.detail_zh).into();
        Self { retry_on: Some(day), detail_zh, ..self }
    }

    /// The same problem with the field that was wrong.
    #[must_use]
    pub fn at(self, field: &str) -> Self {
        Self { field: Some(field.into()), ..self }
    }
}
