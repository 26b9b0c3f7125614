//! 参保登记 and what is done for a person at the desk, in Chinese and English, on an office's screen
//! and on a phone: every page fits, and is photographed for somebody to look at.

use crate::page::Page;
use crate::screen::Screen;
use crate::{City, walk, walk_on};

/// Both screens: a name for the pictures, and whether it is a phone.
const SCREENS: [(Screen, &str); 2] = [(Screen::desk(), "desk"), (Screen::phone(), "phone")];

async fn sign_in_as(page: &Page, role: &str, path: &str) {
    page.open(&format!("/desk/sign-in?back={path}")).await;
    page.press(role).await;
    page.sees("退出登录").await;
}

/// Opens a page in both languages, sees the words, and takes its picture.
async fn show(page: &Page, path: &str, words: (&str, &str), picture: &str) {
    for (prefix, words, tag) in [("", words.0, "zh"), ("/en", words.1, "en")] {
        page.open(&format!("{prefix}{path}")).await;
        page.sees(words).await;
        page.fits_its_width().await;
        page.photograph(&format!("{picture}-{tag}")).await;
    }
}

/// Somebody whom nobody knows yet, on the form.
async fn enter_joiner(page: &Page) {
    page.fill("身份证号", "320115198512312341").await;
    page.fill("姓名", "钱七").await;
    page.fill("手机", "13911112222").await;
    page.fill("银行账号", "6222021234567890128").await;
}

#[test]
fn a_clerk_enrols_somebody_and_every_page_fits_both_screens() {
    for (screen, name) in SCREENS {
        walk(screen, |page, _| async move {
            sign_in_as(&page, "窗口", "/desk").await;
            let of = |picture: &str| format!("{picture}-{name}");
            show(&page, "/desk", ("找人", "Find a person"), &of("find")).await;
            page.open("/desk").await;
            page.fill("姓名、身份证号", "13800001234").await;
            page.press_last("查找").await;
            page.sees("找到多人").await;
            page.fits_its_width().await;
            page.photograph(&of("find-several-zh")).await;
            page.open("/desk").await;
            page.fill("姓名、身份证号", "320115198512312341").await;
            page.press_last("查找").await;
            page.sees("没有找到").await;
            page.photograph(&of("find-nobody-zh")).await;
            show(&page, "/desk/enrol", ("参保登记", "Enrol"), &of("enrol")).await;
            page.open("/desk/enrol").await;
            enter_joiner(&page).await;
            page.fill("缴费基数", "5000").await;
            page.fill("手机", "123").await;
            page.press("看账单").await;
            page.sees("请改正以下内容").await;
            page.fits_its_width().await;
            page.photograph(&of("enrol-wrong-zh")).await;
            enter_joiner(&page).await;
            page.fill("缴费基数", "4952").await;
            page.press("看账单").await;
            page.sees("1,396.60").await;
            page.fits_its_width().await;
            page.photograph(&of("enrol-preview-zh")).await;
            page.press("English").await;
            page.sees("What it costs").await;
            page.fits_its_width().await;
            page.photograph(&of("enrol-preview-en")).await;
            page.press("Save").await;
            page.sees("Enrolled").await;
            page.fits_its_width().await;
            page.photograph(&of("person-new-en")).await;
        });
    }
}

#[test]
fn every_page_of_a_person_fits_both_screens_in_both_languages() {
    for (screen, name) in SCREENS {
        walk(screen, |page, city| async move {
            sign_in_as(&page, "窗口", "/desk").await;
            let of = |picture: &str| format!("{picture}-{name}");
            let zhang = format!("/desk/people/{}", city.people.zhang);
            let li = format!("/desk/people/{}?reason=at-desk", city.people.li);
            let opened = format!("{zhang}?reason=at-desk");
            show(&page, &opened, ("办理记录", "What happened"), &of("person")).await;
            show(&page, &li, ("欠费", "In arrears"), &of("person-arrears")).await;
            for (act, words) in [
                ("change", ("变更险种", "Change insurances")),
                ("stop", ("停保", "Stop")),
                ("mandate", ("代扣委托", "Mandate")),
                ("contact", ("手机和社保通", "Phone and")),
            ] {
                show(&page, &format!("{zhang}/{act}"), words, &of(act)).await;
            }
            stop_and_come_back(&page, &city, &of("renew")).await;
        });
    }
}

async fn stop_and_come_back(page: &Page, city: &City, picture: &str) {
    let zhang = format!("/desk/people/{}", city.people.zhang);
    page.open(&format!("{zhang}/stop")).await;
    page.press_last("停保").await;
    page.sees("已停保").await;
    show(page, &format!("{zhang}/renew"), ("续保", "Renew"), picture).await;
}

#[test]
fn on_a_closed_day_the_clerk_reads_the_next_one_out_and_books_it() {
    for (screen, name) in SCREENS {
        walk_on(screen, "2026-11-26", |page, city| async move {
            sign_in_as(&page, "窗口", "/desk").await;
            let of = |picture: &str| format!("{picture}-{name}");
            show(&page, "/desk/enrol", ("12月1日", "1 December"), &of("enrol-26th")).await;
            for act in ["change", "stop"] {
                let path = format!("/desk/people/{}/{act}", city.people.zhang);
                show(&page, &path, ("12月1日", "1 December"), &of(&format!("{act}-26th"))).await;
            }
            page.open("/desk/enrol").await;
            enter_joiner(&page).await;
            page.press_last("看账单").await;
            page.sees("今天不能办理").await;
            page.fits_its_width().await;
            page.photograph(&of("enrol-preview-26th-zh")).await;
            page.press_last("预约").await;
            page.sees("2341").await;
            show(&page, "/desk/appointments", ("2341", "2341"), &of("appointments")).await;
        });
    }
}
