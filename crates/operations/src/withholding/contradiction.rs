//! A bank that contradicts its own last word: nothing is booked, and the difference has an owner
//! who asks the bank. The day's comparison stays open until somebody settled it.

use insurance::debit::DebitState;
use insurance::payment::ChannelKind;
use insurance::reconciliation::{self, Difference};
use store::Tx;
use store::tables::channel_reference;
use store::tables::difference::{self, Found};
use units::Timestamp;

use super::line::Line;
use crate::city::City;

/// Records that the bank first said no and now reports the money, or the other way round: the money
/// is theirs alone, or ours alone, until the bank says which.
pub(super) fn note_contradiction(
    tx: &mut Tx<'_>,
    city: &City,
    line: &Line<'_>,
    now: Timestamp,
) -> Result<(), store::Error> {
    let reference = line.result.end_to_end_id.clone();
    let amount = line.stated().unwrap_or(line.debit.amount);
    let money = reconciliation::Line { reference, amount };
    let found = match line.debit.state {
        DebitState::Rejected => Difference::OnlyTheirs(money),
        DebitState::Sent | DebitState::Collected | DebitState::Returned => {
            Difference::OnlyOurs(money)
        }
    };
    note(tx, city, (line, &found), now)
}

/// Records that money which is known comes with another amount now. Says whether it does.
pub(super) fn note_other_amount(
    tx: &mut Tx<'_>,
    city: &City,
    line: &Line<'_>,
    now: Timestamp,
) -> Result<bool, store::Error> {
    let Some(theirs) = line.stated() else { return Ok(false) };
    let reference = line.result.end_to_end_id.clone();
    let known = channel_reference::find(tx, ChannelKind::BankBatch, &reference)?;
    let Some(ours) = known.map(|known| known.amount).filter(|ours| *ours != theirs) else {
        return Ok(false);
    };
    note(tx, city, (line, &Difference::AmountDiffers { reference, ours, theirs }), now)?;
    Ok(true)
}

fn note(
    tx: &mut Tx<'_>,
    city: &City,
    (line, found): (&Line<'_>, &Difference),
    now: Timestamp,
) -> Result<(), store::Error> {
    let about = Found {
        id: city.fresh(now),
        channel: ChannelKind::BankBatch,
        accounting_on: line.origin.on,
        owner: ChannelKind::BankBatch.word(),
        run: line.origin.run,
        at: now,
    };
    difference::insert(tx, about, found)?;
    Ok(())
}
