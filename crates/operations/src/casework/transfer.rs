//! 关系转移接续: months and account come from another city, or leave for one.

use insurance::calculator::surrender::with_running_year;
use insurance::casework::form::{CaseForm, Span};
use insurance::cause::Cause;
use insurance::ledger::{Account, Entry, EntryKind, Posting};
use policy::{Branch, Explanation, Step, Text};
use store::Tx;
use store::tables::office_case::OfficeCase;
use store::tables::transfer::{self, Direction, Transfer};
use store::tables::{account_deposit, entry};
use units::{Date, Fen, Month, Timestamp};

use super::account::{account_on, paid_months};
use super::plan::{Payout, Plan};
use super::refusal::CaseworkRefusal;
use crate::city::City;

/// No working life has more months.
const MONTHS_MAX: usize = 720;

pub(super) fn plan_in(
    tx: &mut Tx<'_>,
    _: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::TransferIn {
        branch,
        city: other_city,
        months,
        account,
        pooled,
        arrived_on,
        reference,
    } = form
    else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let listed = months_of(months, on)?;
    check_counted_once(tx, case, (*branch, &listed))?;
    check_own_money(tx, case, reference)?;
    let steps = vec![
        Step::new(Text::fixed("转出地", "from"), other_city.as_str()),
        Step::new(Text::fixed("险种", "insurance"), Text::fixed(branch.chinese(), branch.word())),
        Step::new(Text::fixed("转入月数", "months"), listed.len().to_string()),
        Step::new(Text::fixed("个人账户转入", "to the individual account"), account.to_string())
            .amount(*account),
        Step::new(Text::fixed("统筹基金转入", "to the pooled fund"), pooled.to_string())
            .amount(*pooled),
        Step::new(
            Text::fixed("到账日期和银行流水号", "day and number of the bank's booking"),
            format!("{arrived_on} {reference}"),
        ),
    ];
    let title = Text::fixed("关系转入", "transfer in");
    Ok(Plan {
        explanation: Explanation { title, steps, amount: None, pack: None },
        payouts: Vec::new(),
    })
}

/// The months of some spans: they run forward, do not meet, and have ended.
fn months_of(spans: &[Span], on: Date) -> Result<Vec<Month>, CaseworkRefusal> {
    let sound = |span: &Span| span.from <= span.until && span.until < on.month();
    if spans.is_empty() || !spans.iter().all(sound) {
        return Err(CaseworkRefusal::MonthsMustHaveEnded);
    }
    let all = spans.iter().flat_map(|span| span.from.through(span.until));
    let mut months: Vec<Month> = all.take(MONTHS_MAX + 1).collect();
    months.sort_unstable();
    if let Some(twice) = months.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(CaseworkRefusal::MonthMustNotBeCountedTwice(twice[0]));
    }
    if months.len() > MONTHS_MAX { Err(CaseworkRefusal::MonthsMustHaveEnded) } else { Ok(months) }
}

/// A month that was paid here, or came before, is not counted again. What this case itself brought
/// does not stand in its own way.
fn check_counted_once(
    tx: &mut Tx<'_>,
    case: &OfficeCase,
    (branch, months): (Branch, &[Month]),
) -> Result<(), CaseworkRefusal> {
    let paid = account_deposit::list(tx, case.person, branch)?;
    let came = transfer::list_months(tx, case.person, branch)?;
    let twice = months
        .iter()
        .find(|month| came.contains(month) || paid.iter().any(|paid| paid.month == **month));
    twice.map_or(Ok(()), |month| Err(CaseworkRefusal::MonthMustNotBeCountedTwice(*month)))
}

/// Money that came in belongs to one person: the bank's number stands in nobody else's transfer.
fn check_own_money(
    tx: &mut Tx<'_>,
    case: &OfficeCase,
    reference: &str,
) -> Result<(), CaseworkRefusal> {
    let reference = reference.trim();
    if !reference.is_empty() && transfer::is_counted_for_another(tx, case.person, reference)? {
        return Err(CaseworkRefusal::ReferenceMustBeOfOnePerson);
    }
    Ok(())
}

