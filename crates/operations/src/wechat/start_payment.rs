//! Pressing *Pay now*: the attempt is written, WeChat is called, its answer is kept.

use channels::wechat_pay::errors::Meaning;
use channels::wechat_pay::order::Prepared;
use channels::wechat_pay::order_number::OrderNumber;
use store::tables::wechat_order;
use store::{Db, Tx};
use units::Timestamp;

use super::ask_order::close_order;
use super::order_payment::{Asked, Ordered, Ordering, order_payment};
use super::payment_refusal::PaymentRefusal;
use super::show_order::prepared_text;
use super::{Gateway, WechatFailure};
use crate::city::City;

/// How many earlier orders are closed for one press of the button: a person has at most one open,
/// another may be opened by a second browser meanwhile.
const CLOSES_MAX: u32 = 3;

/// Why nobody can pay now.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] PaymentRefusal),
    /// WeChat or the database did not answer; the attempt stays, and pressing again goes on with it.
    #[error(transparent)]
    Failed(#[from] WechatFailure),
}

impl From<store::Error> for StartError {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Opens an attempt and places its order. Pressing twice gives the same order.
///
/// # Errors
/// [`StartError`].
pub fn start_payment(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    asked: &Asked,
    now: Timestamp,
) -> Result<(Ordered, Prepared), StartError> {
    for _ in 0..=CLOSES_MAX {
        match write_order(db, city, asked, now)? {
            Ordering::CloseFirst(number) => {
                close_order(db, city, gateway, number, now)?;
            }
            Ordering::Place(mut ordered) => {
                let prepared = match ordered.prepared.take() {
                    Some(prepared) => prepared,
                    None => match place(db, gateway, &ordered, now)? {
                        Some(prepared) => prepared,
                        // It was paid or closed meanwhile: settle that, then look again.
                        None => {
                            close_order(db, city, gateway, ordered.order.number, now)?;
                            continue;
                        }
                    },
                };
                return Ok((*ordered, prepared));
            }
        }
    }
    Err(PaymentRefusal::DuesMustBePayable.into())
}

fn write_order(
    db: &Db,
    city: &City,
    asked: &Asked,
    now: Timestamp,
) -> Result<Ordering, PaymentRefusal> {
    let (city, asked) = (city.clone(), asked.clone());
    db.write(move |tx| order_payment(tx, &city, &asked, now))
}

/// Places an order; `None` when WeChat says that it is paid or closed already.
fn place(
    db: &Db,
    gateway: &Gateway,
    ordered: &Ordered,
    now: Timestamp,
) -> Result<Option<Prepared>, WechatFailure> {
    let occasion = (gateway.occasion)();
    match gateway.client.place(&ordered.order, &ordered.place, &occasion) {
        Ok(prepared) => {
            let (number, kept) = (ordered.order.number, prepared.clone());
            db.write(move |tx| record_prepay(tx, number, &kept, now))?;
            Ok(Some(prepared))
        }
        Err(failure) => match failure.meaning() {
            Meaning::AlreadyPaid | Meaning::OrderClosed | Meaning::NumberUsed => Ok(None),
            _ => Err(failure.into()),
        },
    }
}

/// Keeps WeChat's answer to an order, so that whoever comes back gets the same.
///
/// # Errors
/// The database's.
pub fn record_prepay(
    tx: &mut Tx<'_>,
    number: OrderNumber,
    prepared: &Prepared,
    now: Timestamp,
) -> Result<(), store::Error> {
    let text = prepared_text(prepared);
    wechat_order::set_prepared(tx, (number.person, number.payment), (text, now))?;
    Ok(())
}
