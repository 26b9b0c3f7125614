//! Why a withholding file cannot be written.

use std::io;

use insurance::ids::PersonId;

use super::debit::Totals;

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A person's data cannot go into the file; the record must be corrected first.
    #[error("{field} of person {person} must {must}; correct the mandate and build again")]
    PersonDataMustFit {
        /// Whose.
        person: PersonId,
        /// Which field.
        field: &'static str,
        /// What it must do.
        must: &'static str,
    },
    /// The agency's own data cannot go into the file.
    #[error("{field} of the collecting agency must {must}")]
    AgencyDataMustFit {
        /// Which field.
        field: &'static str,
        /// What it must do.
        must: &'static str,
    },
    /// The debits that came are not those that were counted; the file must not be used.
    #[error("the file must hold what was counted before: {counted:?}, not {written:?}")]
    TotalsMustBeKept {
        /// Counted before.
        counted: Totals,
        /// Written.
        written: Totals,
    },
    /// Outside trouble.
    #[error("the file could not be written")]
    Failed(#[from] io::Error),
}
