//! `/desk/cases` and `/desk/queue`: a case through three pairs of hands, files that are refused,
//! and what everybody else gets.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use insurance::clerk::Role;
use insurance::ids::PersonId;
use server::app::App;
use store::tables::{clerk, clerk_staff};

use crate::browser::{Answer, Browser};
use crate::{as_clerk, with_city, with_every_city};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const EVIDENCE: [&str; 2] = ["退出中国国籍证明或外国国籍公证译文", "书面终止申请"];

/// Opens a surrender and answers where it stands.
async fn surrender(window: &mut Browser, person: PersonId) -> String {
    let page = format!("/desk/cases/new?person={person}&kind=surrender");
    let id = person.to_string();
    let fields = [
        ("person", &*id),
        ("kind", "surrender"),
        ("applicant", "王五"),
        ("reason", "loss-of-nationality"),
        ("wish", "end"),
        ("informed_on", "2026-11-24"),
        ("holder", "王五"),
        ("bank", "建设银行鼓楼支行"),
        ("account", "6217001234567890122"),
    ];
    let opened = window.submit(&page, "/desk/cases/new", &fields).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().to_owned()
}

async fn upload(
    browser: &mut Browser,
    case: &str,
    (label, name, bytes): (&str, &str, &[u8]),
) -> Answer {
    let token = browser.token(case).await;
    let mut body = Vec::new();
    for (field, value) in [("form_token", &*token), ("label", label)] {
        let part =
            format!("--B\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let part = format!(
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/html\r\n\r\n"
    );
    body.extend(part.as_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--B--\r\n");
    let kind = "multipart/form-data; boundary=B";
    let request = Request::post(format!("{case}/evidence")).header(header::CONTENT_TYPE, kind);
    browser.call(request.body(Body::from(body)).unwrap()).await
}

async fn with_evidence(window: &mut Browser, person: PersonId) -> String {
    let case = surrender(window, person).await;
    for label in EVIDENCE {
        let taken = upload(window, &case, (label, "证明.pdf", PDF)).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    case
}

async fn step(
    browser: &mut Browser,
    case: &str,
    (step, fields): (&str, &[(&str, &str)]),
) -> Answer {
    browser.submit(case, &format!("{case}/{step}"), fields).await
}

#[test]
fn a_surrender_goes_from_window_to_review_to_finance_and_the_person_reads_who_looked() {
    with_every_city(|app, people| async move {
        let mut window = as_clerk(&app, Role::Window).await;
        let case = surrender(&mut window, people.wang).await;
        let early = step(&mut window, &case, ("propose", &[])).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.body.contains("还缺材料"), "{}", early.body);
        for label in EVIDENCE {
            upload(&mut window, &case, (label, "证明.pdf", PDF)).await;
        }
        let shown = window.get(&case).await;
        assert!(shown.body.contains("3,200.00元"), "8% of 8,000 for five months: {}", shown.body);
        assert!(!shown.body.contains("6217001234567890122"), "the account is masked");
        for words in ["剩10个工作日", "受理次日起10个工作日", "《社会保险经办条例》第十条"]
        {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        assert_eq!(step(&mut window, &case, ("propose", &[])).await.location(), case);
        let mut review = as_clerk(&app, Role::Review).await;
        let queue = review.get("/en/desk/queue").await;
        assert!(queue.body.contains("Waiting for me") && queue.body.contains("Surrender"));
        let approve: &[_] = &[("decision", "approve")];
        let done = step(&mut review, &case, ("decide", approve)).await;
        assert_eq!(done.location(), case, "{}", done.body);
        let mut finance = as_clerk(&app, Role::Finance).await;
        let paid = step(&mut finance, &case, ("carry-out", &[])).await;
        assert_eq!(paid.location(), case, "{}", paid.body);
        let orders = finance.get("/desk/queue").await;
        assert!(orders.body.contains("***************0122"), "{}", orders.body);
        let shown = finance.get(&case).await;
        let (_, rest) = shown.body.split_once("/orders/").unwrap();
        let order = format!("orders/{}", rest.split_once('"').unwrap().0);
        let answer: &[_] = &[("event", "confirm"), ("on", "2026-11-24"), ("reference", "B0001")];
        assert_eq!(step(&mut finance, &case, (&order, answer)).await.location(), case);
        let shown = finance.get(&case).await;
        assert!(shown.body.contains("已办结") && shown.body.contains("B0001"), "{}", shown.body);
        let english = finance.get(&format!("/en{case}")).await;
        assert!(english.body.contains("paid to the person"), "{}", english.body);
        assert!(!english.body.contains("个人账户一次性支付本人"), "each language by itself");
        let looks = crate::as_person(&app, people.wang).await.get("/looks").await;
        for who in ["sample-window", "sample-review", "sample-finance"] {
            assert!(looks.body.contains(who), "{who}: {}", looks.body);
        }
    });
}

#[test]
fn files_that_are_not_what_they_say_are_refused_with_a_sentence() {
    with_city(|app, people| async move {
        let mut window = as_clerk(&app, Role::Window).await;
        let case = surrender(&mut window, people.wang).await;
        let hidden = [PDF, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".as_slice()].concat();
        let cases: [(&str, &[u8], &str); 5] = [
            ("a.pdf", b"", "文件是空的"),
            ("a.png", PDF, "后缀与内容不符"),
            ("a.pdf", b"<html><script>alert(1)</script>", "只接收完整的PDF"),
            ("a.pdf", &hidden, "夹带了其他内容"),
            (concat!("..", "/..", "/a.pdf"), PDF, "不能包含路径"),
        ];
        for (name, bytes, words) in cases {
            let answer = upload(&mut window, &case, ("其他材料", name, bytes)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(answer.body.contains(words), "{words}: {}", answer.body);
        }
        let large = vec![b'x'; 9 << 20];
        let answer = upload(&mut window, &case, ("其他材料", "a.pdf", &large)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.body.contains("换一个小一些的文件"), "{}", answer.body);
        assert!(window.get(&case).await.body.contains("还没有材料"), "nothing was kept");
        for count in 0..21 {
            let answer = upload(&mut window, &case, ("其他材料", "a.pdf", PDF)).await;
            let expected =
                if count < 20 { StatusCode::SEE_OTHER } else { StatusCode::UNPROCESSABLE_ENTITY };
            assert_eq!(answer.status, expected, "file {count}");
        }
    });
}

#[test]
fn evidence_is_handed_out_as_an_attachment_that_nothing_opens_as_a_page() {
    with_city(|app, people| async move {
        let mut window = as_clerk(&app, Role::Window).await;
        let case = with_evidence(&mut window, people.wang).await;
        let shown = window.get(&case).await;
        let (_, rest) = shown.body.split_once("/evidence/").unwrap();
        let file = format!("{case}/evidence/{}", rest.split_once('"').unwrap().0);
        let given = window.get(&file).await;
        let header = |name: &str| given.headers[name].to_str().unwrap().to_owned();
        assert_eq!(given.body.as_bytes(), PDF);
        assert_eq!(header("content-type"), "application/pdf");
        assert!(header("content-disposition").starts_with("attachment; "));
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let looks = crate::as_person(&app, people.wang).await.get("/looks").await;
        assert!(looks.body.contains("查看办件材料"), "{}", looks.body);
        let mut other = crate::desk::as_clerk_of(&app, "xuanwu", Role::Window).await;
        for path in [&file, &case] {
            assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let elsewhere = file.replace(&people.wang.to_string(), &people.zhang.to_string());
        assert_eq!(window.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn nobody_decides_what_they_prepared_and_a_change_after_the_approval_makes_it_void() {
    with_city(|app, people| async move {
        let mut window = as_clerk(&app, Role::Window).await;
        let case = with_evidence(&mut window, people.wang).await;
        step(&mut window, &case, ("propose", &[])).await;
        bind(&app, "sample-review", "sample-window").await;
        let mut review = as_clerk(&app, Role::Review).await;
        let approve: &[_] = &[("decision", "approve")];
        let refused = step(&mut review, &case, ("decide", approve)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("请交另一位工作人员复核"), "{}", refused.body);
        bind(&app, "sample-review", "R-7").await;
        let mut review = as_clerk(&app, Role::Review).await;
        let refused = step(&mut review, &case, ("decide", &[("decision", "refuse")])).await;
        assert!(refused.body.contains("请写明理由"), "{}", refused.body);
        assert_eq!(step(&mut review, &case, ("decide", approve)).await.location(), case);
        upload(&mut window, &case, ("其他材料", "补充.pdf", PDF)).await;
        let mut finance = as_clerk(&app, Role::Finance).await;
        let refused = step(&mut finance, &case, ("carry-out", &[])).await;
        assert!(refused.body.contains("还没有通过复核"), "{}", refused.body);
    });
}

/// Binds an account to the person behind it.
async fn bind(app: &Arc<App>, account: &'static str, number: &'static str) {
    // The sample clerk is made by its first sign-in.
    let role = Role::from_word(account.strip_prefix("sample-").unwrap()).unwrap();
    as_clerk(app, role).await;
    let now = app.clock.now();
    let bound = app.db.write_async(move |tx| -> Result<_, store::Error> {
        let (clerk, _) = clerk::find_by_account(tx, account)?.unwrap();
        clerk_staff::insert(tx, clerk.id, (number, "test"), now)
    });
    bound.await.unwrap();
}

#[test]
fn every_kind_of_case_has_its_form_in_both_languages() {
    with_city(|app, people| async move {
        let new = format!("/desk/cases/new?person={}", people.li);
        for kind in insurance::casework::kind::CaseKind::ALL {
            let opens = |role| kind.openers().contains(role);
            let role = if opens(Role::Window) { Role::Window } else { Role::Finance };
            for other in [Role::Window, Role::Finance] {
                let kinds = as_clerk(&app, other).await.get(&new).await;
                let is_offered = kinds.body.contains(&format!("kind={}", kind.word()));
                assert_eq!(is_offered, opens(other), "{kind:?} to {other:?}");
            }
            let mut clerk = as_clerk(&app, role).await;
            let form = clerk.get(&format!("/en{new}&kind={}", kind.word())).await;
            assert_eq!(form.status, StatusCode::OK, "{kind:?}");
            assert!(form.body.contains(&*kind.name().en), "{kind:?} {}", form.body);
            let id = people.li.to_string();
            let fields = [("person", &*id), ("kind", kind.word())];
            let refused = clerk.submit(&new, "/desk/cases/new", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind:?}");
            assert!(refused.body.contains("请改正以下内容"), "{kind:?}");
        }
    });
}
