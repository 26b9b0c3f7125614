//! 窗口: what a clerk does for a person at an office's desk. Each act checks the day, the office and
//! the law, and saves all of it in the caller's transaction.
//!
//! Files in reading order: [`opening`] the days, [`refusal`] the sentences to read out, [`join`] joining
//! with the first bill, `assess_joiner`, [`preview_bill`] what it would cost, [`change`] what is insured and how
//! it is paid, [`contact`] phone and 社保通.

use insurance::cause::Cause;
use insurance::ids::PersonId;
use store::Tx;
use store::tables::enrolment;
use units::{Date, Timestamp};

mod assess_joiner;
pub mod change;
pub mod contact;
pub mod join;
pub mod opening;
pub mod preview_bill;
mod refusal;

pub use refusal::DeskRefusal;

/// Who serves, why, and when.
#[derive(Clone, Debug)]
pub struct AtDesk {
    /// The clerk's account.
    pub account: String,
    /// The code of the clerk's office.
    pub office: String,
    /// The audit event of this act.
    pub cause: Cause,
    /// When.
    pub now: Timestamp,
}

impl AtDesk {
    /// The day of the act.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.date_in_shanghai()
    }
}

/// The office that keeps a person: that of the newest enrolment.
///
/// # Errors
/// The database's.
pub fn office_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<String>, store::Error> {
    Ok(enrolment::list(tx, person)?.pop().map(|span| span.office))
}

/// A clerk changes what their own office keeps; another office's people are looked at only.
///
/// # Errors
/// [`DeskRefusal::OfficeMustKeepPerson`], or the database's.
pub fn check_office(tx: &mut Tx<'_>, person: PersonId, own: &str) -> Result<(), DeskRefusal> {
    match office_of(tx, person)? {
        Some(office) if office != own => Err(DeskRefusal::OfficeMustKeepPerson { office }),
        _ => Ok(()),
    }
}
