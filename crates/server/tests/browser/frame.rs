//! What every page shares: it fits a phone, its text can be made larger, and the keyboard is enough.

use fantoccini::key::Key;

use crate::screen::Screen;
use crate::walk;

#[test]
fn a_person_signs_in_and_reads_what_they_owe_on_a_phone() {
    walk(Screen::phone(), |page, _| async move {
        page.open("/sign-in").await;
        page.press("张三").await;
        page.sees("1,396.60").await;
        page.fits_its_width().await;
        page.photograph("dues-phone-zh").await;
        page.press("English").await;
        page.sees("November 2026").await;
        page.fits_its_width().await;
        page.photograph("dues-phone-en").await;
    });
}

#[test]
fn text_of_twice_the_size_still_fits_a_phone() {
    walk(Screen::phone().text_percent(200), |page, _| async move {
        page.open("/sign-in").await;
        page.photograph("sign-in-phone-zh-200").await;
        page.fits_its_width().await;
        page.press("李四").await;
        page.sees("欠费").await;
        page.fits_its_width().await;
        page.photograph("dues-phone-zh-200").await;
    });
}

#[test]
fn without_scripts_and_without_a_mouse_a_person_reads_what_they_owe() {
    walk(Screen::desk().without_scripts(), |page, _| async move {
        page.open("/en/sign-in").await;
        page.key(Key::Tab).await;
        page.key(Key::Enter).await;
        while !page.focused().await.contains("张三") {
            page.key(Key::Tab).await;
        }
        page.key(Key::Enter).await;
        page.sees("¥1,396.60").await;
        page.photograph("dues-desk-en").await;
    });
}
