//! `/withholding` 扣款试算: what must be on the card by the deposit day, and what a smaller balance
//! would cover, in the order in which the bank takes it.
//!
//! The balance is asked for by the form, kept nowhere, and never asked of the bank. It comes by POST,
//! so that no address, history or log of addresses holds it, and the answer is the page itself:
//! nothing was changed that a second sending could change twice.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::ids::PersonId;
use operations::list_held_dues::{HeldDue, list_held_dues};
use operations::withholding::list_failed_debits::{FailedDebits, list_failed_debits};
use operations::withholding::preview_withholding::{
    MonthCovered, Preview, PreviewError, preview_withholding,
};
use policy::collection::Shortfall;
use policy::{Branch, Text};
use units::{Date, Fen};

use super::dues::at_bank;
use super::own_look::record_own_look;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::reader::Reader;
use crate::site::visit::Visit;

/// What the page is made of, read in one snapshot.
struct Facts {
    /// `None` where the pack has no withholding.
    preview: Option<Preview>,
    /// What channels are collecting just now.
    held: Vec<HeldDue>,
    /// What banks could not take and is still asked for.
    failures: Vec<FailedDebits>,
}

#[derive(Template)]
#[template(path = "portal/withholding.html")]
struct WithholdingPage {
    visit: Visit,
    form: Form,
    facts: Facts,
    /// What the typed balance covers.
    covered: Option<Vec<MonthCovered>>,
}

/// `GET /withholding`.
pub(crate) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    answer(&app, visit, Form::default()).await
}

/// `POST /withholding`: what the typed balance would cover.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    if form.value("balance").is_empty() {
        form.refuse("balance", AMOUNT_WANTED);
    }
    answer(&app, visit, form).await
}

async fn answer(app: &App, visit: Visit, mut form: Form) -> Result<Response, Failure> {
    let Reader::Person(id) = visit.reader else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    record_own_look(app, id, "/withholding").await?;
    let (city, today) = (app.city.clone(), visit.today.date);
    let facts = app.db.read_async(move |tx| facts(tx, &city, id, today)).await?;
    let balance = balance_of(&mut form);
    let covered =
        facts.preview.as_ref().zip(balance).map(|(preview, balance)| preview.covered_by(balance));
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&WithholdingPage { visit, form, facts, covered })).into_response())
}

fn facts(
    tx: &mut store::Tx<'_>,
    city: &operations::City,
    id: PersonId,
    today: Date,
) -> Result<Facts, store::Error> {
    let preview = match preview_withholding(tx, city, id, today) {
        Ok(preview) => Some(preview),
        Err(PreviewError::NotEncoded(_)) => None,
        Err(PreviewError::Store(error)) => return Err(error),
    };
    let mut failures = list_failed_debits(tx, id)?;
    failures.retain(|failure| failure.stands);
    Ok(Facts { preview, held: list_held_dues(tx, city, id, today)?, failures })
}

const AMOUNT_WANTED: Text =
    Text::fixed("请填写金额，例如 1396.60", "Enter an amount such as 1396.60");

/// The balance as people type it: with thousands commas, a sign of yuan, or letters of full width.
fn balance_of(form: &mut Form) -> Option<Fen> {
    let typed = form.value("balance");
    if typed.is_empty() {
        return None;
    }
    let plain: String = typed
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | '元' | '¥' | '￥' | ' ' | '\u{3000}'))
        .map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            '．' | '。' => '.',
            other => other,
        })
        .collect();
    let balance = plain.parse().ok();
    if balance.is_none() {
        form.refuse("balance", AMOUNT_WANTED);
    }
    balance
}

impl WithholdingPage {
    /// What a bank is taking from the card just now, and by when its answer comes.
    fn at_bank(&self) -> Option<(String, Option<Date>)> {
        at_bank(&self.visit, &self.facts.held)
    }

    /// The last four digits of the card that is debited.
    fn card_end(&self) -> Option<String> {
        let account = &self.facts.preview.as_ref()?.mandate.as_ref()?.account_number;
        let skip = account.chars().count().saturating_sub(4);
        Some(account.chars().skip(skip).collect())
    }

    /// The order of withholding, in words.
    fn order(&self, preview: &Preview) -> String {
        let names: Vec<&str> = preview.order.iter().map(|each| self.visit.branch(*each)).collect();
        names.join(self.visit.say("、", ", then "))
    }

    const fn stops(preview: &Preview) -> bool {
        matches!(preview.shortfall, Shortfall::Stop)
    }

    /// What stays on the card.
    fn left(covered: &[MonthCovered], balance: Fen) -> Fen {
        let lines = covered.iter().flat_map(|month| &month.withholding.lines);
        let taken = lines.filter(|line| line.is_taken).map(|line| line.amount).sum();
        balance.saturating_sub(taken)
    }

    /// Dues that the balance does not cover.
    fn missed(covered: &[MonthCovered]) -> Vec<Branch> {
        let lines = covered.iter().flat_map(|month| &month.withholding.lines);
        lines.filter(|line| !line.is_taken).map(|line| line.branch).collect()
    }

    fn misses_medical(covered: &[MonthCovered]) -> bool {
        Self::missed(covered).contains(&Branch::Medical)
    }

    fn balance(&self) -> Fen {
        balance_of(&mut self.form.clone()).unwrap_or(Fen::ZERO)
    }

    /// How much more must be on the card.
    fn missing(&self, preview: &Preview) -> Fen {
        preview.needed.saturating_sub(self.balance())
    }

    /// The first day without cover when a medical due stays unpaid to the end of its month.
    fn suspension_day(preview: &Preview) -> Date {
        preview.days.1.month().next().first_day()
    }
}
