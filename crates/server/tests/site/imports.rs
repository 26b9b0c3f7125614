//! 批量导入: a file is checked, seen, booked once, and its report taken along.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insurance::clerk::Role;
use server::app::App;
use store::tables::audit_event::{self, Filter};
use store::tables::{due, person};

use crate::browser::{Answer, Browser};
use crate::{as_clerk, with_city, with_every_city};

const HEAD: &str = "社会保障号码,姓名,经办机构,险种,缴费基数,参保起始月\n";
const GOOD: &str = "320115198512312341,钱七,gulou,养老+医疗,4952,2026-11\n";
const BAD: &str = "320124197007077071,孙八,gulou,养老,5000,2026-11\n";

/// Sends a file as a browser does.
async fn upload(browser: &mut Browser, kind: &str, (name, bytes): (&str, &[u8])) -> Answer {
    let token = browser.token("/desk/imports").await;
    let mut body = Vec::new();
    for (field, value) in [("form_token", &*token), ("kind", kind)] {
        let part =
            format!("--B\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let part = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/csv\r\n\r\n"
    );
    body.extend(part.as_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--B--\r\n");
    let kind = "multipart/form-data; boundary=B";
    let request = Request::post("/desk/imports/check").header(header::CONTENT_TYPE, kind);
    browser.call(request.body(Body::from(body)).unwrap()).await
}

async fn people(app: &Arc<App>) -> i64 {
    app.db.read_async(person::count).await.unwrap()
}

#[test]
fn a_clerk_checks_a_file_sees_every_lines_fate_and_books_the_good_ones_once() {
    with_every_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let text = format!("{HEAD}{GOOD}{BAD}");
        let checked = upload(&mut clerk, "people", ("十一月.csv", text.as_bytes())).await;
        let page = checked.location().to_owned();
        assert!(page.starts_with("/desk/imports/"), "{} {}", checked.status, checked.body);
        let report = clerk.get(&page).await;
        for words in ["十一月.csv", "可入账 <strong>1</strong>", "不是可选档次", "入账 1 行"]
        {
            assert!(report.body.contains(words), "{words}: {}", report.body);
        }
        assert!(!report.body.contains("钱七") && !report.body.contains("320115198512312341"));
        assert_eq!(people(&app).await, 3, "nothing is booked yet");
        let again = upload(&mut clerk, "people", ("copy.csv", text.as_bytes())).await;
        assert_eq!(again.location(), page, "a file is known by its content");
        let book = format!("{page}/book");
        for _ in 0..2 {
            assert_eq!(clerk.submit(&page, &book, &[]).await.location(), page);
            assert_eq!(people(&app).await, 4);
        }
        let dues = app.db.read_async(|tx| due::sum_of_month(tx, "2026-11".parse().unwrap()));
        let billed: i64 = dues.await.unwrap().iter().map(|standing| standing.count).sum();
        assert_eq!(billed, 8, "whoever joins in an assessed month is billed at once");
        let all = clerk.get(&format!("/en{page}?show=all")).await;
        assert!(all.body.contains("registered and insured"), "{}", all.body);
        let csv = clerk.get(&format!("{page}/report.csv")).await;
        assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert!(csv.body.contains("2,已入账,整行,新登记并参保"), "{}", csv.body);
        assert!(csv.body.contains("3,退回,缴费基数,"), "{}", csv.body);
        let trail =
            app.db.read_async(|tx| audit_event::list(tx, &Filter::default(), 10)).await.unwrap();
        let actions: Vec<&str> = trail.iter().map(|event| &*event.action).collect();
        assert_eq!(actions, ["book_import", "check_import", "check_import"]);
    });
}

#[test]
fn another_office_sees_and_books_nothing_of_a_file_and_audit_only_reads() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let text = format!("{HEAD}{GOOD}");
        let page = upload(&mut clerk, "people", ("a.csv", text.as_bytes())).await;
        let page = page.location().to_owned();
        let mut other = crate::desk::as_clerk_of(&app, "xuanwu", Role::Window).await;
        assert_eq!(other.get(&page).await.status, StatusCode::NOT_FOUND);
        let book = format!("{page}/book");
        assert_eq!(other.submit("/desk/imports", &book, &[]).await.status, StatusCode::NOT_FOUND);
        let taken = upload(&mut other, "people", ("a.csv", text.as_bytes())).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.body.contains("已由别的经办机构"), "{}", taken.body);
        let mut auditor = as_clerk(&app, Role::Audit).await;
        let read = auditor.get(&page).await;
        assert_eq!(read.status, StatusCode::OK);
        assert!(!read.body.contains("/book"), "an auditor changes nothing");
        let answer = auditor.submit(&page, &book, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let withdraw = format!("{page}/withdraw");
        assert_eq!(clerk.submit(&page, &withdraw, &[]).await.location(), "/desk/imports");
        clerk.submit("/desk/imports", &book, &[]).await;
        assert_eq!(people(&app).await, 3, "what was withdrawn is not booked");
    });
}

#[test]
fn what_is_no_file_of_lines_gets_a_sentence_at_its_field() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Window).await;
        let cases: [(&str, &[u8], &str); 4] = [
            ("a.csv", b"", "请选择一个文件"),
            ("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0, 0], "不带密码的.xlsx"),
            ("a.csv", "姓名\n张三\n".as_bytes(), "缺少“社会保障号码”列"),
            ("a.xlsx", b"PK\x03\x04nothing", "读不出来"),
        ];
        for (name, bytes, words) in cases {
            let answer = upload(&mut clerk, "people", (name, bytes)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(answer.body.contains(words), "{words}: {}", answer.body);
        }
        let large = vec![b'x'; 9 << 20];
        let answer = upload(&mut clerk, "people", ("a.csv", &large)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
        assert!(answer.body.contains("提交的内容太大"));
        let forged = Request::post("/desk/imports/check")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
            .body(Body::from(
                "--B\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\npeople\r\n--B--\r\n",
            ));
        assert_eq!(clerk.call(forged.unwrap()).await.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_template_is_imported_as_it_is_given() {
    with_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Finance).await;
        for kind in ["people", "mandates", "employer-months"] {
            let template = clerk.get(&format!("/desk/imports/template/{kind}.csv")).await;
            assert_eq!(template.status, StatusCode::OK);
            let answer = upload(&mut clerk, kind, ("t.csv", template.body.as_bytes())).await;
            assert!(answer.location().starts_with("/desk/imports/"), "{}", answer.body);
            let workbook = clerk.get(&format!("/desk/imports/template/{kind}.xlsx")).await;
            assert!(workbook.body.starts_with("PK"), "a workbook");
        }
        let nothing = clerk.get("/desk/imports/template/cats.csv").await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    });
}
