//! `/withholding`: what the card must hold, and what a balance covers.

use axum::http::StatusCode;

use server::app::App;

use crate::browser::{Answer, Browser};
use crate::{as_person, with_city, with_city_on, with_every_city};

#[test]
fn a_person_reads_what_the_card_must_hold_by_when() {
    with_every_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        assert!(browser.get("/dues").await.body.contains("href=\"/withholding\""));
        let page = browser.get("/withholding").await;
        assert_eq!(page.status, StatusCode::OK);
        for text in ["1,396.60元", "尾号 0122", "11月25日前", "一项不够"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        assert!(!page.body.contains("6217001234567890122"), "the whole account is shown");
    });
}

#[test]
fn a_balance_covers_whole_dues_in_order_and_the_rest_is_said() {
    with_every_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        for (typed, taken, missed, said) in [
            ("1396.60", 2, 0, "Everything is covered"),
            ("1,396.59", 1, 1, "Put ¥0.01 more"),
            ("990.40", 1, 1, "Medical cover stops on 1 December 2026"),
            ("990.39", 1, 1, "Put ¥406.21 more"),
            ("０", 0, 2, "Put ¥1,396.60 more"),
        ] {
            let page = tried(&mut browser, "/en/withholding", typed).await.body;
            let rows = |tag: &str| page.matches(tag).count();
            assert_eq!(rows("tag good\">covered"), taken, "{typed}: {page}");
            assert_eq!(rows("tag bad\">not covered"), missed, "{typed}: {page}");
            assert!(page.contains(said), "{typed}: {page}");
        }
    });
}

#[test]
fn after_the_deposit_day_the_money_is_wanted_now_and_not_next_month() {
    with_city_on("2026-11-27", |app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        let page = tried(&mut browser, "/withholding", "990.40").await.body;
        for text in [
            "现在就存",
            "11月30日前银行每个工作日再扣一次",
            "现在就再存406.20元",
            "2026年12月1日起暂停",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("12月25日前"), "next month is too late: {page}");
        let english = tried(&mut browser, "/en/withholding", "990.40").await.body;
        assert!(english.contains("until 30 November"), "{english}");
        let dues = browser.get("/dues").await.body;
        assert!(dues.contains("存款日已过") && !dues.contains("11月25日前把钱存好"), "{dues}");
    });
}

#[test]
fn what_is_no_amount_is_refused_at_the_field_and_kept() {
    with_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        for typed in ["abc", "-5", "1.234", ""] {
            let answer = tried(&mut browser, "/withholding", typed).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            let said = answer.body.matches("请填写金额").count();
            assert_eq!(said, 2, "on top and at the field: {typed}");
            assert!(answer.body.contains(&format!("value=\"{typed}\"")), "{typed}");
        }
    });
}

#[test]
fn who_signed_nothing_and_who_owes_nothing_read_so() {
    with_city(|app, people| async move {
        let page = as_person(&app, people.li).await.get("/withholding").await.body;
        assert!(page.contains("您还没有签代扣协议"), "{page}");
        assert!(page.contains("这部分银行不会从卡上扣"), "arrears are in no batch: {page}");
        let page = as_person(&app, people.wang).await.get("/withholding").await.body;
        assert!(page.contains("卡上不用留钱"), "{page}");
        let answer = Browser::new(&app).get("/withholding").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "nobody reads it without signing in");
    });
}

#[test]
fn a_balance_stands_in_no_address_and_no_other_site_can_send_it() {
    with_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        let page = browser.get("/withholding").await.body;
        assert!(page.contains("<form method=\"post\" action=\"/withholding\""), "{page}");
        let by_address = browser.get("/withholding?balance=990.40").await;
        assert_eq!(by_address.status, StatusCode::OK);
        assert!(!by_address.body.contains("够缴哪些"), "an address previews nothing");
        assert!(!by_address.body.contains("value=\"990.40\""), "an address fills in nothing");
        let answer = tried(&mut browser, "/withholding", "990.40").await;
        assert!(answer.body.contains("够缴哪些"), "{}", answer.body);
        assert!(!answer.body.contains("990.40&amp;") && !answer.body.contains("balance="));
        let forged = browser.post("/withholding", &[("balance", "990.40")]).await;
        assert_eq!(forged.status, StatusCode::BAD_REQUEST);
        let nobody = Browser::new(&app).post("/withholding", &[("balance", "1")]).await;
        assert_eq!(nobody.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn under_a_rule_that_stops_nothing_is_taken_after_the_first_shortfall() {
    with_city(|app, people| async move {
        let files = policy::shipped::files("nanjing").unwrap().into_iter();
        let stopping = files.map(|(path, text)| (path, text.replace("\"continue\"", "\"stop\"")));
        let pack = policy::Pack::read("nanjing", &stopping.collect::<Vec<_>>()).unwrap();
        let ids = insurance::ids::IdSource::new(7);
        let city = operations::City::new(pack.into(), ids);
        let (db, evidence) = (app.db.clone(), app.evidence.clone());
        let clock = server::clock::Clock::Fixed(crate::city::now());
        let vault = crate::city::vault();
        let stopping = App { db, city, clock, sandbox: true, wechat: None, vault, evidence };
        for (app, taken, zh, en) in [
            (app, 1, "一项不够，接着试下一项", "the next is still tried"),
            (stopping.into(), 0, "一项不够，后面的都不再扣", "nothing after it is taken"),
        ] {
            let mut browser = as_person(&app, people.zhang).await;
            // Enough for the medical due alone, which comes second.
            let page = tried(&mut browser, "/withholding", "406.20").await.body;
            assert!(page.contains(zh), "{page}");
            assert_eq!(page.matches("tag good\">够扣").count(), taken, "{page}");
            let page = tried(&mut browser, "/en/withholding", "406.20").await.body;
            assert!(page.contains(en), "{page}");
        }
    });
}

/// What a typed balance is answered.
async fn tried(browser: &mut Browser, path: &str, balance: &str) -> Answer {
    browser.submit(path, path, &[("balance", balance)]).await
}
