//! 退款: late and double money goes back by itself, the way it came.
//!
//! Deciding and calling are two steps: the decision takes the held money out of everybody else's
//! hands and gets one number for ever; the call may be repeated with it until WeChat's word is
//! final. A program that stops in between goes on with the same number.

use channels::wechat_pay::errors::Meaning;
use channels::wechat_pay::order_number::RefundNumber;
use channels::wechat_pay::refund::RefundOrder;
use insurance::payment::ChannelKind;
use store::tables::refund::{self, Refund, RefundState, RefundStep, Standing};
use store::tables::suspense::{self, Suspense};
use store::tables::{person, receipt};
use store::{Db, Tx};
use units::Timestamp;

use super::settle_refund::{refuse, settle_refund};
use super::settle_transaction::{OWNER, Source};
use super::{Gateway, WechatFailure};
use crate::city::City;

/// How many refunds one run decides, and how many it asks about.
pub const REFUNDS_PER_RUN: i64 = 100;
/// How long after a try the next one comes; the last one for ever.
const AGAIN_AFTER_SECONDS: [i64; 6] = [10, 60, 300, 1_800, 3_600, 6 * 3_600];
/// How often WeChat is asked about one refund: about three months, as long as bills are kept.
const TRIES_MAX: u32 = 400;
/// What the payer reads.
const REASON: &str = "重复或逾期缴费退回";

/// What a run of the job did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundsSent {
    /// Refunds decided.
    pub decided: u32,
    /// Refunds that WeChat was asked for or about.
    pub asked: u32,
    /// Refunds whose money went back.
    pub done: u32,
    /// Calls without a usable answer.
    pub failed: u32,
}

/// Decides about held WeChat money of known people, and carries every refund on.
///
/// # Errors
/// The database's. A call that fails is counted and made again at its next time.
pub fn send_refunds(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    now: Timestamp,
) -> Result<RefundsSent, store::Error> {
    let mut sent = RefundsSent::default();
    for held in db.read(|tx| suspense::list_open_of(tx, OWNER, REFUNDS_PER_RUN))? {
        let city = city.clone();
        sent.decided += db.write(move |tx| decide(tx, &city, &held, now))?;
    }
    let wechat = ChannelKind::Wechat;
    for (ours, standing) in db.read(|tx| refund::list_to_ask(tx, wechat, now, REFUNDS_PER_RUN))? {
        match take_turn(db, city, gateway, (&ours, &standing), now) {
            Ok(None) => {}
            Ok(Some(state)) => {
                sent.asked += 1;
                sent.done += u32::from(state == RefundState::Done);
            }
            Err(WechatFailure::Call(_)) => {
                sent.asked += 1;
                sent.failed += 1;
            }
            Err(WechatFailure::Store(error)) => return Err(error),
        }
    }
    Ok(sent)
}

/// Decides to send held money back; answers 0 when somebody decided otherwise meanwhile.
fn decide(
    tx: &mut Tx<'_>,
    city: &City,
    held: &Suspense,
    now: Timestamp,
) -> Result<u32, store::Error> {
    person::lock(tx, held.person)?;
    let Some(receipt) = receipt::find(tx, held.person, held.receipt)? else { return Ok(0) };
    if suspense::take_for_refund(tx, held.person, held.id)? == 0 {
        return Ok(0);
    }
    let decision = Refund {
        person: held.person,
        id: city.fresh(now),
        suspense: held.id,
        receipt: receipt.id,
        channel: receipt.channel,
        reference: receipt.reference,
        amount: held.amount,
        paid: receipt.amount,
        reason: REASON.to_owned(),
        decided_by: "shebao".to_owned(),
        decided_at: now,
    };
    refund::insert(tx, &decision)?;
    let step = RefundStep {
        id: city.fresh::<insurance::ids::RefundId>(now).get(),
        state: RefundState::Decided,
        recorded_at: now,
        message: None,
        channel_number: None,
    };
    refund::insert_step(tx, (decision.person, decision.id), step)?;
    Ok(1)
}

/// One refund's turn; `None` when another process took it.
fn take_turn(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    (ours, standing): (&Refund, &Standing),
    now: Timestamp,
) -> Result<Option<RefundState>, WechatFailure> {
    let next_at = ask_at(now, standing.tries);
    let (row, tries) = (ours.clone(), standing.tries);
    if db.write(move |tx| refund::take_try(tx, (&row, tries), next_at))? == 0 {
        return Ok(None);
    }
    ask_refund(db, city, gateway, (ours, standing.state), now).map(Some)
}

fn ask_at(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let index = usize::try_from(tries).unwrap_or(usize::MAX);
    let wait = AGAIN_AFTER_SECONDS.get(index).or(AGAIN_AFTER_SECONDS.last());
    let wait = wait.filter(|_| tries < TRIES_MAX);
    wait.map(|seconds| now.plus_seconds(*seconds))
}

/// Starts a refund or asks how it stands, and books what WeChat says.
///
/// # Errors
/// [`WechatFailure`]; nothing was learned, and the number stays good for the next try.
pub fn ask_refund(
    db: &Db,
    city: &City,
    gateway: &Gateway,
    (ours, state): (&Refund, RefundState),
    now: Timestamp,
) -> Result<RefundState, WechatFailure> {
    let number = RefundNumber { person: ours.person, refund: ours.id };
    let occasion = (gateway.occasion)();
    let answer = match state {
        RefundState::UnderWay | RefundState::Abnormal => {
            gateway.client.query_refund(number, &occasion)
        }
        RefundState::Decided | RefundState::Done | RefundState::Refused => {
            gateway.client.refund(&order_of(ours, number), &occasion)
        }
    };
    let city = city.clone();
    match answer {
        Ok((said, body)) => Ok(db.write(move |tx| {
            let said = (&said, Some(Source::Answer(body.clone())));
            let standing = settle_refund(tx, &city, said, now)?;
            Ok::<_, store::Error>(standing.unwrap_or(state))
        })?),
        Err(failure) => match failure.meaning() {
            Meaning::RequestWrong | Meaning::NotFound | Meaning::OrderClosed
                if state == RefundState::Decided =>
            {
                let ours = ours.clone();
                db.write(move |tx| refuse(tx, &city, &ours, now))?;
                Ok(RefundState::Refused)
            }
            _ => Err(failure.into()),
        },
    }
}

fn order_of(ours: &Refund, number: RefundNumber) -> RefundOrder {
    RefundOrder {
        number,
        transaction_id: ours.reference.clone(),
        reason: ours.reason.clone(),
        amount: ours.amount,
        paid: ours.paid,
    }
}
