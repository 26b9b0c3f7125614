//! `/desk/sign-in`: account, password and code; in a sandbox also one invented clerk of each role.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::{Clerk, Role, RoleSet};
use policy::Text;
use serde::Deserialize;
use store::tables::clerk::{self, Credentials};
use store::tables::clerk_account;
use store::tables::clerk_staff;
use store::tables::session::Actor;
use units::Timestamp;

use super::account::{Attempt, attempt};
use super::single_sign_on::SingleSignOn;
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::preference::local;
use crate::site::reader::sign_in;
use crate::site::visit::{Visit, url_encoded};

/// The office of the sandbox's clerks.
const SAMPLE_OFFICE: &str = "gulou";
/// Not a hash: no password ever matches it, these accounts open without one in sandboxes only.
const NO_PASSWORD: &str = "sandbox";

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    visit: Visit,
    form: Form,
    /// Whether there is an identity provider to sign in at.
    elsewhere: bool,
}

impl SignInPage {
    fn roles(&self) -> [Role; 5] {
        Role::ALL
    }

    /// The way to the identity provider and back.
    fn elsewhere_link(&self) -> String {
        let back = url_encoded(self.form.value("back"));
        self.visit.link(&format!("/desk/single-sign-on?back={back}"))
    }
}

/// Where to go afterwards.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    back: String,
}

/// `GET /desk/sign-in`.
pub(crate) async fn show(
    visit: Visit,
    Extension(sso): Extension<SingleSignOn>,
    Query(onward): Query<Onward>,
) -> Response {
    let form = Form::default().with("back", onward.back);
    page(&SignInPage { visit, form, elsewhere: sso.is_some() })
}

/// The page again, with what is wrong; `elsewhere` says whether there is an identity provider.
pub(super) fn refused(visit: Visit, form: Form, elsewhere: bool) -> Response {
    let page = page(&SignInPage { visit, form, elsewhere });
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// `POST /desk/sign-in`.
pub(crate) async fn enter(
    State(app): State<Arc<App>>,
    visit: Visit,
    Extension(sso): Extension<SingleSignOn>,
    mut form: Form,
) -> Result<Response, Failure> {
    let value = |field: &str| form.value(field).to_owned();
    match attempt(&app, value("account"), value("password"), value("code")).await? {
        Attempt::Good(clerk) => onward(&app, &visit, &clerk, form.value("back")).await,
        Attempt::Wrong => {
            form.refuse("account", wrong());
            Ok(refused(visit, form, sso.is_some()))
        }
        Attempt::Locked(until) => {
            form.refuse("account", locked(until));
            Ok(refused(visit, form, sso.is_some()))
        }
        Attempt::MustChange(clerk) => {
            let account = url_encoded(&clerk.account);
            let onward = visit.link(&format!("/desk/password?account={account}"));
            Ok(Redirect::to(&onward).into_response())
        }
    }
}

/// What somebody reads whose account is locked.
pub(super) fn locked(until: Timestamp) -> Text {
    if until >= super::accounts::no_end() {
        return Text::fixed(
            "账号已被管理员锁定，请联系管理员。",
            "An administrator locked this account; ask them.",
        );
    }
    let text = until.to_rfc3339_seconds();
    let time = text.get(11..16).unwrap_or_default();
    Text::made(
        format!("多次输错，账号已锁定，{time}后再试。"),
        format!("Too many failures: the account is locked until {time}."),
    )
}

/// `POST /desk/sample-sign-in`: as the invented clerk of a role, in a sandbox only.
pub(crate) async fn enter_as_sample(
    State(app): State<Arc<App>>,
    visit: Visit,
    form: Form,
) -> Result<Response, Failure> {
    let role = Role::from_word(form.value("role")).filter(|_| app.sandbox);
    let Some(role) = role else { return Ok(StatusCode::FORBIDDEN.into_response()) };
    let clerk = sample(&app, role).await?;
    onward(&app, &visit, &clerk, form.value("back")).await
}

/// Signs a clerk in and sends them where they wanted to go.
pub(super) async fn onward(
    app: &App,
    visit: &Visit,
    clerk: &Clerk,
    back: &str,
) -> Result<Response, Failure> {
    let (id, now) = (clerk.id, app.clock.now());
    app.db.write_async(move |tx| clerk_account::set_signed_in_at(tx, id, now)).await?;
    let first = super::menu(clerk).first().map_or("/desk/month", |(path, _, _)| *path);
    let back = if back.starts_with("/desk") { local(back) } else { first };
    Ok(sign_in(app, &visit.visitor, Actor::Clerk(clerk.id), &visit.link(back)).await?)
}

pub(super) fn wrong() -> Text {
    Text::fixed(
        "账号、密码或验证码不对，请重新输入。",
        "Account, password or code is wrong; enter them again.",
    )
}

/// The sandbox's clerk of a role, made at the first sign-in.
async fn sample(app: &App, role: Role) -> Result<Clerk, store::Error> {
    let (now, account) = (app.clock.now(), format!("sample-{}", role.word()));
    let fresh = Clerk {
        id: app.city.fresh(now),
        account: account.clone(),
        name: format!("{}（演示）", super::role_words(role).zh),
        office: SAMPLE_OFFICE.to_owned(),
        roles: RoleSet::of(&[role]),
    };
    let credentials = Credentials {
        password_hash: NO_PASSWORD.to_owned(),
        totp_secret: String::new(),
        totp_step: 0,
        failures: 0,
        locked_until: None,
    };
    app.db
        .write_async(move |tx| {
            if clerk::insert(tx, &fresh, &credentials, now)? == 1 {
                // Each sample is a person of its own: two of them decide a case.
                clerk_staff::insert(tx, fresh.id, (&account, &account), now)?;
            }
            let found = clerk::find_by_account(tx, &account)?;
            Ok::<_, store::Error>(found.map_or_else(|| fresh.clone(), |(clerk, _)| clerk))
        })
        .await
}
