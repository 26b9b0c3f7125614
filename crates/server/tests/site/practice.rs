//! The invented city with a sandbox WeChat beside it, and the eyes that read a verification code.

use std::sync::Arc;

use server::app::App;
use server::clock::Clock;
use server::wechat::practice::Practice;
use sha2::{Digest, Sha256};
use store::tables::verification_code;
use units::Timestamp;

/// Where a city's pages, and its sandbox, are found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses<'a> {
    pub(crate) site: &'a str,
    pub(crate) sandbox: &'a str,
}

/// The city at a moment, connected to a sandbox WeChat.
pub(crate) fn connect(app: &App, now: Timestamp, addresses: Addresses<'_>) -> (Arc<App>, Practice) {
    let practice = Practice::new(addresses.sandbox, 7);
    (connect_to(&practice, app, now, addresses), practice)
}

/// The city at a moment, connected to a sandbox WeChat that has a past.
pub(crate) fn connect_to(
    practice: &Practice,
    app: &App,
    now: Timestamp,
    addresses: Addresses<'_>,
) -> Arc<App> {
    let clock = Clock::Fixed(now);
    let callbacks = format!("{}/callbacks/wechat", addresses.site);
    let wechat = Some(practice.connect(addresses.sandbox, &callbacks, clock));
    let (db, city, sandbox) = (app.db.clone(), app.city.clone(), app.sandbox);
    let (vault, evidence) = (crate::city::vault(), crate::city::evidence());
    Arc::new(App { db, city, clock, sandbox, wechat, vault, evidence })
}

/// The digits that a browser is shown, found by the secret in its cookie.
pub(crate) async fn read_code(app: &App, secret: &str) -> String {
    let digest = Sha256::new().chain_update("browser").chain_update(secret).finalize();
    let browser: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let found = app.db.read_async(move |tx| verification_code::find(tx, &browser)).await;
    found.unwrap().unwrap().digits
}
