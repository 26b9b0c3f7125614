//! `/desk/accounts` 账号: an administrator opens clerks' accounts, gives roles and an office, locks,
//! resets and closes them. A new password and the second factor's secret are shown once, in the
//! answer itself: they must not stand in an address, and are kept nowhere.
//!
//! Files: [`keeping`] what may be done, and what nobody may.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::ClerkId;
use policy::Text;
use store::tables::clerk_account::{self, Account, OpenSession};
use units::{Date, Timestamp};

use self::keeping::{Act, Contract, Keeper, KeepingRefusal, Secrets, keep, open};
use super::account::{AccountRefusal, NewAccount, is_usable};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

pub(crate) mod keeping;

const ADMINISTRATORS: Callers = Callers::Clerk(RoleSet::of(&[Role::Admin]));
/// Sessions that nobody used for so long have ended by themselves.
pub(super) const IDLE_SECONDS_MAX: i64 = 15 * 60;

/// The ways to the accounts.
pub(super) fn ways() -> Vec<Way> {
    vec![
        Way::form("/desk/accounts", ADMINISTRATORS, get(show).post(open_one)),
        Way::get("/desk/accounts/{clerk}", ADMINISTRATORS, get(show_one)),
        Way::post("/desk/accounts/{clerk}/{act}", ADMINISTRATORS, post(keep_one)),
    ]
}

/// The moment until which an administrator locks an account: it never comes.
///
/// # Panics
/// Never.
pub(super) fn no_end() -> Timestamp {
    "9999-01-01T00:00:00+08:00".parse().expect("it is a moment")
}

/// An office to choose: code and name.
type Choice = (String, Text);

#[derive(Template)]
#[template(path = "console/accounts.html")]
struct AccountsPage {
    visit: Visit,
    form: Form,
    accounts: Vec<Account>,
    offices: Vec<Choice>,
    now: Timestamp,
}

#[derive(Template)]
#[template(path = "console/account.html")]
struct AccountPage {
    visit: Visit,
    form: Form,
    account: Account,
    sessions: Vec<OpenSession>,
    offices: Vec<Choice>,
    now: Timestamp,
}

#[derive(Template)]
#[template(path = "console/account_secrets.html")]
struct SecretsPage {
    visit: Visit,
    account: String,
    secrets: Secrets,
}

impl AccountsPage {
    fn office<'a>(&'a self, code: &'a str) -> &'a str {
        super::name_of(&self.visit, &self.offices, code)
    }
}

impl AccountPage {
    /// What can be done at once: word, Chinese, English.
    fn acts(&self) -> [(&'static str, &'static str, &'static str); 3] {
        let is_locked = self.account.locked_until.is_some_and(|until| self.now < until);
        let lock =
            if is_locked { ("unlock", "解锁", "Unlock") } else { ("lock", "锁定", "Lock") };
        [
            lock,
            ("reset", "重置密码和验证器", "Reset password and second factor"),
            ("sign-out", "全部下线", "Sign out everywhere"),
        ]
    }
}

/// What an account's line says of it, and its colour.
fn standing(account: &Account, now: Timestamp) -> (Text, &'static str) {
    let today = now.date_in_shanghai();
    match account {
        _ if account.closed_at.is_some() => (Text::fixed("已注销", "closed"), ""),
        _ if account.locked_until.is_some_and(|until| now < until) => {
            (Text::fixed("已锁定", "locked"), "bad")
        }
        _ if !is_usable(account, now, today) => (Text::fixed("已到期", "expired"), "bad"),
        _ if account.password_set_at.is_none() && account.signed_in_at.is_none() => {
            (Text::fixed("待首次登录", "waits for the first sign-in"), "warn")
        }
        _ => (Text::fixed("可用", "in use"), "good"),
    }
}

fn has_role(form: &Form, role: &Role) -> bool {
    form.values("roles").any(|word| word == role.word())
}

fn roles_of(form: &Form) -> RoleSet {
    let roles: Vec<Role> = form.values("roles").filter_map(Role::from_word).collect();
    RoleSet::of(&roles)
}

/// `GET /desk/accounts`.
async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    Ok(page(&listed(&app, visit, Form::default()).await?))
}

async fn listed(app: &App, visit: Visit, form: Form) -> Result<AccountsPage, Failure> {
    let accounts = app.db.read_async(clerk_account::list).await?;
    Ok(AccountsPage {
        visit,
        form,
        accounts,
        offices: super::office_names(app),
        now: app.clock.now(),
    })
}

