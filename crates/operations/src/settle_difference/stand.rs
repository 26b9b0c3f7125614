//! How a difference stands now, and how its channel's day stands once it is settled.

use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::wechat_pay::order_number::RefundNumber;
use insurance::ids::{ClerkId, DifferenceId};
use insurance::payment::ChannelKind;
use insurance::reconciliation::settlement::{
    Books, DifferenceEvent, DifferenceKind, Standing, corrected_reference,
};
use store::Tx;
use store::tables::channel_day::{self, ChannelDay, ChannelDayState};
use store::tables::channel_reference::{self, Known};
use store::tables::debit;
use store::tables::difference::step::{self, DifferenceStep};
use store::tables::difference::{self, OpenDifference};
use store::tables::run;
use units::{Date, Fen, Timestamp};

/// A difference with its steps, and what may be decided about it.
#[derive(Clone, Debug)]
pub struct DifferenceCourse {
    /// What was found.
    pub difference: OpenDifference,
    /// What was done about it, in order.
    pub steps: Vec<DifferenceStep>,
    /// How it stands now.
    pub standing: Standing,
    /// What the books have under its number.
    pub known: Option<Known>,
    /// Whether a channel's statement of the day showed it; otherwise a message did.
    pub is_stated: bool,
}

impl DifferenceCourse {
    /// Whose it is: the clerk who took it over last.
    #[must_use]
    pub fn owner(&self) -> Option<ClerkId> {
        let taken = self.steps.iter().rev().find(|step| step.event == DifferenceEvent::Take);
        taken.map(|step| step.clerk)
    }

    /// The proposal that waits for a second person.
    #[must_use]
    pub fn proposal(&self) -> Option<&DifferenceStep> {
        let last = self.steps.iter().rev().find(|step| step.event != DifferenceEvent::Take);
        last.filter(|step| step.event == DifferenceEvent::Propose)
    }

    /// What is at stake.
    #[must_use]
    pub fn stake(&self) -> Fen {
        let (ours, theirs) = (self.difference.ours, self.difference.theirs);
        let (ours, theirs) = (ours.unwrap_or(Fen::ZERO), theirs.unwrap_or(Fen::ZERO));
        ours.saturating_sub(theirs).max(theirs.saturating_sub(ours))
    }
}

/// A difference by its number, as a reader sees it, settled or not.
///
/// # Errors
/// The database's.
pub fn find_course(
    tx: &mut Tx<'_>,
    id: DifferenceId,
) -> Result<Option<DifferenceCourse>, store::Error> {
    difference::find(tx, id)?.map(|found| course_of(tx, found)).transpose()
}

/// What was done about a difference, and how it stands.
///
/// # Errors
/// The database's.
pub fn course_of(
    tx: &mut Tx<'_>,
    difference: OpenDifference,
) -> Result<DifferenceCourse, store::Error> {
    let of_day = (difference.channel, difference.accounting_on);
    let known = known_of_money(tx, of_day, &difference.reference)?;
    let kind = DifferenceKind::from_code(difference.kind);
    let kind = kind.ok_or(store::Error::Corrupt { column: 4, expected: "a kind of difference" })?;
    let is_refund = difference.channel == ChannelKind::Wechat
        && difference.reference.parse::<RefundNumber>().is_ok();
    let standing = Standing {
        kind,
        books: books(&difference, known.as_ref()),
        is_refund,
        has_payer: has_payer(tx, &difference)?,
    };
    let is_stated = run::find(tx, difference.run)?.is_some_and(|run| run.kind == "reconcile_day");
    let steps = step::list(tx, difference.id)?;
    Ok(DifferenceCourse { difference, steps, standing, known, is_stated })
}

/// What stands under a channel's number of a day's money: as it was booked, or as a decision booked it
/// anew. Where nothing stands, what was taken back.
///
/// # Errors
/// The database's.
pub(crate) fn known_of_money(
    tx: &mut Tx<'_>,
    of_day: (ChannelKind, Date),
    reference: &str,
) -> Result<Option<Known>, store::Error> {
    let (channel, _) = of_day;
    let own = channel_reference::find(tx, channel, reference)?;
    if own.as_ref().is_some_and(|known| known.returned_by.is_none()) {
        return Ok(own);
    }
    for decided in difference::list_of_money(tx, of_day, reference)? {
        let anew = corrected_reference(reference, decided.id);
        let booked = channel_reference::find(tx, channel, &anew)?;
        if booked.as_ref().is_some_and(|known| known.returned_by.is_none()) {
            return Ok(booked);
        }
    }
    Ok(own)
}

fn books(difference: &OpenDifference, known: Option<&Known>) -> Books {
    let named = difference.theirs.or(difference.ours);
    match known {
        None => Books::Nothing,
        Some(known) if known.returned_by.is_some() => Books::TakenBack,
        Some(known) if Some(known.amount) == named => {
            Books::Agree { matched: known.matched_on.is_some() }
        }
        Some(_) => Books::Differ,
    }
}

/// Whether the number is one of our debits, which names its due.
fn has_payer(tx: &mut Tx<'_>, difference: &OpenDifference) -> Result<bool, store::Error> {
    if difference.channel != ChannelKind::BankBatch {
        return Ok(false);
    }
    let Some(id) = EndToEndId::parse(&difference.reference) else { return Ok(false) };
    Ok(debit::find(tx, &id.due, id.attempt)?.is_some())
}

/// What carrying out a decision means for the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayAfter {
    /// Its statement said so already.
    AsStated,
    /// Its statement must be compared again.
    ToCompare,
}

/// The day as it stands without this difference.
pub(super) fn restand_day(
    tx: &mut Tx<'_>,
    (difference, after): (&OpenDifference, DayAfter),
    now: Timestamp,
) -> Result<(), store::Error> {
    let (channel, on) = (difference.channel, difference.accounting_on);
    let days = channel_day::list(tx, on, on)?;
    let Some(day) = days.into_iter().find(|day| day.channel == channel) else { return Ok(()) };
    if day.state == ChannelDayState::Outage {
        return Ok(());
    }
    let open = difference::count_open(tx, channel, on)?;
    let reason = match (open, after) {
        (0, DayAfter::AsStated) => None,
        (0, DayAfter::ToCompare) => {
            Some("a difference was settled with money; compare the statement again".to_owned())
        }
        (open, _) => Some(format!("{open} differences without a decision")),
    };
    let state = match reason {
        None => ChannelDayState::Balanced,
        Some(_) => ChannelDayState::Differs,
    };
    let booked: Vec<Fen> = channel_reference::list_of_day(tx, channel, on)?
        .iter()
        .filter(|known| known.returned_by.is_none() || known.matched_on.is_some())
        .map(|known| known.amount)
        .collect();
    let count = i64::try_from(booked.len()).unwrap_or(i64::MAX);
    let booked = (count, booked.into_iter().sum());
    channel_day::set(tx, &ChannelDay { state, booked, reason, recorded_at: now, ..day })
}
