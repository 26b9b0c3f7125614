//! What waits for an office, and how many working days the law leaves.

use insurance::casework::kind::CaseKind;
use policy::benefit::TimeLimit;
use policy::{Citation, Dated, NotEncoded, Pack};
use store::Tx;
use store::tables::office_case::{self, OfficeCase};
use units::Date;

/// How many cases a queue shows.
const CASES_MAX: i64 = 1_000;
/// A case that must be done within so many working days is about to break its limit.
const SOON_DAYS: i64 = 2;

/// A case with its legal limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The case.
    pub case: OfficeCase,
    /// The last day, and how many working days are left; `None` while the calendar is not
    /// published that far.
    pub limit: Option<Limit>,
}

/// A legal limit, counted in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// Working days from today to the last day; negative when it is over.
    pub days_left: i64,
    /// The last day.
    pub due_on: Date,
}

impl Limit {
    /// Whether the last day is over.
    #[must_use]
    pub const fn is_broken(self) -> bool {
        self.days_left < 0
    }

    /// Whether it is about to break.
    #[must_use]
    pub const fn is_soon(self) -> bool {
        self.days_left >= 0 && self.days_left <= SOON_DAYS
    }
}

/// The law that limits a kind of case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitLaw {
    /// Within how many working days it must be done.
    pub working_days: u32,
    /// The document, and the article of this matter.
    pub citation: Citation,
}

/// The law that limits a kind of case opened on a day.
///
/// # Errors
/// [`NotEncoded`] when the pack has no limit.
pub fn law_of(pack: &Pack, (kind, opened_on): (CaseKind, Date)) -> Result<LimitLaw, NotEncoded> {
    let (limits, found) = limit_in(pack, (kind, opened_on))?;
    let citation = Citation { article: found.article.clone(), ..pack.citation(&limits.terms) };
    Ok(LimitLaw { working_days: found.working_days, citation })
}

fn limit_in(
    pack: &Pack,
    (kind, opened_on): (CaseKind, Date),
) -> Result<(&Dated<Vec<TimeLimit>>, &TimeLimit), NotEncoded> {
    let limits = pack.topics().time_limits.on(opened_on, opened_on)?;
    let found = limits.value.iter().find(|limit| limit.matter == kind.matter());
    let missing = || NotEncoded {
        pack: pack.name().to_owned(),
        topic: "time_limits",
        date: opened_on,
        first: None,
        last: None,
    };
    Ok((limits, found.ok_or_else(missing)?))
}

/// Working days from today to the last day, negative when it is over.
///
/// # Errors
/// [`NotEncoded`] when the calendar ends before it.
pub fn working_days_left(pack: &Pack, due_on: Date, today: Date) -> Result<i64, NotEncoded> {
    let (first, last) = (today.min(due_on), today.max(due_on));
    let mut days = 0;
    for day in first.next().through(last) {
        days += i64::from(pack.calendar().is_working_day(day)?);
    }
    Ok(if today <= due_on { days } else { -days.max(1) })
}

/// The limit of a case opened on a day, as it stands today: the opening day is not counted.
///
/// Worked: opened on Monday 2026-02-09 with 10 working days, the last day is Saturday 2026-02-28,
/// which is worked; on Friday 2026-02-27 one working day is left.
///
/// # Errors
/// [`NotEncoded`] when the pack has no limit, or the calendar ends before it.
pub fn limit_of(
    pack: &Pack,
    (kind, opened_on): (CaseKind, Date),
    today: Date,
) -> Result<Limit, NotEncoded> {
    let (_, found) = limit_in(pack, (kind, opened_on))?;
    let due_on = pack.calendar().plus_working_days(opened_on, found.working_days)?;
    Ok(Limit { days_left: working_days_left(pack, due_on, today)?, due_on })
}

/// The cases of an office that are not over, or of all offices: what breaks its limit first
/// stands first.
///
/// # Errors
/// The database's.
pub fn list_queue(
    tx: &mut Tx<'_>,
    pack: &Pack,
    office: Option<&str>,
    today: Date,
) -> Result<Vec<Waiting>, store::Error> {
    let cases = office_case::list_waiting(tx, office, CASES_MAX)?;
    let with_limit = |case: OfficeCase| {
        let limit = limit_of(pack, (case.kind, case.opened_on), today).ok();
        Waiting { case, limit }
    };
    let mut waiting: Vec<Waiting> = cases.into_iter().map(with_limit).collect();
    waiting.sort_by_key(|one| (one.limit.is_none(), one.limit, one.case.id));
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_are_counted_by_the_holiday_calendar() {
        let pack = Pack::shipped("nanjing").unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let cases = [
            ("2026-02-09", "2026-02-09", "2026-02-28", 10),
            ("2026-02-09", "2026-02-27", "2026-02-28", 1),
            ("2026-02-09", "2026-02-28", "2026-02-28", 0),
            ("2026-02-09", "2026-03-02", "2026-02-28", -1),
            ("2026-02-09", "2026-03-01", "2026-02-28", -1),
            ("2026-09-30", "2026-10-07", "2026-10-20", 10),
            ("2026-09-30", "2026-10-19", "2026-10-20", 1),
        ];
        for (opened, today, due, left) in cases {
            let limit = limit_of(&pack, (CaseKind::Surrender, day(opened)), day(today)).unwrap();
            assert_eq!((limit.due_on, limit.days_left), (day(due), left), "{opened} {today}");
        }
    }
}
