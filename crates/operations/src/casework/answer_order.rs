//! What the bank says of a payment order: paid, or sent back.

use insurance::casework::hand::check_known;
use insurance::casework::state::CaseEvent;
use insurance::cause::Cause;
use insurance::clerk::{Clerk, Role};
use insurance::ids::{PaymentOrderId, PersonId};
use insurance::ledger::{Entry, EntryKind};
use insurance::payment_order::{OrderEvent, OrderState, confirm_posting, reject_posting};
use store::Tx;
use store::tables::payment_order::{self, BankAnswer};
use store::tables::{entry, person as people, suspense};
use units::{Date, Timestamp};

use super::course::{Acting, Content, Course, hand_of};
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::record_event::take_back::release_claim;

/// Letters of the bank's number or reason.
const REFERENCE_LETTERS: std::ops::RangeInclusive<usize> = 2..=64;

/// What the bank said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Paid, or not.
    pub event: OrderEvent,
    /// The bank's day.
    pub on: Date,
    /// The bank's number of the payment, or its reason for not paying.
    pub reference: String,
}

/// Books the bank's answer. The last answer of a case ends it, or opens it again for a corrected
/// payee. The same answer again changes nothing.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn answer_order(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    ((person, id), answer): ((PersonId, PaymentOrderId), &Answer),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    if !clerk.roles.contains(Role::Finance) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    // The channel may be taking the money back just now.
    people::lock(tx, person)?;
    let found = payment_order::find_locked(tx, (person, id))?;
    let (order, before) = found.ok_or(CaseworkRefusal::OrderMustExist)?;
    let state = before.next(answer.event)?;
    if state == before {
        return Ok(());
    }
    if answer.on > now.date_in_shanghai() || answer.on < order.ordered_on {
        return Err(CaseworkRefusal::DayMustNotBeLater);
    }
    if !REFERENCE_LETTERS.contains(&answer.reference.trim().chars().count()) {
        return Err(CaseworkRefusal::TextMustBeFilled);
    }
    let (kind, posting) = match answer.event {
        OrderEvent::Confirm => (EntryKind::PaymentConfirmed, confirm_posting(order.amount)),
        OrderEvent::Reject => {
            (EntryKind::PaymentRejected, reject_posting(order.source, order.amount))
        }
    };
    let booked = Entry {
        owner: person,
        id: city.fresh(now),
        kind,
        recorded_at: now,
        effective_on: answer.on,
        cause: Cause::Case(order.case),
        postings: vec![posting],
    };
    entry::append(tx, &booked)?;
    if answer.event == OrderEvent::Reject
        && let Some(held) = suspense::find_of_case(tx, person, order.case)?
    {
        release_claim(tx, city, ((&held, order.amount), Cause::Case(order.case)), now)?;
    }
    let answer = BankAnswer {
        event: answer.event,
        clerk: clerk.id,
        staff: hand.staff_now.clone(),
        recorded_at: now,
        effective_on: answer.on,
        reference: answer.reference.trim().to_owned(),
        entry: booked.id,
    };
    payment_order::insert_answer(tx, (person, id), (&answer, state))?;
    let key = (person, order.case);
    if let Some(event) = case_event(&payment_order::list_of_case(tx, key)?) {
        let mut course = Course::get_locked(tx, key)?;
        course.append(
            tx,
            &Acting { city, clerk, hand: &hand, now },
            (event, Content::default()),
        )?;
    }
    Ok(())
}

/// What the answers of a case mean for it: nothing while one is missing.
fn case_event(
    orders: &[(insurance::payment_order::PaymentOrder, OrderState)],
) -> Option<CaseEvent> {
    if orders.iter().any(|(_, state)| *state == OrderState::Ordered) {
        return None;
    }
    let is_paid = |line: i64| {
        orders.iter().any(|(order, state)| order.line == line && *state == OrderState::Confirmed)
    };
    let all_paid = orders.iter().all(|(order, _)| is_paid(order.line));
    Some(if all_paid { CaseEvent::Confirm } else { CaseEvent::Bounce })
}
