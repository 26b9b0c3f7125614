//! 扣款日: the days on which banks debit cards, which are the working days inside the pack's
//! withholding window; and the refusal of any other day, which names the next one.

use std::fmt;

use policy::{NotEncoded, Text, WindowKind};
use units::Date;

use super::build_debit_batch::BatchError;
use crate::city::City;
use crate::spoken;

/// How many open days are looked at for a working day; every month's window has some.
const OPEN_DAYS_MAX: usize = 40;

/// The day asked for is none on which a bank debits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayMustBeForWithholding {
    /// The bank, by its name.
    pub bank: Text,
    /// The day asked for.
    pub day: Date,
    /// The first and the last day of the window in the month asked for.
    pub window: (Date, Date),
    /// The next day on which the bank debits; `None` where its year's holidays are not encoded.
    pub next: Option<Date>,
}

impl std::error::Error for DayMustBeForWithholding {}

impl fmt::Display for DayMustBeForWithholding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl DayMustBeForWithholding {
    /// What the clerk reads: the rule, and the next day on which it can be done.
    #[must_use]
    pub fn message(&self) -> Text {
        let (asked, month) = (spoken::day(self.day), spoken::month(self.day.month()));
        let (first, last) = (self.window.0.day(), self.window.1.day());
        let step = match self.next.map(spoken::day) {
            Some(next) => Text::made(
                format!("下一个扣款日是{}，请按那一天导出", next.zh),
                format!("the next such day is {}: export for that day", next.en),
            ),
            None => Text::fixed(
                "以后的节假日安排尚未收录，请先更新政策包",
                "the holidays after it are not encoded: update the policy pack first",
            ),
        };
        Text::made(
            format!(
                "{}在{}只在{first}日到{last}日的工作日扣款，{}不是扣款日；{}",
                self.bank.zh, month.zh, asked.zh, step.zh
            ),
            format!(
                "{} withholds in {} on the working days from {first} to {last} only; {} is none; {}",
                self.bank.en, month.en, asked.en, step.en
            ),
        )
    }
}

/// The first day from `day` on, itself included, on which banks debit.
///
/// # Errors
/// [`NotEncoded`] where the pack's windows or holidays end before such a day.
pub fn next_withholding_day(city: &City, day: Date) -> Result<Date, NotEncoded> {
    let calendar = city.pack().calendar();
    let mut next = calendar.next_open_day(WindowKind::Withholding, day)?;
    for _ in 0..OPEN_DAYS_MAX {
        if calendar.is_working_day(next)? {
            break;
        }
        next = calendar.next_open_day(WindowKind::Withholding, next.next())?;
    }
    Ok(next)
}

/// Checks that a bank debits on a day.
///
/// # Errors
/// [`BatchError::DayMustBeForWithholding`], or [`BatchError::NotEncoded`] where the pack does not
/// know the day.
pub(super) fn check_day(city: &City, bank: &Text, day: Date) -> Result<(), BatchError> {
    let calendar = city.pack().calendar();
    if calendar.is_open(WindowKind::Withholding, day)? && calendar.is_working_day(day)? {
        return Ok(());
    }
    let window = calendar.window(WindowKind::Withholding, day.month())?;
    let next = next_withholding_day(city, day).ok();
    let window = (window.first, window.last);
    Err(DayMustBeForWithholding { bank: bank.clone(), day, window, next }.into())
}