/// Counts the months and books the money.
pub(super) fn take_in(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let CaseForm::TransferIn {
        branch,
        city: other_city,
        months,
        account,
        pooled,
        arrived_on,
        reference,
    } = form
    else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let listed = months_of(months, now.date_in_shanghai())?;
    transfer::lock_all(tx)?;
    check_own_money(tx, case, reference)?;
    for month in &listed {
        if transfer::insert_month(tx, (case.person, case.id), (*branch, *month))? == 0 {
            return Err(CaseworkRefusal::MonthMustNotBeCountedTwice(*month));
        }
    }
    let postings: Vec<Posting> =
        [(Account::Individual(*branch), *account), (Account::Pooled(*branch), *pooled)]
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(credit, amount)| Posting { debit: Account::Fund, credit, amount, due: None })
            .collect();
    let booked = (!postings.is_empty()).then(|| Entry {
        owner: case.person,
        id: city.fresh(now),
        kind: EntryKind::TransferIn,
        recorded_at: now,
        effective_on: *arrived_on,
        cause: Cause::Case(case.id),
        postings,
    });
    if let Some(booked) = &booked {
        entry::append(tx, booked)?;
    }
    transfer::insert(
        tx,
        &Transfer {
            person: case.person,
            case: case.id,
            direction: Direction::In,
            branch: *branch,
            city: other_city.clone(),
            months: i64::try_from(listed.len()).unwrap_or(i64::MAX),
            account: *account,
            pooled: *pooled,
            effective_on: *arrived_on,
            reference: reference.clone(),
            entry: booked.map(|entry| entry.id),
        },
    )?;
    Ok(())
}

/// What leaves with the person: the account, and what was paid to the pooled fund for them.
struct Leaving {
    months: u32,
    account: Fen,
    pooled: Fen,
    steps: Vec<Step>,
}

fn leaving(
    tx: &mut Tx<'_>,
    city: &City,
    (case, branch): (&OfficeCase, Branch),
    on: Date,
) -> Result<Leaving, CaseworkRefusal> {
    let months = paid_months(tx, case.person, branch)?;
    if months == 0 {
        return Err(CaseworkRefusal::MonthsMustBePaid);
    }
    // Money goes with a pension only: medical and unemployment months are certified.
    if branch != Branch::Pension {
        return Ok(Leaving { months, account: Fen::ZERO, pooled: Fen::ZERO, steps: Vec::new() });
    }
    let found = account_on(tx, city, (case.person, case.id), on)?;
    let mut steps = found.steps;
    let account = with_running_year(city.pack(), &found.account, on, &mut steps)?;
    let here = account_deposit::list(tx, case.person, branch)?;
    let came = transfer::list(tx, case.person)?;
    let came = came.iter().filter(|t| t.direction == Direction::In && t.branch == branch);
    let pooled = Fen::checked_sum(
        here.iter().map(|paid| paid.pooled).chain(came.map(|transfer| transfer.pooled)),
    );
    let pooled = pooled.ok_or(insurance::calculator::Refusal::AmountMustFit)?;
    Ok(Leaving { months, account, pooled, steps })
}

pub(super) fn plan_out(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form): (&OfficeCase, &CaseForm),
    on: Date,
) -> Result<Plan, CaseworkRefusal> {
    let CaseForm::TransferOut { branch, city: other_city, payee } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let found = leaving(tx, city, (case, *branch), on)?;
    let mut steps = vec![
        Step::new(Text::fixed("转入地", "to"), other_city.as_str()),
        Step::new(Text::fixed("险种", "insurance"), Text::fixed(branch.chinese(), branch.word())),
        Step::new(Text::fixed("转出月数", "months"), found.months.to_string()),
    ];
    steps.extend(found.steps);
    steps.push(
        Step::new(
            Text::fixed("个人账户转出", "from the individual account"),
            found.account.to_string(),
        )
        .amount(found.account),
    );
    steps.push(
        Step::new(
            Text::fixed(
                "统筹基金转出（已缴统筹部分）",
                "from the pooled fund: what was paid to it",
            ),
            found.pooled.to_string(),
        )
        .amount(found.pooled),
    );
    let pay = |amount, source| Payout { payee: payee.clone(), amount, source };
    let payouts = vec![
        pay(found.account, Account::IndividualPaid(*branch)),
        pay(found.pooled, Account::PooledPaid(*branch)),
    ];
    let amount = Some(payouts.iter().map(|payout| payout.amount).sum());
    let title = Text::fixed("关系转出", "transfer out");
    let pack = Some(city.pack().pack_version());
    Ok(Plan { explanation: Explanation { title, steps, amount, pack }, payouts })
}

/// Records what leaves; the payment orders carry the money.
pub(super) fn send_out(
    tx: &mut Tx<'_>,
    city: &City,
    (case, form, on): (&OfficeCase, &CaseForm, Date),
    now: Timestamp,
) -> Result<(), CaseworkRefusal> {
    let CaseForm::TransferOut { branch, city: other_city, .. } = form else {
        return Err(CaseworkRefusal::KindMustStay);
    };
    let found = leaving(tx, city, (case, *branch), on)?;
    transfer::insert(
        tx,
        &Transfer {
            person: case.person,
            case: case.id,
            direction: Direction::Out,
            branch: *branch,
            city: other_city.clone(),
            months: i64::from(found.months),
            account: found.account,
            pooled: found.pooled,
            effective_on: now.date_in_shanghai(),
            reference: String::new(),
            entry: None,
        },
    )?;
    Ok(())
}
