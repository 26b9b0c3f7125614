//! Settling a difference between our books and a channel's statement.
//!
//! Whoever takes a difference over decides; what moves money, or leaves the channel's money out of
//! the books, is decided by a second person ([`insurance::casework::hand`]). Steps are only ever
//! inserted, each with its audit event. When the last difference of a day is settled, the day
//! balances, unless its statement must be compared again.

mod book;
mod refusal;
mod stand;

pub use refusal::SettleRefusal;
pub use stand::{DifferenceCourse, course_of, find_course};

pub(crate) use book::DECISION;
pub(crate) use stand::known_of_money;

use insurance::casework::hand::{Hand, check_decider, check_known};
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{CITY, DifferenceId};
use insurance::reconciliation::settlement::{DifferenceEvent, Settlement};
use store::Tx;
use store::tables::difference::step::{self, DifferenceStep};
use store::tables::{clerk_staff, difference};
use units::Timestamp;

use crate::casework::course::{audit, check_reason, hand_of};
use crate::city::City;

/// Who settles differences.
pub const SETTLERS: RoleSet = RoleSet::of(&[Role::Finance, Role::Review]);

/// Makes a difference the clerk's own, whoever had it before.
///
/// # Errors
/// [`SettleRefusal`]; nothing is changed.
pub fn take_difference(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    id: DifferenceId,
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let mut course = open_course(tx, clerk, id)?;
    if course.owner() == Some(clerk.id) {
        return Ok(());
    }
    let doing = Doing { event: DifferenceEvent::Take, settlement: None, note: "" };
    append(tx, city, clerk, (&mut course, doing), now)
}

/// Settles a difference where one person may, waits, or proposes the decision to a second person.
///
/// # Errors
/// [`SettleRefusal`]; nothing is changed.
pub fn settle_difference(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (id, settlement, note): (DifferenceId, Settlement, &str),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let mut course = open_course(tx, clerk, id)?;
    if course.owner() != Some(clerk.id) {
        return Err(SettleRefusal::OwnerMustAct);
    }
    if course.proposal().is_some() {
        return Err(SettleRefusal::ProposalMustBeDecided);
    }
    if !course.standing.allowed().contains(&settlement) {
        return Err(SettleRefusal::SettlementMustFit);
    }
    check_reason(note).map_err(|_| SettleRefusal::ReasonMustBeGiven)?;
    let event = match settlement {
        Settlement::Wait => DifferenceEvent::Wait,
        Settlement::Explain => DifferenceEvent::Settle,
        Settlement::Dismiss
        | Settlement::BookTheirs
        | Settlement::HoldTheirs
        | Settlement::ReverseOurs => DifferenceEvent::Propose,
    };
    let doing = Doing { event, settlement: Some(settlement), note };
    append(tx, city, clerk, (&mut course, doing), now)?;
    if event == DifferenceEvent::Settle {
        finish(tx, city, clerk, (&course, settlement, note), now)?;
    }
    Ok(())
}

/// Decides a proposal, by somebody else than whoever proposed. What is approved is done at once.
///
/// # Errors
/// [`SettleRefusal`]; nothing is changed.
pub fn decide_settlement(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (id, approves, note): (DifferenceId, Approval, &str),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let mut course = open_course(tx, clerk, id)?;
    let proposal = course.proposal().cloned().ok_or(SettleRefusal::ProposalMustBeMade)?;
    let settlement = proposal.settlement.ok_or(SettleRefusal::ProposalMustBeMade)?;
    check_decider(&hand_of(tx, clerk)?, &proposers(tx, &course)?)?;
    let event = match approves {
        Approval::Approve => DifferenceEvent::Approve,
        Approval::SendBack => {
            check_reason(note).map_err(|_| SettleRefusal::ReasonMustBeGiven)?;
            DifferenceEvent::SendBack
        }
    };
    let fits = course.standing.allowed().contains(&settlement);
    if event == DifferenceEvent::Approve && !fits {
        return Err(SettleRefusal::SettlementMustFit);
    }
    let doing = Doing { event, settlement: Some(settlement), note };
    append(tx, city, clerk, (&mut course, doing), now)?;
    if event == DifferenceEvent::Approve {
        finish(tx, city, clerk, (&course, settlement, &proposal.note), now)?;
    }
    Ok(())
}

/// What a second person says of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Approval {
    /// It is right.
    Approve,
    /// It is to be thought over.
    SendBack,
}

struct Doing<'a> {
    event: DifferenceEvent,
    settlement: Option<Settlement>,
    note: &'a str,
}

fn open_course(
    tx: &mut Tx<'_>,
    clerk: &Clerk,
    id: DifferenceId,
) -> Result<DifferenceCourse, SettleRefusal> {
    if !clerk.roles.meets(SETTLERS) {
        return Err(SettleRefusal::RoleMustAllow);
    }
    let found = difference::find_locked(tx, id)?.ok_or(SettleRefusal::DifferenceMustExist)?;
    if found.settled_at.is_some() {
        return Err(SettleRefusal::DifferenceMustBeOpen);
    }
    Ok(course_of(tx, found)?)
}

/// Everybody who proposed a decision about it, as they were bound then and as they are now.
fn proposers(tx: &mut Tx<'_>, course: &DifferenceCourse) -> Result<Vec<Hand>, store::Error> {
    let proposed = course.steps.iter().filter(|step| step.event == DifferenceEvent::Propose);
    proposed
        .map(|step| {
            let staff_now = clerk_staff::find(tx, step.clerk)?;
            Ok(Hand { clerk: step.clerk, staff: step.staff.clone(), staff_now })
        })
        .collect()
}

fn append(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (course, doing): (&mut DifferenceCourse, Doing<'_>),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let hand = hand_of(tx, clerk)?;
    check_known(&hand)?;
    let id = course.difference.id;
    let step = DifferenceStep {
        step: course.steps.last().map_or(1, |step| step.step + 1),
        event: doing.event,
        settlement: doing.settlement,
        clerk: clerk.id,
        staff: hand.staff_now,
        recorded_at: now,
        note: doing.note.trim().to_owned(),
    };
    step::insert(tx, id, &step)?;
    let word = doing.settlement.map_or("", Settlement::word);
    let detail = format!("difference {id}: {:?} {word}", doing.event);
    audit(tx, city, clerk, (CITY, "difference", detail.trim()), now)?;
    course.steps.push(step);
    Ok(())
}

/// Does what was decided, settles the difference, and lets its day stand as it is now.
fn finish(
    tx: &mut Tx<'_>,
    city: &City,
    clerk: &Clerk,
    (course, settlement, note): (&DifferenceCourse, Settlement, &str),
    now: Timestamp,
) -> Result<(), SettleRefusal> {
    let done = book::carry_out(tx, city, (course, settlement, note), now)?;
    let settled_by = (&*clerk.account, settlement.word());
    difference::set_settled(tx, course.difference.id, now, settled_by)?;
    stand::restand_day(tx, (&course.difference, done), now)?;
    Ok(())
}
