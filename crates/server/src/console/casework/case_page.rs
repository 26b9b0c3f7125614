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
use operations::casework::plan::{Plan, plan, required_evidence};
use operations::casework::queue::{Limit, LimitLaw, law_of, limit_of};
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
use crate::console::find::CASE_REASON;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// What a file may show beside what the pack's list wants.
const OTHER_LABELS: [Text; 2] =
    [Text::fixed("身份证件", "Identity document"), Text::fixed("其他材料", "Other")];

/// Everything that the page shows, read in one snapshot.
struct Facts {
    course: Course,
    form: CaseForm,
    person: Option<Person>,
    plan: Option<Result<Plan, Text>>,
    evidence: Vec<Evidence>,
    missing: Vec<Text>,
    labels: Vec<Text>,
    orders: Vec<(PaymentOrder, OrderState)>,
    answers: Vec<(PaymentOrderId, String)>,
    names: Vec<(ClerkId, String)>,
    limit: Option<Limit>,
    law: Option<LimitLaw>,
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
        reason: CASE_REASON.to_owned(),
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
    let mut labels = required_evidence(city, &form, on);
    labels.extend(OTHER_LABELS);
    Ok(Facts {
        labels,
        person: person::find(tx, key.0)?,
        plan: planned.map(|plan| plan.map_err(|refusal| refusal.message())),
        evidence: case_evidence::list(tx, key)?,
        missing: missing_evidence(tx, city, (key, &form), on)?,
        orders: payment_order::list_of_case(tx, key)?,
        answers: payment_order::list_answers(tx, key)?,
        names,
        limit: limit_of(city.pack(), opened, today).ok(),
        law: law_of(city.pack(), opened).ok(),
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
        crate::console::name_of(&self.visit, &self.offices, code)
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

    /// A label of evidence in the reader's language; other words as they were written.
    fn label<'a>(&'a self, stored: &'a str) -> &'a str {
        let known = self.facts.labels.iter().find(|label| label.zh == stored);
        known.map_or(stored, |label| self.visit.read(label))
    }

    /// Whose turn it is, where it is not the reader's.
    fn waits_for(&self) -> Option<Text> {
        match self.state() {
            CaseState::Open if !self.prepares() => Some(Text::fixed(
                "等经办人补正并提交复核。",
                "It waits for whoever prepares it to correct and propose it.",
            )),
            CaseState::Proposed if !self.decides() => {
                Some(Text::fixed("等另一位工作人员复核。", "It waits for a reviewer."))
            }
            CaseState::Approved if !self.has(Role::Finance) => {
                Some(Text::fixed("等财务执行。", "It waits for finance to carry it out."))
            }
            CaseState::Paying => Some(Text::fixed(
                "等银行回复，由财务登记。",
                "It waits for the bank's answer, which finance records.",
            )),
            _ => None,
        }
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

    /// What was computed when the case was proposed, in the reader's language.
    fn stored(&self) -> String {
        let proposal = self.facts.course.proposal();
        let stored = proposal.and_then(|step| step.computed.as_deref()).unwrap_or_default();
        serde_json::from_str(stored)
            .map_or_else(|_| stored.to_owned(), |text: Text| self.visit.read(&text).to_owned())
    }

    fn answer(&self, order: &PaymentOrder) -> &str {
        let known = self.facts.answers.iter().find(|(id, _)| *id == order.id);
        known.map_or("", |(_, reference)| reference)
    }

    fn today(&self) -> Date {
        self.visit.today.date
    }
}
