//! What money that arrived comes to: decided from the facts, without a look at the database, and
//! the same whether one receipt is booked or thousands are.

use insurance::allocation::Allocation;
use insurance::cause::Cause;
use insurance::due::{Due, DueEvent};
use insurance::ids::CITY;
use insurance::ledger::{Account, Entry, EntryKind, receipt_postings};
use insurance::notice::NoticeKind;
use insurance::receipt::Receipt;
use store::tables::due::Transition;

use crate::write_notice::Subject;

/// What a receipt writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceiptDecision {
    /// Its entry in the books.
    pub(crate) entry: Entry,
    /// The dues that it pays, each with its move.
    pub(crate) moves: Vec<(Due, Transition)>,
    /// Whom it must be told to: kind and subject of the owner's notices.
    pub(crate) notices: Vec<(NoticeKind, Subject)>,
}

/// Decides what a receipt writes: the account that the money came from against each due paid, the rest against suspense; each
/// due paid moves on; the owner hears what was paid and what is held.
pub(crate) fn decide_receipt(
    (receipt, from): (&Receipt, Account),
    allocation: &Allocation,
) -> ReceiptDecision {
    let entry = Entry {
        owner: receipt.person,
        id: receipt.entry,
        kind: EntryKind::Receipt,
        recorded_at: receipt.recorded_at,
        effective_on: receipt.accounting_on,
        cause: Cause::Receipt(receipt.id),
        postings: receipt_postings(from, &allocation.paid, allocation.left),
    };
    let (paid_on, cause) = (Some(receipt.paid_at.date_in_shanghai()), receipt.id.get());
    let moved = |due: &Due| {
        let state = due.state.next(DueEvent::Pay).expect("allocation pays unpaid dues only");
        (*due, Transition { state, paid_on, cause })
    };
    let moves = allocation.paid.iter().map(moved).collect();
    ReceiptDecision { entry, moves, notices: notices(receipt, allocation) }
}

fn notices(receipt: &Receipt, allocation: &Allocation) -> Vec<(NoticeKind, Subject)> {
    if receipt.person == CITY {
        return Vec::new();
    }
    let first = allocation.paid.first().map(|due| due.key.month);
    let month = first.unwrap_or(receipt.accounting_on.month());
    let paid = allocation.paid.iter().map(|due| due.amount).sum();
    let told = [(NoticeKind::Paid, paid), (NoticeKind::Suspense, allocation.left)];
    let subject = receipt.id.get();
    told.into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(kind, amount)| (kind, Subject { month, subject, amount }))
        .collect()
}
