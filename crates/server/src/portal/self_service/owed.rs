//! `/self-service/owed`: what is owed per insurance and month, why, and paying it now; or when and
//! where else it can be paid.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::due::Due;
use insurance::ids::PersonId;
use insurance::payment::ChannelKind;
use insurance::person::masked_name;
use operations::City;
use operations::list_held_dues::{HeldDue, list_held_dues};
use operations::wechat::order_payment::payable_dues;
use policy::{Text, WindowKind};
use store::Tx;
use store::tables::wechat_visitor::VisitorAnswer;
use store::tables::{due, mandate, person};
use units::{Date, Fen};

use super::ticket::Inquiring;
use super::visitor;
use crate::app::App;
use crate::portal::bill::{self, BillView};
use crate::site::device::{Browser, Device};
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::today::WindowState;
use crate::site::visit::Visit;

/// What the page is made of, read in one snapshot.
#[derive(Clone, Debug)]
struct Facts {
    masked_name: String,
    masked_identity: String,
    /// What WeChat can take now, oldest first.
    payable: Vec<BillView>,
    /// What bears interest: an office computes it.
    at_office: Vec<BillView>,
    /// What another channel is collecting just now.
    held: Option<HeldDue>,
    has_mandate: bool,
}

/// Whether *Pay now* can be pressed, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paying {
    Open,
    NothingOwed,
    /// Another channel is collecting; its answer comes by that day, where the calendar says.
    Held(ChannelKind, Option<Date>),
    WindowClosed,
    NotSetUp,
    /// WeChat shows the page to a throw-away user.
    ThrowAway,
    /// WeChat did not say who the user is.
    UnknownVisitor,
}

#[derive(Template)]
#[template(path = "portal/self_service/owed.html")]
struct OwedPage {
    visit: Visit,
    facts: Facts,
    paying: Paying,
    refusal: Option<Text>,
    /// By when the money must be on the card, and the first day of withholding.
    deposit_day: Option<Date>,
    window: WindowKind,
}

/// `GET /self-service/owed`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    device: Device,
    inquiring: Inquiring,
) -> Result<Response, Failure> {
    answer(&app, visit, device, (inquiring.person, None)).await
}

/// The page, with why nothing was begun when *Pay now* was pressed.
pub(super) async fn answer(
    app: &App,
    visit: Visit,
    device: Device,
    (person, refusal): (PersonId, Option<Text>),
) -> Result<Response, Failure> {
    let (city, today) = (app.city.clone(), visit.today.date);
    let facts = app.db.read_async(move |tx| facts(tx, &city, person, today)).await?;
    let Some(facts) = facts else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let visitor = match device.browser {
        Browser::Wechat => Some(visitor::find(app, &visit).await?),
        Browser::Phone | Browser::Other => None,
    };
    let paying = paying(app, &visit, &facts, visitor.as_ref());
    let deposit_day = app.pack().calendar().deposit_day(today.month()).ok();
    let status = if refusal.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let window = WindowKind::Wechat;
    Ok((status, page(&OwedPage { visit, facts, paying, refusal, deposit_day, window }))
        .into_response())
}

fn facts(
    tx: &mut Tx<'_>,
    city: &City,
    id: PersonId,
    today: Date,
) -> Result<Option<Facts>, store::Error> {
    let Some(person) = person::find(tx, id)? else { return Ok(None) };
    let payable = payable_dues(tx, city, id, today)?;
    let is_payable = |due: &Due| payable.iter().any(|other| other.key == due.key);
    let mut at_office = due::list_unpaid(tx, id)?;
    at_office.retain(|due| !is_payable(due));
    let held = list_held_dues(tx, city, id, today)?.into_iter().find(|held| {
        held.channel != ChannelKind::Wechat && payable.iter().any(|due| due.key == held.due)
    });
    Ok(Some(Facts {
        masked_name: masked_name(&person.name),
        masked_identity: person.identity.masked(),
        payable: bill::views(tx, city.pack(), &payable)?,
        at_office: bill::views(tx, city.pack(), &at_office)?,
        held,
        has_mandate: mandate::find_live(tx, id)?.is_some(),
    }))
}

/// In the order in which a person should hear of it.
fn paying(app: &App, visit: &Visit, facts: &Facts, visitor: Option<&VisitorAnswer>) -> Paying {
    let is_open = matches!(visit.today.window(WindowKind::Wechat), WindowState::OpenUntil(_));
    match (facts.held, visitor) {
        _ if facts.payable.is_empty() => Paying::NothingOwed,
        (Some(held), _) => Paying::Held(held.channel, held.until),
        _ if !is_open => Paying::WindowClosed,
        _ if app.wechat.is_none() => Paying::NotSetUp,
        (None, Some(VisitorAnswer::ThrowAway)) => Paying::ThrowAway,
        (None, Some(VisitorAnswer::None)) => Paying::UnknownVisitor,
        (None, Some(VisitorAnswer::Known(_)) | None) => Paying::Open,
    }
}

impl OwedPage {
    fn leave_words(&self) -> &'static str {
        self.visit.say("不是我，结束查询", "Not me: end this")
    }

    fn sum(&self) -> Fen {
        self.facts.payable.iter().map(|bill| bill.unpaid).sum()
    }

    /// The months that are paid by pressing the button.
    fn months(&self) -> String {
        let months: Vec<_> =
            self.facts.payable.iter().map(|bill| self.visit.month(bill.month)).collect();
        months.join(self.visit.say("、", ", "))
    }

    fn in_arrears(&self) -> bool {
        self.facts.payable.iter().any(BillView::is_in_arrears)
    }

    fn window_of(&self, kind: WindowKind) -> WindowState {
        self.visit.today.window(kind)
    }

    /// The day by which money can still be put on the card.
    fn deposit_day(&self) -> Option<Date> {
        self.deposit_day.filter(|day| self.facts.has_mandate && self.visit.today.date <= *day)
    }
}
