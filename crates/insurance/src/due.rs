//! 应缴: one branch's share of a person's month, and the states it goes through.

use units::{Fen, Month};

use crate::ids::AssessmentBatchId;
use crate::payment::DueKey;

/// What a person owes for one branch of one month.
///
/// The amount never changes after assessment: a value published late makes another due with a
/// higher `part`. The state follows from receipts and month closes, and `verify` recomputes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose, which month, which branch.
    pub key: DueKey,
    /// 缴费基数 that the amount was computed from; zero for a fixed sum.
    pub base: Fen,
    /// 应缴额.
    pub amount: Fen,
    /// The share that goes to the individual account; the rest goes to the pooled fund.
    pub account: Fen,
    /// The assessment that made it; names the pack's version.
    pub batch: AssessmentBatchId,
    /// Where it stands.
    pub state: DueState,
}

/// Where a due stands (`domain`: 应缴 → 实缴 | 欠费 → 补缴 | 注销).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DueState {
    /// Assessed, its month still open.
    Open,
    /// Paid before its month was closed.
    Paid,
    /// Unpaid when its month was closed (欠费).
    Arrears,
    /// Paid after its month was closed (补缴).
    BackPaid,
    /// No longer asked for: the person stopped before paying, retired or died.
    Closed,
}

/// What happens to a due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueEvent {
    /// Money for the whole of it arrived.
    Pay,
    /// The money that had paid it was taken back.
    Return,
    /// Its month was closed.
    CloseMonth,
    /// The person is no longer insured for this month.
    Withdraw,
}

/// Why an event can't happen to a due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DueRefusal {
    /// Somebody pays it twice: the second money goes to suspense and is refunded.
    #[error("the due is paid already; this money is held in suspense and sent back")]
    DueMustBeUnpaid,
    /// Nothing had been paid, so nothing can be returned.
    #[error("the due is not paid; there is nothing to take back")]
    DueMustBePaid,
    /// It is no longer asked for.
    #[error("the due was closed; money for it is held in suspense and sent back")]
    DueMustBeAskedFor,
}

impl DueState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Paid, Self::Arrears, Self::BackPaid, Self::Closed];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Paid => 2,
            Self::Arrears => 3,
            Self::BackPaid => 4,
            Self::Closed => 5,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether money is still asked for.
    #[must_use]
    pub const fn is_unpaid(self) -> bool {
        matches!(self, Self::Open | Self::Arrears)
    }

    /// Whether money has arrived.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::BackPaid)
    }

    /// The state after an event.
    ///
    /// # Errors
    /// [`DueRefusal`] when a rule forbids it; the state stays.
    pub const fn next(self, event: DueEvent) -> Result<Self, DueRefusal> {
        match (self, event) {
            (Self::Open, DueEvent::Pay) => Ok(Self::Paid),
            (Self::Arrears, DueEvent::Pay) => Ok(Self::BackPaid),
            (Self::Paid | Self::BackPaid, DueEvent::Pay) => Err(DueRefusal::DueMustBeUnpaid),
            (Self::Closed, DueEvent::Pay | DueEvent::Return) => Err(DueRefusal::DueMustBeAskedFor),
            (Self::Paid, DueEvent::Return) => Ok(Self::Open),
            (Self::BackPaid, DueEvent::Return) => Ok(Self::Arrears),
            (Self::Open | Self::Arrears, DueEvent::Return) => Err(DueRefusal::DueMustBePaid),
            (Self::Open, DueEvent::CloseMonth) => Ok(Self::Arrears),
            (Self::Paid, DueEvent::CloseMonth) => Ok(Self::Paid),
            (Self::Arrears, DueEvent::CloseMonth) => Ok(Self::Arrears),
            (Self::BackPaid, DueEvent::CloseMonth) => Ok(Self::BackPaid),
            (Self::Closed, DueEvent::CloseMonth | DueEvent::Withdraw) => Ok(Self::Closed),
            (Self::Open | Self::Arrears, DueEvent::Withdraw) => Ok(Self::Closed),
            (Self::Paid | Self::BackPaid, DueEvent::Withdraw) => Err(DueRefusal::DueMustBeUnpaid),
        }
    }
}

/// 缴费单: a person's month, the sum of its dues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// 费款所属期.
    pub month: Month,
    /// In the pack's order of branches, adjustments behind their regular due.
    pub dues: Vec<Due>,
}

impl Bill {
    /// Groups a person's dues by month, oldest first.
    #[must_use]
    pub fn by_month(dues: &[Due]) -> Vec<Self> {
        let mut bills: std::collections::BTreeMap<Month, Vec<Due>> = Default::default();
        for due in dues {
            bills.entry(due.key.month).or_default().push(*due);
        }
        bills.into_iter().map(|(month, dues)| Self { month, dues }).collect()
    }

    /// All that was asked for and not withdrawn.
    #[must_use]
    pub fn asked(&self) -> Fen {
        self.dues.iter().filter(|due| due.state != DueState::Closed).map(|due| due.amount).sum()
    }

    /// What is still to be paid.
    #[must_use]
    pub fn unpaid(&self) -> Fen {
        self.dues.iter().filter(|due| due.state.is_unpaid()).map(|due| due.amount).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every edge of the state machine, as a reader checks it: state, event, outcome.
    #[test]
    fn every_edge_of_a_due_is_as_written() {
        let events = [DueEvent::Pay, DueEvent::Return, DueEvent::CloseMonth, DueEvent::Withdraw];
        let mut table = String::new();
        for state in DueState::ALL {
            for event in events {
                let outcome = match state.next(event) {
                    Ok(next) => format!("{next:?}"),
                    Err(refusal) => format!("refused: {refusal:?}"),
                };
                table.push_str(&format!("{state:?} + {event:?} → {outcome}\n"));
            }
        }
        assert_eq!(
            table,
            "\
Open + Pay → Paid
Open + Return → refused: DueMustBePaid
Open + CloseMonth → Arrears
Open + Withdraw → Closed
Paid + Pay → refused: DueMustBeUnpaid
Paid + Return → Open
Paid + CloseMonth → Paid
Paid + Withdraw → refused: DueMustBeUnpaid
Arrears + Pay → BackPaid
Arrears + Return → refused: DueMustBePaid
Arrears + CloseMonth → Arrears
Arrears + Withdraw → Closed
BackPaid + Pay → refused: DueMustBeUnpaid
BackPaid + Return → Arrears
BackPaid + CloseMonth → BackPaid
BackPaid + Withdraw → refused: DueMustBeUnpaid
Closed + Pay → refused: DueMustBeAskedFor
Closed + Return → refused: DueMustBeAskedFor
Closed + CloseMonth → Closed
Closed + Withdraw → Closed
"
        );
    }
}
