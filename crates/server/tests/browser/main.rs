//! Walks through the site in a real Chromium, as a person would: by what they read and press.
//!
//! A walk says which screen it is on ([`screen::Screen`]), opens pages, fills in fields by their
//! labels and presses buttons and links by their words ([`page::Page`]). What it photographs lies in
//! `target/screenshots` afterwards, for somebody to look at.
#![expect(clippy::unwrap_used, reason = "a step that can't be taken must stop the walk")]

mod case_hands;
mod casework;
#[path = "../site/city.rs"]
mod city;
mod correction;
mod death;
mod differences;
mod driver;
mod enrol;
mod frame;
mod hand;
mod imports;
mod keyboard;
mod office;
mod page;
#[path = "../site/paying_bank.rs"]
mod paying_bank;
#[path = "../site/practice.rs"]
mod practice;
#[path = "../site/provider.rs"]
mod provider;
mod screen;
mod self_service;
mod sentences;
mod single_sign_on;
mod start;
mod suspense;
mod tasks;
mod tongue;
mod transfer;
mod window;
mod withholding;

use std::sync::Arc;

use page::Page;
use screen::Screen;
use server::app::App;

/// Walks through the invented city on the engine that stands in most offices, SQLite.
fn walk<F: Future<Output = ()>>(screen: Screen, steps: impl Fn(Page, City) -> F) {
    walk_at(screen, city::now(), steps);
}

/// The same on another day, at ten o'clock.
fn walk_on<F: Future<Output = ()>>(screen: Screen, day: &str, steps: impl Fn(Page, City) -> F) {
    walk_at(screen, format!("{day}T10:00:00+08:00").parse().unwrap(), steps);
}

fn walk_at<F: Future<Output = ()>>(
    screen: Screen,
    now: units::Timestamp,
    steps: impl Fn(Page, City) -> F,
) {
    store::testing::on_sqlite(|db| {
        let (app, people) = city::fill_as_of(db, now);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = serve(app.clone()).await;
            let driver = driver::Driver::start();
            let page = Page::open_browser(&driver, site, screen).await;
            let city = City { app, people };
            steps(page.clone(), city).await;
            page.close().await;
        });
    });
}

/// What a walk knows of the city behind the pages.
struct City {
    app: Arc<App>,
    people: city::People,
}

impl City {
    /// The site of the same city at ten o'clock of another day.
    async fn on(&self, day: &str) -> String {
        let now = format!("{day}T10:00:00+08:00").parse().unwrap();
        serve(Arc::new(App {
            db: self.app.db.clone(),
            city: self.app.city.clone(),
            clock: server::clock::Clock::Fixed(now),
            sandbox: true,
            wechat: None,
            vault: city::vault(),
            evidence: city::evidence(),
        }))
        .await
    }
}

/// The site on a port of its own, as long as the test runs.
async fn serve(app: Arc<App>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let site =
        server::site::router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, site).await.unwrap() });
    format!("http://{address}")
}
