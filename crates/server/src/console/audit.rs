//! `/desk/audit` 稽核: what clerks did and who looked at whom, searched by person, clerk, office,
//! kind and day, page by page, and taken along. An auditor's own look and export are recorded too.
//!
//! Files: [`rows`] what the trails hold, as rows of a table.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use insurance::clerk::{Role, RoleSet};
use insurance::identity_number::IdentityNumber;
use insurance::ids::{PersonId, TaskId};
use insurance::social_security_card::SocialSecurityCard;
use policy::Text;
use serde::Deserialize;
use store::tables::access_log::{self, Access};
use store::tables::audit_event::{self, Filter};
use store::tables::person;
use units::{Date, Timestamp};

use super::trail;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::spreadsheet::{TableFormat, download};
use crate::site::visit::{Visit, url_encoded};
use crate::site::way::{Callers, Way};

use self::rows::{Row, Trail};

mod action;
mod rows;

const AUDITORS: Callers = Callers::Clerk(RoleSet::of(&[Role::Audit]));
/// How many rows a page shows.
const ROWS_PER_PAGE: i64 = 50;
/// How many rows one file holds.
const ROWS_PER_FILE: i64 = 50_000;

/// The ways to the trails.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::form("/desk/audit", AUDITORS, get(show).post(search)),
        Way::get("/desk/audit/{export}", AUDITORS, get(give)),
    ]
}

/// What is looked for, as it stands in the address: never a number of a person's own.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    trail: Trail,
    #[serde(default)]
    person: String,
    #[serde(default)]
    clerk: String,
    #[serde(default)]
    office: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i64>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let day = |text: &str| text.parse::<Date>().ok();
        Filter {
            actor: self.clerk.clone(),
            office: self.office.clone(),
            action: self.kind.clone(),
            subject: self.person.parse().ok(),
            since: day(&self.from).map(Timestamp::start_of),
            until: day(&self.to).map(|day| Timestamp::start_of(day.next())),
            before: self.before,
        }
    }

    /// The query of this search, without its page.
    fn query(&self) -> String {
        let pairs = [
            ("trail", self.trail.word()),
            ("person", &*self.person),
            ("clerk", &*self.clerk),
            ("office", &*self.office),
            ("kind", &*self.kind),
            ("from", &*self.from),
            ("to", &*self.to),
        ];
        let written = pairs.iter().filter(|(_, value)| !value.is_empty());
        let written: Vec<String> =
            written.map(|(name, value)| format!("{name}={}", url_encoded(value))).collect();
        written.join("&")
    }

    fn form(&self) -> Form {
        Form::default()
            .with("trail", self.trail.word())
            .with("person", &*self.person)
            .with("clerk", &*self.clerk)
            .with("office", &*self.office)
            .with("kind", &*self.kind)
            .with("from", &*self.from)
            .with("to", &*self.to)
    }
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage {
    visit: Visit,
    form: Form,
    asked: Asked,
    actions: Vec<String>,
    offices: Vec<(String, Text)>,
    rows: Vec<Row>,
    more: Option<i64>,
}

impl AuditPage {
    fn office<'a>(&'a self, code: &'a str) -> &'a str {
        super::name_of(&self.visit, &self.offices, code)
    }

    /// What people call an operation; its word where it has no other.
    fn action<'a>(&self, word: &'a str) -> &'a str {
        action::words(word).map_or(word, |(zh, en)| self.visit.say(zh, en))
    }

    /// Figures and reasons; a reason that a form offers stands first, as its word.
    fn detail(&self, detail: &str) -> String {
        let (word, rest) = detail.split_once(": ").unwrap_or((detail, ""));
        let Some((zh, en)) = super::person::reason_words(word) else { return detail.to_owned() };
        match rest {
            "" => self.visit.say(zh, en).to_owned(),
            rest => format!("{}{}{rest}", self.visit.say(zh, en), self.visit.say("：", ": ")),
        }
    }

    /// Why somebody looked.
    fn why<'a>(&self, reason: &'a str) -> &'a str {
        super::find::reason_in(&self.visit, reason)
    }

    fn trails(&self) -> [Trail; 2] {
        Trail::ALL
    }

    fn is_chosen(&self, trail: Trail) -> bool {
        self.asked.trail == trail
    }

    fn is_looks(&self) -> bool {
        self.asked.trail == Trail::Looks
    }

    fn query(&self) -> String {
        self.asked.query()
    }
}

/// `GET /desk/audit`.
async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let form = asked.form();
    let answer = listed(&app, visit, asked, form).await?;
    Ok(page(&answer))
}

