//! Why a fact exists: every stored fact names the fact that it follows from.
//!
//! A person, clerk or auditor walks the thread backwards: a hospital's "not covered" → the
//! suspension → the arrears → the due and the bank's answer → the assessment batch → the
//! enrolment → the form or file that was handed in.

use crate::ids::{
    AssessmentBatchId, CaseId, EnrolmentId, MessageId, PaymentId, ReceiptId, RefundId, RunId,
    TaskId,
};

/// The fact that another fact follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// One run of a job or an import: its row says who started it and from what file.
    Run(RunId),
    /// A chunk of a month's assessment: its row names the pack's version.
    AssessmentBatch(AssessmentBatchId),
    /// A message from outside, kept raw.
    Message(MessageId),
    /// Money that arrived.
    Receipt(ReceiptId),
    /// An attempt to collect.
    Payment(PaymentId),
    /// A change of an enrolment.
    Enrolment(EnrolmentId),
    /// Money sent back.
    Refund(RefundId),
    /// A clerk's decision.
    Task(TaskId),
    /// A case that two people decided.
    Case(CaseId),
}

impl Cause {
    /// The pair that tables hold: kind and identifier.
    #[must_use]
    pub const fn parts(self) -> (i64, i64) {
        match self {
            Self::Run(id) => (1, id.get()),
            Self::AssessmentBatch(id) => (2, id.get()),
            Self::Message(id) => (3, id.get()),
            Self::Receipt(id) => (4, id.get()),
            Self::Payment(id) => (5, id.get()),
            Self::Enrolment(id) => (6, id.get()),
            Self::Refund(id) => (7, id.get()),
            Self::Task(id) => (8, id.get()),
            Self::Case(id) => (9, id.get()),
        }
    }

    /// The cause of a pair from a table, or `None` for a kind that this program does not know.
    #[must_use]
    pub const fn from_parts(kind: i64, id: i64) -> Option<Self> {
        match kind {
            1 => Some(Self::Run(RunId::from_i64(id))),
            2 => Some(Self::AssessmentBatch(AssessmentBatchId::from_i64(id))),
            3 => Some(Self::Message(MessageId::from_i64(id))),
            4 => Some(Self::Receipt(ReceiptId::from_i64(id))),
            5 => Some(Self::Payment(PaymentId::from_i64(id))),
            6 => Some(Self::Enrolment(EnrolmentId::from_i64(id))),
            7 => Some(Self::Refund(RefundId::from_i64(id))),
            8 => Some(Self::Task(TaskId::from_i64(id))),
            9 => Some(Self::Case(CaseId::from_i64(id))),
            _ => None,
        }
    }
}
