//! `/self-service/receipt`: what became of the order. WeChat's own *ok* is only a hint; this page
//! asks our server, which asks WeChat, until the end is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::due::{Due, DueState};
use insurance::entitlement::Cover;
use insurance::ids::PersonId;
use insurance::person::masked_name;
use operations::City;
use operations::decide_cover::{CoverError, decide_cover};
use operations::wechat::show_order::OrderView;
use policy::{Branch, WindowKind};
use store::Tx;
use store::tables::wechat_order::OrderState;
use store::tables::{due, person};
use units::{Date, Fen, Month, capital_amount};

use super::ticket::Inquiring;
use super::{OWED, pay};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::visit::Visit;

#[derive(Template)]
#[template(path = "portal/self_service/receipt.html")]
struct ReceiptPage {
    visit: Visit,
    order: OrderView,
    facts: Facts,
    window: WindowKind,
}

/// What the payment changed for the person.
#[derive(Clone, Debug)]
struct Facts {
    masked_name: String,
    masked_identity: String,
    /// `None` where the pack has no rule for today.
    cover: Option<Cover>,
    /// The last month for which medical insurance is paid without a gap.
    medical_until: Option<Month>,
    still_open: Fen,
}

/// `GET /self-service/receipt`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    inquiring: Inquiring,
) -> Result<Response, Failure> {
    let Some(order) = pay::order(&app, &inquiring).await? else {
        return Ok(Redirect::to(&visit.link(OWED)).into_response());
    };
    let order = match app.wechat.clone() {
        Some(wechat) => pay::asked(&app, &wechat, order).await?,
        None => order,
    };
    let (city, today, person) = (app.city.clone(), visit.today.date, inquiring.person);
    let facts = app.db.read_async(move |tx| facts(tx, &city, person, today)).await?;
    let Some(facts) = facts else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    Ok(page(&ReceiptPage { visit, order, facts, window: WindowKind::Wechat }))
}

fn facts(
    tx: &mut Tx<'_>,
    city: &City,
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
    let unpaid = dues.iter().filter(|due| due.state.is_unpaid());
    Ok(Some(Facts {
        masked_name: masked_name(&person.name),
        masked_identity: person.identity.masked(),
        cover,
        medical_until: medical_until(&dues),
        still_open: unpaid.map(|due| due.amount).sum(),
    }))
}

/// The last month of medical insurance before the first that is not paid in full.
fn medical_until(dues: &[Due]) -> Option<Month> {
    let medical = |due: &&Due| due.key.branch == Branch::Medical && due.state != DueState::Closed;
    let unpaid = dues.iter().filter(medical).filter(|due| due.state.is_unpaid());
    let first_unpaid = unpaid.map(|due| due.key.month).min();
    let months: BTreeSet<Month> = dues.iter().filter(medical).map(|due| due.key.month).collect();
    months.into_iter().rfind(|month| first_unpaid.is_none_or(|unpaid| *month < unpaid))
}

impl ReceiptPage {
    fn leave_words(&self) -> &'static str {
        self.visit.say("办好了，结束查询", "Done: end this")
    }

    /// The sum that arrived, else the sum that was asked for.
    fn sum(&self) -> Fen {
        self.order.receipt.as_ref().map_or(self.order.amount, |receipt| receipt.amount)
    }

    fn capitals(&self) -> String {
        capital_amount(self.sum())
    }

    /// The last paid month, the next, and the first day without cover when that stays unpaid.
    fn next_lapse(&self) -> Option<(Month, Month, Date)> {
        let until = self.facts.medical_until?;
        let next = until.next();
        Some((until, next, next.next().first_day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insurance::ids::AssessmentBatchId;
    use insurance::payment::DueKey;

    fn due(month: &str, branch: Branch, state: DueState) -> Due {
        let person = PersonId::from_i64(1);
        let key = DueKey { person, month: month.parse().unwrap(), branch, part: 0 };
        let (base, amount) = (Fen::from_yuan(1000), Fen::from_yuan(100));
        let batch = AssessmentBatchId::from_i64(1);
        Due { key, base, amount, account: Fen::ZERO, batch, state }
    }

    #[test]
    fn medical_insurance_is_paid_until_the_month_before_the_first_gap() {
        let paid = |month| due(month, Branch::Medical, DueState::Paid);
        let until = |dues: &[Due]| medical_until(dues).map(|month| month.to_string());
        assert_eq!(until(&[paid("2026-09"), paid("2026-10")]), Some("2026-10".to_owned()));
        let gap = due("2026-10", Branch::Medical, DueState::Arrears);
        assert_eq!(until(&[paid("2026-09"), gap, paid("2026-11")]), Some("2026-09".to_owned()));
        let pension = due("2026-10", Branch::Pension, DueState::Arrears);
        assert_eq!(until(&[paid("2026-09"), pension]), Some("2026-09".to_owned()));
        assert_eq!(until(&[pension]), None);
    }
}
