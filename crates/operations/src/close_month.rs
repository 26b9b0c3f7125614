//! 月结: unpaid dues become arrears, unpaid medical months suspend cover from the 1st of the next
//! month.
//!
//! Differences from values published late become arrears with the month whose bill asked for them.
//! They suspend nobody: the month that they belong to was paid as it was billed.
//!
//! The books-closed gate stands before it: nobody gets a sanction while a channel's results of
//! the month are not in and balanced. A suspension's date is the legal day, not the day on which
//! the job ran; each has the notice that went before it, or an open task for a clerk.

use insurance::cause::Cause;
use insurance::due::{Due, DueEvent, DueState};
use insurance::ids::{CITY, PersonId, RunId};
use insurance::notice::NoticeKind;
use policy::Branch;
use store::tables::channel_day::ChannelDayState;
use store::tables::due::Transition;
use store::tables::month_close::{self, MonthClose};
use store::tables::suspension::{self, Suspension};
use store::tables::task::TaskKind;
use store::tables::{
    channel_day, difference, due, enrolment, notice, payment, receipt, wechat_order,
};
use store::{Db, Tx};
use units::{Fen, Month, Timestamp};

use crate::city::City;
use crate::open_task::{Work, open_task};
use crate::run::{self, Job, Progress};
use crate::write_notice::{Subject, write_notice};

/// How many people one transaction closes.
const PEOPLE_PER_BATCH: i64 = 5_000;
/// Within how many working days a clerk tells a person who got no notice.
const TELL_WITHIN_WORKING_DAYS: u32 = 5;

/// Why a month can't be closed yet; each sentence says what must happen first.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The month still runs.
    #[error("{month} ends on {}; it can be closed from the next day on", .month.last_day())]
    MonthMustHaveEnded {
        /// The month asked for.
        month: Month,
    },
    /// The books-closed gate.
    #[error("{month} can't be closed, nobody may get a sanction yet: {}", .reasons.join("; "))]
    BooksMustBeClosed {
        /// The month asked for.
        month: Month,
        /// What is missing, one sentence each.
        reasons: Vec<String>,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What a close did, or what an earlier one had done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The month's close.
    pub close: MonthClose,
    /// People whose cover stops.
    pub suspended: i64,
}

/// What still stands before a month's close; empty when the gate is open.
///
/// # Errors
/// The database's.
pub fn gate(tx: &mut Tx<'_>, month: Month) -> Result<Vec<String>, store::Error> {
    let (first, last) = (month.first_day(), month.last_day());
    let days = channel_day::list(tx, first, last)?;
    let mut reasons = Vec::new();
    for total in receipt::sum_by_day(tx, first, last)? {
        let (channel, on) = (total.channel, total.accounting_on);
        if !days.iter().any(|day| day.channel == channel && day.accounting_on == on) {
            reasons.push(format!("{} of {on} has no statement yet", channel.word()));
        }
    }
    for day in days.iter().filter(|day| day.state != ChannelDayState::Balanced) {
        let why = day.reason.as_deref().unwrap_or("the channel was out of order");
        reasons.push(format!("{} of {}: {why}", day.channel.word(), day.accounting_on));
    }
    // A bank may contradict itself after its day was balanced, or before any statement came.
    for (channel, on, open) in difference::count_open_by_day(tx, first, last)? {
        let known = |day: &channel_day::ChannelDay| {
            day.channel == channel
                && day.accounting_on == on
                && day.state != ChannelDayState::Balanced
        };
        if !days.iter().any(known) {
            reasons
                .push(format!("{} of {on}: {open} differences without a decision", channel.word()));
        }
    }
    for day in wechat_order::list_days_without_bill(tx, first, last)? {
        let reason = format!("wechat of {day} has orders and no bill yet");
        if !reasons.iter().any(|known| known.starts_with(&format!("wechat of {day} "))) {
            reasons.push(reason);
        }
    }
    let open = payment::count_open_items(tx, month)?;
    if open > 0 {
        reasons.push(format!("{open} dues lie in attempts without a final answer"));
    }
    Ok(reasons)
}

