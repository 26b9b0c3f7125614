//! 对账: WeChat's bill of a day against our orders and receipts, and both against the fund.
//!
//! What both have moves from clearing to the fund. What only WeChat has is booked: to its order
//! when it is ours, else to suspense with a difference and an owner. What only we have is asked
//! about and stays a difference. Refunds are compared by their own numbers. Running it again with
//! the same bill changes nothing.

use std::collections::HashSet;

use channels::wechat_pay::Merchant;
use channels::wechat_pay::client::CallFailure;
use channels::wechat_pay::errors::Meaning;
use channels::wechat_pay::order_number::{OrderNumber, RefundNumber};
use channels::wechat_pay::trade_bill::{self, BillEntry, BillFile, BillLine};
use channels::wechat_pay::transaction::{TradeState, Transaction};
use insurance::ids::MessageId;
use insurance::payment::ChannelKind;
use insurance::reconciliation::{Difference, Line};
use store::tables::channel_day::{self, ChannelDayState};
use store::tables::refund::{self, RefundState};
use store::tables::wechat_order::OrderState;
use store::tables::{channel_reference, difference, wechat_order};
use store::{Db, Tx};
use units::{Date, Fen, Timestamp};

use super::ask_order::ask_order;
use super::settle_refund::match_refund;
use super::settle_transaction::{
    Source, end_without_money, find_locked, keep_answer, open_difference, settle_transaction,
};
use super::{Gateway, WechatFailure};
use crate::city::City;
use crate::reconcile_day::{Reconciled, Statement, reconcile_day};

/// A day's bill exists from 10:00 of the next day on.
const READY_AFTER_SECONDS: i64 = 10 * 3600;
/// How many lines one transaction books.
const LINES_PER_BATCH: usize = 500;
/// WeChat keeps bills for three months; no older day is asked for by itself.
const KEPT_DAYS: i32 = 90;
/// The days that are compared even without an order of ours: somebody else may have used our
/// number.
const DAYS_LOOKED_BACK: i32 = 3;

