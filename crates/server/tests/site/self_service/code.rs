//! 验证码: good once, for three minutes, for its browser.

use super::{ADDRESSES, ZHANG, at, send};
use crate::browser::{Answer, Browser};
use crate::practice::{connect, read_code};
use crate::with_city;

async fn answer(browser: &mut Browser, fields: [(&str, &str); 3], code: &str) -> Answer {
    let mut typed = fields.to_vec();
    typed.extend([("code", code), ("query", "1")]);
    send(browser, "/self-service", &typed).await
}

#[test]
fn a_code_is_good_once_and_for_its_browser() {
    with_city(|app, _| async move {
        let mut browser = Browser::new(&app);
        let wrong = [("card", "A99999999"), ZHANG[1], ZHANG[2]];
        browser.get("/self-service").await;
        let code = read_code(&app, browser.cookie("visitor").unwrap()).await;
        let first = answer(&mut browser, wrong, &code).await;
        assert!(first.body.contains("三项对不上"), "{}", first.body);
        let again = answer(&mut browser, ZHANG, &code).await;
        assert!(again.body.contains("验证码不对"), "a used code: {}", again.body);
        let code = read_code(&app, browser.cookie("visitor").unwrap()).await;
        let mut other = Browser::new(&app);
        other.get("/self-service").await;
        let others = read_code(&app, other.cookie("visitor").unwrap()).await;
        if others != code {
            let answer = answer(&mut other, ZHANG, &code).await;
            assert!(answer.body.contains("验证码不对"), "another browser's: {}", answer.body);
        }
    });
}

#[test]
fn a_code_is_good_until_its_last_second_and_then_a_new_one_is_shown() {
    for (moment, is_good) in [("2026-11-24T10:02:59", true), ("2026-11-24T10:03:00", false)] {
        with_city(move |app, _| async move {
            let (begun, _) = connect(&app, at("2026-11-24T10:00:00"), ADDRESSES);
            let mut browser = Browser::new(&begun);
            browser.get("/self-service").await;
            let code = read_code(&app, browser.cookie("visitor").unwrap()).await;
            let (later, _) = connect(&app, at(moment), ADDRESSES);
            browser.move_to(server::site::router(later));
            let said = answer(&mut browser, ZHANG, &code).await;
            if is_good {
                assert_eq!(said.location(), "/self-service/owed", "{}", said.body);
                return;
            }
            assert!(said.body.contains("已过3分钟"), "{}", said.body);
            assert!(said.body.contains(r#"value="张三""#), "what was typed is kept");
            let fresh = read_code(&app, browser.cookie("visitor").unwrap()).await;
            let said = answer(&mut browser, ZHANG, &fresh).await;
            assert_eq!(said.location(), "/self-service/owed", "{}", said.body);
        });
    }
}
