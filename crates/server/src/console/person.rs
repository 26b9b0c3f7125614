//! `/desk` one box that finds a person, and `/desk/people/{person}` their page. A list shows
//! masked numbers; opening a person needs a reason, and the look is recorded with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use insurance::enrolment::Enrolment;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{PersonId, TaskId};
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use policy::Text;
use serde::Deserialize;
use store::tables::access_log::{self, Access};
use store::tables::{enrolment, person};
use units::Date;

use crate::app::App;
use crate::portal::dues::{self, Facts};
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// How many people a list shows.
const FOUND_MAX: i64 = 50;

/// Why a clerk opens a person's page: word, Chinese, English.
const REASONS: [(&str, &str, &str); 4] = [
    ("at-desk", "本人在窗口办理", "The person is at the desk"),
    ("by-phone", "本人来电咨询", "The person called"),
    ("complaint", "处理投诉或异议", "A complaint or objection"),
    ("audit", "稽核检查", "An audit"),
];

#[derive(Template)]
#[template(path = "console/find.html")]
struct FindPage {
    visit: Visit,
    form: Form,
    found: Vec<Person>,
}

impl FindPage {
    fn reasons(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &REASONS
    }

    fn reason(&self) -> &str {
        let word = self.form.value("reason");
        if word.is_empty() { REASONS[0].0 } else { word }
    }
}

/// `GET /desk`.
pub(crate) async fn ask(visit: Visit) -> Response {
    page(&FindPage { visit, form: Form::default(), found: Vec::new() })
}

/// `POST /desk`: the number stays out of addresses and logs.
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let (wanted, today) = (form.value("wanted").to_owned(), visit.today.date);
    if reason_of(form.value("reason")).is_none() {
        form.refuse("reason", Text::fixed("请选择查询事由。", "Choose a reason."));
    }
    if wanted.is_empty() {
        let words = Text::fixed(
            "请输入姓名、身份证号、社保卡号或手机号。",
            "Enter a name, identity number, card number or phone.",
        );
        form.refuse("wanted", words);
    }
    let mut found = Vec::new();
    if form.is_sound() {
        found = app.db.read_async(move |tx| matching(tx, &wanted, today)).await?;
        if let [person] = found.as_slice() {
            let path = format!("/desk/people/{}?reason={}", person.id, form.value("reason"));
            return Ok(Redirect::to(&visit.link(&path)).into_response());
        }
        if found.is_empty() {
            let words = Text::fixed(
                "没有找到这个人。请核对号码，或换一种查法。",
                "Nobody was found. Check the number, or look another way.",
            );
            form.refuse("wanted", words);
        }
    }
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&FindPage { visit, form, found })).into_response())
}

/// Whoever the text names: an identity number, a card, a phone, else a name.
fn matching(
    tx: &mut store::Tx<'_>,
    wanted: &str,
    today: Date,
) -> Result<Vec<Person>, store::Error> {
    let one = |tx: &mut store::Tx<'_>, id: Option<PersonId>| -> Result<_, store::Error> {
        let found = match id {
            Some(id) => person::find(tx, id)?,
            None => None,
        };
        Ok(found.into_iter().collect())
    };
    if let Ok(identity) = IdentityNumber::parse(wanted, today) {
        let id = person::find_by_identity(tx, &identity)?;
        return one(tx, id);
    }
    if let Ok(phone) = MobileNumber::parse(wanted) {
        return person::list_by_phone(tx, &phone, FOUND_MAX);
    }
    if let Ok(card) = SocialSecurityCard::parse(wanted)
        && let Some(id) = person::find_by_card(tx, &card)?
    {
        return one(tx, Some(id));
    }
    person::list_by_name(tx, wanted, FOUND_MAX)
}

/// A person's page.
#[derive(Template)]
#[template(path = "console/person.html")]
struct PersonPage {
    visit: Visit,
    person: Person,
    spans: Vec<Enrolment>,
    facts: Facts,
}

/// Why the page is opened.
#[derive(Deserialize)]
pub(crate) struct Opened {
    #[serde(default)]
    reason: String,
}

/// `GET /desk/people/{person}?reason=at-desk`: recorded before it is shown.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    Query(opened): Query<Opened>,
) -> Result<Response, Failure> {
    let Ok(id) = id.parse::<PersonId>() else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let (Some(clerk), Some(reason)) = (visit.clerk(), reason_of(&opened.reason)) else {
        return Ok(Redirect::to(&visit.link("/desk")).into_response());
    };
    let look = look(&app, clerk, id, reason);
    let (city, today) = (app.city.clone(), visit.today.date);
    let read = app
        .db
        .write_async(move |tx| -> Result<_, store::Error> {
            let Some(person) = person::find(tx, id)? else { return Ok(None) };
            access_log::insert(tx, &look)?;
            let facts = dues::facts(tx, &city, id, today)?;
            Ok(facts.map(|facts| (person, facts)))
        })
        .await?;
    let Some((person, facts)) = read else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let spans = app.db.read_async(move |tx| enrolment::list(tx, id)).await?;
    Ok(page(&PersonPage { visit, person, spans, facts }))
}

fn look(app: &App, clerk: &Clerk, person: PersonId, reason: &str) -> Access {
    let now = app.clock.now();
    Access {
        person,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: clerk.account.clone(),
        reason: reason.to_owned(),
        what: "/desk/people".to_owned(),
    }
}

/// The words that are recorded for a reason.
fn reason_of(word: &str) -> Option<&'static str> {
    REASONS.iter().find(|(known, _, _)| *known == word).map(|(_, chinese, _)| *chinese)
}
