//! 下单: an attempt to collect dues through WeChat, before WeChat is called.
//!
//! One attempt has one order number and one amount for ever. Somebody who comes back with the same
//! dues gets the same order; with others, the order that is open must be closed at WeChat first.

use channels::wechat_pay::order::{Order, Place, Prepared, expires_at};
use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::query_schedule::{NextStep, next_step};
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::payment::{ChannelKind, DueKey};
use policy::WindowKind;
use store::Tx;
use store::tables::payment::{self, Payment, PaymentState};
use store::tables::wechat_order::{self, OrderState, PayPlace, WechatOrder};
use store::tables::{due, person};
use units::{Date, Fen, Month, Timestamp};

use super::payment_refusal::PaymentRefusal;
use super::show_order::prepared_of;
use crate::city::City;

/// An order whose end is nearer than this is not handed out again.
const LEFT_SECONDS_MIN: i64 = 60;

/// Which dues somebody wants to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Everything that can be paid by WeChat now.
    All,
    /// These.
    These(Vec<DueKey>),
}

/// Who wants to pay what, and from where.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose dues. The payer may be somebody else.
    pub person: PersonId,
    /// Which of them.
    pub chosen: Chosen,
    /// Where the payer is.
    pub place: Place,
}

/// An attempt with its order.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// What WeChat is asked for.
    pub order: Order,
    /// Where the payer is.
    pub place: Place,
    /// The dues that it collects; they can't be paid elsewhere until it ends.
    pub dues: Vec<Due>,
    /// WeChat's answer, when the order was placed before and it is still good.
    pub prepared: Option<Prepared>,
}

/// What to do next.
#[derive(Clone, Debug)]
pub enum Ordering {
    /// Place this order, or hand out what WeChat answered before.
    Place(Box<Ordered>),
    /// Another order of the person is open: close it at WeChat, then ask again.
    CloseFirst(OrderNumber),
}

/// Writes an attempt with its order, or finds the one that is open for the same dues and payer.
///
/// # Errors
/// [`PaymentRefusal`]; nothing is written.
pub fn order_payment(
    tx: &mut Tx<'_>,
    city: &City,
    asked: &Asked,
    now: Timestamp,
) -> Result<Ordering, PaymentRefusal> {
    let window_ends_at = window_end(city, now)?;
    if !person::lock(tx, asked.person)? {
        return Err(PaymentRefusal::SomethingMustBeOwed);
    }
    let dues =
        choose(payable_dues(tx, city, asked.person, now.date_in_shanghai())?, &asked.chosen)?;
    for open in payment::list_open(tx, asked.person)? {
        let items = payment::list_items(tx, asked.person, open.id)?;
        let held = |due: &Due| {
            items.iter().any(|item| item.due == due.key && item.state == PaymentState::Open)
        };
        if open.channel != ChannelKind::Wechat {
            if dues.iter().any(held) {
                return Err(PaymentRefusal::DuesMustBeFree(open.channel));
            }
            continue;
        }
        let number = OrderNumber { person: asked.person, payment: open.id };
        let row = wechat_order::find(tx, asked.person, open.id)?;
        let same = items.len() == dues.len() && dues.iter().all(held);
        return match row {
            Some(row) if same && is_good_for(&open, &row, &asked.place, now) => {
                Ok(Ordering::Place(Box::new(again(&open, &row, asked, dues, now))))
            }
            _ => Ok(Ordering::CloseFirst(number)),
        };
    }
    let attempt = open_attempt(tx, city, asked, &dues, (now, window_ends_at))?;
    Ok(Ordering::Place(Box::new(attempt)))
}

/// The last second of today's window.
fn window_end(city: &City, now: Timestamp) -> Result<Timestamp, PaymentRefusal> {
    let today = now.date_in_shanghai();
    let calendar = city.pack().calendar();
    let window = calendar.window(WindowKind::Wechat, today.month());
    match window {
        Ok(window) if city.is_open(WindowKind::Wechat, today) => {
            let ends_at = Timestamp::last_second_of(window.last);
            expires_at(now, ends_at)?;
            Ok(ends_at)
        }
        _ => {
            let opens_on = calendar.next_open_day(WindowKind::Wechat, today).ok();
            Err(PaymentRefusal::WindowMustBeOpen { today, opens_on })
        }
    }
}

/// The unpaid dues of a person that can be paid by WeChat on a day: those of settlement years
/// that still run. Whoever pays later pays interest, which an office computes.
///
/// # Errors
/// The database's.
pub fn payable_dues(
    tx: &mut Tx<'_>,
    city: &City,
    person: PersonId,
    today: Date,
) -> Result<Vec<Due>, store::Error> {
    let mut dues = due::list_unpaid(tx, person)?;
    dues.retain(|due| city.settlement_year_runs(due, today));
    Ok(dues)
}

