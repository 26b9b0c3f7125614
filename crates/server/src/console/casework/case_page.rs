//! `/desk/cases/{person}/{case}`: what was handed in, what it comes to and why, who did what, and
//! the next step that this clerk may take.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::casework::form::CaseForm;
use insurance::casework::state::CaseState;
use insurance::clerk::Role;
use insurance::ids::{CITY, ClerkId, PaymentOrderId, TaskId};
use insurance::payment_order::{OrderState, PaymentOrder};
use insurance::person::Person;
use operations::casework::CaseKey;
use operations::casework::course::Course;
use operations::casework::decide_case::missing_evidence;
use operations::casework::plan::{Plan, plan};
use operations::casework::queue::{Limit, limit_of};
use policy::Text;
use store::Tx;
use store::tables::access_log::{self, Access};
use store::tables::case_evidence::{self, Evidence};
use store::tables::office_case::CaseStep;
use store::tables::{clerk, payment_order, person};
use units::{Date, Fen};

use super::form_rows::rows;
use super::{key_of, path_of, sees};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// Everything that the page shows, read in one snapshot.
struct Facts {
    course: Course,
    form: CaseForm,
    person: Option<Person>,
    plan: Option<Result<Plan, Text>>,
    evidence: Vec<Evidence>,
    missing: Vec<Text>,
    orders: Vec<(PaymentOrder, OrderState)>,
    answers: Vec<(PaymentOrderId, String)>,
    names: Vec<(ClerkId, String)>,
    limit: Option<Limit>,
}

#[derive(Template)]
#[template(path = "console/case.html")]
struct CasePage {
    visit: Visit,
    form: Form,
    facts: Facts,
    offices: Vec<(String, Text)>,
}

/// `GET /desk/cases/{person}/{case}`: a look at a person, recorded before it is shown.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, case)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let Some(key) = key_of((&person, &case)) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    again(&app, visit, key, Form::default()).await
}

/// The page, with a form that was refused or a fresh one.
pub(super) async fn again(
    app: &App,
    visit: Visit,
    key: CaseKey,
    form: Form,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let now = app.clock.now();
    let look = Access {
        person: key.0,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: clerk.account.clone(),
        reason: "办理业务".to_owned(),
        what: "/desk/cases".to_owned(),
    };
    let (city, today) = (app.city.clone(), visit.today.date);
    let found = app
        .db
        .write_async(move |tx| -> Result<_, store::Error> {
            let course = Course::find(tx, key)?.filter(|c| sees(&clerk, &c.case.office));
            let Some(course) = course else { return Ok(None) };
            if key.0 != CITY {
                access_log::insert(tx, &look)?;
            }
            facts(tx, &city, course, today).map(Some)
        })
        .await?;
    let Some(facts) = found else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let offices = crate::console::office_names(app);
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&CasePage { visit, form, facts, offices })).into_response())
}

fn facts(
    tx: &mut Tx<'_>,
    city: &operations::City,
    course: Course,
    today: Date,
) -> Result<Facts, store::Error> {
    let (key, form) = (course.key(), course.form());
    let on = match course.case.state {
        CaseState::Open => today,
        _ => course.proposed_on().unwrap_or(today),
    };
    // What was carried out is shown as it was decided; before that, as it would be now.
    let live = !course.case.state.is_closed() && !course.was_carried_out();
    let planned = if live { Some(plan(tx, city, (&course.case, &form), on)) } else { None };
    let mut names = Vec::new();
    for step in &course.steps {
        if names.iter().all(|(known, _)| *known != step.clerk) {
            let name = clerk::find(tx, step.clerk)?.map_or_else(String::new, |clerk| clerk.name);
            names.push((step.clerk, name));
        }
    }
    let opened = (course.case.kind, course.case.opened_on);
    Ok(Facts {
        person: person::find(tx, key.0)?,
        plan: planned.map(|plan| plan.map_err(|refusal| refusal.message())),
        evidence: case_evidence::list(tx, key)?,
        missing: missing_evidence(tx, city, (key, &form), on)?,
        orders: payment_order::list_of_case(tx, key)?,
        answers: payment_order::list_answers(tx, key)?,
        names,
        limit: limit_of(city.pack(), opened, today).ok(),
        form,
        course,
    })
}

impl CasePage {
    fn path(&self) -> String {
        self.visit.link(&path_of(self.facts.course.key()))
    }

    fn state(&self) -> CaseState {
        self.facts.course.case.state
    }

    fn rows(&self) -> Vec<(Text, Text)> {
        rows(&self.facts.form)
    }

    fn has(&self, role: Role) -> bool {
        self.visit.clerk().is_some_and(|clerk| clerk.roles.contains(role))
    }

    fn office<'a>(&'a self, code: &'a str) -> &'a str {
        crate::console::office_name(&self.visit, &self.offices, code)
    }

    fn prepares(&self) -> bool {
        let kind = self.facts.course.case.kind;
        self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(kind.openers()))
    }

    /// Whether form and evidence may still be changed.
    fn may_change(&self) -> bool {
        let open =
            matches!(self.state(), CaseState::Open | CaseState::Proposed | CaseState::Approved);
        open && self.prepares()
    }

    fn decides(&self) -> bool {
        let waits = matches!(self.state(), CaseState::Proposed | CaseState::Approved);
        waits && self.has(Role::Review)
    }

    /// Who did a step.
    fn name(&self, step: &CaseStep) -> &str {
        let known = self.facts.names.iter().find(|(clerk, _)| *clerk == step.clerk);
        known.map_or("", |(_, name)| name)
    }

    /// The sum that leaves, as proposed or as it would be now.
    fn amount(&self) -> Option<Fen> {
        match &self.facts.plan {
            Some(Ok(plan)) => Some(plan.amount()),
            Some(Err(_)) => None,
            None => self.facts.course.proposal().and_then(|step| step.amount),
        }
    }

    fn stored(&self) -> &str {
        let proposal = self.facts.course.proposal();
        proposal.and_then(|step| step.computed.as_deref()).unwrap_or_default()
    }

    fn answer(&self, order: &PaymentOrder) -> &str {
        let known = self.facts.answers.iter().find(|(id, _)| *id == order.id);
        known.map_or("", |(_, reference)| reference)
    }

    fn today(&self) -> Date {
        self.visit.today.date
    }
}
