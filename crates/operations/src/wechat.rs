//! 微信: an attempt's order at WeChat Pay, what becomes of it, the next day's bill, and money that
//! goes back.
//!
//! Writing an attempt and calling WeChat are two steps, in this order: what was written is asked
//! about until its end is known, so a program that stops between any two steps loses nothing and
//! counts nothing twice. Whatever WeChat says is booked by [`record_event`](crate::record_event).
//!
//! Files in reading order: [`order_payment`] an attempt and its order, [`payment_refusal`]
//! or why not; [`start_payment`] the call;
//! [`order_state`] what can happen to an order; [`settle_transaction`] what WeChat says, compared
//! and booked; [`ask_order`] asking and closing; [`read_notices`] what it posts; [`show_order`] an
//! order as a page shows it; [`send_refunds`] money that goes back, [`refund_state`] what can
//! happen to it, [`settle_refund`] what WeChat says of it;
//! [`reconcile_bill`] the next day's bill; [`tell_receipts`] what the payer's WeChat shows.

use std::fmt;
use std::sync::Arc;

use channels::wechat_pay::client::{CallFailure, Client};
use channels::wechat_pay::signature::Occasion;

pub mod ask_order;
pub mod order_payment;
pub mod order_state;
pub mod payment_refusal;
pub mod read_notices;
pub mod reconcile_bill;
pub mod refund_state;
pub mod send_refunds;
pub mod settle_refund;
pub mod settle_transaction;
pub mod show_order;
pub mod start_payment;
pub mod tell_receipts;

/// The connection to WeChat Pay, with the clock and the chance that each signed call needs.
#[derive(Clone)]
pub struct Gateway {
    /// Signs, sends and verifies.
    pub client: Client,
    /// A fresh moment and nonce for each call.
    pub occasion: Arc<dyn Fn() -> Occasion + Send + Sync>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gateway({:?})", self.client.merchant.mchid)
    }
}

/// Outside trouble: nothing was decided, and it may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum WechatFailure {
    /// WeChat gave no usable answer.
    #[error("WeChat Pay gave no usable answer")]
    Call(#[from] CallFailure),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}
