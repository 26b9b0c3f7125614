//! `/withholding`: what the card must hold, and what a balance covers.

use axum::http::StatusCode;

use crate::browser::Browser;
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
            let path = format!("/en/withholding?balance={}", encoded(typed));
            let page = browser.get(&path).await.body;
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
        let page = browser.get("/withholding?balance=990.40").await.body;
        for text in [
            "现在就存",
            "11月30日前银行每个工作日再扣一次",
            "现在就再存406.20元",
            "2026年12月1日起暂停",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("12月25日前"), "next month is too late: {page}");
        let english = browser.get("/en/withholding?balance=990.40").await.body;
        assert!(english.contains("until 30 November"), "{english}");
        let dues = browser.get("/dues").await.body;
        assert!(dues.contains("存款日已过") && !dues.contains("11月25日前把钱存好"), "{dues}");
    });
}

#[test]
fn what_is_no_amount_is_refused_at_the_field_and_kept() {
    with_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        for typed in ["abc", "-5", "1.234"] {
            let page = browser.get(&format!("/withholding?balance={typed}")).await.body;
            assert!(page.contains("请填写金额"), "{typed}");
            assert!(page.contains(&format!("value=\"{typed}\"")), "{typed}");
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

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
