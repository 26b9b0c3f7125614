//! `/desk/queue`: what waits, what is about to break its legal limit first; for review what is to
//! be decided, for finance payment orders and money in suspense.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::casework::kind::CaseKind;
use insurance::casework::state::CaseState;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::payment::ChannelKind;
use insurance::payment_order::{OrderState, PaymentOrder};
use operations::casework::queue::{Waiting, list_queue};
use policy::Text;
use store::Tx;
use store::tables::payment_order;
use store::tables::person;
use store::tables::suspense::{self, Suspense};

use super::path_of;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::visit::Visit;

/// How many payments and amounts in suspense a list shows.
const SHOWN_MAX: i64 = 200;

/// A waiting case, with the name of its person.
struct Row {
    waiting: Waiting,
    name: String,
    mine: bool,
}

/// Money in suspense, with the name of its person where one is known.
struct Held {
    money: Suspense,
    name: String,
}

#[derive(Template)]
#[template(path = "console/queue.html")]
struct QueuePage {
    visit: Visit,
    rows: Vec<Row>,
    orders: Vec<(PaymentOrder, OrderState)>,
    suspense: Vec<Held>,
    offices: Vec<(String, Text)>,
}

/// `GET /desk/queue`.
pub(super) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let wide = clerk.roles.meets(RoleSet::of(&[Role::Finance, Role::Audit]));
    let (city, today) = (app.city.clone(), visit.today.date);
    let (rows, orders, suspense) = app
        .db
        .read_async(move |tx| -> Result<_, store::Error> {
            let office = (!wide).then_some(&*clerk.office);
            let mut rows = Vec::new();
            for waiting in list_queue(tx, city.pack(), office, today)? {
                let name =
                    person::find(tx, waiting.case.person)?.map_or_else(String::new, |p| p.name);
                let mine = waits_for(&clerk, &waiting);
                rows.push(Row { waiting, name, mine });
            }
            let (orders, suspense) = if wide {
                (payment_order::list_waiting(tx, SHOWN_MAX)?, held(tx)?)
            } else {
                (Vec::new(), Vec::new())
            };
            Ok((rows, orders, suspense))
        })
        .await?;
    let offices = crate::console::office_names(&app);
    Ok(page(&QueuePage { visit, rows, orders, suspense, offices }))
}

fn held(tx: &mut Tx<'_>) -> Result<Vec<Held>, store::Error> {
    let mut rows = Vec::new();
    for money in suspense::list_open(tx, SHOWN_MAX)? {
        let name = person::find(tx, money.person)?.map_or_else(String::new, |p| p.name);
        rows.push(Held { money, name });
    }
    Ok(rows)
}

/// Whether the next step is one of the clerk's roles.
fn waits_for(clerk: &Clerk, waiting: &Waiting) -> bool {
    match waiting.case.state {
        CaseState::Open => clerk.roles.meets(waiting.case.kind.openers()),
        CaseState::Proposed => clerk.roles.contains(Role::Review),
        CaseState::Approved | CaseState::Paying => clerk.roles.contains(Role::Finance),
        CaseState::Done | CaseState::Refused | CaseState::Withdrawn => false,
    }
}

impl QueuePage {
    fn mine(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.mine).collect()
    }

    fn others(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| !row.mine).collect()
    }

    fn is_finance(&self) -> bool {
        let wide = RoleSet::of(&[Role::Finance, Role::Audit]);
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(wide))
    }

    fn opens(&self) -> bool {
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(super::PREPARERS))
    }

    /// How many wait of each kind, where any does.
    fn by_kind(&self) -> Vec<(Text, usize)> {
        let count = |kind| self.rows.iter().filter(|row| row.waiting.case.kind == kind).count();
        let all = CaseKind::ALL.into_iter().map(|kind| (kind.name(), count(kind)));
        all.filter(|(_, count)| *count > 0).collect()
    }

    fn office<'a>(&'a self, code: &'a str) -> &'a str {
        crate::console::name_of(&self.visit, &self.offices, code)
    }

    fn about_to_break(&self) -> usize {
        let soon = |row: &&Row| {
            row.waiting.limit.is_some_and(|limit| limit.is_soon() || limit.is_broken())
        };
        self.rows.iter().filter(soon).count()
    }

    /// A channel that money came through owns it until a clerk takes it over.
    fn owner<'a>(&'a self, held: &'a Suspense) -> &'a str {
        let channel = ChannelKind::ALL.into_iter().find(|channel| channel.word() == held.owner);
        channel.map_or(&*held.owner, |channel| self.visit.channel(channel))
    }

    fn suspense_words(&self, held: &Suspense) -> &'static str {
        match &*held.reason {
            "nobody_known" => self.visit.say("不知是谁的钱", "nobody is known for it"),
            "more_than_owed" => self.visit.say("多于应缴", "more than was owed"),
            _ => self.visit.say("没有对应的应缴", "fits no due"),
        }
    }

    fn address(&self, row: &Row) -> String {
        self.visit.link(&path_of((row.waiting.case.person, row.waiting.case.id)))
    }
}
