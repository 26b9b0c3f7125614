//! The frame of every page, called as a browser calls it.
#![expect(clippy::unwrap_used, reason = "a call that can't be made must stop the test")]

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use insurance::ids::IdSource;
use operations::City;
use server::app::App;
use server::clock::Clock;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn call(request: Request<Body>) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let url = store::Url::of_file(&folder.path().join("city.db"));
    let now = "2026-11-24T10:00:00+08:00".parse().unwrap();
    let app = App {
        db: store::Db::migrate(&url, now).unwrap(),
        city: City::new(Arc::new(policy::Pack::shipped("nanjing").unwrap()), IdSource::new(0)),
        clock: Clock::Fixed(now),
        sandbox: true,
    };
    let response = server::site::router(Arc::new(app)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(path: &str) -> Answer {
    call(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_page_is_chinese_and_its_english_twin_lies_below_en() {
    let chinese = get("/").await;
    assert_eq!(chinese.status, StatusCode::OK);
    assert!(chinese.body.contains(r#"<html lang="zh-CN">"#));
    assert!(chinese.body.contains("灵活就业人员社会保险"));
    assert!(chinese.body.contains(r#"href="/en/" lang="en""#));
    let english = get("/en/").await;
    assert!(english.body.contains(r#"<html lang="en">"#));
    assert!(english.body.contains("Social insurance for the flexibly employed"));
    assert!(english.body.contains(r#"href="/" lang="zh-CN""#));
}

#[tokio::test]
async fn the_language_switch_keeps_the_page_and_its_query() {
    let page = get("/en/nowhere?month=2026-11").await;
    assert!(page.body.contains(r#"href="/nowhere?month=2026-11" lang="zh-CN""#), "{}", page.body);
}

#[tokio::test]
async fn every_answer_forbids_inline_scripts_framing_and_sniffing() {
    for path in ["/", "/nowhere", "/style.css", "/text-size?size=large&back=/"] {
        let answer = get(path).await;
        let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap());
        let policy = header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(header("x-frame-options"), Some("DENY"), "{path}");
    }
    assert_eq!(get("/").await.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn pages_hold_no_inline_style_or_script() {
    for path in ["/", "/en/", "/nowhere"] {
        let body = get(path).await.body;
        for forbidden in ["<style", "style=\"", "<script>", "onclick", "javascript:"] {
            assert!(!body.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_page_with_a_way_on() {
    let answer = get("/en/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("This page does not exist"));
    assert!(answer.body.contains(r#"href="/en/""#));
    let post = call(Request::post("/").body(Body::empty()).unwrap()).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(post.body.contains("请从首页重新进入"));
}

#[tokio::test]
async fn larger_text_is_remembered_and_leads_back_to_the_page() {
    let answer = get("/en/text-size?size=large&back=/dues%3Fmonth%3D2026-11").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/en/dues?month=2026-11");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("text-size=large;"));
    let request = Request::get("/").header(header::COOKIE, "text-size=large");
    let page = call(request.body(Body::empty()).unwrap()).await;
    assert!(page.body.contains(r#"<html lang="zh-CN" class="large">"#));
}

#[tokio::test]
async fn the_way_back_can_not_leave_the_site() {
    let answer = get("/text-size?size=large&back=//evil.example/").await;
    assert_eq!(answer.headers[header::LOCATION], "/");
}

#[tokio::test]
async fn every_page_says_what_is_possible_today_and_until_when() {
    for path in ["/", "/nowhere"] {
        let page = get(path).await.body;
        assert!(page.contains("2026年11月24日 星期二"), "{path}");
        assert!(page.contains("微信缴费：今天是最后一天"), "{path}");
        assert!(page.contains("窗口参保、停保：到11月25日止"), "{path}");
    }
    assert!(get("/en/").await.body.contains("Withholding from the bank card: from 26 November"));
}
