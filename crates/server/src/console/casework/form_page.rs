//! `/desk/cases/new?person=…&kind=…` opening a case, and `…/form` changing what was handed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::casework::form::CaseForm;
use insurance::casework::kind::CaseKind;
use insurance::due::Due;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{CITY, PersonId, TaskId};
use insurance::person::Person;
use insurance::receipt::{Receipt, SuspenseState};
use operations::casework::course::Course;
use operations::casework::open_case::{NewCase, edit_case, open_case};
use operations::casework::{CaseKey, CaseworkRefusal};
use policy::{Branch, Text};
use serde::Deserialize;
use store::Tx;
use store::tables::access_log::{self, Access};
use store::tables::suspense::{self, Suspense};
use store::tables::{due, person, receipt, recovery};
use units::Fen;

use super::form_fields::{REASONS, filled, read};
use super::{key_of, path_of, sees};
use crate::app::App;
use crate::console::find::CASE_REASON;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// What a form may choose from.
#[derive(Default)]
struct Choices {
    person: Option<Person>,
    suspense: Vec<Suspense>,
    receipts: Vec<Receipt>,
    dues: Vec<Due>,
    /// What is still to be got back.
    claimed: Fen,
}

#[derive(Template)]
#[template(path = "console/case_form.html")]
struct CaseFormPage {
    visit: Visit,
    form: Form,
    owner: PersonId,
    /// `None` while the clerk has not chosen.
    kind: Option<CaseKind>,
    /// The case that is changed; `None` for a new one.
    case: Option<CaseKey>,
    choices: Choices,
}

/// About whom, and what about.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    person: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    suspense: String,
    #[serde(default)]
    receipt: String,
}

fn owner_of(text: &str) -> Option<PersonId> {
    if text == "0" { Some(CITY) } else { text.parse().ok() }
}

/// `GET /desk/cases/new?person=…&kind=surrender`; without a kind, the kinds to choose from.
pub(super) async fn ask(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let Some(owner) = owner_of(&asked.person) else {
        return Ok(Redirect::to(&visit.link("/desk")).into_response());
    };
    let form = Form::default()
        .with("suspense", asked.suspense)
        .with("receipt", asked.receipt)
        .with("informed_on", visit.today.date.to_string());
    let about = (owner, CaseKind::from_word(&asked.kind), None);
    show_form(&app, visit, about, form).await
}

/// `GET /desk/cases/{person}/{case}/form`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, case)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let nothing = || Ok(StatusCode::NOT_FOUND.into_response());
    let (Some(key), Some(clerk)) = (key_of((&person, &case)), visit.clerk().cloned()) else {
        return nothing();
    };
    let found = app.db.read_async(move |tx| Course::find(tx, key)).await?;
    let Some(course) = found.filter(|course| sees(&clerk, &course.case.office)) else {
        return nothing();
    };
    let form = filled(&course.form()).with("applicant", &*course.case.applicant);
    show_form(&app, visit, (key.0, Some(course.case.kind), Some(key)), form).await
}

/// The page of a form; opening it is a look at the person.
async fn show_form(
    app: &App,
    visit: Visit,
    (owner, kind, case): (PersonId, Option<CaseKind>, Option<CaseKey>),
    form: Form,
) -> Result<Response, Failure> {
    let Some(clerk) = visit.clerk().cloned() else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    if kind.is_some_and(|kind| !clerk.roles.meets(kind.openers())) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let now = app.clock.now();
    let look = Access {
        person: owner,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: clerk.account,
        reason: CASE_REASON.to_owned(),
        what: "/desk/cases/form".to_owned(),
    };
    let choices = app
        .db
        .write_async(move |tx| -> Result<_, store::Error> {
            if owner != CITY {
                access_log::insert(tx, &look)?;
            }
            choices(tx, owner)
        })
        .await?;
    if owner != CITY && choices.person.is_none() {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = CaseFormPage { visit, form, owner, kind, case, choices };
    Ok((status, page(&shown)).into_response())
}

fn choices(tx: &mut Tx<'_>, owner: PersonId) -> Result<Choices, store::Error> {
    let mut held = suspense::list(tx, owner)?;
    held.retain(|row| row.state == SuspenseState::Open);
    Ok(Choices {
        person: person::find(tx, owner)?,
        suspense: held,
        receipts: receipt::list(tx, owner)?,
        dues: due::list_unpaid(tx, owner)?,
        claimed: recovery::sum_claimed(tx, owner)?,
    })
}

/// `POST /desk/cases/new`.
pub(super) async fn open(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let (Some(owner), Some(kind), Some(clerk)) = (
        owner_of(form.value("person")),
        CaseKind::from_word(form.value("kind")),
        visit.clerk().cloned(),
    ) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let about = (owner, Some(kind), None);
    let Some(read) = read_form(&app, kind, &mut form).await? else {
        return show_form(&app, visit, about, form).await;
    };
    let new = NewCase { person: owner, applicant: form.value("applicant").to_owned(), form: read };
    let (city, now) = (app.city.clone(), app.clock.now());
    let opened = app
        .db
        .write_async(move |tx| -> Result<_, CaseworkRefusal> {
            open_case(tx, &city, &clerk, &new, now)
        })
        .await;
    match opened {
        Ok(id) => Ok(Redirect::to(&visit.link(&path_of((owner, id)))).into_response()),
        Err(refusal) => refused(&app, visit, about, (form, refusal)).await,
    }
}

/// `POST /desk/cases/{person}/{case}/form`.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((person, case)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Failure> {
    let (Some(key), Some(clerk)) = (key_of((&person, &case)), visit.clerk().cloned()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(kind) = CaseKind::from_word(form.value("kind")) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let about = (key.0, Some(kind), Some(key));
    let Some(read) = read_form(&app, kind, &mut form).await? else {
        return show_form(&app, visit, about, form).await;
    };
    let (city, now) = (app.city.clone(), app.clock.now());
    let changed = app
        .db
        .write_async(move |tx| -> Result<_, CaseworkRefusal> {
            edit_case(tx, &city, &clerk, (key, &read), now)
        })
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to(&visit.link(&path_of(key))).into_response()),
        Err(CaseworkRefusal::CaseMustExist) => Ok(StatusCode::NOT_FOUND.into_response()),
        Err(refusal) => refused(&app, visit, about, (form, refusal)).await,
    }
}

