//! A person's month as pages show it: each due with where it stands and why it is what it is.

use std::borrow::Borrow;

use insurance::due::{Bill, Due, DueState};
use insurance::payment::DueKey;
use policy::adjustment::Assessed;
use policy::{Branch, Explanation, Pack};
use store::Tx;
use store::tables::{assessment_batch, due, enrolment};
use units::{Date, Fen, Month};

use crate::site::visit::Visit;

/// One due with its explanation.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) due: Due,
    /// `None` when the pack can't be asked any more; the amount stands all the same.
    pub(crate) explanation: Option<Explanation>,
}

/// A person's month.
#[derive(Clone, Debug)]
pub(crate) struct BillView {
    pub(crate) month: Month,
    pub(crate) lines: Vec<Line>,
    pub(crate) asked: Fen,
    pub(crate) unpaid: Fen,
}

impl BillView {
    /// Whether a due of this month is in arrears.
    pub(crate) fn is_in_arrears(&self) -> bool {
        self.lines.iter().any(|line| line.due.state == DueState::Arrears)
    }

    /// Whether nothing of this month is asked for any more.
    pub(crate) fn is_settled(&self) -> bool {
        self.unpaid.is_zero()
    }
}

/// A person's bills, oldest first. An explanation is rebuilt from the pack as it was known on the
/// day of the assessment, and shown only where it comes to the same fen.
///
/// # Errors
/// The database's.
pub(crate) fn views(
    tx: &mut Tx<'_>,
    pack: &Pack,
    dues: &[Due],
) -> Result<Vec<BillView>, store::Error> {
    let mut views = Vec::new();
    for bill in Bill::by_month(dues) {
        let (month, asked, unpaid) = (bill.month, bill.asked(), bill.unpaid());
        let mut lines = Vec::new();
        for due in bill.dues {
            let explanation = explanation(tx, pack, &due)?;
            lines.push(Line { due, explanation });
        }
        views.push(BillView { month, lines, asked, unpaid });
    }
    Ok(views)
}

fn explanation(
    tx: &mut Tx<'_>,
    pack: &Pack,
    due: &Due,
) -> Result<Option<Explanation>, store::Error> {
    let Some(batch) = assessment_batch::find(tx, due.batch)? else { return Ok(None) };
    let explained = match due.key.part.checked_sub(1) {
        None => regular(pack, due, batch.known_on),
        Some(part) => difference(tx, pack, (due, part), batch.known_on)?,
    };
    Ok(explained.filter(|explanation| explanation.amount == Some(due.amount)))
}

fn regular(pack: &Pack, due: &Due, known_on: Date) -> Option<Explanation> {
    pack.rules(due.key.month, known_on).ok()?.explain(due.key.branch, due.base).ok()
}

/// Why a value published late asks for more: from what was known when the part before it was
/// assessed to what was known when it was.
fn difference(
    tx: &mut Tx<'_>,
    pack: &Pack,
    (due, part): (&Due, u8),
    known_on: Date,
) -> Result<Option<Explanation>, store::Error> {
    let DueKey { person, month, branch, .. } = due.key;
    let before = due::find(tx, DueKey { part, ..due.key })?;
    let batch = before.map(|before| assessment_batch::find(tx, before.batch)).transpose()?;
    let Some(batch) = batch.flatten() else { return Ok(None) };
    let insured = enrolment::list_insured(tx, month, (person, person))?;
    let chosen = insured.last().map_or(due.base, |insured| insured.base);
    let assessed = Assessed { branch, month, chosen, known_on: batch.known_on };
    let adjustment = pack.adjustment(assessed, known_on).ok().flatten();
    Ok(adjustment.map(|adjustment| adjustment.explanation))
}

impl Visit {
    /// `养老保险`, `Pension insurance`.
    pub(crate) fn branch(&self, branch: impl Borrow<Branch>) -> &'static str {
        match branch.borrow() {
            Branch::Pension => self.say("养老保险", "Pension insurance"),
            Branch::Medical => self.say("医疗保险", "Medical insurance"),
            Branch::Unemployment => self.say("失业保险", "Unemployment insurance"),
        }
    }

    /// `欠费`, `in arrears`.
    pub(crate) fn due_state(&self, state: impl Borrow<DueState>) -> &'static str {
        match state.borrow() {
            DueState::Open => self.say("待缴", "to pay"),
            DueState::Paid => self.say("已缴", "paid"),
            DueState::Arrears => self.say("欠费", "in arrears"),
            DueState::BackPaid => self.say("已补缴", "paid late"),
            DueState::Closed => self.say("不用缴", "not asked for"),
        }
    }
}

/// The class of a state's tag.
pub(crate) fn tag(state: impl Borrow<DueState>) -> &'static str {
    match state.borrow() {
        DueState::Open => "warn",
        DueState::Paid | DueState::BackPaid => "good",
        DueState::Arrears => "bad",
        DueState::Closed => "",
    }
}
