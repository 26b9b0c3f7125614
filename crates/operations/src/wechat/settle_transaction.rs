//! What WeChat says of an order, compared with what we asked for, and booked.
//!
//! Money that is as asked goes the way of all channels. Money that is not (another amount, an
//! order that we never gave) is held in suspense under nobody's name and opens a difference with
//! an owner. A message about somebody else's money opens a difference and books nothing.

use channels::wechat_pay::Merchant;
use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::transaction::{Mismatch, Outcome, Transaction};
use insurance::ids::MessageId;
use insurance::ledger::hex;
use insurance::payment::{ChannelEvent, ChannelKind, Paid};
use insurance::reconciliation::{Difference, Line};
use sha2::{Digest, Sha256};
use store::Tx;
use store::tables::difference::{self, Found};
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::tables::payment::{self, Payment, PaymentState};
use store::tables::person;
use store::tables::wechat_order::{self, OrderState, PayPlace, WechatOrder};
use units::{Date, Fen, Timestamp};

use super::order_state::{OrderEvent, next};
use crate::city::City;
use crate::record_event::{RecordError, Recorded, record_event};
use crate::run::{self, Job};

/// Who must settle what WeChat and we say differently.
pub const OWNER: &str = "wechat";

/// Where a transaction was read.
#[derive(Clone, Debug)]
pub enum Source {
    /// In a message that is kept already.
    Message(MessageId),
    /// In WeChat's answer to a question of ours, kept when it moves money.
    Answer(Vec<u8>),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Money was booked, now or before.
    Booked(Recorded),
    /// It is not as asked: a difference has an owner.
    Different,
    /// Not paid yet; it still can be.
    Unpaid,
    /// Ended without money.
    Ended,
    /// Nobody knows yet.
    Unknown,
}

impl Settled {
    /// Whether nobody needs to ask again.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Booked(_) | Self::Different | Self::Ended => true,
            Self::Unpaid | Self::Unknown => false,
        }
    }
}

/// Compares a transaction with our order and books what it means. The same transaction again
/// changes nothing.
///
/// # Errors
/// The database's.
pub fn settle_transaction(
    tx: &mut Tx<'_>,
    city: &City,
    merchant: &Merchant,
    (transaction, source): (&Transaction, Source),
    now: Timestamp,
) -> Result<Settled, store::Error> {
    let number = transaction.out_trade_no.parse::<OrderNumber>().ok();
    let known = match number {
        Some(number) => find_locked(tx, number)?,
        None => None,
    };
    let asked = known.as_ref().map(|(attempt, _)| attempt.amount);
    match transaction.outcome(merchant, asked) {
        Ok(Outcome::Paid(paid)) => {
            let message = keep(tx, city, source, now)?;
            end_order(tx, known.as_ref(), OrderEvent::Paid, Some(&paid.reference))?;
            tell_payer(tx, known.as_ref(), now)?;
            book(tx, city, paid, message, now)
        }
        Ok(Outcome::PaidOtherwise(paid, mismatch)) => {
            let message = keep(tx, city, source, now)?;
            end_order(tx, known.as_ref(), OrderEvent::Paid, Some(&paid.reference))?;
            if let Some((attempt, _)) = &known {
                free(tx, attempt, PaymentState::Failed)?;
            }
            let difference = difference_of(&paid, mismatch, asked);
            open_difference(tx, city, (paid.accounting_on, &difference), now)?;
            book(tx, city, paid, message, now)?;
            Ok(Settled::Different)
        }
        Ok(Outcome::Ended) => {
            end_without_money(tx, known.as_ref())?;
            Ok(Settled::Ended)
        }
        Ok(Outcome::Unpaid) => Ok(Settled::Unpaid),
        Ok(Outcome::Unknown) => Ok(Settled::Unknown),
        Err(_) => {
            keep(tx, city, source, now)?;
            let line = Line {
                reference: stranger_reference(transaction),
                amount: transaction.total.unwrap_or(Fen::ZERO),
            };
            let day = transaction.paid_at.unwrap_or(now).date_in_shanghai();
            open_difference(tx, city, (day, &Difference::OnlyTheirs(line)), now)?;
            Ok(Settled::Different)
        }
    }
}

/// The attempt and the order of a number, the person's facts locked.
pub(super) fn find_locked(
    tx: &mut Tx<'_>,
    number: OrderNumber,
) -> Result<Option<(Payment, WechatOrder)>, store::Error> {
    let OrderNumber { person, payment } = number;
    if !person::lock(tx, person)? {
        return Ok(None);
    }
    let attempt = payment::find(tx, person, payment)?;
    Ok(attempt.zip(wechat_order::find(tx, person, payment)?))
}

/// An order ended without money: its dues can be paid again. Money that came before stays.
///
/// # Errors
/// The database's.
pub(super) fn end_without_money(
    tx: &mut Tx<'_>,
    known: Option<&(Payment, WechatOrder)>,
) -> Result<(), store::Error> {
    end_order(tx, known, OrderEvent::Ended, None)?;
    match known {
        Some((attempt, _)) => free(tx, attempt, PaymentState::Expired),
        None => Ok(()),
    }
}

