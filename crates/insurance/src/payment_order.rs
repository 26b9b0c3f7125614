//! 支付指令: money that the fund's bank is told to pay out, with two people behind it.

use policy::Text;
use units::{Date, Fen, Timestamp};

use crate::casework::form::Payee;
use crate::ids::{CaseId, EntryId, PaymentOrderId, PersonId};
use crate::ledger::{Account, Posting};

/// An order to pay. Never changed: what the bank says of it is an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOrder {
    /// Whose money it was.
    pub person: PersonId,
    /// Its number; the bank's file carries it.
    pub id: PaymentOrderId,
    /// The case that decided it.
    pub case: CaseId,
    /// The step of the case that ordered it.
    pub step: i64,
    /// Which payment of the case, from 0.
    pub line: i64,
    /// To whom.
    pub payee: Payee,
    /// How much.
    pub amount: Fen,
    /// The account of the books that pays.
    pub source: Account,
    /// The entry that ordered it.
    pub entry: EntryId,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// The day of the books.
    pub ordered_on: Date,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// The bank has it, or is about to.
    Ordered,
    /// The bank confirmed that it paid.
    Confirmed,
    /// The bank could not pay; the money never left.
    Rejected,
}

/// What the bank says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// It paid.
    Confirm,
    /// It could not pay.
    Reject,
}

/// The bank contradicts its own final word: somebody must ask it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank answered this payment before; ask the bank which answer is right")]
pub struct AnswerMustStayFinal;

impl AnswerMustStayFinal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(self) -> Text {
        Text::fixed(
            "银行对这笔付款已经有过最终回复，请与银行核实。",
            "The bank answered this payment before; ask the bank which answer is right.",
        )
    }
}

impl OrderState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Ordered, Self::Confirmed, Self::Rejected];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Ordered => 1,
            Self::Confirmed => 2,
            Self::Rejected => 3,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Ordered => Text::fixed("等银行回复", "with the bank"),
            Self::Confirmed => Text::fixed("银行已付", "paid by the bank"),
            Self::Rejected => Text::fixed("银行退回", "refused by the bank"),
        }
    }

    /// The state after the bank's word; the same final word again changes nothing.
    ///
    /// # Errors
    /// [`AnswerMustStayFinal`].
    pub const fn next(self, event: OrderEvent) -> Result<Self, AnswerMustStayFinal> {
        match (self, event) {
            (Self::Ordered | Self::Confirmed, OrderEvent::Confirm) => Ok(Self::Confirmed),
            (Self::Ordered | Self::Rejected, OrderEvent::Reject) => Ok(Self::Rejected),
            (Self::Confirmed, OrderEvent::Reject) | (Self::Rejected, OrderEvent::Confirm) => {
                Err(AnswerMustStayFinal)
            }
        }
    }
}

/// The posting of an order: the account that pays is debited, the payment waits in 待付.
///
/// Worked: 33,627.36 of an account paid out: debit individual-paid:pension, credit payable.
#[must_use]
pub const fn order_posting(source: Account, amount: Fen) -> Posting {
    Posting { debit: source, credit: Account::Payable, amount, due: None }
}

/// The posting of a confirmed order: the money left the fund.
#[must_use]
pub const fn confirm_posting(amount: Fen) -> Posting {
    Posting { debit: Account::Payable, credit: Account::Fund, amount, due: None }
}

/// The posting of a refused order: what the order did, undone.
#[must_use]
pub const fn reject_posting(source: Account, amount: Fen) -> Posting {
    Posting { debit: Account::Payable, credit: source, amount, due: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_of_an_order_is_as_written() {
        let mut table = String::new();
        for state in OrderState::ALL {
            for event in [OrderEvent::Confirm, OrderEvent::Reject] {
                let outcome = state.next(event).map_or("refused".to_owned(), |s| format!("{s:?}"));
                table.push_str(&format!("{state:?} + {event:?} → {outcome}\n"));
            }
        }
        assert_eq!(
            table,
            "\
Ordered + Confirm → Confirmed
Ordered + Reject → Rejected
Confirmed + Confirm → Confirmed
Confirmed + Reject → refused
Rejected + Confirm → refused
Rejected + Reject → Rejected
"
        );
    }
}