async fn refused(
    app: &App,
    visit: Visit,
    about: (PersonId, Option<CaseKind>, Option<CaseKey>),
    (mut form, refusal): (Form, CaseworkRefusal),
) -> Result<Response, Failure> {
    let field = match &refusal {
        CaseworkRefusal::Store(_) => return Err(refusal.into()),
        CaseworkRefusal::ApplicantMustBeNamed => "applicant",
        CaseworkRefusal::PayeeMustBeThePerson | CaseworkRefusal::PayeeMustBeNamed => "holder",
        CaseworkRefusal::HeirsMustHaveParts => "heirs",
        _ => "case",
    };
    form.refuse(field, refusal.message());
    show_form(app, visit, about, form).await
}

/// Reads a form; the rightful owner of a receipt is looked up by identity number.
async fn read_form(
    app: &App,
    kind: CaseKind,
    form: &mut Form,
) -> Result<Option<CaseForm>, Failure> {
    let mut rightful = None;
    if kind == CaseKind::WrongReceipt
        && let Ok(number) = IdentityNumber::parse(form.value("identity"), app.clock.today())
    {
        rightful = app.db.read_async(move |tx| person::find_by_identity(tx, &number)).await?;
    }
    Ok(read(kind, form, rightful).filter(|_| form.is_sound()))
}

impl CaseFormPage {
    fn kinds(&self) -> Vec<CaseKind> {
        let known = self.owner != CITY;
        let fits = |kind: &CaseKind| {
            let for_city =
                matches!(kind, CaseKind::Suspense | CaseKind::WrongReceipt | CaseKind::Recovery);
            let may = self.visit.clerk().is_some_and(|clerk| clerk.roles.meets(kind.openers()));
            may && (known || for_city)
        };
        CaseKind::ALL.into_iter().filter(fits).collect()
    }

    /// Word, words, and whether it is chosen.
    fn reasons(&self) -> Vec<(&'static str, &'static str, bool)> {
        let chosen = self.form.value("reason");
        let reason = |(word, _, zh, en): &(&'static str, _, &'static str, &'static str)| {
            (*word, self.visit.say(zh, en), *word == chosen)
        };
        REASONS.iter().map(reason).collect()
    }

    fn is(&self, word: &str) -> bool {
        self.kind.is_some_and(|kind| kind.word() == word)
    }

    fn branches(&self) -> [Branch; 3] {
        Branch::ALL
    }

    fn action(&self) -> String {
        let path = self.case.map_or("/desk/cases/new".to_owned(), |key| path_of(key) + "/form");
        self.visit.link(&path)
    }

    fn title(&self) -> Text {
        self.kind.map_or(Text::fixed("立案", "Open a case"), CaseKind::name)
    }

    /// The values of an option of dues.
    fn due_value(&self, due: &Due) -> String {
        format!("{} {} {}", due.key.month, due.key.branch.word(), due.key.part)
    }

    fn has_payee(&self) -> bool {
        ["surrender", "death", "transfer-out", "suspense"].iter().any(|word| self.is(word))
    }

    /// What the payee of this kind is for.
    fn payee_hint(&self) -> &'static str {
        let visit = &self.visit;
        match self.kind {
            Some(CaseKind::Surrender) => visit.say(
                "支付给参保人本人；保留账户时不填。",
                "Paid to the person themself; leave it empty when the account is kept.",
            ),
            Some(CaseKind::Death) => visit
                .say("丧葬补助金和抚恤金付给谁。", "Who gets the funeral and survivors' grants."),
            Some(CaseKind::TransferOut) => {
                visit.say("转入地社会保险基金的账户。", "The account of the other city's fund.")
            }
            _ => visit.say(
                "有余款退回时填写；全部用于应缴时不填。",
                "For what goes back; leave it empty when all of it is applied.",
            ),
        }
    }
}
