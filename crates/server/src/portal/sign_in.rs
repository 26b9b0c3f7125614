//! Signing in as an insured person. A sandbox offers invented people to look around as; a real
//! city's people come in through the channels that know them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::due::DueState;
use insurance::ids::PersonId;
use insurance::person::Person;
use serde::Deserialize;
use store::tables::session::Actor;
use store::tables::{due, person, suspension};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::preference::local;
use crate::site::reader::{sign_in, sign_out};
use crate::site::visit::Visit;

/// How many people are looked at to find samples of every standing.
const LOOKED_AT_MAX: i64 = 400;
/// How many people of one standing are offered.
const OF_ONE_STANDING: usize = 2;

/// How a sample person stands, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Suspended,
    Arrears,
    Unpaid,
    Paid,
    Nothing,
}

impl Standing {
    fn words(self, visit: &Visit) -> &'static str {
        match self {
            Self::Suspended => visit.say("医保已暂停", "medical cover suspended"),
            Self::Arrears => visit.say("有欠费", "in arrears"),
            Self::Unpaid => visit.say("本月还没缴", "this month is not paid yet"),
            Self::Paid => visit.say("已缴清", "all paid"),
            Self::Nothing => visit.say("还没有账单", "no bill yet"),
        }
    }
}

/// An invented person to look around as.
struct Sample {
    id: PersonId,
    name: String,
    standing: Standing,
}

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage {
    visit: Visit,
    back: String,
    samples: Vec<Sample>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Query(onward): Query<Onward>,
) -> Result<Response, Failure> {
    let samples = if app.sandbox { app.db.read_async(samples).await? } else { Vec::new() };
    Ok(page(&SignInPage { visit, back: onward.back, samples }))
}

/// `POST /sign-in`: as a sample person, in a sandbox only.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    visit: Visit,
    form: Form,
) -> Result<Response, Failure> {
    let chosen = form.value("person").parse::<PersonId>().ok().filter(|_| app.sandbox);
    let Some(chosen) = chosen else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    let known = app.db.read_async(move |tx| person::find(tx, chosen)).await?;
    if known.is_none() {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let back = if form.value("back").is_empty() { "/dues" } else { local(form.value("back")) };
    let onward = visit.link(back);
    Ok(sign_in(&app, &visit.visitor, Actor::Person(chosen), &onward).await?)
}

/// `POST /sign-out`.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    visit: Visit,
    _: Form,
) -> Result<Response, Failure> {
    Ok(sign_out(&app, &visit.visitor, &visit.link("/")).await?)
}

/// A few people of every standing.
fn samples(tx: &mut store::Tx<'_>) -> Result<Vec<Sample>, store::Error> {
    let mut samples: Vec<Sample> = Vec::new();
    for Person { id, name, .. } in person::list_first(tx, LOOKED_AT_MAX)? {
        let standing = standing(tx, id)?;
        let alike = samples.iter().filter(|sample| sample.standing == standing).count();
        if alike < OF_ONE_STANDING {
            samples.push(Sample { id, name, standing });
        }
    }
    Ok(samples)
}

fn standing(tx: &mut store::Tx<'_>, person: PersonId) -> Result<Standing, store::Error> {
    let dues = due::list(tx, person)?;
    let any = |state: DueState| dues.iter().any(|due| due.state == state);
    Ok(if suspension::is_suspended(tx, person)? {
        Standing::Suspended
    } else if any(DueState::Arrears) {
        Standing::Arrears
    } else if any(DueState::Open) {
        Standing::Unpaid
    } else if dues.is_empty() {
        Standing::Nothing
    } else {
        Standing::Paid
    })
}
