//! What WeChat says of a refund, compared with our decision, and booked.
//!
//! When the money went back, one entry takes it out of suspense and out of WeChat's clearing
//! account, and the person is told. The bill of the day moves it out of the fund.

use channels::wechat_pay::order_number::RefundNumber;
use channels::wechat_pay::refund::{Refund as Said, RefundState as Word};
use insurance::cause::Cause;
use insurance::ledger::{Account, Entry, EntryKind, Posting};
use insurance::notice::NoticeKind;
use insurance::payment::ChannelKind;
use insurance::receipt::SuspenseState;
use insurance::reconciliation::{Difference, Line};
use store::Tx;
use store::tables::refund::{self, Refund, RefundState, RefundStep};
use store::tables::task::TaskKind;
use store::tables::{entry, person, suspense};
use units::{Date, Timestamp};

use super::refund_state::next;
use super::settle_transaction::{Source, keep, open_difference};
use crate::city::City;
use crate::open_task::{Work, open_task};
use crate::record_event::take_back::release_claim;
use crate::write_notice::{Subject, write_notice};

/// Who decides about money that can't go back the way it came.
pub const CLERK: &str = "clerk";
/// Within how many working days a clerk finds another way.
const OTHERWISE_WITHIN_WORKING_DAYS: u32 = 3;

/// Books what WeChat says of a refund; the same word again changes nothing. Answers how the
/// refund stands, or `None` when it is not ours: that opens a difference.
///
/// # Errors
/// The database's.
pub fn settle_refund(
    tx: &mut Tx<'_>,
    city: &City,
    (said, source): (&Said, Option<Source>),
    now: Timestamp,
) -> Result<Option<RefundState>, store::Error> {
    let known = match said.out_refund_no.parse::<RefundNumber>() {
        Ok(number) if person::lock(tx, number.person)? => {
            refund::find(tx, number.person, number.refund)?
        }
        _ => None,
    };
    let Some((ours, standing)) = known else {
        let line = Line { reference: said.out_refund_no.clone(), amount: said.amount };
        differs(tx, city, &Difference::OnlyTheirs(line), now)?;
        return Ok(None);
    };
    if said.amount != ours.amount || said.transaction_id != ours.reference {
        let reference = said.out_refund_no.clone();
        let difference =
            Difference::AmountDiffers { reference, ours: ours.amount, theirs: said.amount };
        differs(tx, city, &difference, now)?;
        return Ok(Some(standing.state));
    }
    let state = next(standing.state, &said.state);
    if state == standing.state && standing.state != RefundState::UnderWay {
        return Ok(Some(state));
    }
    let day = said.refunded_at.unwrap_or(now).date_in_shanghai();
    refund::set_state(tx, (ours.person, ours.id), state, now.date_in_shanghai())?;
    if state == standing.state {
        return Ok(Some(state));
    }
    let message = match source {
        Some(Source::Answer(_)) if said.state == Word::Processing => None,
        Some(source) => Some(keep(tx, city, source, now)?),
        None => None,
    };
    let step = RefundStep {
        id: city.fresh::<insurance::ids::RefundId>(now).get(),
        state,
        recorded_at: now,
        message,
        channel_number: Some(&said.refund_id),
    };
    refund::insert_step(tx, (ours.person, ours.id), step)?;
    act(tx, city, (&ours, state), (day, now))?;
    Ok(Some(state))
}

/// What follows from a new state.
fn act(
    tx: &mut Tx<'_>,
    city: &City,
    (ours, state): (&Refund, RefundState),
    (day, now): (Date, Timestamp),
) -> Result<(), store::Error> {
    match state {
        RefundState::Decided | RefundState::UnderWay => Ok(()),
        RefundState::Done => {
            book(tx, city, ours, (day, now))?;
            match_refund(tx, city, ours, now)
        }
        RefundState::Refused => {
            let held = suspense::find(tx, ours.person, ours.suspense)?;
            let held = held.filter(|held| held.state == SuspenseState::Refunding);
            let cause = Cause::Refund(ours.id);
            if let Some(held) = held
                && release_claim(tx, city, ((&held, ours.amount), cause), now)?
            {
                suspense::set_refund_released(tx, (ours.person, ours.suspense))?;
                return Ok(());
            }
            suspense::hold_again(tx, ours.person, ours.suspense, CLERK)?;
            refund_otherwise(tx, city, ours, now)
        }
        RefundState::Abnormal => refund_otherwise(tx, city, ours, now),
    }
}

