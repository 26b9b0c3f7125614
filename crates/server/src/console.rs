//! The desk: pages for the clerks of district and development-zone offices.
//!
//! Files in reading order: [`account`], [`totp`] and [`sign_in`] who may come in, [`find`] a person,
//! [`person`] their page and what is done for them, [`enrol`] somebody who joins.

use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use policy::Text;

use crate::app::App;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

pub mod account;
pub(crate) mod accounts;
mod audit;
mod casework;
mod channels;
pub(crate) mod choice;
mod collection;
mod differences;
mod enrol;
mod find;
pub(crate) mod imports;
mod month_board;
mod password;
mod person;
mod sessions;
mod sign_in;
pub mod single_sign_on;
mod tasks;
pub(crate) mod totp;
pub(crate) mod trail;

pub(crate) use imports::counts_of;
pub(crate) use person::ending;

/// Whoever works at a desk.
const ANY_CLERK: Callers = Callers::Clerk(RoleSet::ALL);

/// Whoever may look at a person: an administrator keeps accounts and sees nobody's records.
const LOOKERS: Callers =
    Callers::Clerk(RoleSet::of(&[Role::Window, Role::Review, Role::Finance, Role::Audit]));

/// The ways into the desk.
pub(crate) fn ways() -> Vec<Way> {
    let mut ways = vec![
        Way::form("/desk/sign-in", Callers::Everybody, get(sign_in::show).post(sign_in::enter)),
        Way::post("/desk/sample-sign-in", Callers::Everybody, post(sign_in::enter_as_sample)),
        Way::form("/desk", LOOKERS, get(find::ask).post(find::find)),
        Way::get("/desk/month", ANY_CLERK, get(month_board::show)),
    ];
    ways.extend(single_sign_on::ways());
    ways.extend(enrol::ways());
    ways.extend(person::ways());
    ways.extend(imports::ways());
    ways.extend(audit::ways());
    ways.extend(accounts::ways());
    ways.extend(collection::ways());
    ways.push(channels::way());
    ways.push(password::way());
    ways.push(sessions::way());
    ways.extend(differences::ways());
    ways.extend(tasks::ways());
    ways.extend(casework::ways());
    ways
}

/// The pages that a clerk's roles open: path, Chinese, English.
pub(crate) fn menu(clerk: &Clerk) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut pages = vec![("/desk/month", "月度看板", "Month board")];
    if let Callers::Clerk(lookers) = LOOKERS
        && clerk.roles.meets(lookers)
    {
        pages.insert(0, ("/desk", "找人", "Find a person"));
    }
    if clerk.roles.contains(Role::Admin) {
        pages.push(("/desk/accounts", "账号", "Accounts"));
    }
    if clerk.roles.contains(Role::Audit) {
        pages.push(("/desk/audit", "稽核", "Audit"));
    }
    pages.extend(casework::menu(clerk));
    pages.extend(tasks::menu(clerk));
    pages.extend(differences::menu(clerk));
    if clerk.roles.contains(Role::Window) {
        pages.insert(1, ("/desk/enrol", "参保登记", "Enrol"));
        pages.insert(2, ("/desk/appointments", "预约", "Appointments"));
    }
    if imports::serve(clerk) {
        pages.push(("/desk/imports", "批量导入", "Imports"));
    }
    pages
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

/// The offices of the pack and what people call them.
fn office_names(app: &App) -> Vec<(String, Text)> {
    let today = app.clock.today();
    let offices = app.pack().topics().offices.on(today, today).map(|offices| &offices.value);
    let offices = offices.into_iter().flatten();
    offices.map(|office| (office.code.clone(), office.name.clone())).collect()
}

/// What people call an office or a bank; its code where the pack does not know it.
fn name_of<'a>(visit: &Visit, names: &'a [(String, Text)], code: &'a str) -> &'a str {
    let known = names.iter().find(|(known, _)| known == code);
    known.map_or(code, |(_, name)| visit.read(name))
}