/// Why a day can't be compared now.
#[derive(Debug, thiserror::Error)]
pub enum BillError {
    /// It is too early.
    #[error("WeChat's bill of {day} exists from 10:00 of the next day on; ask again then")]
    DayMustBeOver {
        /// The day asked for.
        day: Date,
    },
    /// WeChat is still making it.
    #[error("WeChat is still making the bill of {day}; ask again in half an hour")]
    BillMustBeReady {
        /// The day asked for.
        day: Date,
    },
    /// WeChat or the database.
    #[error(transparent)]
    Failed(#[from] WechatFailure),
}

impl From<store::Error> for BillError {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What a comparison of a day found.
#[derive(Clone, Debug)]
pub struct BillReconciled {
    /// Payments, as for every channel.
    pub payments: Reconciled,
    /// Payments that the bill told us of first.
    pub found: u32,
    /// Refunds that both have.
    pub refunds: u32,
    /// Differences of the day without a decision, refunds among them.
    pub open: i64,
    /// Payments that only we have and WeChat confirms when asked: the bill is incomplete.
    pub confirmed: Vec<String>,
}

/// Fetches a day's bill and compares it.
///
/// # Errors
/// [`BillError`]; what was booked stays, and comparing again goes on.
pub fn reconcile_bill(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    (day, actor): (Date, &str),
    now: Timestamp,
) -> Result<BillReconciled, BillError> {
    if now < ready_at(day) {
        return Err(BillError::DayMustBeOver { day });
    }
    let occasions = [(gateway.occasion)(), (gateway.occasion)()];
    let file = match gateway.client.trade_bill_file(day, &occasions) {
        Err(failure) if failure.meaning() == Meaning::BillNotReady => {
            return Err(BillError::BillMustBeReady { day });
        }
        file => file.map_err(WechatFailure::from)?,
    };
    let (lines, message) = keep_bill(db, city, file, now)?;
    let found = book_missing(db, city, gateway, (&lines, message), now)?;
    let of_refunds = (day, lines.clone());
    let refunds = {
        let city = city.clone();
        db.bulk_write(move |tx| compare_refunds(tx, &city, &of_refunds, now))?
    };
    let payments = lines.iter().filter_map(payment_line).collect();
    let wechat = ChannelKind::Wechat;
    let statement = Statement { channel: wechat, accounting_on: day, lines: payments };
    let payments = reconcile_day(db, city, statement, actor, now)?;
    let confirmed = ask_about_ours(db, city, gateway, &payments, now)?;
    db.write(move |tx| end_unresolved(tx, day))?;
    let open = db.read(|tx| difference::count_open(tx, wechat, day))?;
    Ok(BillReconciled { payments, found, refunds, open, confirmed })
}

/// The bill is the last word about orders without an answer: what it does not state was not paid.
/// An order of the evening may have been paid after midnight, so it waits for the next bill.
fn end_unresolved(tx: &mut Tx<'_>, day: Date) -> Result<(), store::Error> {
    let before = day.plus_days(-1).unwrap_or(day);
    let over_by = Timestamp::start_of(day.next());
    for order in wechat_order::list_unresolved(tx, (before, day), over_by)? {
        let number = OrderNumber { person: order.person, payment: order.payment };
        let known = find_locked(tx, number)?;
        if known.as_ref().is_some_and(|(_, order)| order.state == OrderState::Unresolved) {
            end_without_money(tx, known.as_ref())?;
        }
    }
    Ok(())
}

fn ready_at(day: Date) -> Timestamp {
    Timestamp::start_of(day.next()).plus_seconds(READY_AFTER_SECONDS)
}

/// Keeps the bill as it came, then reads it whole; nothing is booked from one that can't be read.
fn keep_bill(
    db: &Db,
    city: &City,
    file: Option<BillFile>,
    now: Timestamp,
) -> Result<(Vec<BillLine>, Option<MessageId>), WechatFailure> {
    let Some(BillFile { packed, text }) = file else { return Ok((Vec::new(), None)) };
    let city = city.clone();
    let message =
        db.write(move |tx| keep_answer(tx, &city, ("wechat-bill", packed.clone()), now))?;
    let lines = trade_bill::read(&text).map_err(CallFailure::from)?;
    Ok((lines, Some(message)))
}

/// Books the payments that no notice and no query told us of. The bill is WeChat's own word.
fn book_missing(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    (lines, message): (&[BillLine], Option<MessageId>),
    now: Timestamp,
) -> Result<u32, store::Error> {
    let Some(message) = message else { return Ok(0) };
    let mut found = 0;
    for batch in lines.chunks(LINES_PER_BATCH) {
        let (city, merchant) = (city.clone(), gateway.client.merchant.clone());
        let batch = batch.to_vec();
        found += db.bulk_write(move |tx| {
            let mut found = 0;
            for line in &batch {
                found += book_line(tx, &city, &merchant, (line, message), now)?;
            }
            Ok::<u32, store::Error>(found)
        })?;
    }
    Ok(found)
}

fn book_line(
    tx: &mut Tx<'_>,
    city: &City,
    merchant: &Merchant,
    (line, message): (&BillLine, MessageId),
    now: Timestamp,
) -> Result<u32, store::Error> {
    let BillEntry::Payment { amount } = line.entry else { return Ok(0) };
    let wechat = ChannelKind::Wechat;
    if channel_reference::find(tx, wechat, &line.transaction_id)?.is_some() {
        return Ok(0);
    }
    let transaction = Transaction {
        out_trade_no: line.out_trade_no.clone(),
        state: TradeState::Success,
        app_id: Some(line.app_id.clone()),
        mchid: Some(line.mchid.clone()),
        transaction_id: Some(line.transaction_id.clone()),
        paid_at: Some(line.at),
        total: Some(amount),
        currency: Some("CNY".to_owned()),
    };
    let said = (&transaction, Source::Message(message));
    settle_transaction(tx, city, merchant, said, now)?;
    Ok(1)
}

fn payment_line(line: &BillLine) -> Option<Line> {
    let BillEntry::Payment { amount } = line.entry else { return None };
    Some(Line { reference: line.transaction_id.clone(), amount })
}

/// Pairs the bill's refunds with ours; answers how many both have.
fn compare_refunds(
    tx: &mut Tx<'_>,
    city: &City,
    (day, lines): &(Date, Vec<BillLine>),
    now: Timestamp,
) -> Result<u32, store::Error> {
    let mut both = 0;
    let mut stated = HashSet::new();
    for line in lines {
        let BillEntry::Refund { out_refund_no, amount, .. } = &line.entry else { continue };
        stated.insert(out_refund_no.as_str());
        match compare_refund(tx, city, (*day, out_refund_no, *amount), now)? {
            None => both += 1,
            Some(difference) => open_difference(tx, city, (*day, &difference), now)?,
        }
    }
    for (ours, standing) in refund::list_of_day(tx, ChannelKind::Wechat, *day)? {
        let number = RefundNumber { person: ours.person, refund: ours.id }.to_string();
        let expected = standing.stated_on.is_none() && standing.state != RefundState::Refused;
        if expected && !stated.contains(number.as_str()) {
            let line = Line { reference: number, amount: ours.amount };
            open_difference(tx, city, (*day, &Difference::OnlyOurs(line)), now)?;
        }
    }
    Ok(both)
}

/// Marks one refund as stated, or says in what it differs.
fn compare_refund(
    tx: &mut Tx<'_>,
    city: &City,
    (day, out_refund_no, amount): (Date, &str, Fen),
    now: Timestamp,
) -> Result<Option<Difference>, store::Error> {
    let theirs = || Line { reference: out_refund_no.to_owned(), amount };
    let Ok(number) = out_refund_no.parse::<RefundNumber>() else {
        return Ok(Some(Difference::OnlyTheirs(theirs())));
    };
    match refund::find(tx, number.person, number.refund)? {
        None => Ok(Some(Difference::OnlyTheirs(theirs()))),
        Some((ours, _)) if ours.amount != amount => Ok(Some(Difference::AmountDiffers {
            reference: out_refund_no.to_owned(),
            ours: ours.amount,
            theirs: amount,
        })),
        Some((ours, _)) => {
            refund::set_stated(tx, (ours.person, ours.id), day)?;
            match_refund(tx, city, &ours, now)?;
            difference::set_stated_after_all(tx, (ChannelKind::Wechat, out_refund_no), now, day)?;
            Ok(None)
        }
    }
}

/// Asks WeChat about payments that only we have; answers those that it confirms.
fn ask_about_ours(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    payments: &Reconciled,
    now: Timestamp,
) -> Result<Vec<String>, WechatFailure> {
    let mut confirmed = Vec::new();
    for difference in &payments.comparison.differences {
        let Difference::OnlyOurs(line) = difference else { continue };
        let order = db.read(|tx| {
            match channel_reference::find(tx, ChannelKind::Wechat, &line.reference)? {
                Some(known) => wechat_order::find_by_transaction(tx, known.person, &line.reference),
                None => Ok(None),
            }
        })?;
        let Some(order) = order else { continue };
        let number = OrderNumber { person: order.person, payment: order.payment };
        // No answer, or another one, leaves the difference to its owner.
        if ask_order(db, city, gateway, number, now).is_ok_and(|settled| settled.is_final()) {
            confirmed.push(line.reference.clone());
        }
    }
    Ok(confirmed)
}

/// The days whose bill is to be compared now: the last days, every day with orders that was not
/// compared yet, and days whose differences were all settled since.
///
/// # Errors
/// The database's.
pub fn days_to_reconcile(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Date>, store::Error> {
    let today = now.date_in_shanghai();
    let back = |days: i32| today.plus_days(-days).unwrap_or(today);
    let yesterday = back(1);
    let known = channel_day::list(tx, back(KEPT_DAYS), yesterday)?;
    let mut days = wechat_order::list_days_without_bill(tx, back(KEPT_DAYS), yesterday)?;
    for day in back(DAYS_LOOKED_BACK).through(yesterday) {
        let compared =
            known.iter().any(|d| d.channel == ChannelKind::Wechat && d.accounting_on == day);
        if !compared {
            days.push(day);
        }
    }
    for day in known {
        let differs = day.state == ChannelDayState::Differs;
        if day.channel == ChannelKind::Wechat
            && differs
            && difference::count_open(tx, day.channel, day.accounting_on)? == 0
        {
            days.push(day.accounting_on);
        }
    }
    days.sort_unstable();
    days.dedup();
    days.retain(|day| now >= ready_at(*day));
    Ok(days)
}
