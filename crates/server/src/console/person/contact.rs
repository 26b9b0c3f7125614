//! `/desk/people/{person}/contact`: the phone, and 社保通 on with identity card and citizen card, or off.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::mobile_number::MobileNumber;
use insurance::social_security_card::SocialSecurityCard;
use operations::desk::DeskRefusal;
use operations::desk::contact::{Shown, set_phone, switch_off, switch_on};
use policy::Text;

use super::act::{self, Served};
use crate::app::App;
use crate::console::enrol;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

#[derive(Template)]
#[template(path = "console/contact.html")]
struct ContactPage {
    visit: Visit,
    served: Served,
    form: Form,
}

impl ContactPage {
    /// Whether it is the part of the messages that must be corrected: the focus goes there.
    fn was_refused_messages(&self) -> bool {
        ["card", "both"].iter().any(|field| self.form.error(field).is_some())
    }
}

/// `GET /desk/people/{person}/contact`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/contact")).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    Ok(shown_page(visit, served, Form::default()))
}

fn shown_page(visit: Visit, served: Served, form: Form) -> Response {
    let status = act::status_of(&form);
    (status, page(&ContactPage { visit, served, form })).into_response()
}

/// `POST /desk/people/{person}/contact`: `do` says which of the three.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/contact")).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let nothing = String::new();
    let done = match form.value("do") {
        "off" => act::carry_out(&app, &served, ("switch_notices_off", nothing), switch_off).await?,
        "on" => {
            let Some(shown) = cards(&mut form) else { return Ok(shown_page(visit, served, form)) };
            act::carry_out(
                &app,
                &served,
                ("switch_notices_on", nothing),
                move |tx, city, id, at| switch_on(tx, city, (id, &shown), at),
            )
            .await?
        }
        _ => {
            let Some(phone) = phone(&mut form) else { return Ok(shown_page(visit, served, form)) };
            act::carry_out(&app, &served, ("change_phone", nothing), move |tx, city, id, at| {
                set_phone(tx, city, (id, &phone), at)
            })
            .await?
        }
    };
    match done {
        Ok(()) => Ok(act::done(&visit, &served, "contact")),
        Err(refusal) => {
            let field = match refusal {
                DeskRefusal::CardsMustBeShown => "both",
                DeskRefusal::CardMustMatch | DeskRefusal::Enrol(_) => "card",
                _ => "phone",
            };
            form.refuse(field, refusal.message(&app.city));
            Ok(shown_page(visit, served, form))
        }
    }
}

fn phone(form: &mut Form) -> Option<MobileNumber> {
    let read = MobileNumber::parse(form.value("phone"));
    let refuse = |refusal: insurance::mobile_number::NotMobileNumber| {
        form.refuse("phone", Text::made(refusal.chinese(), enrol::sentence(&refusal)));
    };
    read.map_err(refuse).ok()
}

fn cards(form: &mut Form) -> Option<Shown> {
    let both_cards = form.value("both") == "seen";
    let read = SocialSecurityCard::parse(form.value("card"));
    let refuse = |refusal: insurance::social_security_card::NotSocialSecurityCard| {
        form.refuse("card", Text::made(refusal.chinese(), enrol::sentence(&refusal)));
    };
    read.map_err(refuse).ok().map(|card| Shown { both_cards, card })
}
