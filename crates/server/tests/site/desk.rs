//! The desk: who comes in, and what they see.

use std::sync::Arc;

use axum::http::StatusCode;
use insurance::clerk::{Role, RoleSet};
use server::app::App;
use server::console::account::{NewAccount, open};

use crate::browser::Browser;
use crate::{as_clerk, with_city, with_every_city};

/// A browser that is signed in with an account of an office and a role.
pub(crate) async fn as_clerk_of(app: &Arc<App>, office: &str, role: Role) -> Browser {
    let account = format!("{office}-{}", role.word());
    let new = NewAccount {
        account: account.clone(),
        name: "周洁".to_owned(),
        office: office.to_owned(),
        roles: RoleSet::of(&[role]),
    };
    let (opener, password) = (app.clone(), "correct horse battery");
    let open = move || open(&opener, new, password);
    let secret = tokio::task::spawn_blocking(open).await.unwrap().unwrap();
    let code = server::console::account::code_now(app, &secret);
    let fields = [("account", &*account), ("password", password), ("code", &*code)];
    let mut browser = Browser::new(app);
    let answer = browser.submit("/desk/sign-in", "/desk/sign-in", &fields).await;
    assert!(answer.location().starts_with("/desk"), "{}", answer.body);
    browser
}

#[test]
fn a_clerk_signs_in_with_password_and_code_and_a_code_counts_once() {
    with_every_city(|app, _| async move {
        let new = NewAccount {
            account: "wu-min".to_owned(),
            name: "吴敏".to_owned(),
            office: "gulou".to_owned(),
            roles: RoleSet::of(&[Role::Window]),
        };
        let password = "correct horse battery";
        let opener = app.clone();
        let open = move || open(&opener, new, password);
        let secret = tokio::task::spawn_blocking(open).await.unwrap().unwrap();
        let code = server::console::account::code_now(&app, &secret);
        let fields = [("account", "wu-min"), ("password", password), ("code", code.as_str())];
        let sign_in = "/desk/sign-in";
        let mut browser = Browser::new(&app);
        let wrong = [("account", "wu-min"), ("password", password), ("code", "000000")];
        let answer = browser.submit(sign_in, sign_in, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("账号、密码或验证码不对"), "{}", answer.body);
        assert!(answer.body.contains(r#"value="wu-min""#), "what was typed is kept");
        assert_eq!(browser.submit(sign_in, sign_in, &fields).await.location(), "/desk");
        let again = Browser::new(&app).submit(sign_in, sign_in, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the code was used");
    });
}

#[test]
fn five_wrong_passwords_lock_the_account_and_say_until_when() {
    with_city(|app, _| async move {
        as_clerk(&app, Role::Window).await;
        let fields = [("account", "sample-window"), ("password", "guess"), ("code", "123456")];
        let mut browser = Browser::new(&app);
        for _ in 0..4 {
            let answer = browser.submit("/desk/sign-in", "/desk/sign-in", &fields).await;
            assert!(answer.body.contains("账号、密码或验证码不对"));
        }
        let answer = browser.submit("/desk/sign-in", "/desk/sign-in", &fields).await;
        assert!(answer.body.contains("10:15后再试"), "{}", answer.body);
    });
}

#[test]
fn outside_a_sandbox_nobody_signs_in_as_a_sample() {
    with_city(|app, people| async move {
        let (db, city, clock) = (app.db.clone(), app.city.clone(), app.clock);
        let real = std::sync::Arc::new(server::app::App {
            db,
            city,
            clock,
            sandbox: false,
            wechat: None,
            vault: crate::city::vault(),
            evidence: crate::city::evidence(),
        });
        let mut browser = Browser::new(&real);
        let role = [("role", "window")];
        let answer = browser.submit("/desk/sign-in", "/desk/sample-sign-in", &role).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let person = people.zhang.to_string();
        let answer = browser.submit("/desk/sign-in", "/sign-in", &[("person", &person)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("您不能打开这个页面"));
    });
}

#[test]
fn the_month_board_shows_what_is_collected_by_insurance_day_and_channel() {
    with_every_city(|app, _| async move {
        let mut browser = as_clerk(&app, Role::Finance).await;
        let board = browser.get("/en/desk/month?month=2026-10").await;
        assert_eq!(board.status, StatusCode::OK);
        for text in ["October 2026", "People insured: 3", "Closed", "Bank counter", "balanced"] {
            assert!(board.body.contains(text), "{text}: {}", board.body);
        }
        let later = browser.get("/desk/month?month=2026-12").await;
        assert!(later.body.contains("还没有核定"), "{}", later.body);
    });
}

#[test]
fn a_clerk_finds_a_person_in_one_box_and_the_person_reads_who_looked_and_why() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let page = format!("/desk/people/{}?reason=at-desk", people.zhang);
        for wanted in ["320104198503151233", "张三"] {
            let fields = [("wanted", wanted), ("reason", "at-desk")];
            assert_eq!(clerk.submit("/desk", "/desk", &fields).await.location(), page, "{wanted}");
        }
        let phone = [("wanted", "13800001234"), ("reason", "at-desk")];
        let list = clerk.submit("/desk", "/desk", &phone).await;
        assert!(list.body.contains("找到多人"), "{}", list.body);
        assert!(!list.body.contains("320104198503151233"), "a list is masked");
        let nobody = [("wanted", "欧阳锋"), ("reason", "at-desk")];
        let answer = clerk.submit("/desk", "/desk", &nobody).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("没有找到这个人") && answer.body.contains("欧阳锋"));
        let opened = clerk.get(&page).await;
        assert!(opened.body.contains("参保登记"), "{}", opened.body);
        let without_reason = format!("/desk/people/{}", people.zhang);
        assert_eq!(clerk.get(&without_reason).await.status, StatusCode::SEE_OTHER);
        let looks = crate::as_person(&app, people.zhang).await.get("/looks").await;
        assert_eq!(looks.body.matches("sample-window").count(), 1, "{}", looks.body);
        assert!(looks.body.contains("本人在窗口办理"));
    });
}
