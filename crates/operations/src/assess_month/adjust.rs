//! 补差: what becomes of months assessed before a value for them was published.
//!
//! Where the pack collects differences, each batch that was assessed with older knowledge is
//! compared once with what is known now. What a person owes more becomes a due of its own, behind
//! the regular one, asked for with the bill of the month in which it is found; what was charged
//! too much opens a task, for returning money takes two people. A batch remembers up to which day
//! it was compared, so running again changes nothing.

use std::collections::BTreeMap;

use insurance::due::{Due, DueState};
use insurance::ids::{AssessmentBatchId, PersonId, RunId};
use insurance::payment::DueKey;
use policy::adjustment::{Difference, Review};
use policy::{Refusal, Rules};
use store::tables::assessment_batch::{self, AssessmentBatch};
use store::tables::task::{self, Task, TaskKind};
use store::tables::{due, enrolment};
use store::{Db, Tx};
use units::{Fen, Month, Timestamp};

use super::chunk::{self, About};
use super::{AssessError, REFUSED_MAX};
use crate::city::City;

/// Within how many working days a clerk looks at money to be returned.
const RETURN_WITHIN_WORKING_DAYS: u32 = 10;

/// What values published late led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjusted {
    /// Dues for differences to collect.
    pub dues: u64,
    /// Their sum.
    pub amount: Fen,
    /// People and months with something to return; each has a task.
    pub returns: u64,
    /// People whom the pack's rules refused, at most [`REFUSED_MAX`] of them.
    pub refused: Vec<(PersonId, Refusal)>,
}

/// Compares every batch of the months up to one with what is known today.
pub(super) fn adjust_months(
    db: &Db,
    city: &City,
    (last, run): (Month, RunId),
    now: Timestamp,
) -> Result<Adjusted, AssessError> {
    let today = now.date_in_shanghai();
    let mut done = Adjusted::default();
    for reviewed in db.read(|tx| assessment_batch::list_reviewed(tx, last))? {
        // A month that the pack no longer covers stays as it was assessed.
        let Ok(Some(_)) = city.pack().review(reviewed.month, reviewed.on, today) else { continue };
        for batch in db.read(|tx| assessment_batch::list_of_review(tx, reviewed))? {
            let found = db.read(|tx| compare(tx, city, &batch, now))?;
            done.dues += found.dues.len() as u64;
            done.amount += found.dues.iter().map(|due| due.amount).sum();
            done.returns += found.returns.len() as u64;
            let room = REFUSED_MAX.saturating_sub(done.refused.len());
            done.refused.extend(found.refused.iter().take(room).cloned());
            let city = city.clone();
            db.bulk_write(move |tx| save(tx, &city, (&batch, &found), (run, now)))?;
        }
    }
    Ok(done)
}

/// What a comparison of one batch found.
#[derive(Clone, Debug)]
struct Found {
    /// The number of the batch that the new dues will be in.
    id: AssessmentBatchId,
    /// The rules that they were computed by; `None` when there is no difference at all.
    rules: Option<Rules>,
    dues: Vec<Due>,
    returns: BTreeMap<PersonId, Fen>,
    refused: Vec<(PersonId, Refusal)>,
}

fn compare(
    tx: &mut Tx<'_>,
    city: &City,
    batch: &AssessmentBatch,
    now: Timestamp,
) -> Result<Found, store::Error> {
    let id = city.fresh(now);
    let mut found =
        Found { id, rules: None, dues: vec![], returns: BTreeMap::new(), refused: vec![] };
    let review = city.pack().review(batch.month, batch.known_on, now.date_in_shanghai());
    let Ok(Some(review)) = review else { return Ok(found) };
    let insured = enrolment::list_insured(tx, batch.month, batch.people)?;
    let chosen: BTreeMap<_, _> = insured.iter().map(|one| (one.person, one.base)).collect();
    let dues = due::difference::list_of_month(tx, batch.month, batch.people)?;
    for parts in dues.chunk_by(|a, b| same_due(a.key, b.key)) {
        let Some(last) = parts.last() else { continue };
        // A due behind this batch's was compared when it was made; a withdrawn one is not owed.
        if last.batch != batch.id || last.state == DueState::Closed {
            continue;
        }
        let base = chosen.get(&last.key.person).copied().unwrap_or(last.base);
        found.add(&review, last, base);
    }
    found.rules = Some(review.after().clone());
    Ok(found)
}

fn same_due(a: DueKey, b: DueKey) -> bool {
    (a.person, a.branch) == (b.person, b.branch)
}

impl Found {
    fn add(&mut self, review: &Review, last: &Due, chosen: Fen) {
        let person = last.key.person;
        match review.difference(last.key.branch, chosen) {
            Ok(None) => {}
            Ok(Some(Difference::ToCollect(charge))) => self.dues.push(Due {
                key: last.key.next_difference(),
                base: charge.base,
                amount: charge.amount,
                account: charge.account,
                batch: self.id,
                state: DueState::Open,
            }),
            Ok(Some(Difference::ToReturn(charge))) => {
                *self.returns.entry(person).or_insert(Fen::ZERO) += charge.amount;
            }
            Err(refusal) => self.refused.push((person, refusal)),
        }
    }
}

fn save(
    tx: &mut Tx<'_>,
    city: &City,
    (batch, found): (&AssessmentBatch, &Found),
    (run, now): (RunId, Timestamp),
) -> Result<(), store::Error> {
    let today = now.date_in_shanghai();
    for person in found.returns.keys() {
        open_task(tx, city, (*person, batch.month), now)?;
    }
    if let (Some(rules), Some(first), Some(last)) =
        (&found.rules, found.dues.first(), found.dues.last())
    {
        let about = About {
            ids: (found.id, city.fresh(now)),
            run,
            people: (first.key.person, last.key.person),
            asked: today.month().max(batch.month),
            now,
        };
        let adjusting = chunk::batch_of(rules, about, &found.dues);
        let entry = chunk::entry_of(&adjusting, &found.dues);
        chunk::save(tx, &adjusting, &found.dues, &entry)?;
    }
    assessment_batch::set_reviewed(tx, batch.id, today)
}

/// The person's office returns what was charged too much.
fn open_task(
    tx: &mut Tx<'_>,
    city: &City,
    (person, month): (PersonId, Month),
    now: Timestamp,
) -> Result<(), store::Error> {
    let today = now.date_in_shanghai();
    let spans = enrolment::list(tx, person)?;
    let office = spans.iter().rev().find(|span| span.covers(month)).map(|span| &span.office);
    let due_on = city.pack().calendar().plus_working_days(today, RETURN_WITHIN_WORKING_DAYS);
    let task = Task {
        person,
        id: city.fresh(now),
        kind: TaskKind::ReturnDifference,
        office: office.cloned().unwrap_or_default(),
        month: Some(month),
        opened_at: now,
        due_on: due_on.unwrap_or(today),
    };
    task::insert(tx, &task)
}
