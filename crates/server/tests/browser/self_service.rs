//! The article's way: *My social security → Self-service payment* in the official account, from the
//! four fields to the receipt, against a sandbox WeChat.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use channels::http_message::{self, Headers, Method};
use fantoccini::key::Key;
use server::app::App;
use server::wechat::practice::Practice;
use tokio::net::TcpListener;

use crate::page::Page;
use crate::practice::{Addresses, connect, read_code};
use crate::screen::Screen;
use crate::{city, driver};

#[test]
fn a_person_pays_inside_wechat_on_a_phone() {
    walk(Screen::phone().in_wechat(), |page, app| async move {
        page.open("/").await;
        page.press("自助缴费").await;
        page.sees("社会保障卡号").await;
        page.fits_its_width().await;
        page.photograph("self-service-1-question-zh").await;
        page.press("看不清").await;
        page.photograph("self-service-1-code-zh").await;
        fill_in(&page, &app, ["社会保障卡号", "姓名", "身份证号码", "验证码"]).await;
        page.press_last("查询").await;
        page.sees("1,396.60元").await;
        page.fits_its_width().await;
        is_in_sight(&page, "立即缴费").await;
        page.photograph("self-service-2-owed-zh").await;
        page.press("立即缴费").await;
        page.sees("微信支付（沙箱）").await;
        page.photograph("self-service-3-pay-zh").await;
        page.press("取消 Cancel").await;
        page.sees("您取消了付款，没有扣钱").await;
        page.fits_its_width().await;
        page.photograph("self-service-3-cancelled-zh").await;
        page.press("打开微信支付").await;
        page.press("确认支付").await;
        page.sees("缴费成功").await;
        page.sees("壹仟叁佰玖拾陆元陆角").await;
        page.fits_its_width().await;
        page.photograph("self-service-4-receipt-zh").await;
        assert_eq!(page.path().await, "/self-service/receipt");
        page.press("办好了").await;
        page.sees("社会保障卡号").await;
        page.open("/self-service/receipt").await;
        page.sees("查询已经结束").await;
    });
}

