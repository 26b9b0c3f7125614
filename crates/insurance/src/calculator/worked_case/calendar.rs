//! Cases of days.

use policy::{Branch, NotEncoded, Pack, WindowKind};
use serde::Deserialize;
use units::{Date, Month};

use super::{Outcome, equal, equal_if, refused};

/// The first and last day of a window.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowCase {
    pub(super) source: String,
    kind: WindowKind,
    month: Month,
    first: Date,
    last: Date,
}

impl WindowCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let window = pack.calendar().window(self.kind, self.month).map_err(|e| e.to_string())?;
        equal("the first day", window.first, self.first)?;
        equal("the last day", window.last, self.last)
    }
}

/// Whether a window is open on a day, and when it opens next.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenCase {
    pub(super) source: String,
    kind: WindowKind,
    day: Date,
    is_open: Option<bool>,
    next: Option<Date>,
    refused: Option<String>,
}

impl OpenCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let calendar = pack.calendar();
        let open = calendar.is_open(self.kind, self.day);
        let Some(open) = refused(open, code, self.refused.as_ref())? else { return Ok(()) };
        equal_if("is open", open, self.is_open)?;
        let Some(expected) = self.next else { return Ok(()) };
        let next = calendar.next_open_day(self.kind, self.day).map_err(|e| e.to_string())?;
        equal("the next open day", next, expected)
    }
}

/// Working days counted from a day that is not counted itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkingDaysCase {
    pub(super) source: String,
    from: Date,
    count: u32,
    day: Option<Date>,
    refused: Option<String>,
}

impl WorkingDaysCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let day = pack.calendar().plus_working_days(self.from, self.count);
        match refused(day, code, self.refused.as_ref())? {
            Some(day) => equal_if("the day", day, self.day),
            None => Ok(()),
        }
    }
}

/// Within how many working days something must be done, and the last day of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeLimitCase {
    pub(super) source: String,
    matter: String,
    from: Date,
    working_days: u32,
    article: String,
    day: Option<Date>,
}

impl TimeLimitCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let limits = pack.topics().time_limits.on(self.from, self.from);
        let limits = &limits.map_err(|e| e.to_string())?.value;
        let limit = limits.iter().find(|limit| limit.matter == self.matter);
        let limit = limit.ok_or_else(|| format!("there is no limit for {}", self.matter))?;
        equal("the working days", limit.working_days, self.working_days)?;
        equal("the article", &limit.article, self.article)?;
        let Some(expected) = self.day else { return Ok(()) };
        let day = pack.calendar().plus_working_days(self.from, limit.working_days);
        equal("the last day", day.map_err(|e| e.to_string())?, expected)
    }
}

/// The settlement year of a day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettlementYearCase {
    pub(super) source: String,
    branch: Branch,
    day: Date,
    first: Option<Date>,
    last: Option<Date>,
    refused: Option<String>,
}

impl SettlementYearCase {
    pub(super) fn check(self, pack: &Pack) -> Outcome {
        let year = pack.calendar().settlement_year(self.branch, self.day);
        let Some(year) = refused(year, code, self.refused.as_ref())? else { return Ok(()) };
        equal_if("the first day", year.first, self.first)?;
        equal_if("the last day", year.last, self.last)
    }
}

const fn code(_: &NotEncoded) -> &'static str {
    "not_encoded"
}
