//! 稽核: what clerks did and who looked, found and taken along; the auditor's own look too.

use axum::http::{StatusCode, header};
use insurance::clerk::Role;

use crate::{as_clerk, with_every_city};

#[test]
fn an_auditor_finds_who_looked_at_a_person_and_leaves_a_trace_of_their_own() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        clerk.get(&format!("/desk/people/{}?reason=at-desk", people.zhang)).await;
        clerk.get(&format!("/desk/people/{}?reason=by-phone", people.li)).await;
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let fields = [("trail", "looks"), ("person", "320104198503151233")];
        let onward = auditor.submit("/desk/audit", "/desk/audit", &fields).await;
        let page = format!("/desk/audit?trail=looks&person={}", people.zhang);
        assert_eq!(onward.location(), page, "no identity number stands in the address");
        let found = auditor.get(&page).await;
        assert!(found.body.contains("本人在窗口办理") && found.body.contains("sample-window"));
        assert!(!found.body.contains("本人来电咨询"), "another person's look");
        let looks = crate::as_person(&app, people.zhang).await.get("/looks").await;
        assert!(looks.body.contains("稽核检查"), "the person sees the audit: {}", looks.body);
    });
}

#[test]
fn a_search_taken_along_is_itself_recorded() {
    with_every_city(|app, _| async move {
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let nothing = auditor.get("/desk/audit?clerk=nobody").await;
        assert!(nothing.body.contains("没有符合条件的记录"), "{}", nothing.body);
        let csv = auditor.get("/desk/audit/trail.csv?trail=events&office=gulou").await;
        assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        let recorded = auditor.get("/desk/audit?kind=export_trail").await;
        assert!(
            recorded.body.contains("csv 0 rows: trail=events&#38;office=gulou"),
            "{}",
            recorded.body
        );
        let workbook = auditor.get("/desk/audit/trail.xlsx").await;
        assert!(workbook.body.starts_with("PK"));
        assert_eq!(auditor.get("/desk/audit/trail.pdf").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_search_that_names_nobody_or_no_day_says_so_and_keeps_what_was_typed() {
    with_every_city(|app, _| async move {
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let fields = [("person", "99"), ("from", "yesterday")];
        let answer = auditor.submit("/desk/audit", "/desk/audit", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["没有找到这个人", "日期请写成", "value=\"yesterday\""] {
            assert!(answer.body.contains(words), "{words}: {}", answer.body);
        }
    });
}

#[test]
fn a_long_trail_is_read_page_by_page() {
    with_every_city(|app, people| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        for _ in 0..60 {
            clerk.get(&format!("/desk/people/{}?reason=at-desk", people.zhang)).await;
        }
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let first = auditor.get("/desk/audit?trail=looks").await;
        assert_eq!(first.body.matches("<th scope=\"row\">").count(), 50);
        let (_, rest) = first.body.split_once("rel=\"next\" href=\"").unwrap();
        let next = rest.split_once('"').unwrap().0.replace("&amp;", "&");
        let second = auditor.get(&next).await;
        assert_eq!(second.body.matches("<th scope=\"row\">").count(), 10, "{next}");
    });
}
