//! Asking WeChat what became of an order, and closing one: notices come late, twice or never.

use channels::wechat_pay::errors::Meaning;
use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::query_schedule::{NextStep, next_step};
use store::tables::payment::{self, Payment};
use store::tables::task::TaskKind;
use store::tables::wechat_order::{self, OrderState, WechatOrder};
use store::{Db, Tx};
use units::Timestamp;

use super::order_payment::ask_at;
use super::order_state::OrderEvent;
use super::settle_transaction::{
    Settled, Source, end_order, end_without_money, find_locked, settle_transaction,
};
use super::{Gateway, WechatFailure};
use crate::city::City;
use crate::open_task::{Work, open_task};

/// How many orders one run of the job asks about; the next run comes a moment later.
pub const ORDERS_PER_RUN: i64 = 200;
/// Within how many working days a clerk looks at an order without an answer.
const RESOLVE_WITHIN_WORKING_DAYS: u32 = 1;

/// What a run of the job did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrdersAsked {
    /// Orders asked about.
    pub asked: u32,
    /// Orders whose end is known now.
    pub settled: u32,
    /// Calls without a usable answer.
    pub failed: u32,
}

/// Asks about every order whose time has come. Whoever is paid is booked; whoever's time is over
/// is closed; after a day without an answer a clerk is told.
///
/// # Errors
/// The database's. A call that fails is counted and made again at its next time.
pub fn ask_orders(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    now: Timestamp,
) -> Result<OrdersAsked, store::Error> {
    let orders = db.read(|tx| wechat_order::list_to_ask(tx, now, ORDERS_PER_RUN))?;
    let mut done = OrdersAsked::default();
    for order in orders {
        match take_turn(db, city, gateway, &order, now) {
            Ok(Some(settled)) => {
                done.asked += 1;
                done.settled += u32::from(settled.is_final());
            }
            Ok(None) => {}
            Err(WechatFailure::Call(_)) => {
                done.asked += 1;
                done.failed += 1;
            }
            Err(WechatFailure::Store(error)) => return Err(error),
        }
    }
    Ok(done)
}

/// One order's turn; `None` when another process took it.
fn take_turn(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    order: &WechatOrder,
    now: Timestamp,
) -> Result<Option<Settled>, WechatFailure> {
    let (person, payment) = (order.person, order.payment);
    let number = OrderNumber { person, payment };
    let Some(attempt) = db.read(|tx| payment::find(tx, person, payment))? else { return Ok(None) };
    let (opened_at, expires_at) = times(&attempt);
    let next_at = ask_at(opened_at, expires_at, order.tries + 1);
    let taken = {
        let order = order.clone();
        db.write(move |tx| wechat_order::take_try(tx, &order, next_at))?
    };
    if taken == 0 {
        return Ok(None);
    }
    let answer = match next_step(opened_at, expires_at, order.tries) {
        NextStep::QueryAt(_) => ask_order(db, city, gateway, number, now),
        NextStep::CloseAt(_) => match ask_order(db, city, gateway, number, now) {
            Ok(Settled::Unpaid) => close_order(db, city, gateway, number, now),
            other => other,
        },
        NextStep::TellClerk => Ok(Settled::Unknown),
    };
    if next_at.is_none() && !matches!(&answer, Ok(settled) if settled.is_final()) {
        let city = city.clone();
        db.write(move |tx| give_up(tx, &city, number, now))?;
    }
    answer.map(Some)
}

fn times(attempt: &Payment) -> (Timestamp, Timestamp) {
    (attempt.opened_at, attempt.expires_at.unwrap_or(attempt.opened_at))
}

/// Asks WeChat for an order's state and books what it says.
///
/// # Errors
/// [`WechatFailure`]; nothing was learned.
pub fn ask_order(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    number: OrderNumber,
    now: Timestamp,
) -> Result<Settled, WechatFailure> {
    let answer = gateway.client.query_with_body(number, &(gateway.occasion)());
    let city = city.clone();
    match answer {
        Ok((transaction, body)) => {
            let merchant = gateway.client.merchant.clone();
            Ok(db.write(move |tx| {
                let said = (&transaction, Source::Answer(body.clone()));
                settle_transaction(tx, &city, &merchant, said, now)
            })?)
        }
        // The order never reached WeChat: as long as it may, it is unpaid; then it has ended.
        Err(failure) if failure.meaning() == Meaning::NotFound => {
            Ok(db.write(move |tx| end_when_over(tx, number, now))?)
        }
        Err(failure) => Err(failure.into()),
    }
}

fn end_when_over(
    tx: &mut Tx<'_>,
    number: OrderNumber,
    now: Timestamp,
) -> Result<Settled, store::Error> {
    let known = find_locked(tx, number)?;
    let over = known.as_ref().is_none_or(|(attempt, _)| now > times(attempt).1);
    if !over {
        return Ok(Settled::Unpaid);
    }
    end_without_money(tx, known.as_ref())?;
    Ok(Settled::Ended)
}

/// Closes an order at WeChat, then asks once more: a payment may have slipped in before.
///
/// # Errors
/// [`WechatFailure`]; whether it is closed is unknown, and the job goes on asking.
pub fn close_order(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    number: OrderNumber,
    now: Timestamp,
) -> Result<Settled, WechatFailure> {
    match gateway.client.close(number, &(gateway.occasion)()) {
        Ok(()) => {}
        Err(failure) => match failure.meaning() {
            Meaning::AlreadyPaid | Meaning::OrderClosed => {}
            Meaning::NotFound => {
                // Nothing can be paid under a number that WeChat does not know. Should a call that
                // is still on its way make it known, its money is late money.
                return Ok(db.write(move |tx| {
                    let known = find_locked(tx, number)?;
                    end_without_money(tx, known.as_ref())?;
                    Ok::<_, store::Error>(Settled::Ended)
                })?);
            }
            _ => return Err(failure.into()),
        },
    }
    ask_order(db, city, gateway, number, now)
}

/// Nobody knows, a day after: the dues stay locked, and a clerk looks at the day's bill.
fn give_up(
    tx: &mut Tx<'_>,
    city: &City,
    number: OrderNumber,
    now: Timestamp,
) -> Result<(), store::Error> {
    let known = find_locked(tx, number)?;
    let open = known.as_ref().is_some_and(|(_, order)| order.state == OrderState::Open);
    if !open {
        return Ok(());
    }
    end_order(tx, known.as_ref(), OrderEvent::GaveUp, None)?;
    let work = Work {
        kind: TaskKind::ResolveWechatOrder,
        office: String::new(),
        month: None,
        working_days: RESOLVE_WITHIN_WORKING_DAYS,
    };
    open_task(tx, city, (number.person, work), now)?;
    Ok(())
}