/// Records what was learned of an order.
pub(super) fn end_order(
    tx: &mut Tx<'_>,
    known: Option<&(Payment, WechatOrder)>,
    event: OrderEvent,
    transaction_id: Option<&str>,
) -> Result<(), store::Error> {
    if let Some((_, order)) = known {
        let state = next(order.state, event);
        wechat_order::set_state(tx, (order.person, order.payment), state, transaction_id)?;
    }
    Ok(())
}

/// Whoever paid inside the official account is told there.
fn tell_payer(
    tx: &mut Tx<'_>,
    known: Option<&(Payment, WechatOrder)>,
    now: Timestamp,
) -> Result<(), store::Error> {
    match known {
        Some((_, order))
            if order.place == PayPlace::OfficialAccount && order.state != OrderState::Paid =>
        {
            wechat_order::set_to_tell(tx, (order.person, order.payment), now)?;
            Ok(())
        }
        Some(_) | None => Ok(()),
    }
}

/// Ends an attempt that is still open, so that its dues can be paid otherwise.
fn free(tx: &mut Tx<'_>, attempt: &Payment, state: PaymentState) -> Result<(), store::Error> {
    if attempt.state == PaymentState::Open {
        payment::set_state(tx, attempt.person, attempt.id, state)?;
    }
    Ok(())
}

fn book(
    tx: &mut Tx<'_>,
    city: &City,
    paid: Paid,
    message: MessageId,
    now: Timestamp,
) -> Result<Settled, store::Error> {
    let day = paid.accounting_on;
    match record_event(tx, city, &ChannelEvent::Paid(paid), message, now) {
        Ok(recorded) => Ok(Settled::Booked(recorded)),
        Err(RecordError::ReferenceMustKeepItsAmount { reference, booked, stated }) => {
            let difference = Difference::AmountDiffers { reference, ours: booked, theirs: stated };
            open_difference(tx, city, (day, &difference), now)?;
            Ok(Settled::Different)
        }
        Err(RecordError::Store(error)) => Err(error),
        Err(RecordError::ReturnMustFollowItsReceipt { .. }) => {
            unreachable!("only a return follows a receipt, and this is money that arrived")
        }
    }
}

fn difference_of(paid: &Paid, mismatch: Mismatch, asked: Option<Fen>) -> Difference {
    let (reference, theirs) = (paid.reference.clone(), paid.amount);
    match (mismatch, asked) {
        (Mismatch::AmountMustBeAsAsked, Some(ours)) => {
            Difference::AmountDiffers { reference, ours, theirs }
        }
        (
            Mismatch::AmountMustBeAsAsked
            | Mismatch::OrderMustBeOurs
            | Mismatch::OrderMustBeRecorded,
            _,
        ) => Difference::OnlyTheirs(Line { reference, amount: theirs }),
    }
}

/// WeChat's own number, or the order's where it gives none.
fn stranger_reference(transaction: &Transaction) -> String {
    let reference = transaction.transaction_id.as_ref().unwrap_or(&transaction.out_trade_no);
    reference.chars().take(64).collect()
}

/// Opens a difference once, with its owner.
///
/// # Errors
/// The database's.
pub(super) fn open_difference(
    tx: &mut Tx<'_>,
    city: &City,
    (accounting_on, difference): (Date, &Difference),
    now: Timestamp,
) -> Result<(), store::Error> {
    let subject = format!("{OWNER} {accounting_on}");
    let job = Job { kind: "settle_transaction", subject: &subject, actor: "shebao" };
    let run = run::begin_within(tx, city, job, now)?.id;
    let found = Found {
        id: city.fresh(now),
        channel: ChannelKind::Wechat,
        accounting_on,
        owner: OWNER,
        run,
        at: now,
    };
    difference::insert(tx, found, difference)?;
    Ok(())
}

/// The number of the kept message; an answer is kept now.
///
/// # Errors
/// The database's.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    city: &City,
    source: Source,
    now: Timestamp,
) -> Result<MessageId, store::Error> {
    match source {
        Source::Message(id) => Ok(id),
        Source::Answer(body) => keep_answer(tx, city, ("wechat-answer", body), now),
    }
}

/// Keeps WeChat's answer to a question of ours, once for each content.
///
/// # Errors
/// The database's.
pub(super) fn keep_answer(
    tx: &mut Tx<'_>,
    city: &City,
    (kind, body): (&str, Vec<u8>),
    now: Timestamp,
) -> Result<MessageId, store::Error> {
    let digest = hex(&Sha256::digest(&body));
    if let Some(known) = inbound_message::find_of_wechat(tx, &digest)? {
        return Ok(known);
    }
    let message = InboundMessage {
        id: city.fresh(now),
        channel: ChannelKind::Wechat,
        kind: kind.to_owned(),
        received_at: now,
        digest,
        headers: String::new(),
        body,
    };
    inbound_message::insert(tx, &message, MessageState::Handled)?;
    Ok(message.id)
}
