//! `/desk/people/{person}/stop` 停保: when it takes effect and which bill it ends, said before it is done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use operations::desk::opening::check_window;
use operations::desk::{DeskRefusal, change};
use operations::stop_enrolment::{StopPlan, plan_stop};
use policy::Text;
use units::Fen;

use super::act::{self, Reason, Served};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

pub(super) const REASONS: &[Reason] = &[
    ("employed", "由单位参保", "An employer insures them now"),
    ("own-wish", "本人申请中断缴费", "The person asks for it"),
    ("moved", "转往外地参保", "They go to another city"),
    ("retired", "办理退休", "They retire"),
];

#[derive(Template)]
#[template(path = "console/stop.html")]
struct StopPage {
    visit: Visit,
    served: Served,
    form: Form,
    plan: Option<StopPlan>,
    /// What is in the way; it is read out.
    refusal: Option<Text>,
}

impl StopPage {
    fn reasons(&self) -> &'static [Reason] {
        REASONS
    }

    /// What is no longer asked for.
    fn withdrawn(&self) -> Fen {
        self.plan.iter().flat_map(|plan| &plan.withdrawn).map(|due| due.amount).sum()
    }

    /// What the stop would do, where nothing is in the way.
    fn allowed(&self) -> Option<&StopPlan> {
        self.plan.as_ref().filter(|_| self.served.elsewhere.is_none())
    }
}

/// `GET /desk/people/{person}/stop`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/stop")).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    shown_page(&app, visit, served, Form::default()).await
}

async fn shown_page(
    app: &App,
    visit: Visit,
    served: Served,
    form: Form,
) -> Result<Response, Failure> {
    let (city, id, today) = (app.city.clone(), served.person.id, visit.today.date);
    let planned = app
        .db
        .read_async(move |tx| -> Result<_, DeskRefusal> {
            let plan = plan_stop(tx, &city, id, today)?;
            check_window(&city, today)?;
            Ok(plan)
        })
        .await;
    let (plan, refusal) = match planned {
        Err(refusal) if refusal.is_failure() => return Err(refusal.into()),
        Err(refusal) => (None, Some(refusal.message(&app.city))),
        Ok(plan) => (Some(plan), None),
    };
    let status = act::status_of(&form);
    Ok((status, page(&StopPage { visit, served, form, plan, refusal })).into_response())
}

/// `POST /desk/people/{person}/stop`.
pub(super) async fn stop(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/stop")).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(why) = act::reason_of(&mut form, REASONS) else {
        return shown_page(&app, visit, served, form).await;
    };
    let done =
        act::carry_out(&app, &served, ("stop_enrolment", why.to_owned()), |tx, city, id, at| {
            change::stop(tx, city, id, at).map(|_| ())
        })
        .await?;
    match done {
        Ok(()) => Ok(act::done(&visit, &served, "stop")),
        Err(refusal) => {
            form.refuse("why", refusal.message(&app.city));
            shown_page(&app, visit, served, form).await
        }
    }
}
