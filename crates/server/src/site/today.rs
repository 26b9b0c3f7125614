//! What is still possible today, and until when: the pack's calendar as every page shows it.

use std::borrow::Borrow;

use policy::{Calendar, NotEncoded, Window, WindowKind};
use units::Date;

use super::visit::Visit;

/// Today's band below the header.
#[derive(Clone, Debug)]
pub(crate) struct Today {
    /// The day in Asia/Shanghai.
    pub(crate) date: Date,
    /// What can be done, in the order of the calendar's windows.
    pub(crate) windows: Vec<(WindowKind, WindowState)>,
    /// The days of this month's windows, in the same order.
    days: Vec<(WindowKind, Option<Window>)>,
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
        let days = WindowKind::ALL.map(|kind| (kind, calendar.window(kind, date.month()).ok()));
        Self { date, windows: windows.to_vec(), days: days.to_vec() }
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

    /// `1日到24日`, `1st to the 24th`: the days of a window in this month; `26日到月底`, `26th to the
    /// month's end` where it lasts so long.
    pub(crate) fn window_days(&self, kind: impl Borrow<WindowKind>) -> String {
        let found = self.today.days.iter().find(|(found, _)| found == kind.borrow());
        let Some(Window { first, last }) = found.and_then(|(_, days)| *days) else {
            return self.say("日期尚未公布", "days that are not published yet").to_owned();
        };
        let (from, until) = (first.day(), last.day());
        match (self.english(), last == last.month().last_day()) {
            (true, true) => format!("{} to the month's end", ordinal(from)),
            (true, false) => format!("{} to the {}", ordinal(from), ordinal(until)),
            (false, true) => format!("{from}日到月底"),
            (false, false) => format!("{from}日到{until}日"),
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

/// `1st`, `22nd`, `26th`.
fn ordinal(day: u32) -> String {
    let ending = match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str) -> Vec<WindowState> {
        under("nanjing", date)
    }

    fn under(pack: &str, date: &str) -> Vec<WindowState> {
        let pack = policy::Pack::shipped(pack).unwrap();
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
    fn under_the_tax_regime_wechat_is_open_all_month_and_banks_withhold_from_the_25th_to_the_28th()
    {
        let (desk, last) = ("2026-11-25", "2026-11-30");
        let cases = [
            ("2026-11-24", [until(desk), until(last), until(last), opens("2026-11-25")]),
            ("2026-11-25", [until(desk), until(last), until(last), until("2026-11-28")]),
            ("2026-11-29", [opens("2026-12-01"), until(last), until(last), opens("2026-12-25")]),
        ];
        for (date, expected) in cases {
            assert_eq!(under("nanjing-2021", date), expected, "{date}");
        }
        // The regime began in the middle of a month: August 2021 was still collected as before.
        assert_eq!(under("nanjing-2021", "2021-08-25")[3], opens("2021-08-26"));
        assert_eq!(under("nanjing-2021", "2021-09-25")[3], until("2021-09-28"));
    }

    #[test]
    fn days_of_the_month_are_said_as_people_say_them() {
        let shown = [1, 2, 3, 11, 12, 13, 21, 22, 23, 24, 31].map(ordinal);
        let expected =
            ["1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "22nd", "23rd", "24th", "31st"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_holiday_closes_the_desk_and_names_the_next_open_day() {
        assert_eq!(on("2026-10-01")[0], opens("2026-10-08"));
    }
}
