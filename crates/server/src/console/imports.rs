//! `/desk/imports` 批量导入: files of many lines. Each is checked first, line by line, and booked
//! when the clerk has seen what would become of it.
//!
//! Files: [`receive`] takes a file, [`report`] shows and hands out its lines, [`decide`] books or
//! withdraws it, [`template`] what to fill in.

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{get, post};
use insurance::clerk::{Clerk, Role, RoleSet};
use operations::import_file::ImportKind;
use policy::Text;
use store::tables::import_file::{self, ImportFile, ImportState};

use crate::app::App;
use crate::site::failure::Failure;
use crate::site::form::Form;
use crate::site::page::page;
use crate::site::visit::Visit;
use crate::site::way::{Callers, Way};

mod decide;
mod receive;
mod report;
mod template;

pub(crate) use decide::counts_of;

/// Who hands files in.
const IMPORTERS: Callers = Callers::Clerk(RoleSet::of(&[Role::Window, Role::Finance]));
/// Who sees what became of them.
const READERS: Callers = Callers::Clerk(RoleSet::of(&[Role::Window, Role::Finance, Role::Audit]));

/// The largest file of the desk; larger ones are imported on the command line.
const FILE_BYTES_MAX: usize = 8 << 20;
/// What a form adds to its file.
const FORM_BYTES_MAX: usize = 64 << 10;
/// How many files the list shows.
const FILES_MAX: i64 = 50;

/// The ways to the imports.
pub(super) fn ways() -> Vec<Way> {
    let limit = DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES_MAX);
    vec![
        Way::get("/desk/imports", READERS, get(show)),
        Way::post("/desk/imports/check", IMPORTERS, post(receive::check).layer(limit)),
        Way::get("/desk/imports/template/{template}", READERS, get(template::give)),
        Way::get("/desk/imports/{import}", READERS, get(report::show)),
        Way::get("/desk/imports/{import}/{report}", READERS, get(report::give)),
        Way::post("/desk/imports/{import}/book", IMPORTERS, post(decide::book)),
        Way::post("/desk/imports/{import}/withdraw", IMPORTERS, post(decide::withdraw)),
    ]
}

/// Whether a clerk sees the imports.
pub(super) fn serve(clerk: &Clerk) -> bool {
    matches!(READERS, Callers::Clerk(roles) if clerk.roles.meets(roles))
}

/// What people call the lines of a kind.
fn kind_words(kind: ImportKind) -> Text {
    match kind {
        ImportKind::People => Text::fixed("参保人员", "People who join"),
        ImportKind::Mandates => Text::fixed("代扣委托", "Bank mandates"),
        ImportKind::EmployerMonths => Text::fixed("单位申报和缴费", "Employers' months"),
    }
}

/// How far a file is, in words and as a colour.
fn state_words(state: ImportState) -> (Text, &'static str) {
    match state {
        ImportState::Checked => (Text::fixed("已检查，未入账", "checked, not booked"), "warn"),
        ImportState::Booking => (Text::fixed("入账中断，可继续", "stopped half-way"), "bad"),
        ImportState::Booked => (Text::fixed("已入账", "booked"), "good"),
        ImportState::Withdrawn => (Text::fixed("已撤回", "withdrawn"), ""),
    }
}

/// The office whose files a clerk sees; the audit role sees all.
fn office_of(clerk: &Clerk) -> &str {
    if clerk.roles.contains(Role::Audit) { "" } else { &clerk.office }
}

fn may_import(visit: &Visit) -> bool {
    let importers = RoleSet::of(&[Role::Window, Role::Finance]);
    visit.clerk().is_some_and(|clerk| clerk.roles.meets(importers))
}

#[derive(Template)]
#[template(path = "console/imports.html")]
struct ImportsPage {
    visit: Visit,
    form: Form,
    files: Vec<ImportFile>,
}

impl ImportsPage {
    fn kinds(&self) -> [ImportKind; ImportKind::ALL.len()] {
        ImportKind::ALL
    }

    fn is_chosen(&self, kind: ImportKind) -> bool {
        let chosen = ImportKind::from_word(self.form.value("kind"));
        chosen.unwrap_or(ImportKind::People) == kind
    }

    fn kind_of(&self, file: &ImportFile) -> Text {
        ImportKind::from_code(file.kind).map_or(Text::fixed("", ""), kind_words)
    }

    fn may_import(&self) -> bool {
        may_import(&self.visit)
    }
}

/// `GET /desk/imports`.
async fn show(State(app): State<Arc<App>>, visit: Visit) -> Result<Response, Failure> {
    list(&app, visit, Form::default()).await
}

/// The page with a form as it was sent, or a fresh one.
async fn list(app: &App, visit: Visit, form: Form) -> Result<Response, Failure> {
    let office = visit.clerk().map_or("-", office_of).to_owned();
    let files = app.db.read_async(move |tx| import_file::list(tx, &office, FILES_MAX)).await?;
    Ok(page(&ImportsPage { visit, form, files }))
}
