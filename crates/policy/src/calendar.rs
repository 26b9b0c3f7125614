//! The one calendar: windows, deposit day, withholding days, holidays and working days.

use serde::{Deserialize, Serialize};
use units::{Date, Month, Weekday};

use crate::branch::Branch;
use crate::collection::{ClosedOn, MonthlyWindow};
use crate::dated::{NotEncoded, Timeline};
use crate::pack::Pack;

/// What a window is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// Registering, renewing and stopping at an office.
    Desk,
    /// Paying by WeChat.
    Wechat,
    /// Paying at a bank's counter.
    Counter,
    /// The banks' withholding from cards.
    Withholding,
}

impl WindowKind {
    /// Every window.
    pub const ALL: [Self; 4] = [Self::Desk, Self::Wechat, Self::Counter, Self::Withholding];
}

/// A window of one month: its first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// A settlement year (结算年度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementYear {
    /// What people call it.
    pub name: String,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
}

/// Every dated day rule of a pack. It looks at all values of the pack, since calendars are
/// published before their time.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    pack: &'a Pack,
}

impl Pack {
    /// The calendar that pages, batches, reminders and refusals share.
    #[must_use]
    pub const fn calendar(&self) -> Calendar<'_> {
        Calendar { pack: self }
    }
}

/// How many days ahead a next open day is looked for; windows open every month.
const SEARCH_DAYS_MAX: i32 = 400;

impl Calendar<'_> {
    /// The window of a month, whether or not some days in it are closed.
    ///
    /// # Errors
    /// [`NotEncoded`] when no window covers the month.
    pub fn window(&self, kind: WindowKind, month: Month) -> Result<Window, NotEncoded> {
        let rule = self.rule(kind, month.first_day())?;
        let day = |day: u32| month.day(day.min(month.days())).unwrap_or(month.last_day());
        Ok(Window { first: day(rule.first), last: day(rule.last) })
    }

    /// Whether a window is open on a day.
    ///
    /// # Errors
    /// [`NotEncoded`] when no window or no holiday calendar covers the day.
    pub fn is_open(&self, kind: WindowKind, date: Date) -> Result<bool, NotEncoded> {
        let window = self.window(kind, date.month())?;
        if date < window.first || date > window.last {
            return Ok(false);
        }
        match self.rule(kind, date.month().first_day())?.closed_on {
            ClosedOn::Never => Ok(true),
            ClosedOn::LegalHolidays => Ok(!self.is_legal_holiday(date)?),
            ClosedOn::NonWorkingDays => self.is_working_day(date),
        }
    }

    /// The first day from `date` on, itself included, on which a window is open.
    ///
    /// # Errors
    /// [`NotEncoded`] when the calendar ends before such a day.
    pub fn next_open_day(&self, kind: WindowKind, date: Date) -> Result<Date, NotEncoded> {
        for days in 0..SEARCH_DAYS_MAX {
            let Some(day) = date.plus_days(days) else { break };
            if self.is_open(kind, day)? {
                return Ok(day);
            }
        }
        Err(NotEncoded {
            pack: self.pack.name().to_owned(),
            topic: "desk_window",
            date,
            first: None,
            last: None,
        })
    }

    /// The days of a window's month on which it is open, in order.
    ///
    /// # Errors
    /// [`NotEncoded`] when no window or no holiday calendar covers the month.
    pub fn open_days(&self, kind: WindowKind, month: Month) -> Result<Vec<Date>, NotEncoded> {
        let window = self.window(kind, month)?;
        let mut open = Vec::new();
        for day in window.first.through(window.last) {
            if self.is_open(kind, day)? {
                open.push(day);
            }
        }
        Ok(open)
    }

    /// The day by which the month's money must be on the card.
    ///
    /// # Errors
    /// [`NotEncoded`] when the pack does not say.
    pub fn deposit_day(&self, month: Month) -> Result<Date, NotEncoded> {
        let day = find(&self.pack.topics().deposit_day, month.first_day())?;
        Ok(month.day((*day).min(month.days())).unwrap_or(month.last_day()))
    }

    /// Whether the State Council's arrangement gives the day off.
    ///
    /// # Errors
    /// [`NotEncoded`] when the year's arrangement is not encoded.
    pub fn is_legal_holiday(&self, date: Date) -> Result<bool, NotEncoded> {
        let year = find(&self.pack.topics().holidays, date)?;
        Ok(year.off.iter().any(|(first, last)| (*first..=*last).contains(&date)))
    }

    /// Whether the day is a working day (工作日): Monday to Friday or a worked weekend, and not
    /// given off.
    ///
    /// # Errors
    /// [`NotEncoded`] when the year's arrangement is not encoded.
    pub fn is_working_day(&self, date: Date) -> Result<bool, NotEncoded> {
        let year = find(&self.pack.topics().holidays, date)?;
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(if weekend { year.worked.contains(&date) } else { !self.is_legal_holiday(date)? })
    }

    /// The `count`th working day after `date`; `date` itself is not counted.
    ///
    /// Worked: 2026-02-09 plus 10 working days is Saturday 2026-02-28, which is worked.
    ///
    /// # Errors
    /// [`NotEncoded`] when the calendar ends before.
    pub fn plus_working_days(&self, date: Date, count: u32) -> Result<Date, NotEncoded> {
        let mut day = date;
        for _ in 0..count {
            day = day.next();
            while !self.is_working_day(day)? {
                day = day.next();
            }
        }
        Ok(day)
    }

    /// The settlement year of a branch that a day lies in.
    ///
    /// # Errors
    /// [`NotEncoded`] when no settlement year covers the day.
    pub fn settlement_year(
        &self,
        branch: Branch,
        date: Date,
    ) -> Result<SettlementYear, NotEncoded> {
        let year = self.pack.settlement_years(branch).on(date, last_knowledge())?;
        let last = year.terms.until.unwrap_or_else(last_knowledge);
        Ok(SettlementYear { name: year.value.name.clone(), first: year.terms.from, last })
    }

    fn rule(&self, kind: WindowKind, date: Date) -> Result<MonthlyWindow, NotEncoded> {
        let topics = self.pack.topics();
        let windows = match kind {
            WindowKind::Desk => &topics.desk_window,
            WindowKind::Wechat => &topics.wechat_window,
            WindowKind::Counter => &topics.counter_window,
            WindowKind::Withholding => &topics.withholding_window,
        };
        find(windows, date).copied()
    }
}

fn find<T>(timeline: &Timeline<T>, date: Date) -> Result<&T, NotEncoded> {
    timeline.on(date, last_knowledge()).map(|dated| &dated.value)
}

/// A day after every publication: all that the pack says.
fn last_knowledge() -> Date {
    Date::new(9999, 12, 31).expect("the last day that dates have")
}
