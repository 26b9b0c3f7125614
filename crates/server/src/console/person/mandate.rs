//! `/desk/people/{person}/mandate` 代扣委托: sign one, change the account, end it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::bank_card::BankCard;
use operations::desk::{DeskRefusal, change};
use operations::enrol::MandateForm;
use operations::withholding::change_mandate::MandateRefusal;
use policy::Text;
use store::tables::mandate::{self, Mandate};

use super::act::{self, Reason, Served};
use crate::app::App;
use crate::console::enrol;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

pub(super) const REASONS: &[Reason] = &[
    ("first", "首次签订", "The first mandate"),
    ("new-card", "换卡或换号", "A new card or account"),
    ("other-bank", "换银行", "Another bank"),
    ("own-wish", "本人申请", "The person asks for it"),
];

#[derive(Template)]
#[template(path = "console/mandate.html")]
struct MandatePage {
    visit: Visit,
    served: Served,
    form: Form,
    live: Option<Mandate>,
    banks: Vec<(String, Text)>,
}

impl MandatePage {
    fn reasons(&self) -> &'static [Reason] {
        REASONS
    }

    fn has(&self, field: &str, value: impl AsRef<str>) -> bool {
        self.form.value(field) == value.as_ref()
    }

    fn bank_name(&self, code: &str) -> &str {
        let found = self.banks.iter().find(|(known, _)| known == code);
        found.map_or("", |(_, name)| self.visit.read(name))
    }
}

/// The last four digits of an account.
pub(crate) fn ending(account: &str) -> &str {
    account.get(account.len().saturating_sub(4)..).unwrap_or_default()
}

/// `GET /desk/people/{person}/mandate`.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/mandate")).await? else {
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
    let id = served.person.id;
    let live = app.db.read_async(move |tx| mandate::find_live(tx, id)).await?;
    let banks = enrol::banks(app, visit.today.date);
    let status = act::status_of(&form);
    // Whoever has a mandate comes with a new account.
    let form = match (&live, form.value("why")) {
        (Some(_), "") => form.with("why", "new-card"),
        _ => form,
    };
    Ok((status, page(&MandatePage { visit, served, form, live, banks })).into_response())
}

/// `POST /desk/people/{person}/mandate`: signs, or ends where `do` says so.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let Some(served) = act::serve(&app, &visit, (&id, "/desk/people/mandate")).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let done = if form.value("do") == "end" {
        let detail = "own-wish".to_owned();
        act::carry_out(&app, &served, ("end_mandate", detail), change::end_mandate).await?
    } else {
        let why = act::reason_of(&mut form, REASONS);
        let (Some(why), Some(signed)) = (why, read(&mut form, &served, &visit)) else {
            return shown_page(&app, visit, served, form).await;
        };
        let detail = format!("{why}: {}", signed.bank);
        act::carry_out(&app, &served, ("sign_mandate", detail), move |tx, city, id, at| {
            change::sign_mandate(tx, city, (id, &signed), at)
        })
        .await?
    };
    match done {
        Ok(()) => Ok(act::done(&visit, &served, "mandate")),
        Err(refusal) => {
            form.refuse(field_of(&refusal), refusal.message(&app.city));
            shown_page(&app, visit, served, form).await
        }
    }
}

fn read(form: &mut Form, served: &Served, visit: &Visit) -> Option<MandateForm> {
    let account = match BankCard::parse(form.value("account")) {
        Ok(card) => card.as_str().to_owned(),
        Err(refusal) => {
            let english = enrol::sentence(&refusal);
            form.refuse("account", Text::made(refusal.chinese(), english));
            return None;
        }
    };
    let holder = match form.value("holder") {
        "" => &served.person.name,
        holder => holder,
    };
    let (bank, holder) = (form.value("bank").to_owned(), holder.to_owned());
    Some(MandateForm { bank, account_number: account, holder, signed_on: visit.today.date })
}

const fn field_of(refusal: &DeskRefusal) -> &'static str {
    match refusal {
        DeskRefusal::Mandate(MandateRefusal::BankMustWithhold(_)) => "bank",
        DeskRefusal::Mandate(MandateRefusal::HolderMustBeNamed) => "holder",
        _ => "account",
    }
}
