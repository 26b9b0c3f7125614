//! The site, called as a browser calls it, by everybody who may and everybody who may not.
#![expect(clippy::unwrap_used, reason = "a call that can't be made must stop the test")]

mod accounts;
mod audit;
mod browser;
mod casework;
mod city;
mod collection;
mod desk;
mod desk_person;
mod desk_sentences;
mod differences;
mod dues;
mod enrol;
mod frame;
mod guest;
mod imports;
mod paying_bank;
mod practice;
mod provider;
mod routes;
mod self_service;
mod single_sign_on;
mod tasks;
mod withheld;
mod withholding;

use std::sync::Arc;

use browser::Browser;
use server::app::App;

/// Runs a test against the invented city on a fresh SQLite file.
fn with_city<F: Future<Output = ()>>(test: impl Fn(Arc<App>, city::People) -> F) {
    store::testing::on_sqlite(|db| run(db, &test));
}

/// Runs a test against the invented city on both engines.
fn with_every_city<F: Future<Output = ()>>(test: impl Fn(Arc<App>, city::People) -> F) {
    store::testing::for_each_database(|db| run(db, &test));
}

/// Runs a test against the invented city on another day, at ten o'clock, on a fresh SQLite file.
fn with_city_on<F: Future<Output = ()>>(day: &str, test: impl Fn(Arc<App>, city::People) -> F) {
    let now = format!("{day}T10:00:00+08:00").parse().unwrap();
    store::testing::on_sqlite(|db| run_in(city::fill_as_of(db, now), &test));
}

/// The same on both engines.
fn with_every_city_on<F: Future<Output = ()>>(
    day: &str,
    test: impl Fn(Arc<App>, city::People) -> F,
) {
    let now = format!("{day}T10:00:00+08:00").parse().unwrap();
    store::testing::for_each_database(|db| run_in(city::fill_as_of(db, now), &test));
}

fn run<F: Future<Output = ()>>(db: &store::Db, test: &impl Fn(Arc<App>, city::People) -> F) {
    run_in(city::fill(db), test);
}

fn run_in<F: Future<Output = ()>>(
    (app, people): (Arc<App>, city::People),
    test: &impl Fn(Arc<App>, city::People) -> F,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(test(app, people));
}

/// A browser that is signed in as the sandbox's clerk of a role.
async fn as_clerk(app: &Arc<App>, role: insurance::clerk::Role) -> Browser {
    let mut browser = Browser::new(app);
    let action = "/desk/sample-sign-in";
    let answer = browser.submit("/desk/sign-in", action, &[("role", role.word())]).await;
    assert!(answer.location().starts_with("/desk"), "{}", answer.body);
    browser
}

/// A browser that is signed in as a person.
async fn as_person(app: &Arc<App>, person: insurance::ids::PersonId) -> Browser {
    let mut browser = Browser::new(app);
    let person = person.to_string();
    let answer = browser.submit("/sign-in", "/sign-in", &[("person", &person)]).await;
    assert_eq!(answer.location(), "/dues", "{}", answer.body);
    browser
}
