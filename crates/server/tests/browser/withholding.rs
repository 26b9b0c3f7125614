//! A person asks what must be on the card, and what less would cover.

use fantoccini::key::Key;

use policy::Branch;

use crate::page::Page;
use crate::paying_bank::{answer, send};
use crate::screen::Screen;
use crate::{walk, walk_on};

#[test]
fn a_person_tries_a_balance_before_the_deposit_day() {
    walk(Screen::desk(), |page, _| async move {
        page.open("/sign-in?back=/withholding").await;
        page.press("张三").await;
        page.sees("卡上要有").await;
        page.fits_its_width().await;
        page.fill("卡上现在有多少钱", "1200").await;
        page.press("试算").await;
        page.sees("前再存").await;
        assert_eq!(page.path().await, "/withholding", "no address holds the balance");
        page.fits_its_width().await;
        page.photograph("withholding-desk").await;
        page.press("English").await;
        page.fill("How much is on the card", "1200").await;
        page.press("See what it covers").await;
        page.sees("What ¥1,200.00 covers").await;
        page.fits_its_width().await;
        page.photograph("withholding-english-desk").await;
    });
}

#[test]
fn on_a_phone_it_is_the_same() {
    walk(Screen::phone(), |page, _| async move {
        page.open("/sign-in?back=/withholding").await;
        page.press("张三").await;
        page.sees("卡上要有").await;
        page.fits_its_width().await;
        page.fill("卡上现在有多少钱", "1396.59").await;
        page.press("试算").await;
        page.sees("前再存0.01元").await;
        page.fits_its_width().await;
        page.photograph("withholding-phone").await;
    });
}

/// Goes from field to field with the keyboard until one has these words.
async fn to(page: &Page, words: &str) {
    page.key(Key::Tab).await;
    while !page.focused().await.contains(words) {
        page.key(Key::Tab).await;
    }
}

/// Signs in, tries a balance and a wrong one, with neither scripts nor mouse.
async fn try_without_scripts(page: &Page, language: &str, words: [&str; 4], name: &str) {
    let [field, covers, wrong, next] = words;
    page.open(&format!("{language}/sign-in?back=/withholding")).await;
    to(page, "张三").await;
    page.key(Key::Enter).await;
    page.sees(next).await;
    to(page, field).await;
    page.keys("1200").await;
    page.key(Key::Enter).await;
    page.sees(covers).await;
    assert_eq!(page.path().await, format!("{language}/withholding"));
    page.fits_its_width().await;
    page.photograph(name).await;
    to(page, field).await;
    page.keys("x").await;
    page.key(Key::Enter).await;
    page.sees(wrong).await;
    page.fits_its_width().await;
    page.photograph(&format!("{name}-wrong")).await;
}

const CHINESE: [&str; 4] = ["卡上现在有多少钱", "1,200.00元够缴哪些", "请填写金额", "卡上要有"];
const ENGLISH: [&str; 4] = [
    "How much is on the card",
    "What ¥1,200.00 covers",
    "Enter an amount such as",
    "To have on the card",
];

#[test]
fn without_scripts_and_without_a_mouse_a_balance_is_tried_at_a_desk() {
    walk(Screen::desk().without_scripts(), |page, _| async move {
        try_without_scripts(&page, "/en", ENGLISH, "withholding-no-script-desk-en").await;
    });
    walk(Screen::desk().without_scripts(), |page, _| async move {
        try_without_scripts(&page, "", CHINESE, "withholding-no-script-desk-zh").await;
    });
}

#[test]
fn without_scripts_and_without_a_mouse_a_balance_is_tried_on_a_phone() {
    walk(Screen::phone().without_scripts(), |page, _| async move {
        try_without_scripts(&page, "/en", ENGLISH, "withholding-no-script-phone-en").await;
    });
    walk(Screen::phone().without_scripts(), |page, _| async move {
        try_without_scripts(&page, "", CHINESE, "withholding-no-script-phone-zh").await;
    });
}

#[test]
fn while_a_bank_takes_dues_and_when_it_could_not_the_pages_fit_a_phone_and_a_desk() {
    for (screen, name) in [(Screen::phone(), "phone"), (Screen::desk(), "desk")] {
        walk_on(screen, "2026-11-26", |page, city| async move {
            page.open("/sign-in").await;
            page.press("张三").await;
            send(&city.app, "2026-11-26");
            for (path, language, words) in [
                ("/dues", "zh", "11月27日前会回来"),
                ("/en/withholding", "en", "answer comes by 27 November"),
            ] {
                page.open(path).await;
                page.sees(words).await;
                page.fits_its_width().await;
                page.photograph(&format!("withheld-at-bank-{language}-{name}")).await;
            }
            let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AC04")];
            answer(&city.app, city.people.zhang, "2026-11-26", &codes);
            for (path, language, words) in [
                ("/dues", "zh", "请在下一次扣款前将足额资金存入扣款卡"),
                ("/en/dues", "en", "Please name another account"),
            ] {
                page.open(path).await;
                page.sees(words).await;
                page.fits_its_width().await;
                page.photograph(&format!("withheld-failed-{language}-{name}")).await;
            }
        });
    }
}
