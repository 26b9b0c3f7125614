//! Days, months and offices as a clerk reads them out, in Chinese and English.

use policy::Text;
use units::{Date, Month};

use crate::city::City;

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

/// `2026年11月`, `November 2026`.
#[must_use]
pub fn month(month: Month) -> Text {
    let name = usize::try_from(month.number() - 1).ok().and_then(|at| MONTHS.get(at));
    Text::made(
        format!("{}年{}月", month.year(), month.number()),
        format!("{} {}", name.copied().unwrap_or_default(), month.year()),
    )
}

/// `2026年11月24日`, `24 November 2026`.
#[must_use]
pub fn day(date: Date) -> Text {
    let of = month(date.month());
    Text::made(format!("{}{}日", of.zh, date.day()), format!("{} {}", date.day(), of.en))
}

/// The name of an office; its code where the pack does not know it any more.
#[must_use]
pub fn office(city: &City, code: &str) -> Text {
    let known = city.pack().topics().offices.entries();
    let known = known.iter().flat_map(|dated| &dated.value).find(|office| office.code == code);
    known.map_or_else(|| Text::made(code, code), |office| office.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_read_out_in_both_languages() {
        let date: Date = "2026-10-08".parse().unwrap();
        assert_eq!(day(date), Text::fixed("2026年10月8日", "8 October 2026"));
        assert_eq!(month(date.month()), Text::fixed("2026年10月", "October 2026"));
    }
}
