//! Values on their way into a statement.

use insurance::ids;
use units::{Date, Fen, Month, Timestamp};

/// A parameter of a statement or a cell of a bulk row.
///
/// Texts and blobs are borrowed; a [`Date`] carries its own ten letters.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `TEXT`.
    Text(&'a str),
    /// A `BYTEA` or `BLOB`.
    Blob(&'a [u8]),
    /// A `TEXT` of ten letters, `YYYY-MM-DD`.
    Date(Date),
}

/// Shows the kind, never the value: it may be an identity number.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Int(_) => "Int(…)",
            Self::Text(_) => "Text(…)",
            Self::Blob(_) => "Blob(…)",
            Self::Date(_) => "Date(…)",
        })
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

/// 0 or 1 in a `BIGINT`.
impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl From<Fen> for Value<'_> {
    fn from(value: Fen) -> Self {
        Self::Int(value.fen())
    }
}

/// `BIGINT` yyyymm.
impl From<Month> for Value<'_> {
    fn from(value: Month) -> Self {
        Self::Int(value.yyyymm())
    }
}

/// `TEXT` `YYYY-MM-DD`.
impl From<Date> for Value<'_> {
    fn from(value: Date) -> Self {
        Self::Date(value)
    }
}

/// `BIGINT` microseconds.
impl From<Timestamp> for Value<'_> {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.micros())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A typed identifier, which a column holds as `BIGINT`.
pub trait Id: Sized {
    /// The identifier of a column's value.
    fn of_column(value: i64) -> Self;
}

macro_rules! ids {
    ($($name:ident),+ $(,)?) => {$(
        impl From<ids::$name> for Value<'_> {
            fn from(id: ids::$name) -> Self {
                Self::Int(id.get())
            }
        }

        impl Id for ids::$name {
            fn of_column(value: i64) -> Self {
                Self::from_i64(value)
            }
        }
    )+};
}

// Every identifier of `insurance::ids`; one that is missing here does not compile where it is used.
ids! {
    AssessmentBatchId, CaseId, ClerkId, DifferenceId, EnrolmentDraftId, EnrolmentId, EntryId, EvidenceId, MandateId, MessageId,
    NoticeId, OfficeId, PaymentId, PaymentOrderId, PersonId, ReceiptId, RefundId, RunId, SuspensionId, TaskId,
}

/// The ten letters of a day.
#[derive(Clone, Copy)]
pub(crate) struct DateText([u8; 10]);

impl DateText {
    pub(crate) fn of(date: Date) -> Self {
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or_default();
        let (year, month, day) = (date.year().unsigned_abs(), date.month().number(), date.day());
        Self([
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
        ])
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits and hyphens are UTF-8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_stored_as_it_is_written() {
        for text in ["1900-01-01", "2026-11-24", "2024-02-29", "9999-12-31"] {
            assert_eq!(DateText::of(text.parse().unwrap()).as_str(), text);
        }
    }

    #[test]
    fn debug_output_never_shows_a_value() {
        assert_eq!(format!("{:?}", Value::from("32010619900101001X")), "Text(…)");
    }
}