/// `POST /desk/accounts`: opens one.
async fn open_one(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let Some(keeper) = visit.clerk().map(keeper) else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let value = |field: &str| form.value(field).to_owned();
    let new = NewAccount {
        account: value("account"),
        name: value("name"),
        office: value("office"),
        roles: roles_of(&form),
    };
    let staff_number = value("staff");
    if new.name.is_empty() {
        form.refuse("name", Text::fixed("请填写姓名。", "Enter the name."));
    }
    let expires_on = last_day(&mut form);
    if form.is_sound() {
        let (worker, account) = (app.clone(), new.account.clone());
        let contract = Contract { staff_number, expires_on };
        let work = move || open(&worker, &keeper, new, &contract);
        match tokio::task::spawn_blocking(work).await? {
            Ok(secrets) => return Ok(page(&SecretsPage { visit, account, secrets })),
            Err(refusal) => refuse(&mut form, refusal)?,
        }
    }
    let answer = listed(&app, visit, form).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&answer)).into_response())
}

fn keeper(clerk: &Clerk) -> Keeper {
    Keeper { name: clerk.account.clone(), office: clerk.office.clone(), clerk: Some(clerk.id) }
}

fn last_day(form: &mut Form) -> Option<Date> {
    let text = form.value("expires").to_owned();
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        let words = Text::fixed("日期请写成2027-06-30的样子。", "Write a day like 2027-06-30.");
        form.refuse("expires", words);
    }
    day
}

/// A refusal goes to its field; the database's failure is no refusal.
fn refuse(form: &mut Form, refusal: KeepingRefusal) -> Result<(), Failure> {
    if let KeepingRefusal::Account(AccountRefusal::Store(error)) = refusal {
        return Err(error.into());
    }
    let (field, words) = refusal.at_field();
    form.refuse(field, words);
    Ok(())
}

/// `GET /desk/accounts/{clerk}`.
async fn show_one(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let Ok(id) = id.parse::<ClerkId>() else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    one(&app, visit, id, None).await
}

/// An account's page, with a form as it was sent or as the account stands.
async fn one(
    app: &App,
    visit: Visit,
    id: ClerkId,
    sent: Option<Form>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let since = now.plus_seconds(-IDLE_SECONDS_MAX);
    let read = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
        Ok((clerk_account::find(tx, id)?, clerk_account::list_sessions(tx, id, since)?))
    };
    let (Some(account), sessions) = app.db.read_async(read).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let status = if sent.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = sent.unwrap_or_else(|| {
        let last = account.expires_on.map(|day| day.to_string()).unwrap_or_default();
        let mut form = Form::default().with("office", &*account.clerk.office).with("expires", last);
        for role in account.clerk.roles.iter() {
            form.add("roles", role.word());
        }
        form
    });
    let offices = super::office_names(app);
    let answer = AccountPage { visit, form, account, sessions, offices, now };
    Ok((status, page(&answer)).into_response())
}

/// `POST /desk/accounts/{clerk}/{act}`.
async fn keep_one(
    State(app): State<Arc<App>>,
    visit: Visit,
    Path((id, act)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Failure> {
    let expires_on = last_day(&mut form);
    let act = match &*act {
        "duties" => Some(Act::Duties(form.value("office").to_owned(), roles_of(&form), expires_on)),
        "lock" => Some(Act::Lock),
        "unlock" => Some(Act::Unlock),
        "reset" => Some(Act::Reset),
        "sign-out" => Some(Act::SignOut),
        "close" => Some(Act::Close),
        _ => None,
    };
    let (Ok(id), Some(act), Some(keeper)) = (id.parse::<ClerkId>(), act, visit.clerk().map(keeper))
    else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    if !form.is_sound() {
        return one(&app, visit, id, Some(form)).await;
    }
    let worker = app.clone();
    match tokio::task::spawn_blocking(move || keep(&worker, &keeper, id, act)).await? {
        Ok(None) => Ok(Redirect::to(&visit.link(&format!("/desk/accounts/{id}"))).into_response()),
        Ok(Some(secrets)) => {
            let account = app.db.read_async(move |tx| clerk_account::find(tx, id)).await?;
            let account = account.map(|account| account.clerk.account).unwrap_or_default();
            Ok(page(&SecretsPage { visit, account, secrets }))
        }
        Err(refusal) => {
            refuse(&mut form, refusal)?;
            one(&app, visit, id, Some(form)).await
        }
    }
}