/// Closes a month. Closing it again changes nothing.
///
/// # Errors
/// [`CloseError`]; people closed before it stay closed, and running again goes on.
pub fn close_month(
    db: &Db,
    city: &City,
    (month, actor): (Month, &str),
    now: Timestamp,
    progress: Progress<'_>,
) -> Result<Closed, CloseError> {
    if let Some(close) = db.read(|tx| month_close::find(tx, month))? {
        let suspended = db.read(|tx| suspension::count_of_month(tx, month))?;
        return Ok(Closed { close, suspended });
    }
    if now.date_in_shanghai() <= month.last_day() {
        return Err(CloseError::MonthMustHaveEnded { month });
    }
    let reasons = db.read(|tx| gate(tx, month))?;
    if !reasons.is_empty() {
        return Err(CloseError::BooksMustBeClosed { month, reasons });
    }
    let subject = month.to_string();
    let job = Job { kind: "close_month", subject: &subject, actor };
    let run = run::begin(db, city, job, now)?.id;
    let mut after = CITY;
    let mut done = 0;
    loop {
        let city = city.clone();
        let chunk = db.bulk_write(move |tx| close_chunk(tx, &city, (month, run), after, now))?;
        let Some((last, people)) = chunk else { break };
        after = last;
        done += people;
        progress(done, done);
    }
    let close = db.write(move |tx| finish(tx, (month, run), now))?;
    let suspended = db.read(|tx| suspension::count_of_month(tx, month))?;
    let outcome = format!("{} arrears, {}", close.arrears_count, close.arrears);
    run::end(db, run, outcome, now)?;
    Ok(Closed { close, suspended })
}

/// Closes the dues of the next people. Answers the last of them, or `None` when all are done.
fn close_chunk(
    tx: &mut Tx<'_>,
    city: &City,
    (month, run): (Month, RunId),
    after: PersonId,
    now: Timestamp,
) -> Result<Option<(PersonId, u64)>, store::Error> {
    let dues = due::difference::list_asked(tx, month, after, PEOPLE_PER_BATCH)?;
    let mut people = 0;
    let mut last = None;
    for of_person in dues.chunk_by(|a, b| a.key.person == b.key.person) {
        // An interrupted close left whole people done, whose dues are arrears already.
        if of_person.iter().any(|due| due.state == DueState::Open) {
            close_person(tx, city, (month, run), of_person, now)?;
        }
        people += 1;
        last = of_person.first().map(|due| due.key.person);
    }
    Ok(last.map(|last| (last, people)))
}

/// Makes a person's unpaid dues of a month arrears, and suspends cover when one is medical.
pub(crate) fn close_person(
    tx: &mut Tx<'_>,
    city: &City,
    (month, run): (Month, RunId),
    dues: &[Due],
    now: Timestamp,
) -> Result<(), store::Error> {
    for unpaid in dues {
        due::insert_arrears(tx, unpaid, run, now)?;
        let state = unpaid.state.next(DueEvent::CloseMonth).expect("every due can be closed");
        let cause = run.get();
        due::set_state(tx, unpaid, Transition { state, paid_on: None, cause })?;
    }
    let Some(person) = dues.first().map(|due| due.key.person) else { return Ok(()) };
    let amount: Fen = dues.iter().map(|due| due.amount).sum();
    let subject = Subject { month, subject: 0, amount };
    let cause = Cause::Run(run);
    // What was told before the month's end is the warning; the notice of arrears comes after it.
    let warning = notice::find_warning(tx, person, month)?;
    write_notice(tx, city, (person, NoticeKind::Arrears), (subject, cause), now)?;
    if dues.iter().any(suspends) {
        let task = match warning {
            Some(_) => None,
            None => Some(tell_of_suspension(tx, city, (person, month), now)?),
        };
        let suspension = Suspension {
            person,
            id: city.fresh(now),
            unpaid_month: month,
            from_on: month.next().first_day(),
            notice: warning,
            task,
            run,
            recorded_at: now,
            lifted_on: None,
            lifted_by: None,
        };
        if suspension::insert(tx, &suspension)? == 1 {
            write_notice(tx, city, (person, NoticeKind::Suspension), (subject, cause), now)?;
        }
    }
    Ok(())
}

/// Whether an unpaid due stops cover: medical insurance as it was billed.
pub(crate) fn suspends(due: &Due) -> bool {
    due.key.branch == Branch::Medical && !due.key.is_difference()
}

/// A suspension without a warning opens a task: a clerk tells the person.
fn tell_of_suspension(
    tx: &mut Tx<'_>,
    city: &City,
    (person, month): (PersonId, Month),
    now: Timestamp,
) -> Result<insurance::ids::TaskId, store::Error> {
    let spans = enrolment::list(tx, person)?;
    let office = spans.iter().rev().find(|span| span.covers(month)).map(|span| &span.office);
    let work = Work {
        kind: TaskKind::TellOfSuspension,
        office: office.cloned().unwrap_or_default(),
        month: Some(month),
        working_days: TELL_WITHIN_WORKING_DAYS,
    };
    open_task(tx, city, (person, work), now)
}

fn finish(
    tx: &mut Tx<'_>,
    (month, run): (Month, RunId),
    now: Timestamp,
) -> Result<MonthClose, store::Error> {
    let (arrears_count, arrears) = due::sum_arrears(tx, month)?;
    let close = MonthClose { month, run, closed_at: now, arrears_count, arrears };
    month_close::insert(tx, &close)?;
    Ok(close)
}