fn choose(payable: Vec<Due>, chosen: &Chosen) -> Result<Vec<Due>, PaymentRefusal> {
    let dues = match chosen {
        Chosen::All => payable,
        Chosen::These(keys) => {
            let wanted = |due: &Due| keys.contains(&due.key);
            let dues: Vec<Due> = payable.into_iter().filter(wanted).collect();
            if keys.iter().any(|key| dues.iter().all(|due| due.key != *key)) {
                return Err(PaymentRefusal::DuesMustBePayable);
            }
            dues
        }
    };
    if dues.iter().all(|due| due.amount.is_zero()) {
        return Err(PaymentRefusal::SomethingMustBeOwed);
    }
    Ok(dues)
}

/// Whether an open order may be handed out again: for the same payer, and not about to end.
fn is_good_for(open: &Payment, row: &WechatOrder, place: &Place, now: Timestamp) -> bool {
    let (kind, payer) = place_parts(place);
    let ends_at = open.expires_at.unwrap_or(open.opened_at);
    row.place == kind && row.payer == payer && now.plus_seconds(LEFT_SECONDS_MIN) <= ends_at
}

fn again(
    open: &Payment,
    row: &WechatOrder,
    asked: &Asked,
    dues: Vec<Due>,
    now: Timestamp,
) -> Ordered {
    let order = Order {
        number: OrderNumber { person: open.person, payment: open.id },
        description: row.description.clone(),
        amount: open.amount,
        expires_at: open.expires_at.unwrap_or(open.opened_at),
    };
    Ordered { order, place: asked.place.clone(), dues, prepared: prepared_of(row, now) }
}

fn open_attempt(
    tx: &mut Tx<'_>,
    city: &City,
    asked: &Asked,
    dues: &[Due],
    (now, window_ends_at): (Timestamp, Timestamp),
) -> Result<Ordered, PaymentRefusal> {
    let (place, payer) = place_parts(&asked.place);
    let attempt = Payment {
        person: asked.person,
        id: city.fresh(now),
        channel: ChannelKind::Wechat,
        state: PaymentState::Open,
        amount: dues.iter().map(|due| due.amount).sum::<Fen>(),
        opened_at: now,
        expires_at: Some(expires_at(now, window_ends_at)?),
        run: None,
        detail: None,
    };
    payment::insert(tx, &attempt)?;
    for due in dues {
        if payment::insert_item(tx, attempt.id, &due.key, due.amount)? == 0 {
            return Err(PaymentRefusal::DuesMustBePayable);
        }
    }
    let expires_at = attempt.expires_at.unwrap_or(now);
    let row = WechatOrder {
        person: asked.person,
        payment: attempt.id,
        place,
        payer,
        description: description(dues),
        ordered_on: now.date_in_shanghai(),
        state: OrderState::Open,
        tries: 0,
        ask_at: ask_at(now, expires_at, 0),
        prepared: None,
        transaction_id: None,
    };
    wechat_order::insert(tx, &row)?;
    Ok(again(&attempt, &row, asked, dues.to_vec(), now))
}

/// When the try after `tries` tries comes; `None` when a clerk's turn has come.
pub(super) fn ask_at(opened_at: Timestamp, expires_at: Timestamp, tries: u32) -> Option<Timestamp> {
    match next_step(opened_at, expires_at, tries) {
        NextStep::QueryAt(at) | NextStep::CloseAt(at) => Some(at),
        NextStep::TellClerk => None,
    }
}

fn place_parts(place: &Place) -> (PayPlace, Option<String>) {
    match place {
        Place::OfficialAccount(openid) => (PayPlace::OfficialAccount, Some(openid.0.clone())),
        Place::PhoneBrowser { payer_ip } => (PayPlace::PhoneBrowser, Some(payer_ip.clone())),
        Place::QrCode => (PayPlace::QrCode, None),
    }
}

/// What the payer reads in WeChat: months only, since the payer may be somebody else.
fn description(dues: &[Due]) -> String {
    let months: std::collections::BTreeSet<Month> = dues.iter().map(|due| due.key.month).collect();
    match (months.first(), months.last()) {
        (Some(first), Some(last)) if first != last => {
            format!("灵活就业社会保险费 {first}至{last}")
        }
        (Some(only), _) => format!("灵活就业社会保险费 {only}"),
        (None, _) => "灵活就业社会保险费".to_owned(),
    }
}
