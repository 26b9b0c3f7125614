//! Every typed identifier of the program, in alphabetical order; append-only.
//!
//! An identifier is a positive 63-bit number made by the program, not by a database: 42 bits of
//! milliseconds since 1970, 6 bits of node, 15 bits of sequence. It sorts by time of making, fits
//! a `BIGINT`, and needs no coordination between nodes
//! (`docs/decisions/0002-sixty-three-bit-identifiers.md`). JSON carries it as a string, because
//! JavaScript's numbers end at 2^53.

use std::fmt;
use std::str::FromStr;

use units::Timestamp;

/// The text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is a whole number from 1 to 9223372036854775807")]
pub struct NotId;

macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The identifier of a column's value.
            #[must_use]
            pub const fn from_i64(value: i64) -> Self {
                Self(value)
            }

            /// The value that a column holds.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotId;

            fn from_str(text: &str) -> Result<Self, NotId> {
                text.parse().ok().filter(|id| *id > 0).map(Self).ok_or(NotId)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl From<FreshId> for $name {
            fn from(fresh: FreshId) -> Self {
                Self(fresh.0)
            }
        }
    )+};
}

typed_ids! {
    /// 核定批次: one chunk of a month's assessment.
    AssessmentBatchId,
    /// 办件: a matter that an office decides for a person.
    CaseId,
    /// 经办人: a clerk's account.
    ClerkId,
    /// 差异: a difference found by reconciliation.
    DifferenceId,
    /// 参保草稿: what a clerk entered for somebody who joins.
    EnrolmentDraftId,
    /// 参保登记: one span of insurance.
    EnrolmentId,
    /// 分录: one balanced ledger entry.
    EntryId,
    /// 材料: a file handed in with a case.
    EvidenceId,
    /// 原始报文: something an outside party sent, kept raw.
    MessageId,
    /// 委托: a bank withholding mandate.
    MandateId,
    /// 告知: a notice to a person.
    NoticeId,
    /// 经办机构: a district or development-zone office.
    OfficeId,
    /// 缴费: one attempt to collect through one channel.
    PaymentId,
    /// 支付指令: money that the fund's bank is told to pay out.
    PaymentOrderId,
    /// 参保人.
    PersonId,
    /// 到账: money that arrived.
    ReceiptId,
    /// 退费: money sent back.
    RefundId,
    /// 作业: one run of a job.
    RunId,
    /// 暂停待遇: a suspension of medical entitlement.
    SuspensionId,
    /// 待办: a task for a clerk.
    TaskId,
}

/// The owner of ledger entries that belong to no person: a month's assessment totals, money in
/// suspense, a bank's statement.
pub const CITY: PersonId = PersonId(0);

/// A new identifier, not yet of any kind; turn it into one with `into()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshId(i64);

/// Makes identifiers. One per process; its node number tells processes apart.
///
/// It never repeats: within one millisecond it counts, and when the count is used up or the clock
/// goes back it borrows the next millisecond.
#[derive(Debug)]
pub struct IdSource {
    node: i64,
    /// How many numbers behind the moment's first one it begins.
    shift: i64,
    /// The last identifier without its node bits: milliseconds and sequence.
    last: std::sync::atomic::AtomicI64,
}

/// The numbers between two shifts.
pub const SHIFT_STEP: i64 = 1_024;
const NODE_BITS: u32 = 6;
const SEQUENCE_BITS: u32 = 15;

impl IdSource {
    /// A source for a node, 0 to 63.
    #[must_use]
    pub fn new(node: u8) -> Self {
        let node = i64::from(node & ((1 << NODE_BITS) - 1));
        Self { node, shift: 0, last: std::sync::atomic::AtomicI64::new(0) }
    }

    /// The same source, beginning `shift` times [`SHIFT_STEP`] numbers behind the first one of each
    /// moment. Processes that live one after the other in a moment that stands still keep
    /// out of each other's numbers by a shift that grows.
    #[must_use]
    pub fn shifted_by(self, shift: u32) -> Self {
        Self { shift: i64::from(shift) * SHIFT_STEP, ..self }
    }

    /// The next identifier at a moment.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> FreshId {
        use std::sync::atomic::Ordering::Relaxed;
        let floor = ((now.micros() / 1000) << SEQUENCE_BITS) + self.shift;
        let step = |last: i64| Some(floor.max(last + 1));
        let previous = self.last.fetch_update(Relaxed, Relaxed, step).unwrap_or_else(|last| last);
        let ticket = floor.max(previous + 1);
        let sequence = ticket & ((1 << SEQUENCE_BITS) - 1);
        let millis = ticket >> SEQUENCE_BITS;
        FreshId((millis << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_one_source_rise_and_never_repeat() {
        let source = IdSource::new(1);
        let now: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let mut previous = PersonId::from_i64(0);
        for step in 0..100_000 {
            let moment = if step == 50_000 { now.plus_seconds(-60) } else { now };
            let id: PersonId = source.next(moment).into();
            assert!(id > previous);
            previous = id;
        }
    }

    #[test]
    fn processes_one_after_the_other_in_one_moment_keep_out_of_each_others_numbers() {
        let now: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let made = |shift: u32| {
            let source = IdSource::new(1).shifted_by(shift);
            (0..10_000).map(|_| PersonId::from(source.next(now))).collect::<Vec<_>>()
        };
        let (first, second) = (made(0), made(10));
        assert!(first.last() < second.first(), "the later process has the higher numbers");
        assert!(made(9).contains(first.last().unwrap()), "without room they meet");
    }

    #[test]
    fn identifiers_of_two_nodes_differ_at_the_same_moment() {
        let now: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let (left, right) = (IdSource::new(1), IdSource::new(2));
        assert_ne!(left.next(now), right.next(now));
    }
}
