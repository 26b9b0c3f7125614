//! What can happen to an order, whatever tells us of it and in whatever order.

use store::tables::wechat_order::OrderState;

/// What was learned of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// Money arrived, as asked or otherwise.
    Paid,
    /// WeChat says that it ended without money, or never saw it and its time is over.
    Ended,
    /// WeChat gave no final answer within a day.
    GaveUp,
}

/// The state after an event. Money is the last word: it may come after we thought that the order
/// had ended, and nothing undoes it.
#[must_use]
pub const fn next(state: OrderState, event: OrderEvent) -> OrderState {
    match (state, event) {
        (OrderState::Paid, OrderEvent::Paid | OrderEvent::Ended | OrderEvent::GaveUp)
        | (OrderState::Open | OrderState::Ended | OrderState::Unresolved, OrderEvent::Paid) => {
            OrderState::Paid
        }
        (OrderState::Open | OrderState::Ended | OrderState::Unresolved, OrderEvent::Ended)
        | (OrderState::Ended, OrderEvent::GaveUp) => OrderState::Ended,
        (OrderState::Open | OrderState::Unresolved, OrderEvent::GaveUp) => OrderState::Unresolved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_of_an_order_is_as_written() {
        let events = [OrderEvent::Paid, OrderEvent::Ended, OrderEvent::GaveUp];
        let mut table = String::new();
        for state in OrderState::ALL {
            for event in events {
                table.push_str(&format!("{state:?} + {event:?} → {:?}\n", next(state, event)));
            }
        }
        assert_eq!(
            table,
            "\
Open + Paid → Paid
Open + Ended → Ended
Open + GaveUp → Unresolved
Paid + Paid → Paid
Paid + Ended → Paid
Paid + GaveUp → Paid
Ended + Paid → Paid
Ended + Ended → Ended
Ended + GaveUp → Ended
Unresolved + Paid → Paid
Unresolved + Ended → Ended
Unresolved + GaveUp → Unresolved
"
        );
    }
}
