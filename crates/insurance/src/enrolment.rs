//! 参保登记: one span of insurance. A change of base or branches closes the span and opens the
//! next one, so that every past month keeps what was chosen for it.

use policy::BranchSet;
use units::{Date, Fen, Month};

use crate::cause::Cause;
use crate::ids::{EnrolmentId, PersonId};

/// A span of insurance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Whose.
    pub person: PersonId,
    /// Its number.
    pub id: EnrolmentId,
    /// The office that keeps it: a district's or development zone's code in the pack.
    pub office: String,
    /// What it covers.
    pub branches: BranchSet,
    /// 缴费基数, as chosen; what it means for each branch is the pack's matter.
    pub base: Fen,
    /// The first insured month.
    pub from: Month,
    /// The last insured month; `None` while open.
    pub until: Option<Month>,
    /// The day it was opened.
    pub opened_on: Date,
    /// The day it was closed.
    pub closed_on: Option<Date>,
    /// Why it exists.
    pub cause: Cause,
    /// Why it ended; `None` while open, and for spans closed before causes of ends were kept.
    pub end_cause: Option<Cause>,
}

impl Enrolment {
    /// Whether it insures `month`.
    #[must_use]
    pub fn covers(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|last| month <= last)
    }

    /// Whether `next` is what this span was changed to, rather than a renewal behind a stop: a change
    /// ends one span and begins the next by the same act.
    #[must_use]
    pub fn is_changed_to(&self, next: &Self) -> bool {
        self.end_cause.is_some() && self.end_cause == Some(next.cause)
    }

    /// Whether two spans share a month.
    #[must_use]
    pub fn overlaps(&self, from: Month, until: Option<Month>) -> bool {
        self.until.is_none_or(|last| from <= last) && until.is_none_or(|last| self.from <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RunId;

    fn span(from: &str, until: Option<&str>) -> Enrolment {
        Enrolment {
            person: PersonId::from_i64(1),
            id: EnrolmentId::from_i64(1),
            office: "xuanwu".to_owned(),
            branches: BranchSet::ALL,
            base: Fen::from_yuan(4952),
            from: from.parse().unwrap(),
            until: until.map(|month| month.parse().unwrap()),
            opened_on: "2026-01-05".parse().unwrap(),
            closed_on: None,
            cause: Cause::Run(RunId::from_i64(1)),
            end_cause: None,
        }
    }

    #[test]
    fn a_change_is_known_by_the_one_act_that_ends_and_begins() {
        let mut old = span("2026-03", Some("2026-05"));
        let new = span("2026-06", None);
        assert!(!old.is_changed_to(&new), "no cause of its end is known");
        old.end_cause = Some(new.cause);
        assert!(old.is_changed_to(&new));
        old.end_cause = Some(Cause::Run(RunId::from_i64(2)));
        assert!(!old.is_changed_to(&new), "a stop, then a renewal on the same day");
    }

    #[test]
    fn spans_meet_only_where_they_share_a_month() {
        let span = span("2026-03", Some("2026-05"));
        let month = |text: &str| text.parse::<Month>().unwrap();
        assert!(span.covers(month("2026-03")) && span.covers(month("2026-05")));
        assert!(!span.covers(month("2026-02")) && !span.covers(month("2026-06")));
        assert!(span.overlaps(month("2026-05"), None));
        assert!(!span.overlaps(month("2026-06"), None));
        assert!(!span.overlaps(month("2026-01"), Some(month("2026-02"))));
    }
}
