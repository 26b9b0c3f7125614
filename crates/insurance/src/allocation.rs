//! Which dues a receipt pays. Dues are paid whole or not at all; what fits no due is left over
//! and goes to suspense, never silently absorbed.

use policy::Branch;
use units::Fen;

use crate::due::Due;
use crate::payment::DueKey;

/// What a receipt pays, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The dues that it pays, each whole.
    pub paid: Vec<Due>,
    /// What fits no due.
    pub left: Fen,
}

/// How the money names what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Exactly these dues, together: a withholding line, a counter quote, a WeChat order. The
    /// money must equal their sum and each must still be unpaid.
    Exactly(&'a [DueKey]),
    /// Whatever the person owes: oldest month first, branches in `order` within a month, going
    /// on past a due that the money no longer covers.
    Anything {
        /// The pack's order of branches.
        order: &'a [Branch],
    },
}

/// Decides what `amount` pays among a person's `dues`.
///
/// Worked: dues 975.80 (pension), 400.32 (medical), 97.58 (unemployment), money 1,376.12 for
/// anything pays pension and medical and leaves nothing; money 1,080.00 pays pension and
/// unemployment and leaves 6.62.
///
/// For [`Purpose::Exactly`], one due that is missing, already paid or withdrawn sends *those*
/// dues' money to suspense and still pays the others, as long as the amount equals the sum that
/// was asked for; another amount pays nothing, because nobody knows what it was meant for.
#[must_use]
pub fn allocate(amount: Fen, purpose: Purpose<'_>, dues: &[Due]) -> Allocation {
    match purpose {
        Purpose::Exactly(keys) => allocate_exactly(amount, keys, dues),
        Purpose::Anything { order } => allocate_in_order(amount, order, dues),
    }
}

fn allocate_exactly(amount: Fen, keys: &[DueKey], dues: &[Due]) -> Allocation {
    let asked: Vec<Due> =
        keys.iter().filter_map(|key| dues.iter().find(|due| due.key == *key)).copied().collect();
    let sum = Fen::checked_sum(asked.iter().map(|due| due.amount));
    if sum != Some(amount) {
        return Allocation { paid: Vec::new(), left: amount };
    }
    let paid: Vec<Due> = asked.into_iter().filter(|due| due.state.is_unpaid()).collect();
    let left = amount.saturating_sub(paid.iter().map(|due| due.amount).sum());
    Allocation { paid, left }
}

fn allocate_in_order(amount: Fen, order: &[Branch], dues: &[Due]) -> Allocation {
    let rank = |branch: Branch| order.iter().position(|b| *b == branch).unwrap_or(order.len());
    let mut unpaid: Vec<Due> = dues.iter().filter(|due| due.state.is_unpaid()).copied().collect();
    unpaid.sort_by_key(|due| (due.key.month, rank(due.key.branch), due.key.part));
    let mut left = amount;
    let mut paid = Vec::new();
    for due in unpaid {
        if let Some(rest) = left.checked_sub(due.amount) {
            left = rest;
            paid.push(due);
        }
    }
    Allocation { paid, left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::due::DueState;
    use crate::ids::{AssessmentBatchId, PersonId};
    use proptest::prelude::*;

    fn due(branch: Branch, month: &str, amount: &str, state: DueState) -> Due {
        let amount: Fen = amount.parse().unwrap();
        let key = DueKey {
            person: PersonId::from_i64(1),
            month: month.parse().unwrap(),
            branch,
            part: 0,
        };
        let batch = AssessmentBatchId::from_i64(1);
        Due { key, base: Fen::ZERO, amount, account: Fen::ZERO, batch, state }
    }

    fn month_of_2024() -> Vec<Due> {
        vec![
            due(Branch::Pension, "2024-05", "975.80", DueState::Open),
            due(Branch::Medical, "2024-05", "400.32", DueState::Open),
            due(Branch::Unemployment, "2024-05", "97.58", DueState::Open),
        ]
    }

    fn branches(allocation: &Allocation) -> Vec<Branch> {
        allocation.paid.iter().map(|due| due.key.branch).collect()
    }

    #[test]
    fn money_for_anything_pays_whole_dues_in_order_and_leaves_the_rest() {
        use Branch::{Medical, Pension, Unemployment};
        for (money, paid, left) in [
            ("1473.70", vec![Pension, Medical, Unemployment], "0.00"),
            ("1473.69", vec![Pension, Medical], "97.57"),
            ("1376.12", vec![Pension, Medical], "0.00"),
            ("1080.00", vec![Pension, Unemployment], "6.62"),
            ("975.79", vec![Medical, Unemployment], "477.89"),
            ("0.00", vec![], "0.00"),
        ] {
            let purpose = Purpose::Anything { order: &Branch::ALL };
            let allocation = allocate(money.parse().unwrap(), purpose, &month_of_2024());
            assert_eq!(branches(&allocation), paid, "{money}");
            assert_eq!(allocation.left.to_string(), left, "{money}");
        }
    }

    #[test]
    fn the_oldest_month_is_paid_first() {
        let mut dues = month_of_2024();
        dues.push(due(Branch::Unemployment, "2024-04", "97.58", DueState::Arrears));
        let purpose = Purpose::Anything { order: &Branch::ALL };
        let allocation = allocate("97.58".parse().unwrap(), purpose, &dues);
        assert_eq!(allocation.paid[0].key.month.to_string(), "2024-04");
    }

    #[test]
    fn money_that_differs_from_what_was_asked_pays_nothing() {
        let dues = month_of_2024();
        let keys: Vec<DueKey> = dues.iter().map(|due| due.key).collect();
        let allocation = allocate("1473.69".parse().unwrap(), Purpose::Exactly(&keys), &dues);
        assert!(allocation.paid.is_empty());
        assert_eq!(allocation.left.to_string(), "1473.69");
    }

    #[test]
    fn a_due_that_was_paid_meanwhile_leaves_its_share_over() {
        let mut dues = month_of_2024();
        dues[0].state = DueState::Paid;
        let keys: Vec<DueKey> = dues.iter().map(|due| due.key).collect();
        let allocation = allocate("1473.70".parse().unwrap(), Purpose::Exactly(&keys), &dues);
        assert_eq!(branches(&allocation), [Branch::Medical, Branch::Unemployment]);
        assert_eq!(allocation.left.to_string(), "975.80");
    }

    proptest! {
        #[test]
        fn no_fen_is_made_or_lost(money in 0_i64..1_000_000, amounts in prop::collection::vec(1_i64..300_000, 0..9)) {
            let dues: Vec<Due> = amounts.iter().enumerate().map(|(i, fen)| {
                let mut due = due(Branch::ALL[i % 3], "2024-05", "0.01", DueState::Open);
                due.amount = Fen::new(*fen).unwrap();
                due.key.part = u8::try_from(i / 3).unwrap();
                due
            }).collect();
            let money = Fen::new(money).unwrap();
            let allocation = allocate(money, Purpose::Anything { order: &Branch::ALL }, &dues);
            let paid: Fen = allocation.paid.iter().map(|due| due.amount).sum();
            prop_assert_eq!(paid + allocation.left, money);
            prop_assert!(allocation.paid.iter().all(|due| dues.contains(due)));
        }
    }
}
