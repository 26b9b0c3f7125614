//! `/desk/password`: a clerk changes their password, the one for once at the first sign-in too.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use policy::Text;
use serde::Deserialize;
use store::tables::{audit_event, clerk_account};

use super::account::{Attempt, PASSWORD_LETTERS_MIN, attempt, hashed};
use super::{sign_in, trail};
use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

/// The way to it: open, because a password for once signs nobody in.
pub(super) fn way() -> Way {
    Way::form("/desk/password", Callers::Everybody, get(show).post(change))
}

#[derive(Template)]
#[template(path = "console/password.html")]
struct PasswordPage {
    visit: Visit,
    form: Form,
}

/// Whose.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    account: String,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let own = visit.clerk().map(|clerk| clerk.account.clone());
    let form = Form::default().with("account", own.unwrap_or(asked.account));
    page(&PasswordPage { visit, form })
}

/// `POST /desk/password`: the old password and a code prove who it is; every session ends.
async fn change(
    State(app): State<Arc<App>>,
    visit: Visit,
    mut form: Form,
) -> Result<Response, Failure> {
    let value = |field: &str| form.value(field).to_owned();
    let (old, fresh) = (value("password"), value("fresh"));
    let (account, code, again) = (value("account"), value("code"), value("again"));
    if fresh.chars().count() < PASSWORD_LETTERS_MIN || fresh == old {
        let words = Text::fixed(
            "新密码至少12个字符，且不能与原密码相同。",
            "A new password has at least 12 characters and differs from the old one.",
        );
        form.refuse("fresh", words);
    }
    if fresh != again {
        form.refuse("again", Text::fixed("两次输入的新密码不一样。", "The new passwords differ."));
    }
    if form.is_sound() {
        match attempt(&app, account, old, code).await? {
            Attempt::Good(clerk) | Attempt::MustChange(clerk) => {
                let now = app.clock.now();
                let event =
                    trail::event(&app, &clerk, ("change_password", None), String::new(), now);
                let hash = tokio::task::spawn_blocking(move || hashed(&fresh)).await?;
                let save = move |tx: &mut store::Tx<'_>| -> Result<_, store::Error> {
                    clerk_account::set_password(tx, clerk.id, &hash, Some(now))?;
                    clerk_account::end_sessions(tx, clerk.id, now)?;
                    audit_event::insert(tx, &event)
                };
                app.db.write_async(save).await?;
                return Ok(Redirect::to(&visit.link("/desk/sign-in")).into_response());
            }
            Attempt::Wrong => form.refuse("account", sign_in::wrong()),
            Attempt::Locked(until) => form.refuse("account", sign_in::locked(until)),
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&PasswordPage { visit, form })).into_response())
}
