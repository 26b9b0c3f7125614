//! `/desk` one box that finds a person. A list shows masked numbers; opening a person needs a reason,
//! and the look is recorded with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::identity_number::IdentityNumber;
use insurance::ids::PersonId;
use insurance::mobile_number::MobileNumber;
use insurance::person::Person;
use insurance::social_security_card::SocialSecurityCard;
use policy::Text;
use store::tables::person;
use units::Date;

use crate::app::App;
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

/// Why a clerk opens a person's case, as it is recorded.
pub(super) const CASE_REASON: &str = "办理业务";

#[derive(Template)]
#[template(path = "console/find.html")]
struct FindPage {
    visit: Visit,
    form: Form,
    found: Vec<Person>,
    /// Nobody is known by what was typed, and the clerk may enrol them.
    offers_to_enrol: bool,
}

impl FindPage {
    fn reasons(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        &REASONS
    }

    fn reason(&self) -> &str {
        let word = self.form.value("reason");
        let audits = |clerk: &Clerk| clerk.roles == RoleSet::of(&[Role::Audit]);
        match word {
            "" if self.visit.clerk().is_some_and(audits) => "audit",
            "" => REASONS[0].0,
            word => word,
        }
    }
}

/// `GET /desk`.
pub(crate) async fn ask(visit: Visit) -> Response {
    page(&FindPage { visit, form: Form::default(), found: Vec::new(), offers_to_enrol: false })
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
    let (mut found, mut offers_to_enrol) = (Vec::new(), false);
    if form.is_sound() {
        found = app.db.read_async(move |tx| matching(tx, &wanted, today)).await?;
        if let [person] = found.as_slice() {
            let path = format!("/desk/people/{}?reason={}", person.id, form.value("reason"));
            return Ok(Redirect::to(&visit.link(&path)).into_response());
        }
        if found.is_empty() {
            offers_to_enrol = visit.clerk().is_some_and(|clerk| clerk.roles.contains(Role::Window));
            let words = Text::fixed(
                "没有找到这个人。请核对号码，或换一种查法。",
                "Nobody was found. Check the number, or look another way.",
            );
            form.refuse("wanted", words);
        }
    }
    let status = if form.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&FindPage { visit, form, found, offers_to_enrol })).into_response())
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

/// A form of somebody who was looked for in vain, with what was typed in the field that it fits.
pub(super) fn form_of_unknown(wanted: &str, today: Date) -> Form {
    let is_identity = IdentityNumber::parse(wanted, today).is_ok();
    let field = if is_identity {
        "identity"
    } else if MobileNumber::parse(wanted).is_ok() {
        "phone"
    } else if SocialSecurityCard::parse(wanted).is_ok() {
        "card"
    } else if wanted.chars().any(|letter| letter.is_ascii_digit()) {
        "identity"
    } else {
        "name"
    };
    Form::default().with(field, wanted)
}

/// The words that are recorded for a reason.
pub(super) fn reason_of(word: &str) -> Option<&'static str> {
    REASONS.iter().find(|(known, _, _)| *known == word).map(|(_, chinese, _)| *chinese)
}

/// A recorded reason in the reader's language; other words as they were recorded.
pub(super) fn reason_in<'a>(visit: &Visit, recorded: &'a str) -> &'a str {
    match REASONS.iter().find(|(_, chinese, _)| *chinese == recorded) {
        Some((_, chinese, english)) => visit.say(chinese, english),
        None if recorded == CASE_REASON => visit.say(CASE_REASON, "A case"),
        None => recorded,
    }
}
