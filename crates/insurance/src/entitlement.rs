//! 待遇资格: is a person covered by medical insurance on a day, why, since when, and what would
//! restore it.
//!
//! The rule (医保: 按月足额缴费; 未足额缴费的次月起暂停待遇): a month that is not paid in full by its
//! end suspends cover from the first day of the next month. Paying restores it: at once when the
//! interruption was at most the months that the pack forgives, else after a waiting period that
//! counts from the month of payment. Costs of the suspended days are not paid afterwards.

use policy::collection::MedicalLapseRule;
use units::{Date, Month};

/// How a medical month stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MedicalPayment {
    /// Paid in full on this day.
    Paid(Date),
    /// Not paid in full, and the month is closed.
    Unpaid,
    /// Not paid in full as far as we know, but the month's books are not closed: the channels'
    /// results are not all in, so nobody loses cover for it yet.
    BooksOpen,
}

/// A medical month of one person, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedicalMonth {
    /// 费款所属期.
    pub month: Month,
    /// How it stands.
    pub payment: MedicalPayment,
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
/// Worked (gap without waiting 3, waiting 3): paid to 2025-03, 2025-04…07 unpaid, all paid on 2025-08-05:
/// suspended from 2025-05-01, waiting from 2025-08-05, covered from 2025-11-01. With 2025-04 and
/// 05 unpaid and paid on 2025-06-10: suspended from 2025-05-01, covered from 2025-06-10.
#[must_use]
pub fn cover_on(day: Date, months: &[MedicalMonth], rule: &MedicalLapseRule) -> Cover {
    let Some(first) = months.first() else { return Cover::NotInsured };
    if day.month() < first.month || months.last().is_some_and(|m| m.month < day.month()) {
        return Cover::NotInsured;
    }
    let mut since = waited(first.month, rule.first_waiting_months);
    let mut gap: Option<Gap> = None;
    for month in months.iter().take_while(|m| m.month < day.month()) {
        match (month.is_late(), &mut gap) {
            (false, None) => {}
            (true, None) => gap = Some(Gap::new(month)),
            (_, Some(open)) => open.add(month),
        }
        if let Some(end) = gap.as_ref().and_then(|gap| gap.end_by(month.month.last_day())) {
            since = gap.as_ref().map_or(since, |gap| since.max(gap.restored_on(end, rule)));
            gap = None;
        }
    }
    match gap {
        Some(gap) => match gap.end_by(day) {
            Some(end) => answer(day, since.max(gap.restored_on(end, rule))),
            None => Cover::Suspended { since: gap.suspended_from(rule), unpaid: gap.first },
        },
        None => answer(day, since),
    }
}

impl MedicalMonth {
    /// Whether it makes or prolongs an interruption: closed and unpaid, or paid after its end.
    fn is_late(&self) -> bool {
        match self.payment {
            MedicalPayment::Paid(on) => on > self.month.last_day(),
            MedicalPayment::Unpaid => true,
            MedicalPayment::BooksOpen => false,
        }
    }

    fn paid_on(&self) -> Option<Date> {
        match self.payment {
            MedicalPayment::Paid(on) => Some(on),
            MedicalPayment::Unpaid | MedicalPayment::BooksOpen => None,
        }
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
    /// When the last of them was paid; `None` while one is not.
    paid_on: Option<Date>,
}

impl Gap {
    fn new(month: &MedicalMonth) -> Self {
        Self { first: month.month, count: 1, paid_on: month.paid_on() }
    }

    /// A further month inside the interruption: it prolongs the gap only when itself late, and a
    /// month whose books are open does not keep the gap open.
    fn add(&mut self, month: &MedicalMonth) {
        if month.is_late() {
            self.count += 1;
        }
        self.paid_on = match (self.paid_on, month.payment) {
            (Some(earlier), MedicalPayment::Paid(later)) => Some(earlier.max(later)),
            (Some(earlier), MedicalPayment::BooksOpen) => Some(earlier),
            (None, _) | (_, MedicalPayment::Unpaid) => None,
        };
    }

    /// The first day without cover: of the month after the first unpaid one, or of that month
    /// itself where the pack does not cover the month of arrears.
    fn suspended_from(&self, rule: &MedicalLapseRule) -> Date {
        if rule.arrears_month_covered {
            self.first.next().first_day()
        } else {
            self.first.first_day()
        }
    }

    /// The day on which the last of its months was paid, if that is not after `day`.
    fn end_by(&self, day: Date) -> Option<Date> {
        self.paid_on.filter(|paid| *paid <= day)
    }

    fn restored_on(&self, paid: Date, rule: &MedicalLapseRule) -> Date {
        if self.count <= rule.gap_months_without_waiting {
            paid
        } else {
            waited(paid.month(), rule.waiting_months)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NANJING: MedicalLapseRule = MedicalLapseRule {
        arrears_month_covered: true,
        gap_months_without_waiting: 3,
        waiting_months: 3,
        first_waiting_months: 0,
        gap_covered_when_paid: false,
    };

    /// Months from 2025-01, each with the day of payment, `-` unpaid, or `?` books open.
    fn history(paid: &[&str]) -> Vec<MedicalMonth> {
        let first: Month = "2025-01".parse().unwrap();
        let month = |(i, day): (usize, &&str)| MedicalMonth {
            month: first.plus(i32::try_from(i).unwrap()),
            payment: match *day {
                "-" => MedicalPayment::Unpaid,
                "?" => MedicalPayment::BooksOpen,
                day => MedicalPayment::Paid(day.parse().unwrap()),
            },
        };
        paid.iter().enumerate().map(month).collect()
    }

    fn check(paid: &[&str], day: &str, expected: Cover) {
        let cover = cover_on(day.parse().unwrap(), &history(paid), &NANJING);
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
    fn nobody_loses_cover_while_the_books_of_the_unpaid_month_are_open() {
        check(&then(&["?", "?"]), "2025-05-01", covered("2025-01-01"));
        check(&then(&["-", "-"]), "2025-05-01", suspended("2025-05-01", "2025-04"));
    }

    #[test]
    fn an_interruption_does_not_shorten_the_first_waiting_period() {
        let rule = MedicalLapseRule { first_waiting_months: 6, ..NANJING };
        let months = history(&["2025-02-10", "2025-02-10", "2025-02-10"]);
        let cover = cover_on("2025-03-01".parse().unwrap(), &months, &rule);
        assert_eq!(cover, Cover::Waiting { until: "2025-07-01".parse().unwrap() });
    }

    #[test]
    fn somebody_without_medical_months_is_not_insured() {
        check(&[], "2025-04-30", Cover::NotInsured);
        check(&TO_MARCH, "2024-12-31", Cover::NotInsured);
        check(&TO_MARCH, "2025-04-01", Cover::NotInsured);
    }
}
