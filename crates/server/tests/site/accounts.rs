//! Accounts: who may have which roles, the first sign-in, locking, and signing out everywhere.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::Role;
use server::app::App;
use server::clock::Clock;
use store::tables::clerk_account;
use units::Timestamp;

use crate::browser::{Answer, Browser};
use crate::{as_clerk, with_city, with_every_city};

/// The site of the same city some seconds later: a code counts once.
fn later(app: &Arc<App>, seconds: i64) -> Arc<App> {
    let (db, city) = (app.db.clone(), app.city.clone());
    let clock = Clock::Fixed(app.clock.now().plus_seconds(seconds));
    Arc::new(App {
        db,
        city,
        clock,
        sandbox: true,
        wechat: None,
        vault: crate::city::vault(),
        evidence: crate::city::evidence(),
    })
}

async fn open(admin: &mut Browser, account: &str, staff: &str, roles: &[&str]) -> Answer {
    let mut fields = vec![("account", account), ("name", "吴敏"), ("staff", staff)];
    fields.push(("office", "gulou"));
    fields.extend(roles.iter().map(|role| ("roles", *role)));
    admin.submit("/desk/accounts", "/desk/accounts", &fields).await
}

fn shown(answer: &Answer, id: &str) -> String {
    let (_, rest) = answer.body.split_once(&format!("id=\"{id}\">")).expect("it is shown");
    rest.split_once('<').unwrap().0.to_owned()
}

async fn sign_in(app: &Arc<App>, password: &str, secret: &str) -> (Browser, Answer) {
    let code = server::console::account::code_now(app, secret);
    let fields = [("account", "wu-min"), ("password", password), ("code", &*code)];
    let mut browser = Browser::new(app);
    let answer = browser.submit("/desk/sign-in", "/desk/sign-in", &fields).await;
    (browser, answer)
}

#[test]
fn a_password_for_once_signs_nobody_in_until_it_is_changed() {
    with_every_city(|app, _| async move {
        let mut admin = as_clerk(&app, Role::Admin).await;
        let opened = open(&mut admin, "wu-min", "W1", &["window"]).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        let (once, secret) = (shown(&opened, "password"), shown(&opened, "second-factor"));
        let (mut browser, first) = sign_in(&app, &once, &secret).await;
        assert_eq!(first.location(), "/desk/password?account=wu-min");
        assert_eq!(browser.get("/desk").await.status, StatusCode::SEE_OTHER, "not signed in");
        let app = later(&app, 60);
        let code = server::console::account::code_now(&app, &secret);
        let fresh = "a better password";
        let mut fields = vec![("account", "wu-min"), ("password", &*once), ("code", &*code)];
        fields.extend([("fresh", fresh), ("again", "another one")]);
        let mut browser = Browser::new(&app);
        let differs = browser.submit("/desk/password", "/desk/password", &fields).await;
        assert!(differs.body.contains("两次输入的新密码不一样"), "{}", differs.body);
        fields[4] = ("again", fresh);
        let changed = browser.submit("/desk/password", "/desk/password", &fields).await;
        assert_eq!(changed.location(), "/desk/sign-in", "{}", changed.body);
        let app = later(&app, 60);
        assert_eq!(sign_in(&app, fresh, &secret).await.1.location(), "/desk");
        let (_, old) = sign_in(&later(&app, 60), &once, &secret).await;
        assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (_, stale) = sign_in(&later(&app, 91 * 86_400), fresh, &secret).await;
        assert_eq!(stale.location(), "/desk/password?account=wu-min", "after ninety days");
    });
}

#[test]
fn a_second_factor_is_sealed_and_one_of_before_is_sealed_at_the_next_sign_in() {
    with_every_city(|app, _| async move {
        let mut admin = as_clerk(&app, Role::Admin).await;
        let opened = open(&mut admin, "wu-min", "W1", &["window"]).await;
        let (once, secret) = (shown(&opened, "password"), shown(&opened, "second-factor"));
        let kept = || app.db.read_async(clerk_account::list_second_factors);
        let [(clerk, sealed)] = kept().await.unwrap().try_into().unwrap();
        assert!(sealed.starts_with("sealed:") && !sealed.contains(&secret));
        let (legacy, read) = (secret.clone(), sealed);
        let put_back = app
            .db
            .write_async(move |tx| {
                clerk_account::replace_second_factor(tx, clerk, (&read, &legacy))
            })
            .await;
        assert_eq!(put_back.unwrap(), 1);
        let (_, answer) = sign_in(&app, &once, &secret).await;
        assert_eq!(answer.location(), "/desk/password?account=wu-min", "{}", answer.body);
        assert!(kept().await.unwrap().iter().all(|(_, text)| text.starts_with("sealed:")));
        let (_, answer) = sign_in(&later(&app, 60), &once, &secret).await;
        assert_eq!(answer.location(), "/desk/password?account=wu-min", "the same codes");
    });
}

