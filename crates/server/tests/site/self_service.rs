//! `/self-service`: from four fields to a receipt, and everything that must not work.

use std::sync::Arc;

use axum::http::StatusCode;
use channels::http_message::{Headers, Method, Request};
use insurance::ids::PersonId;
use insurance::payment::ChannelKind;
use server::app::App;
use server::wechat::practice::Practice;
use store::tables::payment::{self, Payment, PaymentState};
use store::tables::{access_log, due};
use units::{Fen, Timestamp};

use crate::browser::{Answer, Browser};
use crate::practice::{Addresses, connect, read_code};
use crate::{as_clerk, as_person, city, with_city, with_every_city};

mod code;
mod second_money;

const IN_WECHAT: &str =
    "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36 MicroMessenger/8.0.50";
const ON_PHONE: &str = "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36";
const ADDRESSES: Addresses<'_> =
    Addresses { site: "https://shebao.example", sandbox: "https://wechat.example" };

const ZHANG: [(&str, &str); 3] =
    [("card", "a1000 0001"), ("name", "张三"), ("identity", "320104198503151233")];

/// The city connected to WeChat, at ten o'clock of its day.
fn on(app: &Arc<App>) -> (Arc<App>, Practice) {
    connect(app, city::now(), ADDRESSES)
}

fn at(moment: &str) -> Timestamp {
    format!("{moment}+08:00").parse().unwrap()
}

/// Fills in the form as it stands, with the code in the picture.
async fn query(app: &App, browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    browser.get("/self-service").await;
    let code = read_code(app, browser.cookie("visitor").unwrap()).await;
    let mut fields = fields.to_vec();
    fields.extend([("code", code.as_str()), ("query", "1")]);
    send(browser, "/self-service", &fields).await
}

/// Sends fields with the token of a page that changes nothing.
async fn send(browser: &mut Browser, action: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submit("/sign-in", action, fields).await
}

/// Comes in by the account's menu: WeChat says who it is, silently.
async fn come_in(practice: &Practice, browser: &mut Browser, path: &str) {
    come_in_at(practice, browser, path, city::now()).await;
}

async fn come_in_at(practice: &Practice, browser: &mut Browser, path: &str, now: Timestamp) {
    let sent = browser.get(path).await;
    let target = sent.location().strip_prefix(ADDRESSES.sandbox).expect("it is sent to WeChat");
    let target = target.trim_end_matches("#wechat_redirect").to_owned();
    let back = practice.answer(&get(target), now);
    let back = back.headers.get("Location").unwrap().to_owned();
    let path = back.strip_prefix(ADDRESSES.site).expect("it is sent back to the site");
    let answer = browser.get(path).await;
    assert!(answer.location().ends_with("/self-service"), "{}", answer.body);
}

fn get(target: String) -> Request {
    Request { method: Method::Get, target, headers: Headers::new(), body: Vec::new() }
}

/// What the browser's bridge sends when the payer confirms, at ten o'clock of the city's day.
fn pay(practice: &Practice, page: &str) {
    let said = confirm(practice, page, city::now());
    assert!(said.contains("get_brand_wcpay_request:ok"), "{said}");
}

