//! What is still possible today, and until when: the pack's calendar as every page shows it.

use std::borrow::Borrow;

use policy::{Calendar, NotEncoded, WindowKind};
use units::Date;

use super::visit::Visit;

/// Today's band below the header.
#[derive(Clone, Debug)]
pub(crate) struct Today {
    /// The day in Asia/Shanghai.
    pub(crate) date: Date,
    /// What can be done, in the order of the calendar's windows.
    pub(crate) windows: Vec<(WindowKind, WindowState)>,
}

/// Where a window stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WindowState {
    /// Open, and this month's last open day.
    OpenUntil(Date),
    /// Closed, and the next open day.
    OpensOn(Date),
    /// The pack's calendar does not reach so far.
    NotEncoded,
}

impl Today {
    /// Today by the city's calendar.
    pub(crate) fn new(date: Date, calendar: Calendar<'_>) -> Self {
        let windows = WindowKind::ALL.map(|kind| (kind, state(kind, date, calendar)));
        Self { date, windows: windows.to_vec() }
    }

    /// Where a window stands.
    pub(crate) fn window(&self, kind: WindowKind) -> WindowState {
        let found = self.windows.iter().find(|(found, _)| *found == kind);
        found.map_or(WindowState::NotEncoded, |(_, state)| *state)
    }
}

fn state(kind: WindowKind, date: Date, calendar: Calendar<'_>) -> WindowState {
    let known = || -> Result<WindowState, NotEncoded> {
        let open = calendar.open_days(kind, date.month())?;
        if open.contains(&date) {
            return Ok(WindowState::OpenUntil(open.last().copied().unwrap_or(date)));
        }
        calendar.next_open_day(kind, date).map(WindowState::OpensOn)
    };
    known().unwrap_or(WindowState::NotEncoded)
}

impl Visit {
    /// What a window is for.
    pub(crate) fn window_name(&self, kind: impl Borrow<WindowKind>) -> &'static str {
        match kind.borrow() {
            WindowKind::Desk => self.say("窗口参保、停保", "Joining and stopping at an office"),
            WindowKind::Wechat => self.say("微信缴费", "Paying by WeChat"),
            WindowKind::Counter => self.say("银行柜台缴费", "Paying at a bank counter"),
            WindowKind::Withholding => self.say("银行卡代扣", "Withholding from the bank card"),
        }
    }

    /// `办到11月25日`, `until 25 November`.
    pub(crate) fn window_state(&self, state: impl Borrow<WindowState>) -> String {
        let today = self.today.date;
        match *state.borrow() {
            WindowState::OpenUntil(last) if last == today => {
                self.say("今天是最后一天", "today is the last day").to_owned()
            }
            WindowState::OpenUntil(last) => {
                let last = self.day(last);
                if self.english() { format!("until {last}") } else { format!("到{last}止") }
            }
            WindowState::OpensOn(first) => {
                let first = self.day(first);
                if self.english() { format!("from {first}") } else { format!("{first}起") }
            }
            WindowState::NotEncoded => {
                self.say("日历尚未公布", "the calendar is not published yet").to_owned()
            }
        }
    }

    /// `2026年11月24日 星期二`, `Tuesday, 24 November 2026`.
    pub(crate) fn today_line(&self) -> String {
        let (day, weekday) = (self.full_day(self.today.date), self.weekday(self.today.date));
        if self.english() { format!("{weekday}, {day}") } else { format!("{day} {weekday}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str) -> Vec<WindowState> {
        let pack = policy::Pack::shipped("nanjing").unwrap();
        let today = Today::new(date.parse().unwrap(), pack.calendar());
        today.windows.into_iter().map(|(_, state)| state).collect()
    }

    fn until(date: &str) -> WindowState {
        WindowState::OpenUntil(date.parse().unwrap())
    }

    fn opens(date: &str) -> WindowState {
        WindowState::OpensOn(date.parse().unwrap())
    }

    #[test]
    fn the_band_follows_the_calendar_through_a_month() {
        let (last, next) = ("2026-11-30", "2026-12-01");
        let desk = "2026-11-25";
        let cases = [
            ("2026-11-24", [until(desk), until("2026-11-24"), until(last), opens("2026-11-26")]),
            ("2026-11-25", [until(desk), opens(next), until(last), opens("2026-11-26")]),
            ("2026-11-26", [opens(next), opens(next), until(last), until(last)]),
        ];
        for (date, expected) in cases {
            assert_eq!(on(date), expected, "{date}");
        }
    }

    #[test]
    fn a_holiday_closes_the_desk_and_names_the_next_open_day() {
        assert_eq!(on("2026-10-01")[0], opens("2026-10-08"));
    }
}
