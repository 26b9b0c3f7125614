//! 待遇资格: is a person covered by medical insurance on a day, why, since when, and what would
//! restore it.
//!
//! The rule (医保: 按月足额缴费; 未足额缴费的次月起暂停待遇): a month that is not paid in full by its
//! end suspends cover from the first day of the next month. Paying restores it: at once when the
//! interruption was at most the months that the pack forgives, else after a waiting period that
//! counts from the month of payment. Costs of the suspended days are not paid afterwards.

use units::{Date, Month};

/// The pack's rule for a medical interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedicalRule {
    /// The longest interruption, in unpaid months, that needs no new waiting period.
    pub forgiven_months: u32,
    /// How many whole months a longer interruption waits, the month of payment included.
    pub waiting_months: u32,
    /// How many whole months a new member waits, the first paid month included.
    pub first_waiting_months: u32,
}

/// A medical month of one person, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedicalMonth {
    /// 费款所属期.
    pub month: Month,
    /// The day on which the month's medical dues were paid in full.
    pub paid_on: Option<Date>,
}

/// The answer for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Covered.
    Covered {
        /// Since which day without a break.
        since: Date,
    },
    /// Not covered because a month is unpaid; paying it restores.
    Suspended {
        /// From which day.
        since: Date,
        /// The first month that was not paid in full.
        unpaid: Month,
    },
    /// Paid again, but the waiting period still runs.
    Waiting {
        /// The first covered day.
        until: Date,
    },
    /// Not insured for medical costs in that month.
    NotInsured,
}

/// Whether the person is covered on `day`.
///
/// `months` are the months that medical dues were assessed for, in order; `day` may lie in a
/// month whose bill is still open (then the month before decides).
///
/// Worked (forgiven 3, waiting 3): paid to 2025-03, 2025-04…07 unpaid, all paid on 2025-08-05:
/// suspended from 2025-05-01, waiting from 2025-08-05, covered from 2025-11-01. With 2025-04 and
/// 05 unpaid and paid on 2025-06-10: suspended from 2025-05-01, covered from 2025-06-10.
#[must_use]
pub fn cover_on(day: Date, months: &[MedicalMonth], rule: MedicalRule) -> Cover {
    let Some(first) = months.first() else { return Cover::NotInsured };
    if day.month() < first.month || months.last().is_some_and(|m| m.month < day.month()) {
        return Cover::NotInsured;
    }
    let mut since = waited(first.month, rule.first_waiting_months);
    let mut gap: Option<Gap> = None;
    for month in months.iter().take_while(|m| m.month < day.month()) {
        match (month.paid_on, &mut gap) {
            (Some(paid), None) if paid <= month.month.last_day() => {}
            (paid, Some(open)) => open.add(month.month, paid),
            (paid, None) => gap = Some(Gap::new(month.month, paid)),
        }
        if let Some(end) = gap.as_ref().and_then(|g| g.end_by(month.month.last_day())) {
            since = gap.as_ref().map_or(since, |g| g.restored_on(end, rule));
            gap = None;
        }
    }
    match gap {
        Some(gap) => match gap.end_by(day) {
            Some(end) => answer(day, gap.restored_on(end, rule)),
            None => Cover::Suspended { since: gap.first.next().first_day(), unpaid: gap.first },
        },
        None => answer(day, since),
    }
}

fn answer(day: Date, since: Date) -> Cover {
    if day < since { Cover::Waiting { until: since } } else { Cover::Covered { since } }
}

/// The first covered day when `months` whole months are waited, `from` included.
fn waited(from: Month, months: u32) -> Date {
    from.plus(i32::try_from(months).unwrap_or(i32::MAX)).first_day()
}

/// A run of months that were not paid by their end.
struct Gap {
    first: Month,
    count: u32,
    /// When each was paid at last; `None` while one is not.
    paid_on: Option<Date>,
}

impl Gap {
    fn new(month: Month, paid_on: Option<Date>) -> Self {
        Self { first: month, count: 1, paid_on }
    }

