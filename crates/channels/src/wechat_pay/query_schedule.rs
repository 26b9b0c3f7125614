//! When to ask WeChat about an order that no notice has settled.
//!
//! WeChat's guidance: never rely on notices alone. We ask 5 s, 30 s, 1, 3, 5, 10 and 30 minutes
//! after placing; at expiry once more; then the order is closed and asked about again, because a
//! payment may have slipped in before the close.

use units::Timestamp;

/// What to do next, and not before when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Ask for the order's state.
    QueryAt(Timestamp),
    /// Ask; when it is still unpaid, close it and ask again.
    CloseAt(Timestamp),
    /// Tell a clerk: after [`CLOSE_TRIES_MAX`] tries the outcome is still unknown. The bill of
    /// the day will say.
    TellClerk,
}

const QUERY_AFTER_SECONDS: [i64; 7] = [5, 30, 60, 180, 300, 600, 1800];

/// WeChat closes an order at its expiry by its own clock; we wait for it to agree.
const CLOSE_AFTER_EXPIRY_SECONDS: i64 = 10;

/// Between two tries to close.
const CLOSE_AGAIN_AFTER_SECONDS: i64 = 600;

/// Closing is tried for a day.
pub const CLOSE_TRIES_MAX: u32 = 144;

/// The next step for an order after `tries` queries without a final answer.
///
/// Worked example: placed 10:00:00, expiring 10:30:00. Queries at 10:00:05, 10:00:30, 10:01,
/// 10:03, 10:05, 10:10; the one at 10:30 falls together with expiry, so at 10:30:10 it is closed.
#[must_use]
pub fn next_step(placed_at: Timestamp, expires_at: Timestamp, tries: u32) -> NextStep {
    let before_expiry = QUERY_AFTER_SECONDS
        .iter()
        .map(|seconds| placed_at.plus_seconds(*seconds))
        .filter(|at| *at < expires_at);
    let index = usize::try_from(tries).unwrap_or(usize::MAX);
    if let Some(at) = before_expiry.clone().nth(index) {
        return NextStep::QueryAt(at);
    }
    let done = u32::try_from(before_expiry.count()).expect("there are seven queries at most");
    let close_try = tries - done;
    if close_try >= CLOSE_TRIES_MAX {
        return NextStep::TellClerk;
    }
    let wait = CLOSE_AFTER_EXPIRY_SECONDS + CLOSE_AGAIN_AFTER_SECONDS * i64::from(close_try);
    NextStep::CloseAt(expires_at.plus_seconds(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(placed: &str, expires: &str) -> Vec<String> {
        let (placed, expires) = (placed.parse().unwrap(), expires.parse().unwrap());
        let clock = |at: Timestamp| at.to_rfc3339_seconds()[11..19].to_owned();
        (0..9)
            .map(|tries| match next_step(placed, expires, tries) {
                NextStep::QueryAt(at) => clock(at),
                NextStep::CloseAt(at) => format!("close {}", clock(at)),
                NextStep::TellClerk => "clerk".to_owned(),
            })
            .collect()
    }

    #[test]
    fn queries_thin_out_and_end_in_closing() {
        assert_eq!(
            steps("2026-11-24T10:00:00+08:00", "2026-11-24T10:30:00+08:00"),
            [
                "10:00:05",
                "10:00:30",
                "10:01:00",
                "10:03:00",
                "10:05:00",
                "10:10:00",
                "close 10:30:10",
                "close 10:40:10",
                "close 10:50:10"
            ]
        );
    }

    #[test]
    fn an_order_of_the_last_minute_is_closed_just_after_midnight() {
        let steps = steps("2026-11-24T23:58:30+08:00", "2026-11-24T23:59:59+08:00");
        assert_eq!(steps[..4], ["23:58:35", "23:59:00", "23:59:30", "close 00:00:09"]);
    }

    #[test]
    fn after_a_day_of_tries_a_clerk_is_told() {
        let placed = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let expires = "2026-11-24T10:30:00+08:00".parse().unwrap();
        assert!(matches!(next_step(placed, expires, 149), NextStep::CloseAt(_)));
        assert_eq!(next_step(placed, expires, 150), NextStep::TellClerk);
        assert_eq!(next_step(placed, expires, u32::MAX), NextStep::TellClerk);
    }
}
