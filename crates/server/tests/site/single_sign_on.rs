//! Signing in at an identity provider, honest and hostile.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::{Role, RoleSet};
use server::app::App;
use server::console::account::{NewAccount, open};

use crate::browser::{Answer, Browser};
use crate::guest::{play, sign_in};
use crate::provider::Elsewhere;
use crate::with_city;

/// Nobody listens there: the tests carry the browser back themselves.
const SITE: &str = "http://127.0.0.1:9";

/// A browser goes to the provider, somebody signs in there, and it comes back.
async fn through(elsewhere: &Elsewhere, browser: &mut Browser, who: &str) -> Answer {
    let begin = browser.get("/desk/single-sign-on?back=/desk/month").await;
    let back = sign_in(elsewhere, begin.location(), who).await;
    let path = back.find("/desk/").map(|at| back[at..].to_owned()).unwrap();
    browser.get(&path).await
}

async fn open_account(app: &Arc<App>, account: &str) {
    let new = NewAccount {
        account: account.to_owned(),
        name: "吴敏".to_owned(),
        office: "gulou".to_owned(),
        roles: RoleSet::of(&[Role::Window]),
    };
    let app = app.clone();
    let work = move || open(&app, new, "correct horse battery");
    tokio::task::spawn_blocking(work).await.unwrap().unwrap();
}

#[test]
fn a_clerk_signs_in_at_the_provider_and_lands_where_they_wanted_to_go() {
    for algorithm in ["RS256", "ES256"] {
        let elsewhere = Elsewhere::start(algorithm, SITE);
        with_city(|app, _| {
            let elsewhere = &elsewhere;
            async move {
                open_account(&app, "wu-min").await;
                let mut browser = Browser::of(elsewhere.site(&app, SITE));
                let page = browser.get("/desk/sign-in").await;
                assert!(page.body.contains("用统一身份认证登录"), "{}", page.body);
                let back = through(elsewhere, &mut browser, "wu-min").await;
                assert_eq!(back.location(), "/desk/month", "{algorithm}: {}", back.body);
                assert!(browser.get("/desk/month").await.body.contains("吴敏"));
            }
        });
    }
}

#[test]
fn whoever_has_no_account_or_another_identity_is_not_let_in() {
    let elsewhere = Elsewhere::start("ES256", SITE);
    with_city(|app, _| {
        let elsewhere = &elsewhere;
        async move {
            let site = elsewhere.site(&app, SITE);
            let stranger = through(elsewhere, &mut Browser::of(site.clone()), "stranger").await;
            assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(stranger.body.contains("没有可用的账号"), "no account is opened by itself");
            open_account(&app, "wu-min").await;
            let first = through(elsewhere, &mut Browser::of(site.clone()), "wu-min").await;
            assert_eq!(first.location(), "/desk/month");
            // Somebody else whom the provider lets carry the same name.
            let other = through(elsewhere, &mut Browser::of(site), "wu-min@other").await;
            assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.location());
        }
    });
}

#[test]
fn a_token_that_is_not_what_it_must_be_lets_nobody_in() {
    let elsewhere = Elsewhere::start("RS256", SITE);
    with_city(|app, _| {
        let elsewhere = &elsewhere;
        async move {
            open_account(&app, "wu-min").await;
            let site = elsewhere.site(&app, SITE);
            let modes = ["nonce", "expired", "audience", "issuer", "tampered", "foreign", "none"];
            for mode in modes {
                play(elsewhere, mode).await;
                let mut browser = Browser::of(site.clone());
                let answer = through(elsewhere, &mut browser, "wu-min").await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{mode}");
                assert!(answer.body.contains("没有成功"), "{mode}");
                assert_eq!(
                    browser.get("/desk/month").await.status,
                    StatusCode::SEE_OTHER,
                    "{mode}"
                );
            }
            play(elsewhere, "honest").await;
            let honest = through(elsewhere, &mut Browser::of(site), "wu-min").await;
            assert_eq!(honest.location(), "/desk/month");
        }
    });
}

#[test]
fn a_new_key_of_the_provider_is_asked_for_when_it_is_first_used() {
    let elsewhere = Elsewhere::start("ES256", SITE);
    with_city(|app, _| {
        let elsewhere = &elsewhere;
        async move {
            open_account(&app, "wu-min").await;
            play(elsewhere, "rotated").await;
            let answer =
                through(elsewhere, &mut Browser::of(elsewhere.site(&app, SITE)), "wu-min").await;
            assert_eq!(answer.location(), "/desk/month", "{}", answer.body);
        }
    });
}

#[test]
fn a_return_counts_once_and_for_the_browser_that_began() {
    let elsewhere = Elsewhere::start("ES256", SITE);
    with_city(|app, _| {
        let elsewhere = &elsewhere;
        async move {
            open_account(&app, "wu-min").await;
            let site = elsewhere.site(&app, SITE);
            let (mut own, mut other) = (Browser::of(site.clone()), Browser::of(site));
            let begin = own.get("/desk/single-sign-on").await;
            let back = sign_in(elsewhere, begin.location(), "wu-min").await;
            let path = &back[back.find("/desk/").unwrap()..];
            let stolen = other.get(path).await;
            assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY, "another browser's");
            let spent = own.get(path).await;
            assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY, "spent by the attempt");
            let begin = own.get("/desk/single-sign-on").await;
            let back = sign_in(elsewhere, begin.location(), "wu-min").await;
            let (path, _) = back[back.find("/desk/").unwrap()..].split_once("&iss=").unwrap();
            let mixed = own.get(&format!("{path}&iss=https%3A%2F%2Fother.example")).await;
            assert_eq!(mixed.status, StatusCode::UNPROCESSABLE_ENTITY, "another issuer's");
            for path in ["/desk/single-sign-on/return", "/desk/single-sign-on/return?error=no"] {
                assert_eq!(own.get(path).await.status, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let out = own.get("/desk/single-sign-on/sign-out").await;
            assert!(out.location().starts_with(&format!("{}/session/end?", elsewhere.address)));
        }
    });
}
