//! The jobs of the counter interface: forget what need not be remembered any longer.

use std::time::Duration;

use channels::counter_api::http_signature::nonce_cache::KEPT_SECONDS;
use channels::counter_api::idempotency_key::KEPT_DAYS;
use store::tables::{counter_nonce, counter_request};

use super::Job;
use crate::app::App;
use crate::clock::Clock;

const DAY_SECONDS: i64 = 86_400;

/// The jobs.
#[must_use]
pub fn jobs() -> Vec<Job> {
    let seconds = Duration::from_secs;
    vec![
        Job { name: "forget_nonces", rest: seconds(10), run: forget_nonces },
        Job { name: "forget_idempotency_keys", rest: seconds(3_600), run: forget_idempotency_keys },
    ]
}

/// Forgets nonces whose signatures are too old to be accepted again. Signatures follow the real
/// clock, in a sandbox too.
///
/// # Errors
/// The database's.
pub fn forget_nonces(app: &App) -> anyhow::Result<Option<String>> {
    let before = Clock::System.now().plus_seconds(-KEPT_SECONDS);
    let count = app.db.bulk_write(move |tx| counter_nonce::delete_before(tx, before))?;
    Ok((count > 0).then(|| format!("{count} forgotten")))
}

/// Forgets idempotency keys whose time is over.
///
/// # Errors
/// The database's.
pub fn forget_idempotency_keys(app: &App) -> anyhow::Result<Option<String>> {
    let before = app.clock.now().plus_seconds(-i64::from(KEPT_DAYS) * DAY_SECONDS);
    let count = app.db.bulk_write(move |tx| counter_request::delete_before(tx, before))?;
    Ok((count > 0).then(|| format!("{count} forgotten")))
}
