//! `/self-service`: card, name, identity number and verification code. They are the proof; nobody
//! needs to sign in. What does not fit is never said more precisely than that.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use insurance::identity_number::IdentityNumber;
use insurance::person::inquiry::Proof;
use insurance::social_security_card::SocialSecurityCard;
use operations::open_inquiry::{Answered, Heard, open_inquiry};
use policy::{Text, WindowKind};
use store::tables::{due, person};
use units::{Date, Timestamp};

use super::ticket::{self, Ticket};
use super::{code, visitor};
use crate::app::App;
use crate::site::device::Device;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;

/// Among how many people a sandbox looks for an example who owes something.
const LOOKED_AT_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "portal/self_service/question.html")]
struct QuestionPage {
    visit: Visit,
    form: Form,
    /// Whether an inquiry ended by itself.
    has_ended: bool,
    window: WindowKind,
}

impl QuestionPage {
    fn new(visit: Visit, form: Form) -> Self {
        Self { visit, form, has_ended: false, window: WindowKind::Wechat }
    }
}

/// `GET /self-service`.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visit: Visit,
    device: Device,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    if let Some(away) = visitor::send_first(&app, &visit, device.browser).await? {
        return Ok(away);
    }
    code::renew(&app, &visit).await?;
    let has_ended = query.as_deref() == Some("ended");
    Ok(page(&QuestionPage { has_ended, ..QuestionPage::new(visit, Form::default()) }))
}

/// `POST /self-service`: hears the answer; or gives a new code, and keeps what was typed.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    visit: Visit,
    device: Device,
    mut form: Form,
) -> Result<Response, Failure> {
    if !form.value("example").is_empty() && app.sandbox {
        form = example(&app).await?;
    }
    if form.value("query").is_empty() {
        code::renew(&app, &visit).await?;
        return Ok(page(&QuestionPage::new(visit, without_code(&form))));
    }
    let Some(proof) = read(&mut form, visit.today.date) else {
        code::renew_if_over(&app, &visit).await?;
        return Ok(refused(visit, form));
    };
    if !code::take(&app, &visit, form.value("code")).await? {
        form = without_code(&form);
        form.refuse("code", CODE_MUST_BE_RIGHT);
        code::renew(&app, &visit).await?;
        return Ok(refused(visit, form));
    }
    let ticket = Ticket::fresh();
    let answered = Answered {
        proof,
        browser: visit.visitor.browser_hash(),
        address: device.network(),
        inquiry: ticket.hash(),
    };
    let (city, now) = (app.city.clone(), app.clock.now());
    let heard = app.db.write_async(move |tx| open_inquiry(tx, &city, &answered, now)).await?;
    let message = match heard {
        Heard::Opened(_) => return Ok(ticket::enter(&app, &visit, &ticket)),
        Heard::MustFit => FIELDS_MUST_FIT,
        Heard::MustWait(until) => must_wait(until),
    };
    code::renew(&app, &visit).await?;
    form = without_code(&form);
    form.refuse("proof", message);
    Ok(refused(visit, form))
}

const CODE_MUST_BE_RIGHT: Text = Text::fixed(
    "验证码不对，或者已过3分钟。已换新的，请再填一次；也可以点“听验证码”。",
    "The code is wrong or older than 3 minutes. Here is a new one; you can also listen to it.",
);

const FIELDS_MUST_FIT: Text = Text::fixed(
    "社会保障卡号、姓名和身份证号码三项对不上。请对照卡片逐项检查后再查；没有社会保障卡的，请带身份证到经办窗口。",
    "Card number, name and identity number do not fit together. Check each against your cards and query \
     again; without a social security card, go to an office with your identity card.",
);

fn must_wait(until: Timestamp) -> Text {
    let text = until.to_rfc3339_seconds();
    let time = text.get(11..16).unwrap_or_default();
    Text::made(
        format!(
            "填错的次数太多，请在{time}以后再查。着急的话可以到建设银行柜台或经办窗口办理，或拨打12333。"
        ),
        format!(
            "Too many answers were wrong; query again after {time}. If it is urgent, go to a China \
             Construction Bank counter or an office, or call 12333."
        ),
    )
}

fn refused(visit: Visit, form: Form) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page(&QuestionPage::new(visit, form))).into_response()
}

/// Reads the three fields; what can't be any number of its kind is said at its field.
fn read(form: &mut Form, today: Date) -> Option<Proof> {
    let card = SocialSecurityCard::parse(form.value("card"));
    let name = form.value("name").to_owned();
    let identity = IdentityNumber::parse(form.value("identity"), today);
    if let Err(refusal) = &card {
        form.refuse(
            "card",
            Text::made(
                refusal.chinese(),
                "A card number has 6 to 20 letters or digits; copy it from the card.",
            ),
        );
    }
    if name.is_empty() {
        form.refuse(
            "name",
            Text::fixed(
                "请填写姓名，与社会保障卡上一致。",
                "Enter the name as it stands on the card.",
            ),
        );
    }
    if let Err(refusal) = &identity {
        form.refuse(
            "identity",
            Text::made(
                refusal.chinese(),
                "Check the identity number: 18 digits, the last may be X.",
            ),
        );
    }
    if form.value("code").is_empty() {
        form.refuse(
            "code",
            Text::fixed("请填写图中的4位数字。", "Enter the 4 digits of the picture."),
        );
    }
    match (card, identity) {
        (Ok(card), Ok(identity)) if form.is_sound() => Some(Proof { card, name, identity }),
        _ => None,
    }
}

/// What was typed, but the code: it is used up.
fn without_code(form: &Form) -> Form {
    let kept = ["card", "name", "identity"];
    kept.iter().fold(Form::default(), |new, field| new.with(field, form.value(field)))
}

/// In a sandbox: the fields of an invented person who owes something.
async fn example(app: &App) -> Result<Form, store::Error> {
    app.db
        .read_async(|tx| {
            for person in person::list_first(tx, LOOKED_AT_MAX)? {
                let Some(card) = &person.card else { continue };
                if !due::list_unpaid(tx, person.id)?.is_empty() {
                    return Ok(Form::default()
                        .with("card", card.as_str())
                        .with("name", &person.name)
                        .with("identity", person.identity.as_str()));
                }
            }
            Ok(Form::default())
        })
        .await
}
