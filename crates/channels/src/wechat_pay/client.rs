//! Calls to WeChat Pay: sign, send, verify, and only then read.

use std::sync::{Arc, PoisonError, RwLock};

use serde::Deserialize;
use units::{Date, Timestamp};

use super::errors::{Meaning, Problem, read_problem};
use super::order::{self, Order, OrderRefusal, Place, Prepared};
use super::order_number::{OrderNumber, RefundNumber};
use super::refund::{self, Refund, RefundOrder};
use super::secret::Sealed;
use super::signature::{Occasion, PlatformKeys, SignatureRefusal};
use super::trade_bill::{self, BillFile, BillLine, BillRefusal};
use super::transaction::{self, Transaction};
use super::{AnswerMustBeReadable, Merchant};
use crate::http_message::{Answer, Request};
use crate::http_send::{NoAnswer, Sender};

/// WeChat Pay's host; `https://api2.mch.weixin.qq.com` is its spare.
pub const BASE_URL: &str = "https://api.mch.weixin.qq.com";

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub enum CallFailure {
    /// WeChat answered with an error; [`Problem::meaning`] says whether it is final.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// No answer: whether WeChat acted is unknown.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// The answer's signature is not WeChat's: whether WeChat acted is unknown.
    #[error("the answer is not signed by WeChat")]
    Signature(#[source] SignatureRefusal),
    /// The answer is WeChat's but not as documented: whether WeChat acted is unknown.
    #[error(transparent)]
    Form(#[from] AnswerMustBeReadable),
    /// The bill is not usable.
    #[error(transparent)]
    Bill(#[from] BillRefusal),
    /// We must not ask for this.
    #[error(transparent)]
    Order(#[from] OrderRefusal),
}

impl CallFailure {
    /// What it means; [`Meaning::Unknown`] unless WeChat said otherwise in so many words.
    #[must_use]
    pub const fn meaning(&self) -> Meaning {
        match self {
            Self::Problem(problem) => problem.meaning,
            Self::Order(_) => Meaning::RequestWrong,
            Self::NoAnswer(_) | Self::Signature(_) | Self::Form(_) | Self::Bill(_) => {
                Meaning::Unknown
            }
        }
    }
}

/// A merchant's connection to WeChat Pay. Its calls block the calling thread.
#[derive(Clone, Debug)]
pub struct Client {
    /// Who we are.
    pub merchant: Arc<Merchant>,
    base_url: String,
    sender: Sender,
    keys: Arc<RwLock<PlatformKeys>>,
}

impl Client {
    /// A connection to a base URL: [`BASE_URL`], its spare, or a sandbox.
    #[must_use]
    pub fn new(merchant: Merchant, base_url: String, sender: Sender, keys: PlatformKeys) -> Self {
        let keys = Arc::new(RwLock::new(keys));
        Self { merchant: Arc::new(merchant), base_url, sender, keys }
    }

    /// The keys under which WeChat may sign at the moment.
    #[must_use]
    pub fn keys(&self) -> PlatformKeys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Prepares an order. Repeating it unchanged is safe; with another amount it is refused.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub fn place(
        &self,
        order: &Order,
        place: &Place,
        occasion: &Occasion,
    ) -> Result<Prepared, CallFailure> {
        let body = self.call(order::request(&self.merchant, order, place)?, occasion)?;
        Ok(order::read_prepared(&body)?)
    }

    /// The state of an order.
    ///
    /// # Errors
    /// [`CallFailure`]; [`Meaning::NotFound`] when WeChat never saw it.
    pub fn query(
        &self,
        number: OrderNumber,
        occasion: &Occasion,
    ) -> Result<Transaction, CallFailure> {
        self.query_with_body(number, occasion).map(|(transaction, _)| transaction)
    }

    /// As [`Client::query`], with the raw answer for whoever keeps it as evidence.
    ///
    /// # Errors
    /// As [`Client::query`].
    pub fn query_with_body(
        &self,
        number: OrderNumber,
        occasion: &Occasion,
    ) -> Result<(Transaction, Vec<u8>), CallFailure> {
        let body = self.call(order::query_request(&self.merchant, number), occasion)?;
        let transaction = transaction::read(&body)?;
        // An answer about another order, however well signed, answers nothing.
        if transaction.out_trade_no != number.to_string() {
            return Err(AnswerMustBeReadable.into());
        }
        Ok((transaction, body))
    }

    /// Closes an unpaid order.
    ///
    /// # Errors
    /// [`CallFailure`]; [`Meaning::AlreadyPaid`] when it was paid meanwhile.
    pub fn close(&self, number: OrderNumber, occasion: &Occasion) -> Result<(), CallFailure> {
        self.call(order::close_request(&self.merchant, number), occasion).map(drop)
    }

    /// Starts a refund, or asks again for one that was started under the same number; the raw
    /// answer is for whoever keeps it as evidence.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub fn refund(
        &self,
        refund: &RefundOrder,
        occasion: &Occasion,
    ) -> Result<(Refund, Vec<u8>), CallFailure> {
        let body = self.call(refund::request(&self.merchant, refund), occasion)?;
        Ok((refund::read(&self.merchant, &body)?, body))
    }

    /// The state of a refund, with the raw answer.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub fn query_refund(
        &self,
        number: RefundNumber,
        occasion: &Occasion,
    ) -> Result<(Refund, Vec<u8>), CallFailure> {
        let body = self.call(refund::query_request(number), occasion)?;
        Ok((refund::read(&self.merchant, &body)?, body))
    }

    /// The bill of a day, fetched, checked and read; empty for a day without trade. `occasion`
    /// gives the nonces of its two calls.
    ///
    /// # Errors
    /// [`CallFailure`]; [`Meaning::BillNotReady`] before it is made.
    pub fn trade_bill(
        &self,
        day: Date,
        [link_occasion, file_occasion]: &[Occasion; 2],
    ) -> Result<Vec<BillLine>, CallFailure> {
        let file = self.trade_bill_file(day, &[link_occasion.clone(), file_occasion.clone()])?;
        file.map_or(Ok(Vec::new()), |file| Ok(trade_bill::read(&file.text)?))
    }

    /// The bill of a day as a file, its SHA-1 checked; `None` for a day without trade.
    ///
    /// # Errors
    /// As [`Client::trade_bill`].
    pub fn trade_bill_file(
        &self,
        day: Date,
        [link_occasion, file_occasion]: &[Occasion; 2],
    ) -> Result<Option<BillFile>, CallFailure> {
        let body = match self.call(trade_bill::request(day), link_occasion) {
            Err(failure) if failure.meaning() == Meaning::NoTrade => return Ok(None),
            other => other?,
        };
        let link = trade_bill::read_link(&body)?;
        let answer = self.exchange(trade_bill::download_request(&link)?, file_occasion)?;
        if !answer.is_success() {
            return Err(read_problem(&answer).into());
        }
        let text = trade_bill::unpack(&answer.body, &link.hash_value)?;
        Ok(Some(BillFile { packed: answer.body, text }))
    }

    /// Downloads the platform certificates and adds them to the keys; do it every 12 hours in
    /// certificate mode. Returns their serial numbers.
    ///
    /// The answer is signed by one of the certificates that it brings. That is no circle: each is
    /// encrypted and authenticated under our `APIv3` key.
    ///
    /// # Errors
    /// [`CallFailure`].
    pub fn refresh_certificates(&self, occasion: &Occasion) -> Result<Vec<String>, CallFailure> {
        let answer = self.exchange(order::get("/v3/certificates".to_owned()), occasion)?;
        if !answer.is_success() {
            return Err(read_problem(&answer).into());
        }
        let mut keys = self.keys();
        let mut serials = Vec::new();
        for pem in read_certificates(&self.merchant, &answer.body)? {
            serials.push(keys.add_certificate(&pem).map_err(|_| AnswerMustBeReadable)?);
        }
        verify(&keys, &answer, occasion.at)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(serials)
    }

    fn call(&self, request: Request, occasion: &Occasion) -> Result<Vec<u8>, CallFailure> {
        let answer = self.exchange(request, occasion)?;
        let keys = self.keys();
        if answer.is_success() {
            verify(&keys, &answer, occasion.at)?;
            return Ok(answer.body);
        }
        // Errors of gateways on the way are unsigned. A signature that is there must be good.
        if answer.headers.get("Wechatpay-Signature").is_some() {
            verify(&keys, &answer, occasion.at)?;
        }
        Err(read_problem(&answer).into())
    }

    fn exchange(&self, request: Request, occasion: &Occasion) -> Result<Answer, CallFailure> {
        let signed = signed(&self.merchant, &self.keys(), request, occasion);
        Ok(self.sender.send(&self.base_url, &signed)?)
    }
}

fn verify(keys: &PlatformKeys, answer: &Answer, now: Timestamp) -> Result<(), CallFailure> {
    keys.verify(&answer.headers, &answer.body, now).map_err(CallFailure::Signature)
}

/// A request with its signature and the headers that WeChat wants.
#[must_use]
pub fn signed(
    merchant: &Merchant,
    keys: &PlatformKeys,
    request: Request,
    occasion: &Occasion,
) -> Request {
    let authorization = merchant.key.authorization(&merchant.mchid, &request, occasion);
    let mut headers = request
        .headers
        .clone()
        .with("Authorization", authorization)
        .with("Accept", "application/json")
        .with("Content-Type", "application/json")
        // WeChat refuses requests without one.
        .with("User-Agent", "shebao");
    if let Some(id) = keys.preferred_public_key_id() {
        headers.push("Wechatpay-Serial", id);
    }
    Request { headers, ..request }
}

/// Decrypts the answer of `/v3/certificates` into PEM texts.
///
/// # Errors
/// [`AnswerMustBeReadable`].
pub fn read_certificates(
    merchant: &Merchant,
    body: &[u8],
) -> Result<Vec<String>, AnswerMustBeReadable> {
    #[derive(Deserialize)]
    struct Certificates {
        data: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        encrypt_certificate: Sealed,
    }
    let certificates: Certificates =
        serde_json::from_slice(body).map_err(|_| AnswerMustBeReadable)?;
    let open = |item: Item| {
        let plain = merchant.api_v3_key.open(&item.encrypt_certificate);
        plain.ok().and_then(|plain| String::from_utf8(plain).ok()).ok_or(AnswerMustBeReadable)
    };
    certificates.data.into_iter().map(open).collect()
}
