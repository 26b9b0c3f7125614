//! What a counter may collect of a person now: every unpaid due of the settlement years that are
//! running. A due inside an open attempt of another channel stops the whole call.

use channels::counter_api::content::Content;
use channels::counter_api::problem::ProblemCode;
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::payment::{ChannelKind, DueKey};
use policy::WindowKind;
use store::Tx;
use store::tables::payment::PaymentState;
use store::tables::{due, payment};
use units::{Date, Fen};

use super::{Call, CounterError};

/// The dues, in the order of month and branch.
///
/// # Errors
/// [`ProblemCode::WithholdingInProgress`], [`ProblemCode::PaymentUnderWay`].
pub(super) fn quoted_dues(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    person: PersonId,
) -> Result<Vec<Due>, CounterError> {
    let today = call.now.date_in_shanghai();
    let mut dues = due::list_unpaid(tx, person)?;
    dues.retain(|due| call.city.settlement_year_runs(due, today));
    let keys: Vec<DueKey> = dues.iter().map(|due| due.key).collect();
    refuse_open_attempts(tx, call, (person, &keys))?;
    Ok(dues)
}

fn refuse_open_attempts(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    (person, keys): (PersonId, &[DueKey]),
) -> Result<(), CounterError> {
    for attempt in payment::list_open(tx, person)? {
        let items = payment::list_items(tx, person, attempt.id)?;
        let open = |key: &DueKey| {
            items.iter().any(|item| item.due == *key && item.state == PaymentState::Open)
        };
        if !keys.iter().any(open) {
            continue;
        }
        let today = call.now.date_in_shanghai();
        return Err(match attempt.channel {
            ChannelKind::BankBatch => {
                let problem = ProblemCode::WithholdingInProgress.problem();
                problem.until(day_after_withholding(call, today)).into()
            }
            ChannelKind::Counter | ChannelKind::Wechat => ProblemCode::PaymentUnderWay.into(),
        });
    }
    Ok(())
}

/// The first day after the month's withholding on which the counter is open.
fn day_after_withholding(call: &Call<'_>, today: Date) -> Date {
    let calendar = call.city.pack().calendar();
    let last = calendar
        .window(WindowKind::Withholding, today.month())
        .map_or(today.month().last_day(), |window| window.last.max(today));
    calendar.next_open_day(WindowKind::Counter, last.next()).unwrap_or(last.next())
}

/// Which dues these are, amounts included.
pub(super) fn content_of(dues: &[Due]) -> Content {
    let text: String = dues
        .iter()
        .map(|due| {
            let DueKey { month, branch, part, .. } = due.key;
            format!("{month} {} {part} {}\n", branch.word(), due.amount)
        })
        .collect();
    Content::of(&[text.as_bytes()])
}

/// The sum of dues.
pub(super) fn total_of(dues: &[Due]) -> Fen {
    dues.iter().map(|due| due.amount).sum()
}
