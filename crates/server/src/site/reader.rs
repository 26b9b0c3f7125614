//! Who is signed in: sessions, their idle time-out, signing in and out.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use insurance::clerk::Clerk;
use insurance::ids::PersonId;
use store::tables::clerk;
use store::tables::session::{self, Actor, Session};
use units::Timestamp;

use super::visitor::Visitor;
use crate::app::App;

/// A signed-in browser that nobody uses for so long is signed out.
const PERSON_IDLE_SECONDS_MAX: i64 = 30 * 60;
const CLERK_IDLE_SECONDS_MAX: i64 = 15 * 60;
/// No session is longer than a working day.
const SESSION_SECONDS_MAX: i64 = 12 * 60 * 60;
/// The use of a session is written down at most once in so long.
const SEEN_EVERY_SECONDS: i64 = 60;

/// Who reads a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Somebody who is not signed in.
    #[default]
    Nobody,
    /// An insured person.
    Person(PersonId),
    /// A clerk.
    Clerk(Arc<Clerk>),
}

impl Reader {
    /// Whoever the browser is signed in as. A database out of reach signs nobody in.
    pub(crate) async fn of(app: &App, visitor: &Visitor) -> Self {
        let hash = visitor.session_hash();
        let now = app.clock.now();
        let found = app
            .db
            .lookup_async(move |tx| -> Result<_, store::Error> {
                let Some(session) = session::find(tx, &hash)?.filter(|found| lives(found, now))
                else {
                    return Ok((Self::Nobody, None));
                };
                let reader = match session.actor {
                    Actor::Person(person) => Self::Person(person),
                    Actor::Clerk(id) => clerk::find(tx, id)?
                        .map_or(Self::Nobody, |clerk| Self::Clerk(Arc::new(clerk))),
                };
                let stale = now >= session.seen_at.plus_seconds(SEEN_EVERY_SECONDS);
                Ok((reader, stale.then(|| hash.clone())))
            })
            .await;
        let Ok((reader, stale)) = found else { return Self::Nobody };
        if let Some(hash) = stale {
            let seen = move |tx: &mut store::Tx<'_>| session::set_seen(tx, &hash, now);
            // A use that can't be noted only makes the session end earlier.
            drop(app.db.write_async(seen).await);
        }
        reader
    }
}

fn lives(session: &Session, now: Timestamp) -> bool {
    let idle = match session.actor {
        Actor::Person(_) => PERSON_IDLE_SECONDS_MAX,
        Actor::Clerk(_) => CLERK_IDLE_SECONDS_MAX,
    };
    now < session.seen_at.plus_seconds(idle)
        && now < session.started_at.plus_seconds(SESSION_SECONDS_MAX)
}

/// Signs a browser in and sends it on. It gets a new secret, so that a secret known before is
/// worth nothing, and the session of the old one ends.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn sign_in(
    app: &App,
    old: &Visitor,
    actor: Actor,
    onward: &str,
) -> Result<Response, store::Error> {
    let (fresh, old) = (Visitor::fresh(), old.session_hash());
    let (hash, now) = (fresh.session_hash(), app.clock.now());
    app.db
        .write_async(move |tx| {
            session::set_ended(tx, &old, now)?;
            session::insert(tx, &hash, actor, now)
        })
        .await?;
    Ok(sent_on(fresh.cookie(app), onward))
}

/// Signs a browser out and sends it on with a new secret.
///
/// # Errors
/// [`store::Error`].
pub(crate) async fn sign_out(
    app: &App,
    old: &Visitor,
    onward: &str,
) -> Result<Response, store::Error> {
    let (old, now) = (old.session_hash(), app.clock.now());
    app.db.write_async(move |tx| session::set_ended(tx, &old, now)).await?;
    Ok(sent_on(Visitor::fresh().cookie(app), onward))
}

fn sent_on(cookie: HeaderValue, onward: &str) -> Response {
    ([(header::SET_COOKIE, cookie)], Redirect::to(onward)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use insurance::ids::ClerkId;

    #[test]
    fn a_clerk_is_signed_out_after_a_quarter_of_an_hour_without_use() {
        let start: Timestamp = "2026-11-24T10:00:00+08:00".parse().unwrap();
        let clerk = Actor::Clerk(ClerkId::from_i64(1));
        let session = Session { actor: clerk, started_at: start, seen_at: start };
        assert!(lives(&session, start.plus_seconds(15 * 60 - 1)));
        assert!(!lives(&session, start.plus_seconds(15 * 60)));
    }

    #[test]
    fn no_session_outlives_a_working_day_however_busy_it_is() {
        let start: Timestamp = "2026-11-24T08:00:00+08:00".parse().unwrap();
        let later = start.plus_seconds(12 * 60 * 60);
        let person = Actor::Person(PersonId::from_i64(1));
        assert!(!lives(&Session { actor: person, started_at: start, seen_at: later }, later));
    }
}
