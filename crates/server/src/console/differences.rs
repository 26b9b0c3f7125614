//! `/desk/differences` 对账差异: what our books and a channel's statement say differently, whose it is,
//! how old it is and what is at stake; one difference with its thread, and the decisions that settle
//! it.

mod filter;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{ClerkId, DifferenceId};
use insurance::payment::ChannelKind;
use insurance::receipt::Receipt;
use insurance::reconciliation::settlement::{Books, Settlement};
use operations::settle_difference::{
    Approval, DifferenceCourse, SETTLERS, SettleRefusal, course_of, decide_settlement, find_course,
    settle_difference, take_difference,
};
use policy::{Pack, Text};
use store::Tx;
use store::tables::channel_day::{self, ChannelDay};
use store::tables::difference::step::DifferenceStep;
use store::tables::run::{self, Run};
use store::tables::{clerk, difference, receipt};
use units::{Date, Fen};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};
use filter::Filter;

/// Whoever settles differences, and whoever looks on.
const READERS: RoleSet = RoleSet::of(&[Role::Finance, Role::Review, Role::Audit]);
/// How many differences the list shows.
const SHOWN_MAX: i64 = 500;

/// The ways to the differences.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::get("/desk/differences", Callers::Clerk(READERS), get(list)),
        Way::get("/desk/differences/{difference}", Callers::Clerk(READERS), get(show)),
        Way::post("/desk/differences/{difference}/steps", Callers::Clerk(SETTLERS), post(act)),
    ]
}

/// The page of the menu.
pub(super) fn menu(clerk: &Clerk) -> Vec<(&'static str, &'static str, &'static str)> {
    if clerk.roles.meets(READERS) {
        vec![("/desk/differences", "对账差异", "Differences")]
    } else {
        Vec::new()
    }
}

/// A difference with its owner's name and its age.
struct Row {
    course: DifferenceCourse,
    owner: Option<String>,
    age_days: Option<i64>,
}

#[derive(Template)]
#[template(path = "console/differences.html")]
struct DifferencesPage {
    visit: Visit,
    rows: Vec<Row>,
    filter: Filter,
}

impl DifferencesPage {
    fn stake(&self) -> Fen {
        self.rows.iter().map(|row| row.course.stake()).sum()
    }
}

/// `GET /desk/differences?channel=counter&owner=mine`.
async fn list(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let wanted = filter.wanted(visit.clerk());
    let (city, today) = (app.city.clone(), visit.today.date);
    let rows = app
        .db
        .read_async(move |tx| -> Result<_, store::Error> {
            let mut rows = Vec::new();
            for open in difference::list_open_wanted(tx, wanted, SHOWN_MAX)? {
                let course = course_of(tx, open)?;
                rows.push(row(tx, city.pack(), course, today)?);
            }
            Ok(rows)
        })
        .await?;
    Ok(page(&DifferencesPage { visit, rows, filter }))
}

fn row(
    tx: &mut Tx<'_>,
    pack: &Pack,
    course: DifferenceCourse,
    today: Date,
) -> Result<Row, store::Error> {
    let owner = match course.owner() {
        Some(owner) => Some(name_of(tx, owner)?),
        None => None,
    };
    let age_days = working_days(pack, course.difference.opened_at.date_in_shanghai(), today);
    Ok(Row { course, owner, age_days })
}

/// Working days since a day; `None` where the calendar is not published.
fn working_days(pack: &Pack, since: Date, today: Date) -> Option<i64> {
    let mut days = 0;
    for day in since.next().through(today) {
        days += i64::from(pack.calendar().is_working_day(day).ok()?);
    }
    Some(days)
}

fn name_of(tx: &mut Tx<'_>, id: ClerkId) -> Result<String, store::Error> {
    Ok(clerk::find(tx, id)?.map_or_else(|| id.to_string(), |clerk| clerk.name))
}

/// Everything about one difference, read in one snapshot.
struct Facts {
    row: Row,
    run: Option<Run>,
    receipt: Option<Receipt>,
    day: Option<ChannelDay>,
    names: Vec<(ClerkId, String)>,
}

#[derive(Template)]
#[template(path = "console/difference.html")]
struct DifferencePage {
    visit: Visit,
    form: Form,
    facts: Facts,
}

impl DifferencePage {
    fn is_open(&self) -> bool {
        self.facts.row.course.difference.settled_at.is_none()
    }