/// What the bridge sends at a moment; WeChat's word.
fn confirm(practice: &Practice, page: &str, now: Timestamp) -> String {
    let field = |name: &str| {
        let (_, rest) = page.split_once(&format!("data-{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.replace("&#61;", "=").replace("&#43;", "+")
    };
    let call = serde_json::json!({
        "appId": field("app-id"), "timeStamp": field("time-stamp"), "nonceStr": field("nonce-str"),
        "package": field("package"), "signType": field("sign-type"), "paySign": field("pay-sign"),
    });
    let (method, target) = (Method::Post, "/sandbox/pay".to_owned());
    let body = serde_json::to_vec(&call).unwrap();
    let request = Request { method, target, headers: Headers::new(), body };
    String::from_utf8(practice.answer(&request, now).body).unwrap()
}

#[test]
fn from_four_fields_inside_wechat_to_a_receipt() {
    with_every_city(|app, people| async move {
        let (app, practice) = on(&app);
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        come_in(&practice, &mut browser, "/self-service").await;
        let answer = query(&app, &mut browser, &ZHANG).await;
        assert_eq!(answer.location(), "/self-service/owed", "{}", answer.body);
        let owed = browser.get("/self-service/owed").await;
        for text in ["1,396.60元", "990.40元", "4952.00 × 20% = 990.40", "立即缴费", "*三"]
        {
            assert!(owed.body.contains(text), "{text}: {}", owed.body);
        }
        assert!(!owed.body.contains("320104198503151233") && !owed.body.contains("张三"));
        let answer = send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
        assert_eq!(answer.location(), "/self-service/pay", "{}", answer.body);
        let page = browser.get("/self-service/pay").await;
        assert!(page.body.contains("2026年11月24日 10:30"), "{}", page.body);
        let waiting = browser.get("/self-service/receipt").await;
        assert!(waiting.body.contains(r#"http-equiv="refresh""#), "{}", waiting.body);
        pay(&practice, &page.body);
        let receipt = browser.get("/self-service/receipt").await;
        for text in [
            "缴费成功",
            "1,396.60元",
            "壹仟叁佰玖拾陆元陆角",
            "已缴到2026年11月",
            "2027年1月1日起暂停",
            "都已缴清",
        ] {
            assert!(receipt.body.contains(text), "{text}: {}", receipt.body);
        }
        let looks =
            app.db.read_async(move |tx| access_log::list(tx, people.zhang, 10)).await.unwrap();
        assert_eq!(looks.iter().filter(|look| look.actor == "inquiry").count(), 1);
        let read = as_person(&app, people.zhang).await.get("/looks").await;
        assert!(read.body.contains("自助查询"), "{}", read.body);
    });
}

#[test]
fn a_phone_gets_a_link_and_a_desk_a_code_to_scan() {
    with_city(|app, _| async move {
        let (app, _) = on(&app);
        for (agent, text) in [(ON_PHONE, "打开微信支付"), ("Firefox/140.0", "<svg class=\"qr\"")]
        {
            let mut browser = Browser::new(&app).named(agent);
            query(&app, &mut browser, &ZHANG).await;
            let begun = send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
            assert_eq!(begun.location(), "/self-service/pay", "{}", begun.body);
            let page = browser.get("/self-service/pay").await;
            assert!(page.body.contains(text), "{text}: {}", page.body);
            assert!(!page.body.contains("wechat.js"), "{}", page.body);
            let ended = send(&mut browser, "/self-service/cancel", &[]).await;
            assert_eq!(ended.location(), "/self-service/owed", "{}", ended.body);
        }
    });
}

#[test]
fn pressing_twice_makes_one_order_and_a_sum_that_has_changed_makes_none() {
    with_city(|app, people| async move {
        let (app, practice) = on(&app);
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        come_in(&practice, &mut browser, "/self-service").await;
        query(&app, &mut browser, &ZHANG).await;
        let answer = send(&mut browser, "/self-service/pay", &[("sum", "1396.59")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("没有扣款") && answer.body.contains("1,396.60元"));
        for _ in 0..2 {
            send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
        }
        let open = app.db.read_async(move |tx| payment::list_open(tx, people.zhang)).await.unwrap();
        assert_eq!(open.len(), 1);
    });
}

#[test]
fn no_answer_tells_which_field_was_wrong() {
    with_every_city(|app, _| async move {
        let wrong = [
            [("card", "A10000002"), ZHANG[1], ZHANG[2]],
            [ZHANG[0], ("name", "张四"), ZHANG[2]],
            [ZHANG[0], ZHANG[1], ("identity", "320102199001014513")],
            [("card", "Z99999999"), ("name", "无人"), ("identity", "110101199003078515")],
        ];
        for fields in wrong {
            let mut browser = Browser::new(&app);
            let answer = query(&app, &mut browser, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let errors = answer.body.split("role=\"alert\"").nth(1).unwrap().split("</div>").next();
            let errors = errors.unwrap();
            assert_eq!(errors.matches("<li>").count(), 1, "{errors}");
            assert!(errors.contains("三项对不上"), "{errors}");
            assert!(answer.body.contains(fields[1].1), "what was typed is kept");
            let owed = browser.get("/self-service/owed").await;
            assert_eq!(owed.location(), "/self-service?ended", "{}", owed.body);
        }
    });
}

#[test]
fn after_five_wrong_answers_a_browser_waits_and_an_identity_number_waits_for_everybody() {
    with_every_city(|app, _| async move {
        let wrong = [("card", "A99999999"), ZHANG[1], ZHANG[2]];
        let mut browser = Browser::new(&app).at("198.51.100.7");
        for _ in 0..5 {
            let answer = query(&app, &mut browser, &wrong).await;
            assert!(answer.body.contains("三项对不上"), "{}", answer.body);
        }
        let right = query(&app, &mut browser, &ZHANG).await;
        assert!(right.body.contains("请在11:00以后再查"), "{}", right.body);
        let mut other = Browser::new(&app).at("203.0.113.8");
        let right = query(&app, &mut other, &ZHANG).await;
        assert!(right.body.contains("请在11:00以后再查"), "{}", right.body);
        let wang = [("card", "A10000003"), ("name", "王五"), ("identity", "320102199001014513")];
        let answer = query(&app, &mut browser, &wang).await;
        assert!(answer.body.contains("请在10:15以后再查"), "the browser waits: {}", answer.body);
        assert_eq!(query(&app, &mut other, &wang).await.location(), "/self-service/owed");
        let (later, _) = connect(&app, at("2026-11-24T11:00:00"), ADDRESSES);
        let mut browser = Browser::new(&later);
        assert_eq!(query(&later, &mut browser, &ZHANG).await.location(), "/self-service/owed");
    });
}

#[test]
fn an_address_that_tries_many_people_waits_whatever_browser_it_uses() {
    with_every_city(|app, _| async move {
        for guess in 0..60 {
            let mut browser = Browser::new(&app).at("198.51.100.7");
            // Five answers for each of many identity numbers.
            let day = 10 + guess / 5;
            let identity = identity_born_on(day);
            let fields = [("card", "A99999999"), ("name", "某某"), ("identity", identity.as_str())];
            let answer = query(&app, &mut browser, &fields).await;
            assert!(answer.body.contains("三项对不上"), "{guess}: {}", answer.body);
        }
        let mut browser = Browser::new(&app).at("198.51.100.7");
        let answer = query(&app, &mut browser, &ZHANG).await;
        assert!(answer.body.contains("请在11:00以后再查"), "{}", answer.body);
        let mut elsewhere = Browser::new(&app).at("198.51.100.8");
        assert_eq!(query(&app, &mut elsewhere, &ZHANG).await.location(), "/self-service/owed");
    });
}

/// A sound identity number of somebody born in January 1990.
fn identity_born_on(day: u32) -> String {
    let body = format!("110101199001{day:02}001");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().map(|c| c.to_digit(10).unwrap());
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    format!("{body}{}", check[usize::try_from(sum % 11).unwrap()])
}

#[test]
fn a_new_code_keeps_what_was_typed_and_the_picture_has_a_voice() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        browser.get("/self-service").await;
        let fields = [ZHANG[0], ZHANG[1], ("identity", "3201"), ("renew", "1")];
        let page = send(&mut browser, "/self-service", &fields).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(r#"value="3201""#) && page.body.contains(r#"value="张三""#));
        assert!(!page.body.contains("role=\"alert\""), "{}", page.body);
        let picture = browser.get("/self-service/code.svg").await;
        assert_eq!(picture.headers["content-type"], "image/svg+xml");
        assert_eq!(picture.headers["cache-control"], "no-store");
        let voice = browser.get("/en/self-service/code.wav").await;
        assert_eq!(voice.headers["content-type"], "audio/wav");
        let request =
            axum::http::Request::get("/self-service/code.wav").header("range", "bytes=0-3");
        let part = browser.call(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!((part.status, part.body.as_str()), (StatusCode::PARTIAL_CONTENT, "RIFF"));
    });
}

#[test]
fn an_inquiry_ends_by_itself_and_when_its_user_says_so() {
    with_every_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        query(&app, &mut browser, &ZHANG).await;
        assert_eq!(browser.get("/self-service/owed").await.status, StatusCode::OK);
        let answer = send(&mut browser, "/self-service/leave", &[]).await;
        assert_eq!(answer.location(), "/self-service");
        for path in ["/self-service/owed", "/self-service/pay", "/self-service/receipt"] {
            assert_eq!(browser.get(path).await.location(), "/self-service?ended", "{path}");
        }
        query(&app, &mut browser, &ZHANG).await;
        let cookies =
            ["visitor", "inquiry"].map(|name| format!("{name}={}", browser.cookie(name).unwrap()));
        let (later, _) = connect(&app, at("2026-11-24T10:10:00"), ADDRESSES);
        let request = axum::http::Request::get("/en/self-service/owed");
        let request = request.header("cookie", cookies.join("; "));
        let answer =
            Browser::new(&later).call(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.location(), "/en/self-service?ended");
    });
}

#[test]
fn outside_the_window_the_page_says_when_and_where_to_pay() {
    with_city(|app, _| async move {
        let (app, _) = connect(&app, at("2026-11-25T09:00:00"), ADDRESSES);
        let mut browser = Browser::new(&app);
        query(&app, &mut browser, &ZHANG).await;
        let page = browser.get("/self-service/owed").await.body;
        for text in ["现在不开放", "11月25日前把 1,396.60元 存到", "建设银行柜台", "12月1日起"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("立即缴费"), "{page}");
        let answer = send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.body.contains("下次开放日"), "{}", answer.body);
    });
}

#[test]
fn what_a_bank_is_collecting_waits_for_its_answer() {
    with_every_city(|app, people| async move {
        let (app, _) = on(&app);
        hold(&app, people.zhang).await;
        let mut browser = Browser::new(&app);
        query(&app, &mut browser, &ZHANG).await;
        let page = browser.get("/self-service/owed").await.body;
        assert!(page.contains("银行正在从您的卡上扣这笔钱"), "{page}");
        assert!(page.contains("11月25日前会回来") && !page.contains("立即缴费"), "{page}");
    });
}

/// An attempt of a bank with all that a person owes.
async fn hold(app: &App, person: PersonId) {
    let id = app.city.fresh(app.clock.now());
    let opened_at = app.clock.now();
    app.db
        .write_async(move |tx| -> Result<(), store::Error> {
            let attempt = Payment {
                person,
                id,
                channel: ChannelKind::BankBatch,
                state: PaymentState::Open,
                amount: Fen::from_yuan(1),
                opened_at,
                expires_at: None,
                run: None,
                detail: None,
            };
            payment::insert(tx, &attempt)?;
            for due in due::list_unpaid(tx, person)? {
                payment::insert_item(tx, id, &due.key, due.amount)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[test]
fn a_throw_away_user_of_wechat_may_look_but_not_pay() {
    with_city(|app, people| async move {
        let (app, practice) = on(&app);
        practice.sandbox().behaviour.snapshot_visitor = true;
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        come_in(&practice, &mut browser, "/en/self-service").await;
        query(&app, &mut browser, &ZHANG).await;
        let page = browser.get("/en/self-service/owed").await.body;
        assert!(page.contains("¥1,396.60") && page.contains("as a snapshot"), "{page}");
        send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
        assert!(
            app.db
                .read_async(move |tx| payment::list_open(tx, people.zhang))
                .await
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn what_wechat_says_counts_once_and_for_the_browser_that_asked() {
    with_city(|app, _| async move {
        let (app, practice) = on(&app);
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        let sent = browser.get("/self-service").await;
        let target = sent.location().strip_prefix(ADDRESSES.sandbox).unwrap().to_owned();
        let target = target.trim_end_matches("#wechat_redirect").to_owned();
        let back = practice.answer(&get(target), city::now());
        let back = back.headers.get("Location").unwrap().to_owned();
        let back = back.strip_prefix(ADDRESSES.site).unwrap();
        let mut victim = Browser::new(&app).named(IN_WECHAT);
        victim.get("/self-service").await;
        let planted = victim.get(back).await;
        assert_eq!(planted.status, StatusCode::BAD_REQUEST, "another browser's state");
        assert_eq!(browser.get(back).await.location(), "/self-service");
        assert_eq!(browser.get(back).await.status, StatusCode::BAD_REQUEST, "used twice");
        assert_eq!(browser.get("/self-service").await.status, StatusCode::OK, "no second round");
    });
}

#[test]
fn trouble_at_wechat_never_goes_in_circles_and_the_bill_can_be_read() {
    with_city(|app, _| async move {
        let (app, _) = on(&app);
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        let sent = browser.get("/self-service").await;
        assert!(sent.location().starts_with(ADDRESSES.sandbox), "{}", sent.location());
        // WeChat never sends it back; the person comes in again.
        assert_eq!(browser.get("/self-service").await.status, StatusCode::OK);
        query(&app, &mut browser, &ZHANG).await;
        let page = browser.get("/self-service/owed").await.body;
        assert!(page.contains("1,396.60元") && page.contains("请微信确认"), "{page}");
    });
}

#[test]
fn clerks_and_people_who_are_signed_in_use_it_like_everybody() {
    with_city(|app, people| async move {
        for mut browser in [
            as_clerk(&app, insurance::clerk::Role::Window).await,
            as_person(&app, people.wang).await,
        ] {
            assert_eq!(query(&app, &mut browser, &ZHANG).await.location(), "/self-service/owed");
            let page = browser.get("/self-service/owed").await;
            assert!(page.body.contains("*三"), "{}", page.body);
            let forged = browser.post("/self-service/leave", &[]).await;
            assert_eq!(forged.status, StatusCode::BAD_REQUEST);
        }
    });
}
