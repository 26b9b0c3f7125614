//! Pages for the insured, and for everybody who asks.

use axum::routing::{get, post};

use crate::site::way::{Callers, Way};

pub(crate) mod bill;
pub(crate) mod dues;
mod home;
mod looks;
mod own_look;
mod self_service;
mod sign_in;
mod withholding;

/// The ways into the portal.
pub(crate) fn ways() -> Vec<Way> {
    let mut ways = vec![
        Way::get("/", Callers::Everybody, get(home::show)),
        Way::get("/dues", Callers::Person, get(dues::show)),
        Way::form(
            "/withholding",
            Callers::Person,
            get(withholding::show).post(withholding::preview),
        ),
        Way::get("/looks", Callers::Person, get(looks::show)),
        Way::form("/sign-in", Callers::Everybody, get(sign_in::show).post(sign_in::enter)),
        Way::post("/sign-out", Callers::Everybody, post(sign_in::leave)),
    ];
    ways.extend(self_service::ways());
    ways
}
