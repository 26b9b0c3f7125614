//! Proposing a case and deciding it: two different people.

use insurance::casework::form::CaseForm;
use insurance::casework::hand::{check_decider, check_known};
use insurance::casework::state::CaseEvent;
use insurance::clerk::{Clerk, Role};
use insurance::payment_order::OrderState;
use policy::Text;
use store::Tx;
use store::tables::{case_evidence, payment_order};
use units::{Date, Fen, Timestamp};

use super::carry_out::finish_without_money;
use super::course::{Acting, CaseKey, Content, Course, check_office, check_reason, hand_of};
use super::plan::{plan, required_evidence};
use super::refusal::CaseworkRefusal;
use crate::city::City;

/// Whoever prepared a case: they opened, changed or proposed it.
const PREPARING: [CaseEvent; 2] = [CaseEvent::Edit, CaseEvent::Propose];

/// What a second person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is right.
    Approve,
    /// It is to be corrected.
    SendBack,
    /// It can't be done.
    Refuse,
}

/// Proposes what a case comes to.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn propose_case(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    key: CaseKey,
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.meets(course.case.kind.openers()) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    check_office(clerk, &course.case)?;
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    course.case.state.next(CaseEvent::Propose)?;
    let (form, today) = (course.form(), now.date_in_shanghai());
    let missing = missing_evidence(tx, city, (key, &form), today)?;
    if !missing.is_empty() {
        return Err(CaseworkRefusal::EvidenceMustBeComplete(missing));
    }
    let (computed, amount) = if course.was_carried_out() {
        (course.proposal().and_then(|step| step.computed.clone()), unpaid(tx, key)?)
    } else {
        let plan = plan(tx, city, (&course.case, &form), today)?;
        (Some(plan.computed()), plan.amount())
    };
    let content = Content { computed, amount: Some(amount), ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (CaseEvent::Propose, content))
}

/// What the pack's list wants and nobody handed in.
///
/// # Errors
/// The database's.
pub fn missing_evidence(
    tx: &mut Tx<'_>,
    city: &City,
    (key, form): (CaseKey, &CaseForm),
    on: Date,
) -> Result<Vec<Text>, store::Error> {
    let files = case_evidence::list(tx, key)?;
    let mut wanted = required_evidence(city, form, on);
    wanted.retain(|text| files.iter().all(|file| file.label != text.zh));
    Ok(wanted)
}

/// What the bank sent back and is to be paid again: the lines without a live order.
pub(super) fn unpaid(tx: &mut Tx<'_>, key: CaseKey) -> Result<Fen, store::Error> {
    let orders = payment_order::list_of_case(tx, key)?;
    let lives = |line: i64| {
        orders.iter().any(|(order, state)| order.line == line && *state != OrderState::Rejected)
    };
    let mut lines: Vec<(i64, Fen)> =
        orders.iter().map(|(order, _)| (order.line, order.amount)).collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(lines.into_iter().filter(|(line, _)| !lives(*line)).map(|(_, amount)| amount).sum())
}

/// Decides a proposed case. An approved case from which no money leaves is carried out at once.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn decide_case(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (key, decision, note): (CaseKey, Decision, &str),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.contains(Role::Review) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    check_office(clerk, &course.case)?;
    let event = match decision {
        Decision::Approve => CaseEvent::Approve,
        Decision::SendBack => CaseEvent::SendBack,
        Decision::Refuse => CaseEvent::Refuse,
    };
    course.case.state.next(event)?;
    let hand = hand_of(tx, clerk)?;
    let preparers = course.hands(tx, &PREPARING)?;
    check_decider(&hand, &preparers)?;
    if decision != Decision::Approve {
        check_reason(note)?;
    }
    let content = Content { note, ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (event, content))?;
    let moves_money = course.proposal().and_then(|step| step.amount) != Some(Fen::ZERO);
    if decision == Decision::Approve && !moves_money {
        finish_without_money(tx, city, clerk, (&mut course, &hand), now)?;
    }
    Ok(())
}

/// The applicant takes the case back.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn withdraw_case(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (key, note): (CaseKey, &str),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.meets(course.case.kind.openers()) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    check_office(clerk, &course.case)?;
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    check_reason(note)?;
    // Once money left for it, a case ends by being paid, not by being taken back.
    if course.was_carried_out() {
        return Err(CaseworkRefusal::OnlyThePayeeMayChange);
    }
    let content = Content { note, ..Content::default() };
    course.append(tx, &Acting { city, clerk, hand: &hand, now }, (CaseEvent::Withdraw, content))
}
