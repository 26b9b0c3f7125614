//! What can happen to a refund, whatever tells us of it and in whatever order.

use channels::wechat_pay::refund::RefundState as Said;
use store::tables::refund::RefundState;

/// The state after WeChat's word. Money that went back is the last word; a word that we don't know
/// changes nothing.
#[must_use]
pub const fn next(state: RefundState, said: &Said) -> RefundState {
    match (state, said) {
        (
            RefundState::Done,
            Said::Success | Said::Closed | Said::Processing | Said::Abnormal | Said::Unknown(_),
        )
        | (
            RefundState::Decided
            | RefundState::UnderWay
            | RefundState::Refused
            | RefundState::Abnormal,
            Said::Success,
        ) => RefundState::Done,
        (RefundState::Decided | RefundState::UnderWay | RefundState::Abnormal, Said::Closed)
        | (
            RefundState::Refused,
            Said::Closed | Said::Processing | Said::Abnormal | Said::Unknown(_),
        ) => RefundState::Refused,
        (
            RefundState::Decided | RefundState::UnderWay | RefundState::Abnormal,
            Said::Processing,
        ) => RefundState::UnderWay,
        (RefundState::Decided | RefundState::UnderWay | RefundState::Abnormal, Said::Abnormal) => {
            RefundState::Abnormal
        }
        (
            RefundState::Decided | RefundState::UnderWay | RefundState::Abnormal,
            Said::Unknown(_),
        ) => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_of_a_refund_is_as_written() {
        let said = [
            Said::Success,
            Said::Closed,
            Said::Processing,
            Said::Abnormal,
            Said::Unknown("NEW".to_owned()),
        ];
        let edges = |state| -> Vec<RefundState> { said.iter().map(|s| next(state, s)).collect() };
        use RefundState::{Abnormal, Decided, Done, Refused, UnderWay};
        assert_eq!(edges(Decided), [Done, Refused, UnderWay, Abnormal, Decided]);
        assert_eq!(edges(UnderWay), [Done, Refused, UnderWay, Abnormal, UnderWay]);
        assert_eq!(edges(Done), [Done, Done, Done, Done, Done]);
        assert_eq!(edges(Refused), [Done, Refused, Refused, Refused, Refused]);
        assert_eq!(edges(Abnormal), [Done, Refused, UnderWay, Abnormal, Abnormal]);
    }
}
