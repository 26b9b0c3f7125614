//! Carrying out an approved case: its effects, once, and its payment orders.

use insurance::casework::form::CaseForm;
use insurance::casework::hand::{Hand, check_payer};
use insurance::casework::kind::CaseKind;
use insurance::casework::state::CaseEvent;
use insurance::cause::Cause;
use insurance::clerk::{Clerk, Role};
use insurance::ids::CITY;
use insurance::ledger::{Entry, EntryKind};
use insurance::payment_order::{OrderState, PaymentOrder, order_posting};
use store::Tx;
use store::tables::{entry, payment_order, person, suspense as held};
use units::{Date, Timestamp};

use super::course::{Acting, CaseKey, Content, Course, hand_of};
use super::plan::{Payout, plan};
use super::refusal::CaseworkRefusal;
use super::{death, recovery, surrender, suspense, transfer, withdraw_dues, wrong_receipt};
use crate::city::City;
use crate::record_event::take_back::is_taken_back;

/// Carries out an approved case from which money leaves, by somebody in finance who did not
/// approve it.
///
/// # Errors
/// [`CaseworkRefusal`]; nothing is changed.
pub fn carry_out(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    key: CaseKey,
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let mut course = Course::get_locked(tx, key)?;
    if !clerk.roles.contains(Role::Finance) {
        return Err(CaseworkRefusal::RoleMustAllow);
    }
    course.case.state.next(CaseEvent::Pay)?;
    let hand = hand_of(tx, clerk)?;
    let deciders = course.hands(tx, &[CaseEvent::Approve])?;
    check_payer(&hand, &deciders)?;
    let payouts = if course.was_carried_out() {
        returned_payouts(tx, &course)?
    } else {
        take_effect(tx, city, &course, now)?
    };
    for (line, payout) in payouts {
        order(tx, city, (&course, line, &payout), now)?;
    }
    course.append(
        tx,
        &Acting { city, clerk, hand: &hand, now },
        (CaseEvent::Pay, Content::default()),
    )
}

/// Carries out a case that moves no money out, in the transaction that approved it.
pub(super) fn finish_without_money(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (course, hand): (&mut Course, &Hand),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    take_effect(tx, city, course, now)?;
    course.append(tx, &Acting { city, clerk, hand, now }, (CaseEvent::Finish, Content::default()))
}

/// Computes the case again, refuses where the result is another than the approved one, and does
/// what it entails. Answers what is to be paid, by line.
fn take_effect(
    tx: &mut Tx<'_>,
    city: &City,
    course: &Course,
    now: Timestamp,
) -> Result<Vec<(usize, Payout)>, CaseworkRefusal> {
    let (case, form) = (&course.case, course.form());
    if case.person != CITY && case.kind != CaseKind::WrongReceipt {
        person::lock(tx, case.person)?;
    }
    let on = course.proposed_on().ok_or(CaseworkRefusal::ResultMustStayAsApproved)?;
    let plan = plan(tx, city, (case, &form), on)?;
    let approved = course.proposal().and_then(|step| step.computed.as_deref());
    if approved != Some(&*plan.computed()) {
        return Err(CaseworkRefusal::ResultMustStayAsApproved);
    }
    do_it(tx, city, (course, &form, on), now)?;
    let payouts = plan.payouts.into_iter().enumerate();
    Ok(payouts.filter(|(_, payout)| !payout.amount.is_zero()).collect())
}

fn do_it(
    tx: &mut Tx<'_>,
    city: &City,
    (course, form, on): (&Course, &CaseForm, Date),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let case = &course.case;
    let cause = Cause::Case(case.id);
    match form {
        CaseForm::Surrender { .. } => surrender::end_insurance(tx, city, (case.person, cause), now),
        CaseForm::Death { .. } => death::end_insurance(tx, city, (case, case.id, form), now),
        CaseForm::TransferIn { .. } => transfer::take_in(tx, city, (case, form), now),
        CaseForm::TransferOut { .. } => {
            transfer::send_out(tx, city, (case, form, on), now)?;
            surrender::end_insurance(tx, city, (case.person, cause), now)
        }
        CaseForm::Suspense { .. } => suspense::settle(tx, city, (case, form, on), now),
        CaseForm::WrongReceipt { .. } => {
            wrong_receipt::move_receipt(tx, city, (case, form, on), now)
        }
        CaseForm::WrongDue { .. } => {
            let due = withdraw_dues::wrong_due(tx, case.person, form)?;
            withdraw_dues::withdraw(tx, city, (case.person, &[due]), cause, now)
        }
        CaseForm::Objection { .. } => Ok(()),
        CaseForm::Recovery { .. } => recovery::take_back(tx, city, (case, form), now),
    }
}

/// The payments that the bank refused, to the payees as corrected since.
fn returned_payouts(
    tx: &mut Tx<'_>,
    course: &Course,
) -> Result<Vec<(usize, Payout)>, CaseworkRefusal> {
    if let Some(held) = held::find_of_case(tx, course.case.person, course.case.id)?
        && is_taken_back(tx, &held)?
    {
        return Err(CaseworkRefusal::MoneyMustNotBeTakenBack);
    }
    let orders = payment_order::list_of_case(tx, course.key())?;
    let form = course.form();
    let mut again: Vec<(usize, Payout)> = Vec::new();
    for (order, _) in &orders {
        let line = usize::try_from(order.line).unwrap_or_default();
        let lives = orders
            .iter()
            .any(|(other, state)| other.line == order.line && *state != OrderState::Rejected);
        if lives || again.iter().any(|(known, _)| *known == line) {
            continue;
        }
        let payee = form.payee_of(line).ok_or(CaseworkRefusal::PayeeMustBeNamed)?.clone();
        again.push((line, Payout { payee, amount: order.amount, source: order.source }));
    }
    Ok(again)
}

fn order(
    tx: &mut Tx<'_>,
    city: &City,
    (course, line, payout): (&Course, usize, &Payout),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let order = PaymentOrder {
        person: course.case.person,
        id: city.fresh(now),
        case: course.case.id,
        step: course.next_step(),
        line: i64::try_from(line).unwrap_or(i64::MAX),
        payee: payout.payee.clone(),
        amount: payout.amount,
        source: payout.source,
        entry: city.fresh(now),
        ordered_at: now,
        ordered_on: now.date_in_shanghai(),
    };
    entry::append(
        tx,
        &Entry {
            owner: order.person,
            id: order.entry,
            kind: EntryKind::PaymentOrdered,
            recorded_at: now,
            effective_on: order.ordered_on,
            cause: Cause::Case(order.case),
            postings: vec![order_posting(order.source, order.amount)],
        },
    )?;
    payment_order::insert(tx, &order)?;
    Ok(())
}
