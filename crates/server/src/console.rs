//! The desk: pages for the clerks of district and development-zone offices.
//!
//! Files in reading order: [`account`], [`totp`] and [`sign_in`] who may come in.

use axum::response::Redirect;
use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use policy::Text;

use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

pub mod account;
mod month_board;
mod sign_in;
pub(crate) mod totp;

/// Whoever works at a desk.
const ANY_CLERK: Callers = Callers::Clerk(RoleSet::ALL);

/// The ways into the desk.
pub(crate) fn ways() -> Vec<Way> {
    vec![
        Way::form("/desk/sign-in", Callers::Everybody, get(sign_in::show).post(sign_in::enter)),
        Way::post("/desk/sample-sign-in", Callers::Everybody, post(sign_in::enter_as_sample)),
        Way::get("/desk", ANY_CLERK, get(enter)),
        Way::get("/desk/month", ANY_CLERK, get(month_board::show)),
    ]
}

/// `GET /desk`: the first page of a working day.
async fn enter(visit: Visit) -> Redirect {
    Redirect::to(&visit.link("/desk/month"))
}

/// The pages that a clerk's roles open: path, Chinese, English.
pub(crate) fn menu(_clerk: &Clerk) -> Vec<(&'static str, &'static str, &'static str)> {
    vec![("/desk/month", "月度看板", "Month board")]
}

/// What people call a role.
pub(crate) fn role_words(role: Role) -> Text {
    match role {
        Role::Window => Text::fixed("窗口", "Window"),
        Role::Review => Text::fixed("复核", "Review"),
        Role::Finance => Text::fixed("财务", "Finance"),
        Role::Audit => Text::fixed("稽核", "Audit"),
        Role::Admin => Text::fixed("管理", "Administration"),
    }
}
