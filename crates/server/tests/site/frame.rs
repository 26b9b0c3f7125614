//! The frame of every page.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::browser::Browser;
use crate::with_city;

#[test]
fn a_page_is_chinese_and_its_english_twin_lies_below_en() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let chinese = browser.get("/").await;
        assert_eq!(chinese.status, StatusCode::OK);
        assert!(chinese.body.contains(r#"<html lang="zh-CN">"#));
        assert!(chinese.body.contains("灵活就业人员社会保险"));
        assert!(chinese.body.contains(r#"href="/en/" lang="en""#));
        let english = browser.get("/en/").await;
        assert!(english.body.contains(r#"<html lang="en">"#));
        assert!(english.body.contains("Social insurance for the flexibly employed"));
        assert!(english.body.contains(r#"href="/" lang="zh-CN""#));
    });
}

#[test]
fn the_language_switch_keeps_the_page_and_its_query() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let page = browser.get("/en/nowhere?month=2026-11").await;
        assert!(
            page.body.contains(r#"href="/nowhere?month=2026-11" lang="zh-CN""#),
            "{}",
            page.body
        );
    });
}

#[test]
fn every_answer_forbids_inline_scripts_framing_and_sniffing() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        for path in ["/", "/nowhere", "/style.css", "/text-size?size=large&back=/"] {
            let answer = browser.get(path).await;
            let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap());
            let policy = header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none';"), "{path}");
            assert!(!policy.contains("unsafe"), "{path}");
            assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(header("x-frame-options"), Some("DENY"), "{path}");
        }
        assert_eq!(browser.get("/").await.headers[header::CACHE_CONTROL], "no-store");
    });
}

#[test]
fn pages_hold_no_inline_style_or_script() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        for path in ["/", "/en/", "/nowhere"] {
            let body = browser.get(path).await.body;
            for forbidden in ["<style", "style=\"", "<script>", "onclick", "javascript:"] {
                assert!(!body.contains(forbidden), "{path}: {forbidden}");
            }
        }
    });
}

#[test]
fn what_does_not_exist_is_a_page_with_a_way_on() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let answer = browser.get("/en/nowhere").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.body.contains("This page does not exist"));
        assert!(answer.body.contains(r#"href="/en/""#));
        let post = browser.call(Request::post("/").body(Body::empty()).unwrap()).await;
        assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(post.body.contains("请从首页重新进入"));
    });
}

#[test]
fn larger_text_is_remembered_and_leads_back_to_the_page() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let answer = browser.get("/en/text-size?size=large&back=/dues%3Fmonth%3D2026-11").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.headers[header::LOCATION], "/en/dues?month=2026-11");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("text-size=large;"));
        let request = Request::get("/").header(header::COOKIE, "text-size=large");
        let page = browser.call(request.body(Body::empty()).unwrap()).await;
        assert!(page.body.contains(r#"<html lang="zh-CN" class="large">"#));
    });
}

#[test]
fn the_way_back_can_not_leave_the_site() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let answer = browser.get("/text-size?size=large&back=//evil.example/").await;
        assert_eq!(answer.headers[header::LOCATION], "/");
    });
}

#[test]
fn every_page_says_what_is_possible_today_and_until_when() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        for path in ["/", "/nowhere"] {
            let page = browser.get(path).await.body;
            assert!(page.contains("2026年11月24日 星期二"), "{path}");
            assert!(page.contains("微信缴费：今天是最后一天"), "{path}");
            assert!(page.contains("窗口参保、停保：到11月25日止"), "{path}");
        }
        assert!(
            browser
                .get("/en/")
                .await
                .body
                .contains("Withholding from the bank card: from 26 November")
        );
    });
}
