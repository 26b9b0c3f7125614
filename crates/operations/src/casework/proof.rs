//! Proof of casework: every case stands where its steps lead, was decided by somebody who did not
//! prepare it, and its payments are those that were decided.

use insurance::casework::hand::check_decider;
use insurance::casework::state::{CaseEvent, CaseState};
use insurance::ledger::Account;
use store::Tx;
use store::tables::{entry, office_case, payment_order};
use units::Fen;

use super::course::Course;

/// A broken rule and where.
pub type Broken = (&'static str, String);

/// What is not as it must be.
///
/// # Errors
/// The database's.
pub fn check_casework(tx: &mut Tx<'_>) -> Result<Vec<Broken>, store::Error> {
    let mut broken = Vec::new();
    for case in office_case::list_all(tx)? {
        let steps = office_case::list_steps(tx, (case.person, case.id))?;
        let course = Course { case, steps };
        broken.extend(check_course(tx, &course)?);
    }
    check_orders(tx, &mut broken)?;
    check_balances(tx, &mut broken)?;
    Ok(broken)
}

fn check_course(tx: &mut Tx<'_>, course: &Course) -> Result<Vec<Broken>, store::Error> {
    let name = |what: &str| format!("case {}: {what}", course.case.id);
    let mut broken = Vec::new();
    let mut state = Some(CaseState::Open);
    let mut preparers = Vec::new();
    for (step, number) in course.steps.iter().zip(1..) {
        state = state.and_then(|state| state.next(step.event).ok());
        if step.step != number {
            broken.push(("case_steps", name("a step is missing")));
        }
        let hand = insurance::casework::hand::Hand {
            clerk: step.clerk,
            staff: step.staff.clone(),
            staff_now: step.staff.clone(),
        };
        match step.event {
            CaseEvent::Edit | CaseEvent::Propose => preparers.push(hand),
            CaseEvent::Approve => {
                if check_decider(&hand, &preparers).is_err() {
                    broken.push(("case_two_people", name("decided by whoever prepared it")));
                }
            }
            CaseEvent::SendBack
            | CaseEvent::Refuse
            | CaseEvent::Withdraw
            | CaseEvent::Finish
            | CaseEvent::Pay
            | CaseEvent::Confirm
            | CaseEvent::Bounce => {}
        }
    }
    if state != Some(course.case.state) {
        broken.push(("case_state", name("its steps lead elsewhere")));
    }
    let sound = course.steps.iter().rev().find_map(|step| step.form.as_deref());
    let sound = sound
        .and_then(|text| serde_json::from_str::<insurance::casework::form::CaseForm>(text).ok());
    if sound.is_none_or(|form| form.kind() != course.case.kind) {
        broken.push(("case_form", name("its form can't be read")));
    }
    check_sum(tx, course, &mut broken)?;
    Ok(broken)
}

/// The sum that was proposed is the sum that was ordered.
fn check_sum(
    tx: &mut Tx<'_>,
    course: &Course,
    broken: &mut Vec<Broken>,
) -> Result<(), store::Error> {
    let orders = payment_order::list_of_case(tx, course.key())?;
    let pays = course.steps.iter().filter(|step| step.event == CaseEvent::Pay);
    for pay in pays.clone() {
        let before = course.steps.iter().rev().filter(|step| step.step < pay.step);
        let proposed = before.clone().find(|step| step.event == CaseEvent::Propose);
        let of_step = orders.iter().filter(|(order, _)| order.step == pay.step);
        let ordered: Fen = of_step.map(|(order, _)| order.amount).sum();
        if proposed.and_then(|step| step.amount) != Some(ordered) {
            let detail = format!("case {}: ordered {ordered}", course.case.id);
            broken.push(("case_sum", detail));
        }
    }
    if !orders.iter().all(|(order, _)| pays.clone().any(|pay| pay.step == order.step)) {
        broken.push(("case_sum", format!("case {}: an order without its step", course.case.id)));
    }
    Ok(())
}

/// Every order goes to a payee that its case's form named.
fn check_orders(tx: &mut Tx<'_>, broken: &mut Vec<Broken>) -> Result<(), store::Error> {
    for (order, _) in payment_order::list_all(tx)? {
        let steps = office_case::list_steps(tx, (order.person, order.case))?;
        let form = steps
            .iter()
            .filter(|step| step.step < order.step)
            .rev()
            .find_map(|step| step.form.as_deref())
            .and_then(|text| {
                serde_json::from_str::<insurance::casework::form::CaseForm>(text).ok()
            });
        let line = usize::try_from(order.line).unwrap_or(usize::MAX);
        let named = form.as_ref().and_then(|form| form.payee_of(line));
        if named != Some(&order.payee) {
            broken.push(("payment_order_payee", format!("order {}", order.id)));
        }
    }
    Ok(())
}

/// 待付 is what the bank has not answered; nothing is left between two people's books.
fn check_balances(tx: &mut Tx<'_>, broken: &mut Vec<Broken>) -> Result<(), store::Error> {
    let turnovers = entry::sum_by_account(tx)?;
    let balance = |account: Account| {
        let found = turnovers.iter().find(|turnover| turnover.account == account);
        found.map_or(Some(Fen::ZERO), |found| found.credit.checked_sub(found.debit))
    };
    if balance(Account::Payable) != Some(payment_order::sum_waiting(tx)?) {
        broken.push(("payable_balance", "orders and books differ".to_owned()));
    }
    if balance(Account::Crossing) != Some(Fen::ZERO) {
        broken.push(("crossing_balance", "money is between two people".to_owned()));
    }
    Ok(())
}
