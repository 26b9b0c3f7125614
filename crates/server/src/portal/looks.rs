//! `/looks` 谁看过我的资料: every look at the person's records, by whom and why.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::tables::access_log::{self, Access};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::page::page;
use crate::site::reader::Reader;
use crate::site::visit::Visit;

/// How many looks the page shows.
const SHOWN: i64 = 200;

#[derive(Template)]
#[template(path = "portal/looks.html")]
struct LooksPage {
    visit: Visit,
    looks: Vec<Access>,
}

/// `GET /looks`.
pub(crate) async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    let Reader::Person(id) = visit.reader else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    let looks = app.db.read_async(move |tx| access_log::list(tx, id, SHOWN)).await?;
    Ok(page(&LooksPage { visit, looks }))
}

impl LooksPage {
    fn actor<'a>(&self, look: &'a Access) -> &'a str {
        match look.actor.as_str() {
            "self" => self.visit.say("我自己", "Myself"),
            "inquiry" => self.visit.say("自助查询", "Self-service inquiry"),
            other => other,
        }
    }

    fn reason<'a>(&self, look: &'a Access) -> &'a str {
        match look.actor.as_str() {
            "self" => self.visit.say("查看自己的资料", "My own records"),
            "inquiry" => self.visit.say(
                "凭社会保障卡号、姓名和身份证号码查询应缴费用",
                "Asked what is owed, by card number, name and identity number",
            ),
            _ => &look.reason,
        }
    }
}
