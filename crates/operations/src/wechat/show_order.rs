//! An order as a page shows it: how it stands, until when it can be paid, what it paid.

use channels::wechat_pay::order::Prepared;
use channels::wechat_pay::order_number::OrderNumber;
use insurance::payment::ChannelKind;
use insurance::receipt::{Receipt, SuspenseState};
use store::Tx;
use store::tables::payment::{self, PaymentItem};
use store::tables::suspense::{self, Suspense};
use store::tables::wechat_order::{self, OrderState, PayPlace, WechatOrder};
use store::tables::{channel_reference, receipt};
use units::{Fen, Timestamp};

/// An H5 link is good for five minutes; we hand it out for four.
const LINK_SECONDS: i64 = 240;

/// An order as a page shows it.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// Its number.
    pub number: OrderNumber,
    /// How it stands. *Ended* means that nothing was taken and the dues can be paid again.
    pub state: OrderState,
    /// How much.
    pub amount: Fen,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// What it was to pay.
    pub items: Vec<PaymentItem>,
    /// The money that arrived.
    pub receipt: Option<Receipt>,
    /// What of the money fits no due and is sent back.
    pub left: Option<Suspense>,
    /// WeChat's answer while it can still be used.
    pub prepared: Option<Prepared>,
}

impl OrderView {
    /// What of the money is being sent back, or has been.
    #[must_use]
    pub fn sent_back(&self) -> Fen {
        let back = |held: &&Suspense| held.state != SuspenseState::Applied;
        self.left.as_ref().filter(back).map_or(Fen::ZERO, |held| held.amount)
    }
}

/// An order of a person, or `None` when there is none of this number.
///
/// # Errors
/// The database's.
pub fn show_order(
    tx: &mut Tx<'_>,
    number: OrderNumber,
    now: Timestamp,
) -> Result<Option<OrderView>, store::Error> {
    let OrderNumber { person, payment } = number;
    let Some(row) = wechat_order::find(tx, person, payment)? else { return Ok(None) };
    let Some(attempt) = payment::find(tx, person, payment)? else { return Ok(None) };
    let receipt = match &row.transaction_id {
        Some(id) => match channel_reference::find(tx, ChannelKind::Wechat, id)? {
            Some(known) => receipt::find(tx, known.person, known.receipt)?,
            None => None,
        },
        None => None,
    };
    let held = suspense::list(tx, person)?;
    let left = held
        .into_iter()
        .find(|held| receipt.as_ref().is_some_and(|receipt| held.receipt == receipt.id));
    Ok(Some(OrderView {
        number,
        state: row.state,
        amount: attempt.amount,
        expires_at: attempt.expires_at.unwrap_or(attempt.opened_at),
        items: payment::list_items(tx, person, payment)?,
        receipt,
        left,
        prepared: prepared_of(&row, now),
    }))
}

/// The text that is kept of WeChat's answer.
pub(super) fn prepared_text(prepared: &Prepared) -> &str {
    match prepared {
        Prepared::OfficialAccount { prepay_id } => prepay_id,
        Prepared::PhoneBrowser { h5_url } => h5_url,
        Prepared::QrCode { code_url } => code_url,
    }
}

/// WeChat's answer, while it is good. The others outlive every order.
pub(super) fn prepared_of(row: &WechatOrder, now: Timestamp) -> Option<Prepared> {
    let (text, at) = row.prepared.clone()?;
    match row.place {
        PayPlace::OfficialAccount => Some(Prepared::OfficialAccount { prepay_id: text }),
        PayPlace::PhoneBrowser => {
            let good = now <= at.plus_seconds(LINK_SECONDS);
            good.then_some(Prepared::PhoneBrowser { h5_url: text })
        }
        PayPlace::QrCode => Some(Prepared::QrCode { code_url: text }),
    }
}