/// What one reads on the way, in one language.
struct Words {
    prefix: &'static str,
    labels: [&'static str; 4],
    query: &'static str,
    errors: &'static str,
    owed: &'static str,
    pay: &'static str,
    cover: &'static str,
    tag: &'static str,
}

const CHINESE: Words = Words {
    prefix: "",
    labels: ["社会保障卡号", "姓名", "身份证号码", "验证码"],
    query: "查询",
    errors: "请改正以下内容",
    owed: "1,396.60元",
    pay: "立即缴费",
    cover: "缴费成功",
    tag: "zh-200",
};

const ENGLISH: Words = Words {
    prefix: "/en",
    labels: ["Social security card number", "Name", "Identity number", "Verification code"],
    query: "Query",
    errors: "Please correct the following",
    owed: "¥1,396.60",
    pay: "Pay now",
    cover: "Medical cover",
    tag: "en-200",
};

#[test]
fn in_both_languages_with_text_of_twice_the_size_everything_still_fits() {
    for words in [CHINESE, ENGLISH] {
        let words = &words;
        walk(Screen::phone().in_wechat().text_percent(200), |page, app| async move {
            let picture = |name: &str| format!("self-service-{name}-{}", words.tag);
            page.open(&format!("{}/self-service", words.prefix)).await;
            page.sees(words.labels[0]).await;
            page.fits_its_width().await;
            page.photograph(&picture("1-question")).await;
            page.fill(words.labels[0], "12").await;
            page.press_last(words.query).await;
            page.sees(words.errors).await;
            page.fits_its_width().await;
            page.photograph(&picture("1-errors")).await;
            fill_in(&page, &app, words.labels).await;
            page.press_last(words.query).await;
            page.sees(words.owed).await;
            page.fits_its_width().await;
            page.photograph(&picture("2-owed")).await;
            page.press(words.pay).await;
            page.press("确认支付 Pay").await;
            page.sees(words.cover).await;
            page.fits_its_width().await;
            page.photograph(&picture("4-receipt")).await;
        });
    }
}

#[test]
fn without_scripts_and_without_a_mouse_one_gets_as_far_as_wechat_lets() {
    walk(Screen::phone().in_wechat().without_scripts(), |page, app| async move {
        page.open("/self-service").await;
        to(&page, "社会保障卡号").await;
        page.keys("A10000001").await;
        page.key(Key::Tab).await;
        page.keys("张三").await;
        page.key(Key::Tab).await;
        page.keys("320104198503151233").await;
        page.key(Key::Tab).await;
        page.keys(&code(&page, &app).await).await;
        page.key(Key::Enter).await;
        page.sees("1,396.60元").await;
        to(&page, "立即缴费").await;
        page.key(Key::Enter).await;
        page.sees("微信支付要用到 JavaScript").await;
        page.fits_its_width().await;
        page.photograph("self-service-3-pay-no-script-zh").await;
    });
}

#[test]
fn at_a_desk_a_code_is_scanned_and_the_page_changes_by_itself() {
    walk(Screen::desk(), |page, app| async move {
        page.open("/self-service").await;
        page.photograph("self-service-1-question-desk-zh").await;
        fill_in(&page, &app, ["社会保障卡号", "姓名", "身份证号码", "验证码"]).await;
        page.press_last("查询").await;
        page.sees("1,396.60元").await;
        page.photograph("self-service-2-owed-desk-zh").await;
        page.press("立即缴费").await;
        page.sees("请用手机微信").await;
        page.photograph("self-service-3-qr-desk-zh").await;
        page.press("取消这一单").await;
        page.sees("立即缴费").await;
    });
}

/// Moves the focus on until it is on something with these words.
async fn to(page: &Page, words: &str) {
    for _ in 0..40 {
        if page.focused().await.contains(words) {
            return;
        }
        page.key(Key::Tab).await;
    }
    panic!("the keyboard never reaches {words:?}");
}

async fn fill_in(page: &Page, app: &App, labels: [&str; 4]) {
    let code = code(page, app).await;
    let values = ["A10000001", "张三", "320104198503151233", &code];
    for (label, value) in labels.iter().zip(values) {
        page.fill(label, value).await;
    }
}

/// The digits in the picture, read where the server keeps them.
async fn code(page: &Page, app: &App) -> String {
    let secret = page.cookie("visitor").await;
    read_code(app, &secret).await
}

/// A button can be seen and is large enough for a thumb without moving the page.
async fn is_in_sight(page: &Page, words: &str) {
    let script = format!(
        "const b = [...document.querySelectorAll('button')].find(b => b.innerText.includes('{words}')); \
         const r = b.getBoundingClientRect(); window.scrollTo(0, 0); \
         return r.bottom <= window.innerHeight && r.height >= 44 && r.width >= 44;"
    );
    assert_eq!(page.ask(&script).await, true, "{words}");
}

fn walk<F: Future<Output = ()>>(screen: Screen, steps: impl Fn(Page, Arc<App>) -> F) {
    store::testing::on_sqlite(|db| {
        let (app, _) = city::fill(db);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (site, wechat) = (listen().await, listen().await);
            let addresses = (address(&site), address(&wechat));
            let known = Addresses { site: &addresses.0, sandbox: &addresses.1 };
            let (app, practice) = connect(&app, city::now(), known);
            let pages = server::site::router(app.clone())
                .into_make_service_with_connect_info::<std::net::SocketAddr>();
            tokio::spawn(async move { axum::serve(site, pages).await.unwrap() });
            let other_side = Router::new().fallback(answer).with_state(practice);
            tokio::spawn(async move { axum::serve(wechat, other_side).await.unwrap() });
            let driver = driver::Driver::start();
            let page = Page::open_browser(&driver, addresses.0.clone(), screen).await;
            steps(page.clone(), app).await;
            page.close().await;
        });
    });
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn address(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

/// The sandbox over HTTP.
async fn answer(State(practice): State<Practice>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let method = if parts.method == "GET" { Method::Get } else { Method::Post };
    let target = parts.uri.path_and_query().unwrap().to_string();
    let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    let headers = parts.headers.iter().fold(Headers::new(), |headers, (name, value)| {
        headers.with(name.as_str(), value.to_str().unwrap_or_default())
    });
    let asked = http_message::Request { method, target, headers, body };
    let said = practice.answer(&asked, city::now());
    let mut response = Response::builder().status(said.status);
    for (name, value) in said.headers.iter() {
        response = response.header(name, value);
    }
    response.body(Body::from(said.body)).unwrap()
}
