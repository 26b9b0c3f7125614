//! Days and months as people read them.

use units::{Date, Month, Weekday};

use super::visit::Visit;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Visit {
    /// `11月24日`, `24 November`.
    pub(crate) fn day(&self, date: Date) -> String {
        if self.english() {
            format!("{} {}", date.day(), month_name(date.month()))
        } else {
            format!("{}月{}日", date.month().number(), date.day())
        }
    }

    /// `2026年11月24日`, `24 November 2026`.
    pub(crate) fn full_day(&self, date: Date) -> String {
        if self.english() {
            format!("{} {}", self.day(date), date.year())
        } else {
            format!("{}年{}", date.year(), self.day(date))
        }
    }
}

impl Visit {
    /// `星期二`, `Tuesday`.
    pub(crate) fn weekday(&self, date: Date) -> &'static str {
        match date.weekday() {
            Weekday::Monday => self.say("星期一", "Monday"),
            Weekday::Tuesday => self.say("星期二", "Tuesday"),
            Weekday::Wednesday => self.say("星期三", "Wednesday"),
            Weekday::Thursday => self.say("星期四", "Thursday"),
            Weekday::Friday => self.say("星期五", "Friday"),
            Weekday::Saturday => self.say("星期六", "Saturday"),
            Weekday::Sunday => self.say("星期日", "Sunday"),
        }
    }
}

fn month_name(month: Month) -> &'static str {
    let index = usize::try_from(month.number() - 1).unwrap_or_default();
    MONTHS[index]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::language::Language;

    #[test]
    fn days_read_naturally_in_both_languages() {
        let date: Date = "2026-11-04".parse().unwrap();
        let chinese = Visit::sample(Language::Chinese);
        let english = Visit::sample(Language::English);
        assert_eq!(chinese.full_day(date), "2026年11月4日");
        assert_eq!(english.full_day(date), "4 November 2026");
    }
}
