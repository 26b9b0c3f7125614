//! 日终: the bank's totals of an accounting day; when they are ours, the day is closed.

use channels::counter_api::day_end::{DayEndAnswer, DayEndRequest, DayEndState, DayTotal};
use channels::counter_api::problem::ProblemCode;
use channels::counter_api::quote::Currency;
use store::Tx;
use store::tables::counter_day::{self, CounterDay, CounterDayState};
use store::tables::counter_serial::{self, Serial, SerialStanding};
use units::{Date, Fen};

use super::{Call, CounterError};

/// Compares totals. Equal ones close the day; a closed day is answered as it was closed.
///
/// # Errors
/// A day that has not come yet.
pub fn end_day(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    request: &DayEndRequest,
) -> Result<DayEndAnswer, CounterError> {
    refuse_future(call, request.accounting_date)?;
    let rows = counter_serial::list_payments_of_day(tx, call.bank, request.accounting_date)?;
    let (payments, reversals) = totals(&rows);
    let same = (payments, reversals) == (request.payments, request.reversals);
    let state = match counter_day::find(tx, call.bank, request.accounting_date)? {
        Some(CounterDay { state: CounterDayState::Reconciled, .. }) => DayEndState::Reconciled,
        Some(CounterDay { state: CounterDayState::Balanced, .. }) if same => DayEndState::Balanced,
        None if same => {
            let day =
                CounterDay { state: CounterDayState::Balanced, file_sha256: None, answer: None };
            counter_day::set(tx, (call.bank, request.accounting_date), &day, call.now)?;
            DayEndState::Balanced
        }
        Some(_) | None => DayEndState::DetailRequired,
    };
    Ok(DayEndAnswer {
        accounting_date: request.accounting_date,
        state,
        payments,
        reversals,
        currency: Currency::Cny,
    })
}

/// A bank's day may be ahead of ours by its cut-over, never by more.
pub(super) fn refuse_future(call: &Call<'_>, accounting_on: Date) -> Result<(), CounterError> {
    if accounting_on > call.now.date_in_shanghai().next() {
        let problem = ProblemCode::MalformedRequest.because("the accounting day has not come yet");
        return Err(problem.at("accounting_date").into());
    }
    Ok(())
}

/// Our payments of a day, those taken back included, and what was taken back.
fn totals(rows: &[Serial]) -> (DayTotal, DayTotal) {
    let (mut payments, mut reversals) = (DayTotal::default(), DayTotal::default());
    let add = |total: &mut DayTotal, amount: Fen| {
        total.count += 1;
        total.amount_fen += amount;
    };
    for row in rows {
        let amount = row.amount.unwrap_or(Fen::ZERO);
        add(&mut payments, amount);
        if row.standing == SerialStanding::Reversed {
            add(&mut reversals, amount);
        }
    }
    (payments, reversals)
}
