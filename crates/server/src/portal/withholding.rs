//! `/withholding` 扣款试算: what must be on the card by the deposit day, and what a smaller balance
//! would cover, in the order in which the bank takes it.
//!
//! The balance is asked for by the form, kept nowhere, and never asked of the bank.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use operations::withholding::preview_withholding::{
    MonthCovered, Preview, PreviewError, preview_withholding,
};
use policy::collection::Shortfall;
use policy::{Branch, Text};
use units::{Date, Fen};

use super::own_look::record_own_look;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::reader::Reader;
use crate::site::visit::Visit;

#[derive(Template)]
#[template(path = "portal/withholding.html")]
struct WithholdingPage {
    visit: Visit,
    form: Form,
    /// `None` where the pack has no withholding.
    preview: Option<Preview>,
    /// What the typed balance covers.
    covered: Option<Vec<MonthCovered>>,
}

/// `GET /withholding`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Reader::Person(id) = visit.reader else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    record_own_look(&app, id, "/withholding").await?;
    let (city, today) = (app.city.clone(), visit.today.date);
    let read = app.db.read_async(move |tx| match preview_withholding(tx, &city, id, today) {
        Ok(preview) => Ok(Some(preview)),
        Err(PreviewError::NotEncoded(_)) => Ok(None),
        Err(PreviewError::Store(error)) => Err(error),
    });
    let preview = read.await?;
    let mut form = Form::from_encoded(query.as_deref().unwrap_or_default());
    let balance = balance_of(&mut form);
    let covered =
        preview.as_ref().zip(balance).map(|(preview, balance)| preview.covered_by(balance));
    Ok(page(&WithholdingPage { visit, form, preview, covered }))
}

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
        form.refuse(
            "balance",
            Text::fixed("请填写金额，例如 1396.60", "Enter an amount such as 1396.60"),
        );
    }
    balance
}

impl WithholdingPage {
    /// The last four digits of the card that is debited.
    fn card_end(&self) -> Option<String> {
        let account = &self.preview.as_ref()?.mandate.as_ref()?.account_number;
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
