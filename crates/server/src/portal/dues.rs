//! `/dues` 我的社保: what I owe now, until when and how; whether I am covered and why; month by
//! month what was asked and paid, each amount with its explanation.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::due::DueState;
use insurance::entitlement::Cover;
use insurance::ids::PersonId;
use insurance::payment::ChannelKind;
use insurance::receipt::Receipt;
use operations::decide_cover::{CoverError, decide_cover};
use operations::list_held_dues::{HeldDue, list_held_dues};
use operations::withholding::list_failed_debits::{FailedDebits, list_failed_debits};
use policy::{Branch, Citation, WindowKind};
use store::tables::mandate::{self, Mandate};
use store::tables::{due, person, receipt};
use units::{Date, Fen, Month};

use super::bill::{self, BillView, tag};
use super::own_look::record_own_look;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::reader::Reader;
use crate::site::today::WindowState;
use crate::site::visit::Visit;

/// How many receipts the page shows.
const RECEIPTS_SHOWN: usize = 12;

/// What the page is made of, read in one snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) masked_identity: String,
    /// Oldest first.
    pub(crate) bills: Vec<BillView>,
    /// `None` where the pack has no rule for today.
    pub(crate) cover: Option<Cover>,
    pub(crate) mandate: Option<Mandate>,
    /// Newest first.
    pub(crate) receipts: Vec<Receipt>,
    /// What channels are collecting just now.
    pub(crate) held: Vec<HeldDue>,
    /// What banks could not take, newest first, also what was paid since.
    pub(crate) failures: Vec<FailedDebits>,
}

impl Facts {
    /// What banks could not take and is still asked for.
    pub(crate) fn standing_failures(&self) -> impl Iterator<Item = &FailedDebits> {
        self.failures.iter().filter(|failure| failure.stands)
    }
}

#[derive(Template)]
#[template(path = "portal/dues.html")]
struct DuesPage {
    visit: Visit,
    facts: Facts,
    deposit_day: Option<Date>,
    lapse: Option<Citation>,
}

/// `GET /dues`.
pub(crate) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    let Reader::Person(id) = visit.reader else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    record_own_look(&app, id, "/dues").await?;
    let (city, today) = (app.city.clone(), visit.today.date);
    let facts = app.db.read_async(move |tx| facts(tx, &city, id, today)).await?;
    let Some(facts) = facts else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let pack = app.city.pack();
    let deposit_day = pack.calendar().deposit_day(today.month()).ok();
    let lapse = pack.topics().medical_lapse.on(today, today).ok();
    let lapse = lapse.map(|rule| pack.citation(&rule.terms));
    Ok(page(&DuesPage { visit, facts, deposit_day, lapse }))
}

/// Reads what the page shows of a person; `None` when there is no such person.
///
/// # Errors
/// The database's.
pub(crate) fn facts(
    tx: &mut store::Tx<'_>,
    city: &operations::City,
    id: PersonId,
    today: Date,
) -> Result<Option<Facts>, store::Error> {
    let Some(person) = person::find(tx, id)? else { return Ok(None) };
    let dues = due::list(tx, id)?;
    let cover = match decide_cover(tx, city, id, today) {
        Ok(cover) => Some(cover),
        Err(CoverError::NotEncoded(_)) => None,
        Err(CoverError::Store(error)) => return Err(error),
    };
    Ok(Some(Facts {
        masked_identity: person.identity.masked(),
        name: person.name,
        bills: bill::views(tx, city.pack(), &dues)?,
        cover,
        mandate: mandate::find_live(tx, id)?,
        receipts: receipt::list(tx, id)?,
        held: list_held_dues(tx, city, id, today)?,
        failures: list_failed_debits(tx, id)?,
    }))
}

impl DuesPage {
    /// All that is still to be paid.
    fn unpaid(&self) -> Fen {
        self.facts.bills.iter().map(|bill| bill.unpaid).sum()
    }

    /// What the bank will take from the card: arrears are in no batch.
    fn card_sum(&self) -> Fen {
        let lines = self.facts.bills.iter().flat_map(|bill| &bill.lines);
        let open = lines.filter(|line| line.due.state == DueState::Open);
        open.map(|line| line.due.amount).sum()
    }

    /// What a bank is taking from the card just now, and by when its answer comes.
    fn at_bank(&self) -> Option<(String, Option<Date>)> {
        at_bank(&self.visit, &self.facts.held)
    }

    /// Bills with something still to be paid, oldest first.
    fn unpaid_bills(&self) -> Vec<&BillView> {
        self.facts.bills.iter().filter(|bill| !bill.is_settled()).collect()
    }

    /// Whether a month was closed unpaid.
    fn in_arrears(&self) -> bool {
        self.facts.bills.iter().any(BillView::is_in_arrears)
    }

    fn month(&self) -> Month {
        self.visit.today.date.month()
    }

    /// Every month, newest first.
    fn history(&self) -> Vec<&BillView> {
        self.facts.bills.iter().rev().collect()
    }

    fn receipts(&self) -> Vec<&Receipt> {
        self.facts.receipts.iter().take(RECEIPTS_SHOWN).collect()
    }

    /// The last four digits of the card that is debited.
    fn card_end(&self) -> Option<String> {
        let account = &self.facts.mandate.as_ref()?.account_number;
        let skip = account.chars().count().saturating_sub(4);
        Some(account.chars().skip(skip).collect())
    }

    fn window(&self, kind: WindowKind) -> WindowState {
        self.visit.today.window(kind)
    }

    fn is_open(&self, kind: WindowKind) -> bool {
        matches!(self.window(kind), WindowState::OpenUntil(_))
    }

    /// The day by which the money must be on the card.
    fn deposit_day(&self) -> String {
        self.deposit_day.map_or_else(String::new, |day| self.visit.day(day))
    }

    /// Whether the card can still be filled before the banks begin.
    fn may_deposit(&self) -> bool {
        self.deposit_day.is_some_and(|day| self.visit.today.date <= day)
    }

    /// The first day without cover when the month stays unpaid.
    fn suspension_day(&self) -> Date {
        self.month().next().first_day()
    }

    fn tag_of(&self, bill: &BillView) -> &'static str {
        if bill.is_in_arrears() {
            tag(DueState::Arrears)
        } else if bill.is_settled() {
            tag(DueState::Paid)
        } else {
            tag(DueState::Open)
        }
    }

    fn standing_of(&self, bill: &BillView) -> &'static str {
        if bill.is_in_arrears() {
            self.visit.due_state(DueState::Arrears)
        } else if bill.is_settled() {
            self.visit.say("已缴清", "paid in full")
        } else {
            self.visit.due_state(DueState::Open)
        }
    }
}

/// The insurances that a bank is taking from the card just now, and by when its answer comes.
pub(crate) fn at_bank(visit: &Visit, held: &[HeldDue]) -> Option<(String, Option<Date>)> {
    let at_bank = || held.iter().filter(|held| held.channel == ChannelKind::BankBatch);
    let until = at_bank().next()?.until;
    let of = |branch: &Branch| at_bank().any(|held| held.due.branch == *branch);
    let names: Vec<_> = Branch::ALL.iter().filter(|branch| of(branch)).collect();
    let names: Vec<_> = names.into_iter().map(|branch| visit.branch(branch)).collect();
    Some((names.join(visit.say("、", ", ")), until))
}