#[test]
fn nobody_gets_roles_that_must_be_separate_nor_a_second_account() {
    with_every_city(|app, _| async move {
        let mut admin = as_clerk(&app, Role::Admin).await;
        let both = open(&mut admin, "wu-min", "W1", &["review", "finance"]).await;
        assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(both.body.contains("必须由不同的人担任"), "{}", both.body);
        let none = open(&mut admin, "wu-min", "W1", &[]).await;
        assert!(none.body.contains("至少选择一个岗位"));
        assert_eq!(open(&mut admin, "wu-min", "W1", &["review"]).await.status, StatusCode::OK);
        let second = open(&mut admin, "wu-min-2", "W1", &["finance"]).await;
        assert!(second.body.contains("一个人只能有一个账号"), "{}", second.body);
        let taken = open(&mut admin, "wu-min", "W2", &["finance"]).await;
        assert!(taken.body.contains("已经有人用了"));
        assert!(taken.body.contains("value=\"W2\""), "what was typed is kept");
    });
}

#[test]
fn an_administrator_changes_nothing_of_their_own_and_the_last_one_stays() {
    with_city(|app, _| async move {
        let mut admin = as_clerk(&app, Role::Admin).await;
        let list = admin.get("/desk/accounts").await;
        let (_, rest) = list.body.split_once("/desk/accounts/").unwrap();
        let own = format!("/desk/accounts/{}", rest.split_once('"').unwrap().0);
        let duties = format!("{own}/duties");
        let fields = [("office", "gulou"), ("roles", "review")];
        let answer = admin.submit(&own, &duties, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("不能更改自己账号"), "{}", answer.body);
        for act in ["lock", "reset", "close"] {
            let answer = admin.submit(&own, &format!("{own}/{act}"), &[]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        }
        assert_eq!(admin.get("/desk/accounts").await.status, StatusCode::OK, "still there");
    });
}

#[test]
fn locking_ends_every_session_at_once_and_says_so_at_sign_in() {
    with_every_city(|app, _| async move {
        let mut clerk = crate::desk::as_clerk_of(&app, "xuanwu", Role::Window).await;
        let mut admin = as_clerk(&app, Role::Admin).await;
        let list = admin.get("/desk/accounts").await;
        let (before, _) = list.body.split_once("xuanwu-window").unwrap();
        let page = &before[before.rfind("/desk/accounts/").unwrap()..before.len() - 2];
        assert_eq!(clerk.get("/desk").await.status, StatusCode::OK);
        let sessions = clerk.get("/desk/sessions").await;
        assert!(sessions.body.contains("本浏览器"), "{}", sessions.body);
        admin.submit(page, &format!("{page}/lock"), &[]).await;
        assert_eq!(clerk.get("/desk").await.status, StatusCode::SEE_OTHER, "signed out");
        let fields = [("account", "xuanwu-window"), ("password", "x"), ("code", "1")];
        let answer = Browser::new(&app).submit("/desk/sign-in", "/desk/sign-in", &fields).await;
        assert!(answer.body.contains("已被管理员锁定"), "{}", answer.body);
        admin.submit(page, &format!("{page}/unlock"), &[]).await;
        let answer = Browser::new(&app).submit("/desk/sign-in", "/desk/sign-in", &fields).await;
        assert!(answer.body.contains("密码或验证码不对"), "{}", answer.body);
    });
}

#[test]
fn a_clerk_signs_out_everywhere() {
    with_city(|app, _| async move {
        let (mut here, mut there) =
            (as_clerk(&app, Role::Finance).await, as_clerk(&app, Role::Finance).await);
        let answer = here.submit("/desk/sessions", "/desk/sessions", &[]).await;
        assert_eq!(answer.location(), "/desk/sign-in");
        for browser in [&mut here, &mut there] {
            assert_eq!(browser.get("/desk/month").await.status, StatusCode::SEE_OTHER);
        }
    });
}

#[test]
fn a_clerk_who_does_nothing_for_a_quarter_of_an_hour_is_signed_out() {
    with_every_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        assert_eq!(clerk.get("/desk").await.status, StatusCode::OK);
        let start: Timestamp = app.clock.now();
        for (seconds, status) in [(899, StatusCode::OK), (900 + 899, StatusCode::SEE_OTHER)] {
            let app = later(&app, seconds);
            assert!(app.clock.now() > start);
            clerk.move_to(server::site::router(app));
            assert_eq!(clerk.get("/desk").await.status, status, "{seconds}");
        }
    });
}
