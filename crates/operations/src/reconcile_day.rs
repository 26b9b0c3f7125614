//! 对账: a channel's accounting day, our receipts against its statement.
//!
//! What both sides have moves from clearing to the fund; every difference is recorded once with
//! its owner. Running it again with the same statement changes nothing; with a later one it
//! compares anew.

use std::collections::{HashMap, HashSet};

use insurance::cause::Cause;
use insurance::ids::{CITY, RunId};
use insurance::ledger::{Account, Entry, EntryKind, Posting};
use insurance::payment::ChannelKind;
use insurance::reconciliation::settlement::{is_taken_by_decision, statement_reference};
use insurance::reconciliation::{Comparison, Line, compare};
use store::tables::channel_day::{self, ChannelDay, ChannelDayState};
use store::tables::channel_reference::Known;
use store::tables::difference::{self, Found};
use store::tables::{channel_reference, entry};
use store::{Db, Tx};
use units::{Date, Fen, Timestamp};

use crate::city::City;
use crate::run::{self, Job};

/// A channel's statement of one accounting day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Which channel.
    pub channel: ChannelKind,
    /// Which day of its books.
    pub accounting_on: Date,
    /// Its money, without what it took back on the same day.
    pub lines: Vec<Line>,
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// How the day stands now.
    pub day: ChannelDay,
    /// What matched and what differs.
    pub comparison: Comparison,
}

/// Compares a day, books what matches, records what differs.
///
/// # Errors
/// The database's.
pub fn reconcile_day(
    db: &Db,
    city: &City,
    statement: Statement,
    actor: &str,
    now: Timestamp,
) -> Result<Reconciled, store::Error> {
    let subject = format!("{} {}", statement.channel.word(), statement.accounting_on);
    let job = Job { kind: "reconcile_day", subject: &subject, actor };
    let run = run::begin(db, city, job, now)?.id;
    let city = city.clone();
    let reconciled = db.bulk_write(move |tx| reconcile(tx, &city, &statement, (run, now)))?;
    let outcome = format!(
        "{} matched, {} differ",
        reconciled.comparison.matched.len(),
        reconciled.comparison.differences.len()
    );
    run::end(db, run, outcome, now)?;
    Ok(reconciled)
}

fn reconcile(
    tx: &mut Tx<'_>,
    city: &City,
    statement: &Statement,
    (run, now): (RunId, Timestamp),
) -> Result<Reconciled, store::Error> {
    let (channel, accounting_on) = (statement.channel, statement.accounting_on);
    let known = channel_reference::lock_of_day(tx, channel, accounting_on)?;
    // What was taken back on the same day is not stated, what was taken back later is.
    let stated: HashSet<&str> = statement.lines.iter().map(|line| &*line.reference).collect();
    let ours: Vec<Line> = known
        .iter()
        .filter(|known| match &known.returned_by {
            None => true,
            Some(by) => !is_taken_by_decision(by) && stated.contains(&*known.reference),
        })
        .map(|known| Line {
            reference: statement_reference(&known.reference).to_owned(),
            amount: known.amount,
        })
        .collect();
    let booked = totals(&ours);
    let comparison = compare(ours, statement.lines.clone());
    let found =
        Found { id: city.fresh(now), channel, accounting_on, owner: channel.word(), run, at: now };
    for each in &comparison.differences {
        difference::insert(tx, Found { id: city.fresh(now), ..found }, each)?;
    }
    let waiting: HashMap<&str, &Known> = known
        .iter()
        .filter(|known| known.returned_by.is_none() && known.matched_on.is_none())
        .map(|known| (statement_reference(&known.reference), known))
        .collect();
    let here = comparison.matched.iter().filter_map(|line| waiting.get(&*line.reference));
    let here: Vec<&Known> = here.copied().collect();
    book_matched(tx, city, ((channel, accounting_on), &here), (Cause::Run(run), now))?;
    let differing = difference::count_open(tx, channel, accounting_on)?;
    let day = ChannelDay {
        channel,
        accounting_on,
        state: if differing == 0 { ChannelDayState::Balanced } else { ChannelDayState::Differs },
        booked,
        stated: totals(&statement.lines),
        reason: (differing > 0).then(|| format!("{differing} differences without a decision")),
        run,
        recorded_at: now,
    };
    channel_day::set(tx, &day)?;
    Ok(Reconciled { day, comparison })
}

/// Moves newly matched money from clearing to the fund, as one entry of the city.
pub(crate) fn book_matched(
    tx: &mut Tx<'_>,
    city: &City,
    ((channel, day), matched): ((ChannelKind, Date), &[&Known]),
    (cause, now): (Cause, Timestamp),
) -> Result<(), store::Error> {
    let today = now.date_in_shanghai();
    let references = matched.iter().map(|known| &*known.reference);
    let moved = channel_reference::set_matched(tx, channel, references, today)?;
    let all = u64::try_from(matched.len()).expect("a day has fewer references than u64");
    assert_eq!(moved, all, "the day's references are locked, so they are as they were read");
    let amount: Fen = matched.iter().map(|known| known.amount).sum();
    if amount.is_zero() {
        return Ok(());
    }
    let (debit, credit) = (Account::Fund, Account::Clearing(channel));
    let postings = vec![Posting { debit, credit, amount, due: None }];
    entry::append(
        tx,
        &Entry {
            owner: CITY,
            id: city.fresh(now),
            kind: EntryKind::Reconciliation,
            recorded_at: now,
            effective_on: day,
            cause,
            postings,
        },
    )
}

fn totals(lines: &[Line]) -> (i64, Fen) {
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    (count, lines.iter().map(|line| line.amount).sum())
}
