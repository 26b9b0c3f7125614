//! 退保: the account is paid to the person, or kept, as the law and the person's wish have it.

use insurance::calculator::surrender::settle;
use insurance::casework::form::{AccountWish, CaseForm};
use insurance::cause::Cause;
use insurance::ids::PersonId;
use insurance::ledger::Account;
use policy::collection::SurrenderOutcome;
use policy::{Branch, Step, Text};
use store::Tx;
use store::tables::office_case::OfficeCase;
use store::tables::{enrolment, mandate};
use units::{Date, Fen, Timestamp};

use super::account::account_on;
use super::plan::{Payout, Plan};
use super::refusal::CaseworkRefusal;
use crate::city::City;
use crate::stop_enrolment::stop_enrolment;

pub(super) fn plan(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::Surrender { reason, wish, payee, informed_on } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let found = account_on(tx, city, (case.person, case.id), on)?;
    let settled = settle(city.pack(), *reason, &found.account, on)?;
    let mut explanation = settled.explanation;
    explanation.steps.splice(0..0, found.steps);
    explanation.steps.push(Step::new(
        Text::fixed(
            "书面告知保留账户的权利",
            "informed in writing of the right to keep the account",
        ),
        informed_on.to_string(),
    ));
    let mut payouts = Vec::new();
    match (settled.value.outcome, wish) {
        (SurrenderOutcome::PayToPerson, AccountWish::EndAndPay) => {
            let amount = settled.value.amount;
            let payee = match payee {
                Some(payee) => payee.clone(),
                None => return Err(CaseworkRefusal::PayeeMustBeNamed),
            };
            let source = Account::IndividualPaid(Branch::Pension);
            payouts.push(Payout { payee, amount, source });
        }
        (SurrenderOutcome::PayToPerson, AccountWish::Keep) => explanation.steps.push(Step::new(
            Text::fixed("本人选择保留账户", "the person chose to keep the account"),
            format!("{} → {}", settled.value.amount, Fen::ZERO),
        )),
        (SurrenderOutcome::KeepAccount | SurrenderOutcome::PayToHeirs, _) => {}
    }
    explanation.amount = Some(payouts.iter().map(|payout| payout.amount).sum());
    Ok(Plan { explanation, payouts })
}

/// Ends the enrolment and the mandate. Somebody who stopped before has nothing to stop.
pub(super) fn end_insurance(
    tx: &mut Tx<'_>,
    city: &City,
    (person, cause): (PersonId, Cause),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let spans = enrolment::list(tx, person)?;
    if spans.iter().any(|span| span.closed_on.is_none()) {
        stop_enrolment(tx, city, person, cause, now)?;
    }
    mandate::set_ended(tx, person, now.date_in_shanghai())?;
    Ok(())
}