    /// A further month inside the interruption: it prolongs the gap only when itself late.
    fn add(&mut self, month: Month, paid_on: Option<Date>) {
        if paid_on.is_none_or(|paid| paid > month.last_day()) {
            self.count += 1;
        }
        self.paid_on = match (self.paid_on, paid_on) {
            (Some(earlier), Some(later)) => Some(earlier.max(later)),
            _ => None,
        };
    }

    /// The day on which the last of its months was paid, if that is not after `day`.
    fn end_by(&self, day: Date) -> Option<Date> {
        self.paid_on.filter(|paid| *paid <= day)
    }

    fn restored_on(&self, paid: Date, rule: MedicalRule) -> Date {
        if self.count <= rule.forgiven_months {
            paid
        } else {
            waited(paid.month(), rule.waiting_months)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANJING: MedicalRule =
        MedicalRule { forgiven_months: 3, waiting_months: 3, first_waiting_months: 0 };

    /// Months from 2025-01, each with the day of payment or `-`.
    fn history(paid: &[&str]) -> Vec<MedicalMonth> {
        let first: Month = "2025-01".parse().unwrap();
        let month = |(i, day): (usize, &&str)| MedicalMonth {
            month: first.plus(i32::try_from(i).unwrap()),
            paid_on: day.parse().ok(),
        };
        paid.iter().enumerate().map(month).collect()
    }

    fn check(paid: &[&str], day: &str, expected: Cover) {
        let cover = cover_on(day.parse().unwrap(), &history(paid), NANJING);
        assert_eq!(cover, expected, "{day}");
    }

    fn covered(since: &str) -> Cover {
        Cover::Covered { since: since.parse().unwrap() }
    }

    fn suspended(since: &str, unpaid: &str) -> Cover {
        Cover::Suspended { since: since.parse().unwrap(), unpaid: unpaid.parse().unwrap() }
    }

    const TO_MARCH: [&str; 3] = ["2025-01-10", "2025-02-10", "2025-03-10"];

    fn then(rest: &[&'static str]) -> Vec<&'static str> {
        TO_MARCH.iter().chain(rest).copied().collect()
    }

    #[test]
    fn the_unpaid_month_itself_is_covered_and_the_next_is_not() {
        let paid = then(&["-", "-"]);
        check(&paid, "2025-03-31", covered("2025-01-01"));
        check(&paid, "2025-04-30", covered("2025-01-01"));
        check(&paid, "2025-05-01", suspended("2025-05-01", "2025-04"));
    }

    #[test]
    fn an_interruption_of_two_months_ends_with_the_payment() {
        let paid = then(&["2025-06-10", "2025-06-10", "2025-06-10"]);
        check(&paid, "2025-06-09", suspended("2025-05-01", "2025-04"));
        check(&paid, "2025-06-10", covered("2025-06-10"));
    }

    #[test]
    fn an_interruption_of_exactly_three_months_needs_no_waiting() {
        let day = "2025-07-05";
        check(&then(&[day, day, day, day]), day, covered(day));
    }

    #[test]
    fn an_interruption_of_four_months_waits_three() {
        let day = "2025-08-05";
        let mut paid = then(&[day, day, day, day, day]);
        paid.extend(["2025-09-10", "2025-10-10", "2025-11-10"]);
        check(&paid, "2025-08-04", suspended("2025-05-01", "2025-04"));
        check(&paid, "2025-08-05", Cover::Waiting { until: "2025-11-01".parse().unwrap() });
        check(&paid, "2025-10-31", Cover::Waiting { until: "2025-11-01".parse().unwrap() });
        check(&paid, "2025-11-01", covered("2025-11-01"));
    }

    #[test]
    fn a_later_month_paid_in_time_does_not_heal_an_older_one() {
        let paid = then(&["-", "2025-05-10", "2025-06-10"]);
        check(&paid, "2025-06-15", suspended("2025-05-01", "2025-04"));
    }

    #[test]
    fn somebody_without_medical_months_is_not_insured() {
        check(&[], "2025-04-30", Cover::NotInsured);
        check(&TO_MARCH, "2024-12-31", Cover::NotInsured);
        check(&TO_MARCH, "2025-04-01", Cover::NotInsured);
    }
}
