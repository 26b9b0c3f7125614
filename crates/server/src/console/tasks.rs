//! `/desk/tasks` 待办: what an office must do, by when, why, and where to begin.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use insurance::casework::kind::CaseKind;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{CITY, PersonId, TaskId};
use operations::casework::queue::working_days_left;
use operations::close_task::{DOERS, TaskRefusal, close_task, sees_every_office};
use policy::Text;
use store::tables::person;
use store::tables::task::{self, Task, TaskKind};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

/// Who sees tasks.
pub(super) const READERS: RoleSet =
    RoleSet::of(&[Role::Window, Role::Review, Role::Finance, Role::Audit]);
/// How many tasks the list shows.
const SHOWN_MAX: i64 = 500;

/// The ways to the tasks.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::get("/desk/tasks", Callers::Clerk(READERS), get(show)),
        Way::post("/desk/tasks/{person}/{task}", Callers::Clerk(DOERS), post(done)),
    ]
}

/// The page of the menu.
pub(super) fn menu(clerk: &Clerk) -> Vec<(&'static str, &'static str, &'static str)> {
    if clerk.roles.meets(READERS) { vec![("/desk/tasks", "待办", "Tasks")] } else { Vec::new() }
}

/// A task with the name of its person.
struct Row {
    task: Task,
    name: String,
    /// Working days to its last day, where the calendar is published that far.
    days_left: Option<i64>,
}

#[derive(Template)]
#[template(path = "console/tasks.html")]
struct TasksPage {
    visit: Visit,
    form: Form,
    rows: Vec<Row>,
    offices: Vec<(String, Text)>,
}

impl TasksPage {
    fn office<'a>(&'a self, code: &'a str) -> &'a str {
        if code.is_empty() {
            return self.visit.say("任何机构", "any office");
        }
        super::name_of(&self.visit, &self.offices, code)
    }

    #[expect(clippy::unused_self, reason = "templates call methods of their page")]
    fn words(&self, task: &Task) -> (Text, Text) {
        words(task.kind)
    }

    fn is_late(&self, task: &Task) -> bool {
        task.due_on < self.visit.today.date
    }

    fn late(&self) -> usize {
        self.rows.iter().filter(|row| self.is_late(&row.task)).count()
    }

    fn does(&self) -> bool {
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(DOERS))
    }

    /// The case that the task ends in, for whoever may open it.
    fn case(&self, task: &Task) -> Option<(String, Text)> {
        let kind = case_of(task.kind)?;
        let may = self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(kind.openers()));
        let path = format!("/desk/cases/new?person={}&kind={}", task.person, kind.word());
        let name = kind.name();
        let words = Text::made(format!("立案：{}", name.zh), format!("Open a case: {}", name.en));
        may.then(|| (self.visit.link(&path), words))
    }

    /// Whom it is about: the person's page, or the city's own money.
    fn address(&self, task: &Task) -> String {
        if task.person == CITY {
            return self.visit.link("/desk/queue");
        }
        self.visit.link(&format!("/desk/people/{}?reason=at-desk", task.person))
    }
}

/// The kind of case by which a task is done.
const fn case_of(kind: TaskKind) -> Option<CaseKind> {
    match kind {
        TaskKind::VerifyDeath => Some(CaseKind::Death),
        TaskKind::RefundOtherwise => Some(CaseKind::Suspense),
        TaskKind::RecoverPayment => Some(CaseKind::Recovery),
        TaskKind::TellOfSuspension | TaskKind::ResolveWechatOrder | TaskKind::ReturnDifference => {
            None
        }
    }
}

/// What is to be done, and how.
const fn words(kind: TaskKind) -> (Text, Text) {
    match kind {
        TaskKind::TellOfSuspension => (
            Text::fixed("告知医保待遇暂停", "Tell of suspended medical cover"),
            Text::fixed(
                "此人欠费前没有收到通知；请打电话或当面告知怎样补缴和恢复。",
                "No notice went out before cover stopped; call, and say how to pay and be covered again.",
            ),
        ),
        TaskKind::ResolveWechatOrder => (
            Text::fixed("核实微信订单", "Find out about a WeChat order"),
            Text::fixed(
                "微信一天内没有给出结果；请看当日账单有没有这笔钱。",
                "WeChat gave no answer for a day; see whether the day's bill has the money.",
            ),
        ),
        TaskKind::RefundOtherwise => (
            Text::fixed("另行退款", "Refund another way"),
            Text::fixed(
                "钱不能原路退回；请与本人商定账户，用挂账办件退款。",
                "The money can't go back as it came; agree on an account, and refund it by a case.",
            ),
        ),
        TaskKind::ReturnDifference => (
            Text::fixed("退还多收的差额", "Return what was charged too much"),
            Text::fixed(
                "新公布的标准低于已收金额；请立案退还差额。",
                "A value published late is lower than what was charged; open a case to return it.",
            ),
        ),
        TaskKind::VerifyDeath => (
            Text::fixed("核实是否死亡", "Find out about a death"),
            Text::fixed(
                "银行称持卡人已死亡；请联系家属核实，属实的立“死亡”办件。",
                "The bank says that the holder died; ask the family, and open a case of death if so.",
            ),
        ),
        TaskKind::RecoverPayment => (
            Text::fixed("追回多付的钱", "Get back money that left twice"),
            Text::fixed(
                "渠道已收回这笔缴费，但钱已另外退给收款人；请财务向收款人追回，到账后立“追回到账”办件。",
                "The channel took this payment back, and it had been paid out as well; finance asks the payee for it, and opens a case when it comes back.",
            ),
        ),
    }
}

/// `GET /desk/tasks`.
async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    listed(&app, visit, Form::default()).await
}

async fn listed(app: &App, visit: Visit, form: Form) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let (city, today) = (app.city.clone(), visit.today.date);
    let rows = app
        .db
        .read_async(move |tx| -> Result<_, store::Error> {
            let office = (!sees_every_office(&clerk)).then_some(&*clerk.office);
            let mut rows = Vec::new();
            for task in task::list_open(tx, office, SHOWN_MAX)? {
                let name = person::find(tx, task.person)?.map_or_else(String::new, |p| p.name);
                let days_left = working_days_left(city.pack(), task.due_on, today).ok();
                rows.push(Row { task, name, days_left });
            }
            Ok(rows)
        })
        .await?;
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let offices = super::office_names(app);
    Ok((status, page(&TasksPage { visit, form, rows, offices })).into_response())
}

/// `POST /desk/tasks/{person}/{task}`: it is done.
async fn done(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, id)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Failure> {
    let person = if person == "0" { Some(CITY) } else { person.parse::<PersonId>().ok() };
    let (Some(person), Ok(id)) = (person, id.parse::<TaskId>()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let (city, now, note) = (app.city.clone(), app.clock.now(), form.value("note").to_owned());
    let closed = app
        .db
        .write_async(move |tx| close_task(tx, &city, &clerk, ((person, id), &note), now))
        .await;
    match closed {
        Ok(()) => Ok(Redirect::to(&visit.link("/desk/tasks")).into_response()),
        Err(TaskRefusal::Store(error)) => Err(error.into()),
        Err(refusal) => {
            form.refuse("tasks", refusal.message());
            listed(&app, visit, form).await
        }
    }
}
