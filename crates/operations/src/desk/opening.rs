//! On which days a desk does what: joining, renewing, changing and stopping inside the monthly
//! window, everything else on every day that is no legal holiday.

use policy::{NotEncoded, Text, WindowKind};
use units::Date;

use crate::city::City;
use crate::spoken;

/// Why the desk does not do it today.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskClosed {
    /// 法定节假日.
    #[error("{today} is a legal holiday; the next open day is {next}")]
    Holiday {
        /// Today.
        today: Date,
        /// The first open day after it.
        next: Date,
    },
    /// The monthly window is over, or has not begun.
    #[error(
        "the desk serves from the {first} to the {last} of a month; the next open day is {next}"
    )]
    OutsideWindow {
        /// Today.
        today: Date,
        /// The window's first day of the month.
        first: u32,
        /// Its last day of the month.
        last: u32,
        /// The first open day after today.
        next: Date,
    },
    /// A day of the window on which the pack closes it, such as a weekend.
    #[error("the desk is closed on {today}; the next open day is {next}")]
    DayOff {
        /// Today.
        today: Date,
        /// The first open day after it.
        next: Date,
    },
    /// The pack does not say.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
}

impl DeskClosed {
    /// The next open day, which a clerk offers and may book.
    #[must_use]
    pub const fn next(&self) -> Option<Date> {
        match self {
            Self::Holiday { next, .. }
            | Self::OutsideWindow { next, .. }
            | Self::DayOff { next, .. } => Some(*next),
            Self::NotEncoded(_) => None,
        }
    }

    /// What the person is told.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Holiday { today, next } => Text::made(
                format!(
                    "今天（{}）是法定节假日，窗口不办理。下一个可以办理的日子是{}。",
                    spoken::day(*today).zh,
                    spoken::day(*next).zh
                ),
                format!(
                    "Today, {}, is a legal holiday and the desk is closed. The next day on which it \
                     can be done is {}.",
                    spoken::day(*today).en,
                    spoken::day(*next).en
                ),
            ),
            Self::OutsideWindow { today, first, last, next } => Text::made(
                format!(
                    "参保、续保、变更和停保在每月{first}日至{last}日办理，今天是{}，不能办理。下一个可以办理的日子是{}。",
                    spoken::day(*today).zh,
                    spoken::day(*next).zh
                ),
                format!(
                    "Joining, renewing, changing and stopping are done from day {first} to day {last} of a \
                     month; today is {}. The next day on which it can be done is {}.",
                    spoken::day(*today).en,
                    spoken::day(*next).en
                ),
            ),
            Self::DayOff { today, next } => Text::made(
                format!(
                    "今天（{}）窗口休息。下一个可以办理的日子是{}。",
                    spoken::day(*today).zh,
                    spoken::day(*next).zh
                ),
                format!(
                    "The desk is closed today, {}. The next day on which it can be done is {}.",
                    spoken::day(*today).en,
                    spoken::day(*next).en
                ),
            ),
            Self::NotEncoded(missing) => missing.message(),
        }
    }
}

/// Whether joining, renewing, changing and stopping are done on a day.
///
/// # Errors
/// [`DeskClosed`] with the next open day.
pub fn check_window(city: &City, today: Date) -> Result<(), DeskClosed> {
    let calendar = city.pack().calendar();
    if calendar.is_open(WindowKind::Desk, today)? {
        return Ok(());
    }
    let next = calendar.next_open_day(WindowKind::Desk, today)?;
    let window = calendar.window(WindowKind::Desk, today.month())?;
    Err(if today < window.first || today > window.last {
        let (first, last) = (window.first.day(), window.last.day());
        DeskClosed::OutsideWindow { today, first, last, next }
    } else if calendar.is_legal_holiday(today)? {
        DeskClosed::Holiday { today, next }
    } else {
        DeskClosed::DayOff { today, next }
    })
}

/// How many days ahead a day without a holiday is looked for; the longest holidays have nine.
const HOLIDAY_DAYS_MAX: i32 = 60;

/// Whether the office serves at all on a day: a phone number or a mandate has no window.
///
/// # Errors
/// [`DeskClosed::Holiday`] with the next day that is none.
pub fn check_holiday(city: &City, today: Date) -> Result<(), DeskClosed> {
    let calendar = city.pack().calendar();
    if !calendar.is_legal_holiday(today)? {
        return Ok(());
    }
    let days = (1..HOLIDAY_DAYS_MAX).filter_map(|days| today.plus_days(days));
    for day in days {
        if !calendar.is_legal_holiday(day)? {
            return Err(DeskClosed::Holiday { today, next: day });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use insurance::ids::IdSource;
    use policy::Pack;

    use super::*;

    fn on(day: &str) -> Result<(), DeskClosed> {
        let city = City::new(Arc::new(Pack::shipped("nanjing").unwrap()), IdSource::new(0));
        check_window(&city, day.parse().unwrap())
    }

    #[test]
    fn on_the_25th_the_desk_serves_and_on_the_26th_it_names_the_1st() {
        assert_eq!(on("2026-11-25"), Ok(()));
        let words = on("2026-11-26").unwrap_err().message();
        assert_eq!(
            words.zh,
            "参保、续保、变更和停保在每月1日至25日办理，今天是2026年11月26日，不能办理。下一个可以办理的日子是2026年12月1日。"
        );
        assert!(words.en.ends_with("The next day on which it can be done is 1 December 2026."));
    }

    #[test]
    fn on_a_holiday_the_desk_names_the_first_day_after_it() {
        let closed = on("2026-10-01").unwrap_err();
        assert_eq!(closed.next(), "2026-10-08".parse().ok());
        assert_eq!(
            closed.message().zh,
            "今天（2026年10月1日）是法定节假日，窗口不办理。下一个可以办理的日子是2026年10月8日。"
        );
        assert!(closed.message().en.contains("1 October 2026, is a legal holiday"));
    }
}
