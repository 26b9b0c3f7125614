//! 参保人死亡: the account goes to the heirs, the survivors get their grants, insurance ends with
//! the month of death.

use insurance::calculator::surrender::settle;
use insurance::calculator::survivors_grant::grants;
use insurance::casework::form::CaseForm;
use insurance::casework::share::divide;
use insurance::cause::Cause;
use insurance::due::Due;
use insurance::ids::CaseId;
use insurance::ledger::Account;
use policy::collection::SurrenderReason;
use policy::{Branch, Explanation, Step, Text};
use store::Tx;
use store::tables::enrolment::End;
use store::tables::office_case::OfficeCase;
use store::tables::{due, enrolment, mandate};
use units::{Date, Timestamp};

use super::account::{account_on, paid_months};
use super::plan::{Payout, Plan};
use super::refusal::CaseworkRefusal;
use super::withdraw_dues::{check_not_being_paid, withdraw};
use crate::city::City;

pub(super) fn plan(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::Death { died_on, monthly_income, heirs, grants_to } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let found = account_on(tx, city, (case.person, case.id), on)?;
    let settled = settle(city.pack(), SurrenderReason::Death, &found.account, on)?;
    let months = paid_months(tx, case.person, Branch::Pension)?;
    let granted = grants(city.pack(), months, *monthly_income, *died_on)?;
    let weights: Vec<u32> = heirs.iter().map(|heir| heir.share).collect();
    let parts = divide(settled.value.amount, &weights);
    let parts = parts.ok_or(CaseworkRefusal::HeirsMustHaveParts)?;
    let mut steps = vec![Step::new(Text::fixed("死亡日期", "day of death"), died_on.to_string())];
    steps.extend(found.steps);
    steps.extend(settled.explanation.steps);
    let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    for (number, (part, weight)) in (1..).zip(parts.iter().zip(&weights)) {
        let label = Text::made(format!("第{number}位继承人"), format!("heir {number}"));
        let formula = format!("{} × {weight} ÷ {all} = {part}", settled.value.amount);
        steps.push(Step::new(label, formula).amount(*part));
    }
    let label = Text::fixed("缴费月数", "months of contribution");
    steps.push(Step::new(label, months.to_string()));
    steps.extend(granted.explanation.steps);
    let source = Account::IndividualPaid(Branch::Pension);
    let mut payouts: Vec<Payout> = heirs
        .iter()
        .zip(parts)
        .map(|(heir, amount)| Payout { payee: heir.payee.clone(), amount, source })
        .collect();
    payouts.push(Payout {
        payee: grants_to.clone(),
        amount: granted.value.funeral + granted.value.survivors,
        source: Account::PooledPaid(Branch::Pension),
    });
    let title = Text::fixed("个人账户继承和遗属待遇", "inheritance and survivors' grants");
    let amount = Some(payouts.iter().map(|payout| payout.amount).sum());
    let pack = settled.explanation.pack;
    Ok(Plan { explanation: Explanation { title, steps, amount, pack }, payouts })
}

/// Ends insurance with the month of death, and takes back what was asked for after it.
pub(super) fn end_insurance(
    tx: &mut Tx<'_>,
    city: &City,
    (case, id, form): (&OfficeCase, CaseId, &CaseForm),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let CaseForm::Death { died_on, .. } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let (person, last, today) = (case.person, died_on.month(), now.date_in_shanghai());
    for span in enrolment::list(tx, person)? {
        if span.closed_on.is_none() {
            let until = last.max(span.from.previous());
            let end = End { until, closed_on: today, cause: Cause::Case(id) };
            enrolment::set_closed(tx, (person, span.id), end)?;
        }
    }
    let unpaid = due::list_unpaid(tx, person)?;
    let later: Vec<Due> = unpaid.into_iter().filter(|due| due.key.month > last).collect();
    check_not_being_paid(tx, person, &later)?;
    withdraw(tx, city, (person, &later), Cause::Case(id), now)?;
    mandate::set_ended(tx, person, today)?;
    Ok(())
}