fn book(
    tx: &mut Tx<'_>,
    city: &City,
    ours: &Refund,
    (day, now): (Date, Timestamp),
) -> Result<(), store::Error> {
    let held = (ours.person, ours.suspense);
    if suspense::set_refunded(tx, held, now, ours.id)? == 0 {
        // It was used otherwise after WeChat had refused: the money is gone twice.
        let reference = RefundNumber { person: ours.person, refund: ours.id }.to_string();
        let line = Line { reference, amount: ours.amount };
        return differs(tx, city, &Difference::OnlyTheirs(line), now);
    }
    let (debit, credit) = (Account::Suspense, Account::Clearing(ChannelKind::Wechat));
    let posting = Posting { debit, credit, amount: ours.amount, due: None };
    entry::append(
        tx,
        &Entry {
            owner: ours.person,
            id: city.fresh(now),
            kind: EntryKind::Refund,
            recorded_at: now,
            effective_on: day,
            cause: Cause::Refund(ours.id),
            postings: vec![posting],
        },
    )?;
    let subject = Subject { month: day.month(), subject: ours.receipt.get(), amount: ours.amount };
    let about = (ours.person, NoticeKind::Refunded);
    write_notice(tx, city, about, (subject, Cause::Refund(ours.id)), now)?;
    Ok(())
}

/// Once the money went back and a bill has it, it leaves the fund's account.
///
/// # Errors
/// The database's.
pub(super) fn match_refund(
    tx: &mut Tx<'_>,
    city: &City,
    ours: &Refund,
    now: Timestamp,
) -> Result<(), store::Error> {
    let today = now.date_in_shanghai();
    if refund::set_matched(tx, (ours.person, ours.id), today)? == 0 {
        return Ok(());
    }
    let (debit, credit) = (Account::Clearing(ChannelKind::Wechat), Account::Fund);
    entry::append(
        tx,
        &Entry {
            owner: ours.person,
            id: city.fresh(now),
            kind: EntryKind::Reconciliation,
            recorded_at: now,
            effective_on: today,
            cause: Cause::Refund(ours.id),
            postings: vec![Posting { debit, credit, amount: ours.amount, due: None }],
        },
    )
}

/// The money can't go back the way it came: a clerk finds another way with the person.
fn refund_otherwise(
    tx: &mut Tx<'_>,
    city: &City,
    ours: &Refund,
    now: Timestamp,
) -> Result<(), store::Error> {
    let work = Work {
        kind: TaskKind::RefundOtherwise,
        office: String::new(),
        month: Some(now.date_in_shanghai().month()),
        working_days: OTHERWISE_WITHIN_WORKING_DAYS,
    };
    open_task(tx, city, (ours.person, work), now)?;
    Ok(())
}

fn differs(
    tx: &mut Tx<'_>,
    city: &City,
    difference: &Difference,
    now: Timestamp,
) -> Result<(), store::Error> {
    open_difference(tx, city, (now.date_in_shanghai(), difference), now)
}

/// WeChat refused to begin: as if it had been closed without money.
///
/// # Errors
/// The database's.
pub(super) fn refuse(
    tx: &mut Tx<'_>,
    city: &City,
    ours: &Refund,
    now: Timestamp,
) -> Result<(), store::Error> {
    let said = Said {
        out_refund_no: RefundNumber { person: ours.person, refund: ours.id }.to_string(),
        refund_id: String::new(),
        transaction_id: ours.reference.clone(),
        state: Word::Closed,
        refunded_at: None,
        amount: ours.amount,
    };
    settle_refund(tx, city, (&said, None), now)?;
    Ok(())
}
