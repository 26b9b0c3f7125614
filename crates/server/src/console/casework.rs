//! `/desk/cases` 办件: matters in which money leaves or facts are corrected, with two people; and
//! `/desk/queue`, what waits.
//!
//! Files: [`queue`] what waits and what is about to break its limit; [`form_page`] and
//! [`form_fields`] opening and changing; [`form_rows`] what was handed in; [`case_page`] a case with its sum, files, payments and
//! steps; [`steps`] proposing, deciding, carrying out; [`evidence`] files.

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use insurance::casework::evidence::FILE_BYTES_MAX;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{CITY, CaseId, PersonId};
use operations::casework::CaseKey;

use crate::site::way::{Callers, Way};

mod case_page;
mod evidence;
mod form_fields;
mod form_page;
mod form_rows;
mod queue;
mod steps;

/// Who reads cases.
const READERS: RoleSet = RoleSet::of(&[Role::Window, Role::Review, Role::Finance, Role::Audit]);
/// Who opens and prepares them.
const PREPARERS: RoleSet = RoleSet::of(&[Role::Window, Role::Finance]);
const REVIEW: RoleSet = RoleSet::of(&[Role::Review]);
const FINANCE: RoleSet = RoleSet::of(&[Role::Finance]);
/// What a form adds to its file.
const FORM_BYTES_MAX: usize = 64 << 10;

/// The ways to the cases.
pub(super) fn ways() -> Vec<Way> {
    let limit = DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES_MAX);
    let [readers, preparers] = [READERS, PREPARERS].map(Callers::Clerk);
    let [review, finance] = [REVIEW, FINANCE].map(Callers::Clerk);
    let case = get(form_page::ask).post(form_page::open);
    let edit = get(form_page::show).post(form_page::change);
    vec![
        Way::get("/desk/queue", readers, get(queue::show)),
        Way::form("/desk/cases/new", preparers, case),
        Way::get("/desk/cases/{person}/{case}", readers, get(case_page::show)),
        Way::form("/desk/cases/{person}/{case}/form", preparers, edit),
        Way::post(
            "/desk/cases/{person}/{case}/evidence",
            preparers,
            post(evidence::take).layer(limit),
        ),
        Way::get("/desk/cases/{person}/{case}/evidence/{evidence}", readers, get(evidence::give)),
        Way::post("/desk/cases/{person}/{case}/propose", preparers, post(steps::propose)),
        Way::post("/desk/cases/{person}/{case}/withdraw", preparers, post(steps::withdraw)),
        Way::post("/desk/cases/{person}/{case}/decide", review, post(steps::decide)),
        Way::post("/desk/cases/{person}/{case}/carry-out", finance, post(steps::carry_out)),
        Way::post("/desk/cases/{person}/{case}/orders/{order}", finance, post(steps::answer)),
    ]
}

/// The pages of the menu that a clerk's roles open.
pub(super) fn menu(clerk: &Clerk) -> Vec<(&'static str, &'static str, &'static str)> {
    if clerk.roles.meets(READERS) { vec![("/desk/queue", "办件", "Cases")] } else { Vec::new() }
}

/// The case of an address; the city's own person is written `0`.
fn key_of((person, case): (&str, &str)) -> Option<CaseKey> {
    let person = if person == "0" { CITY } else { person.parse::<PersonId>().ok()? };
    Some((person, case.parse::<CaseId>().ok()?))
}

/// The address of a case.
fn path_of((person, case): CaseKey) -> String {
    format!("/desk/cases/{person}/{case}")
}

/// Whether a clerk may see a case: window and review see their own office's.
fn sees(clerk: &Clerk, office: &str) -> bool {
    clerk.office == office || clerk.roles.meets(RoleSet::of(&[Role::Finance, Role::Audit]))
}
