//! 模板消息: whoever paid inside the official account is told there, once, what was received.
//!
//! The message names a sum and a moment, no person: the payer may be somebody else.

use channels::wechat_account::account_client::{AccountClient, SendFailure};
use channels::wechat_account::template_message::{Sent, TemplateMessage};
use channels::wechat_pay::order::OpenId;
use insurance::payment::ChannelKind;
use insurance::receipt::Receipt;
use store::Db;
use store::tables::wechat_order::{self, WechatOrder};
use store::tables::{channel_reference, receipt};
use units::Timestamp;

/// How many messages one run sends.
pub const MESSAGES_PER_RUN: i64 = 100;
/// How long after a try that failed the next one comes; after the last nobody tries again: the
/// receipt stands on the page and in the person's records.
const AGAIN_AFTER_SECONDS: [i64; 5] = [60, 600, 3_600, 6 * 3_600, 24 * 3_600];

/// What a run of the job did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptsTold {
    /// Messages that WeChat accepted.
    pub told: u32,
    /// Payers who can't be reached this way.
    pub not_reachable: u32,
    /// Tries to be made again.
    pub failed: u32,
    /// WeChat's code when the template or the account is set up wrongly.
    pub set_up_wrongly: Option<i64>,
}

/// Tells every payer whose turn it is.
///
/// # Errors
/// The database's.
pub fn tell_receipts(
    db: &Db,
    (account, template): (&AccountClient, &str),
    now: Timestamp,
) -> Result<ReceiptsTold, store::Error> {
    let mut done = ReceiptsTold::default();
    for (order, tries) in db.read(|tx| wechat_order::list_to_tell(tx, now, MESSAGES_PER_RUN))? {
        let index = usize::try_from(tries).unwrap_or(usize::MAX);
        let next_at = AGAIN_AFTER_SECONDS.get(index).map(|wait| now.plus_seconds(*wait));
        let key = (order.person, order.payment);
        if db.write(move |tx| wechat_order::take_telling(tx, key, tries, next_at))? == 0 {
            continue;
        }
        let Some(message) = message(db, &order, template)? else {
            db.write(move |tx| wechat_order::set_told(tx, key, None))?;
            continue;
        };
        match account.send_template(&message, now) {
            Ok(Sent::Accepted { message_id }) => {
                db.write(move |tx| wechat_order::set_told(tx, key, Some(message_id)))?;
                done.told += 1;
            }
            Ok(Sent::NotReachable) | Err(SendFailure::Value(_)) => {
                db.write(move |tx| wechat_order::set_told(tx, key, None))?;
                done.not_reachable += 1;
            }
            Ok(Sent::SetUpWrongly(code)) => {
                done.failed += 1;
                done.set_up_wrongly = Some(code);
            }
            Ok(Sent::Later | Sent::TokenMustBeRenewed) | Err(_) => done.failed += 1,
        }
    }
    Ok(done)
}

/// The message about an order's receipt; `None` when there is nobody or nothing to tell.
fn message(
    db: &Db,
    order: &WechatOrder,
    template: &str,
) -> Result<Option<TemplateMessage>, store::Error> {
    let (Some(payer), Some(id)) = (order.payer.clone(), order.transaction_id.clone()) else {
        return Ok(None);
    };
    let receipt: Option<Receipt> =
        db.read(|tx| match channel_reference::find(tx, ChannelKind::Wechat, &id)? {
            Some(known) => receipt::find(tx, known.person, known.receipt),
            None => Ok(None),
        })?;
    Ok(receipt.map(|receipt| TemplateMessage {
        to: OpenId(payer),
        template_id: template.to_owned(),
        url: None,
        client_msg_id: format!("receipt-{}", receipt.id),
        values: [
            ("thing1", "灵活就业社会保险费".to_owned()),
            ("amount2", format!("{}元", receipt.amount)),
            ("time3", moment(receipt.paid_at)),
        ]
        .into(),
    }))
}

/// `2026年11月24日 12:00`, 17 of WeChat's 20 characters.
fn moment(at: Timestamp) -> String {
    let text = at.to_rfc3339_seconds();
    format!("{}年{}月{}日 {}", &text[..4], &text[5..7], &text[8..10], &text[11..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_fits_the_twenty_characters_of_wechat() {
        let shown = moment("2026-11-24T12:00:00+08:00".parse().unwrap());
        assert_eq!(shown, "2026年11月24日 12:00");
        assert!(shown.chars().count() <= 20);
    }
}