    fn settles(&self) -> bool {
        self.is_open() && self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(SETTLERS))
    }

    fn is_mine(&self) -> bool {
        let owner = self.facts.row.course.owner();
        self.visit.clerk().is_some_and(|clerk| owner == Some(clerk.id))
    }

    fn proposal(&self) -> Option<&DifferenceStep> {
        self.facts.row.course.proposal()
    }

    fn is_my_proposal(&self) -> bool {
        let mine = |clerk: &Clerk| self.proposal().is_some_and(|step| step.clerk == clerk.id);
        self.visit.clerk().is_some_and(mine)
    }

    fn allowed(&self) -> Vec<Settlement> {
        self.facts.row.course.standing.allowed()
    }

    fn name(&self, id: &ClerkId) -> &str {
        let found = self.facts.names.iter().find(|(known, _)| known == id);
        found.map_or("", |(_, name)| name)
    }

    fn steps_path(&self) -> String {
        self.visit.link(&format!("/desk/differences/{}/steps", self.facts.row.course.difference.id))
    }

    /// What the books say now, in a sentence.
    fn books(&self) -> Text {
        match self.facts.row.course.standing.books {
            Books::Nothing => Text::fixed("没有入账", "nothing is booked"),
            Books::TakenBack => Text::fixed("入账后已冲回", "it was booked and taken back"),
            Books::Agree { matched: true } => {
                Text::fixed("已入账，已与对账单核对", "it is booked, and a statement has shown it")
            }
            Books::Agree { matched: false } => {
                Text::fixed("已入账，对账单尚未列示", "it is booked; no statement has shown it yet")
            }
            Books::Differ => Text::fixed("按另一金额入账", "it is booked with another amount"),
        }
    }

    fn found_by(&self) -> Text {
        if self.facts.row.course.is_stated {
            Text::fixed("核对当日对账单时发现", "found when the day's statement was compared")
        } else {
            Text::fixed("渠道报文与我方记录矛盾", "a message of the channel contradicts our books")
        }
    }
}

/// `GET /desk/differences/{difference}`.
async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Ok(id) = id.parse() else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    again(&app, visit, id, Form::default()).await
}

async fn again(app: &App, visit: Visit, id: DifferenceId, form: Form) -> Result<Response, Failure> {
    let (city, today) = (app.city.clone(), visit.today.date);
    let facts = app.db.read_async(move |tx| facts(tx, city.pack(), (id, today))).await?;
    let Some(facts) = facts else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&DifferencePage { visit, form, facts })).into_response())
}

fn facts(
    tx: &mut Tx<'_>,
    pack: &Pack,
    (id, today): (DifferenceId, Date),
) -> Result<Option<Facts>, store::Error> {
    let Some(course) = find_course(tx, id)? else { return Ok(None) };
    let mut names = Vec::new();
    for step in &course.steps {
        names.push((step.clerk, name_of(tx, step.clerk)?));
    }
    let receipt = match &course.known {
        Some(known) => receipt::find(tx, known.person, known.receipt)?,
        None => None,
    };
    let (channel, on) = (course.difference.channel, course.difference.accounting_on);
    let days = channel_day::list(tx, on, on)?;
    let day = days.into_iter().find(|day| day.channel == channel);
    let run = run::find(tx, course.difference.run)?;
    let row = row(tx, pack, course, today)?;
    Ok(Some(Facts { row, run, receipt, day, names }))
}

/// What a form asks for.
enum Act {
    Take,
    Settle(Settlement),
    Decide(Approval),
}

fn act_of(form: &Form) -> Option<Act> {
    match form.value("act") {
        "take" => Some(Act::Take),
        "settle" => Settlement::from_word(form.value("settlement")).map(Act::Settle),
        "approve" => Some(Act::Decide(Approval::Approve)),
        "send-back" => Some(Act::Decide(Approval::SendBack)),
        _ => None,
    }
}

/// `POST /desk/differences/{difference}/steps`.
async fn act(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let Ok(id) = id.parse::<DifferenceId>() else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let Some(act) = act_of(&form) else {
        form.refuse("settlement", Text::fixed("请选择处理方式。", "Choose a decision."));
        return again(&app, visit, id, form).await;
    };
    let (city, now, note) = (app.city.clone(), app.clock.now(), form.value("note").to_owned());
    let done = app
        .db
        .write_async(move |tx| match act {
            Act::Take => take_difference(tx, &city, &clerk, id, now),
            Act::Settle(how) => settle_difference(tx, &city, &clerk, (id, how, &note), now),
            Act::Decide(how) => decide_settlement(tx, &city, &clerk, (id, how, &note), now),
        })
        .await;
    match done {
        Ok(()) => {
            let back = visit.link(&format!("/desk/differences/{id}"));
            Ok(Redirect::to(&back).into_response())
        }
        Err(SettleRefusal::Store(error)) => Err(error.into()),
        Err(SettleRefusal::DifferenceMustExist) => Ok(StatusCode::NOT_FOUND.into_response()),
        Err(refusal) => {
            form.refuse(field_of(&refusal), refusal.message());
            again(&app, visit, id, form).await
        }
    }
}

fn field_of(refusal: &SettleRefusal) -> &'static str {
    match refusal {
        SettleRefusal::ReasonMustBeGiven => "note",
        _ => "difference",
    }
}
