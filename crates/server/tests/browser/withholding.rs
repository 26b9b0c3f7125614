//! A person asks what must be on the card, and what less would cover.

use crate::screen::Screen;
use crate::walk;

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
        page.fits_its_width().await;
        page.photograph("withholding-desk").await;
        page.press("English").await;
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
