//! An administrator opens an account, an auditor searches the trail, and finance reads the figures.

use crate::screen::Screen;
use crate::walk;

#[test]
fn an_administrator_opens_an_account_and_hands_the_secrets_over_once() {
    walk(Screen::desk(), |page, _| async move {
        page.open("/en/desk/accounts").await;
        page.press("Administration").await;
        page.sees("Open an account").await;
        page.fill("Account", "wu-min").await;
        page.fill("Name", "吴敏").await;
        page.fill("Staff number", "W1").await;
        page.choose("Office", "Gulou district office").await;
        page.tick("Review").await;
        page.tick("Finance").await;
        page.press("Open").await;
        page.sees("must be held by different people").await;
        page.fits_its_width().await;
        page.photograph("accounts-refused-en").await;
        page.tick("Finance").await;
        page.press("Open").await;
        page.sees("Shown only this once").await;
        page.photograph("account-secrets-en").await;
        page.press("Handed over").await;
        page.press("中文").await;
        page.sees("待首次登录").await;
        page.photograph("accounts-zh").await;
        page.press("wu-min").await;
        page.sees("岗位和机构").await;
        page.photograph("account-zh").await;
    });
}

#[test]
fn an_auditor_finds_who_looked_at_a_person() {
    walk(Screen::desk(), |page, city| async move {
        page.open(&format!("/desk/people/{}?reason=at-desk", city.people.zhang)).await;
        page.press("窗口").await;
        page.sees("张三").await;
        page.press("退出登录").await;
        page.sees("不用登录").await;
        page.open("/desk/audit").await;
        page.press("稽核").await;
        page.sees("查什么").await;
        page.choose("查什么", "查看记录").await;
        page.fill("人员", "320104198503151233").await;
        page.press("查询").await;
        page.sees("sample-window").await;
        page.fits_its_width().await;
        page.photograph("audit-zh").await;
        page.press("English").await;
        page.sees("Who looked at whom").await;
        page.photograph("audit-en").await;
    });
}

#[test]
fn finance_reads_the_figures_and_the_files_of_a_month() {
    for (screen, name) in [(Screen::desk(), "desk"), (Screen::phone(), "phone")] {
        walk(screen, |page, _| async move {
            page.open("/desk/month?month=2026-10").await;
            page.press("财务").await;
            page.sees("按险种").await;
            page.photograph(&format!("month-board-{name}")).await;
            page.press("征缴统计").await;
            page.sees("欠费账龄").await;
            page.fits_its_width().await;
            page.photograph(&format!("collection-zh-{name}")).await;
            page.press("English").await;
            page.sees("Age of arrears").await;
            page.photograph(&format!("collection-en-{name}")).await;
            page.open("/en/desk/channels?month=2026-10").await;
            page.sees("Days of the channels").await;
            page.fits_its_width().await;
            page.photograph(&format!("channels-en-{name}")).await;
        });
    }
}
