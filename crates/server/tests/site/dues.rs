//! `/dues` and `/looks`.

use axum::http::StatusCode;

use crate::browser::Browser;
use crate::{as_person, with_city, with_every_city};

#[test]
fn a_person_sees_what_they_owe_until_when_and_how_it_was_computed() {
    with_every_city(|app, people| async move {
        let page = as_person(&app, people.zhang).await.get("/dues").await;
        assert_eq!(page.status, StatusCode::OK);
        for text in [
            "现在要缴",
            "1,396.60元",
            "990.40元",
            "406.20元",
            "11月25日前",
            "尾号 0122",
            "26日到月底银行扣款",
            "每月1日到24日",
            "4952.00 × 20% = 990.40",
            "可以用",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        assert!(!page.body.contains("320104198503151233"), "the whole identity number is shown");
        assert!(!page.body.contains("6217001234567890122"), "the whole account is shown");
    });
}

#[test]
fn a_person_in_arrears_reads_why_there_is_no_cover_and_what_restores_it() {
    with_city(|app, people| async move {
        let page = as_person(&app, people.li).await.get("/en/dues").await;
        for text in [
            "Suspended",
            "Since 1 October 2026, because September 2026 was not paid in full",
            "To restore it:",
            "overdue from earlier months",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
    });
}

#[test]
fn a_person_who_paid_everything_reads_that_there_is_nothing_to_pay() {
    with_city(|app, people| async move {
        let page = as_person(&app, people.wang).await.get("/dues").await;
        assert!(page.body.contains("现在不用缴费"), "{}", page.body);
        assert!(page.body.contains("银行柜台"), "{}", page.body);
    });
}

#[test]
fn every_look_is_written_down_and_the_person_can_read_it() {
    with_every_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        browser.get("/dues").await;
        let looks = browser.get("/looks").await;
        assert_eq!(looks.body.matches("我自己").count(), 1, "{}", looks.body);
    });
}

#[test]
fn nobody_reads_dues_without_signing_in() {
    with_city(|app, _| async move {
        let answer = Browser::new(&app).get("/en/dues").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), "/en/sign-in?back=/dues");
    });
}

#[test]
fn a_form_without_this_browser_s_token_is_refused() {
    with_city(|app, people| async move {
        let mut browser = Browser::new(&app);
        browser.get("/sign-in").await;
        let person = people.zhang.to_string();
        let answer = browser.post("/sign-in", &[("person", &person)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let stolen = ("form_token", "0".repeat(64));
        let answer = browser.post("/sign-in", &[("person", &person), (stolen.0, &stolen.1)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_secret_known_before_the_sign_in_opens_nothing_after_it() {
    with_city(|app, people| async move {
        let mut victim = Browser::new(&app);
        let first = victim.get("/sign-in").await;
        let planted =
            first.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let person = people.zhang.to_string();
        victim.submit("/sign-in", "/sign-in", &[("person", &person)]).await;
        assert_eq!(victim.get("/dues").await.status, StatusCode::OK);
        let request = axum::http::Request::get("/dues").header("cookie", planted);
        let answer =
            Browser::new(&app).call(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn signing_out_ends_the_session() {
    with_city(|app, people| async move {
        let mut browser = as_person(&app, people.zhang).await;
        browser.submit("/dues", "/sign-out", &[]).await;
        assert_eq!(browser.get("/dues").await.status, StatusCode::SEE_OTHER);
    });
}