async fn listed(app: &App, visit: Visit, asked: Asked, form: Form) -> Result<AuditPage, Failure> {
    let (trail, filter) = (asked.trail, asked.filter());
    let seen = looked_at(app, &visit, filter.subject);
    let read = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
        if let Some(look) = &seen {
            access_log::insert(tx, look)?;
        }
        let rows = rows::read(tx, trail, &filter, ROWS_PER_PAGE + 1)?;
        Ok((rows, audit_event::list_actions(tx)?))
    };
    let (mut rows, actions) = app.db.write_async(read).await?;
    let full = usize::try_from(ROWS_PER_PAGE).unwrap_or(usize::MAX);
    let more = (rows.len() > full).then(|| rows[full - 1].id);
    rows.truncate(full);
    let today = visit.today.date;
    let offices = app.pack().topics().offices.on(today, today).map(|offices| &offices.value);
    let offices = offices.into_iter().flatten();
    let offices = offices.map(|office| (office.code.clone(), office.name.clone())).collect();
    Ok(AuditPage { visit, form, asked, actions, offices, rows, more })
}

/// Whoever searches a person's trail looks at that person.
fn looked_at(app: &App, visit: &Visit, person: Option<PersonId>) -> Option<Access> {
    let now = app.clock.now();
    Some(Access {
        person: person?,
        id: app.city.fresh::<TaskId>(now).get(),
        accessed_at: now,
        actor: visit.clerk()?.account.clone(),
        reason: "稽核检查".to_owned(),
        what: "/desk/audit".to_owned(),
    })
}

/// `POST /desk/audit`: a person is named by a number of theirs, which stays out of the address.
async fn search(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let value = |field: &str| form.value(field).to_owned();
    let mut asked = Asked {
        trail: Trail::from_word(form.value("trail")),
        person: String::new(),
        clerk: value("clerk"),
        office: value("office"),
        kind: value("kind"),
        from: value("from"),
        to: value("to"),
        before: None,
    };
    let (named, today) = (value("person"), visit.today.date);
    if !named.is_empty() {
        let find = move |tx: &mut store::Tx<'_>| named_person(tx, &named, today);
        match app.db.read_async(find).await? {
            Some(person) => asked.person = person.to_string(),
            None => form.refuse("person", nobody()),
        }
    }
    for (field, text) in [("from", &asked.from), ("to", &asked.to)] {
        if !text.is_empty() && text.parse::<Date>().is_err() {
            let words = Text::fixed("日期请写成2026-11-24的样子。", "Write a day like 2026-11-24.");
            form.refuse(field, words);
        }
    }
    if form.is_sound() {
        let onward = visit.link(&format!("/desk/audit?{}", asked.query()));
        return Ok(Redirect::to(&onward).into_response());
    }
    let answer = listed(&app, visit, Asked { before: Some(0), ..asked }, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&answer)).into_response())
}

fn nobody() -> Text {
    Text::fixed(
        "没有找到这个人，请核对身份证号、社保卡号或人员编号。",
        "Nobody was found: check the identity number, the card number or the person's number here.",
    )
}

fn named_person(
    tx: &mut store::Tx<'_>,
    named: &str,
    today: Date,
) -> Result<Option<PersonId>, store::Error> {
    if let Ok(identity) = IdentityNumber::parse(named, today) {
        return person::find_by_identity(tx, &identity);
    }
    if let Ok(id) = named.parse::<PersonId>()
        && person::find(tx, id)?.is_some()
    {
        return Ok(Some(id));
    }
    match SocialSecurityCard::parse(named) {
        Ok(card) => person::find_by_card(tx, &card),
        Err(_) => Ok(None),
    }
}

/// `GET /desk/audit/trail.csv` and `trail.xlsx`: the same search as a file; taking it is recorded.
async fn give(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let format = name.strip_prefix("trail.").and_then(TableFormat::from_word);
    let (Some(format), Some(clerk)) = (format, visit.clerk().cloned()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let (trail, filter) = (asked.trail, Filter { before: None, ..asked.filter() });
    let read = move |tx: &mut store::Tx<'_>| rows::read(tx, trail, &filter, ROWS_PER_FILE + 1);
    let rows = app.db.read_async(read).await?;
    if i64::try_from(rows.len()).is_ok_and(|count| count > ROWS_PER_FILE) {
        let words = Text::fixed(
            "结果超过5万行，请缩小日期或范围后再下载。",
            "More than 50,000 rows: narrow the days or the search, then take it along.",
        );
        let mut form = asked.form();
        form.refuse("from", words);
        let answer = listed(&app, visit, asked, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&answer)).into_response());
    }
    let now = app.clock.now();
    let detail = format!("{} {} rows: {}", format.word(), rows.len(), asked.query());
    let subject = asked.person.parse().ok();
    let event = trail::event(&app, &clerk, ("export_trail", subject), detail, now);
    app.db.write_async(move |tx| audit_event::insert(tx, &event)).await?;
    let name = format!("{}-{}", visit.say("稽核记录", "trail"), visit.today.date);
    download(&name, &[rows::sheet(&visit, trail, &rows)], format)
}
