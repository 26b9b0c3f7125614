//! The back office, by keyboard alone: an administrator keeps accounts, an auditor searches the trail
//! and takes it along, and finance reads the figures of a month.

use crate::city::strange_statement;
use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::TONGUES;
use crate::walk;
use crate::window::{WINDOW, finds};

#[test]
fn an_administrator_opens_locks_and_changes_an_account() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, _| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(("管理", "Administration"), "/desk/accounts").await;
            hand.types(("账号", "Account"), "wu-min").await;
            hand.types(("姓名", "Name"), "吴敏").await;
            hand.types(("工号", "Staff number"), "W1").await;
            hand.chooses(("经办机构", "Office"), ("鼓楼", "Gulou")).await;
            hand.ticks(("复核", "Review")).await;
            hand.ticks(("财务", "Finance")).await;
            hand.presses(("开通", "Open")).await;
            hand.reads(("请改正以下内容", "must be held by different people")).await;
            hand.shows("accounts-refused").await;
            hand.ticks(("财务", "Finance")).await;
            hand.presses(("开通", "Open")).await;
            hand.reads(("只显示这一次", "Shown only this once")).await;
            hand.shows("account-secrets").await;
            hand.presses(("已交给本人", "Handed over")).await;
            hand.shows("accounts").await;
            hand.presses(("wu-min", "wu-min")).await;
            hand.reads(("岗位和机构", "Duties")).await;
            hand.shows("account").await;
            hand.chooses(("经办机构", "Office"), ("玄武", "Xuanwu")).await;
            hand.ticks(("窗口", "Window")).await;
            hand.presses(("保存", "Save")).await;
            hand.presses(("锁定", "Lock")).await;
            hand.reads(("已锁定", "locked")).await;
            hand.shows("account-locked").await;
            hand.presses(("解锁", "Unlock")).await;
            hand.opens("/desk/sessions").await;
            hand.reads(("本浏览器", "this browser")).await;
            hand.shows("sessions").await;
        });
    }
}

#[test]
fn an_auditor_finds_who_looked_and_what_was_done_and_takes_the_trail_along() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk").await;
            finds(&hand, "320104198503151233").await;
            hand.follows('m').await;
            hand.presses(("终止委托", "End the mandate")).await;
            hand.signs_out().await;
            hand.signs_in(("稽核", "Audit"), "/desk/audit").await;
            hand.reads(("终止代扣委托", "Mandate ended")).await;
            hand.shows("audit-events").await;
            hand.chooses(("查什么", "Which trail"), ("查看记录", "Who looked at whom")).await;
            hand.types(("人员", "Person"), "320104198503151233").await;
            hand.presses(("查询", "Search")).await;
            hand.page.sees("sample-window").await;
            hand.shows("audit-looks").await;
            hand.tabs_to(("下载 CSV", "Take along as CSV")).await;
            let link = "return fetch(document.activeElement.href).then(a => a.text());";
            let trail = hand.page.ask(link).await;
            assert!(trail.as_str().is_some_and(|text| text.contains("sample-window")), "{trail}");
            let person = city.people.zhang.to_string();
            hand.presses((leaked(&person), leaked(&person))).await;
            hand.reads(("谁看过", "Who looked")).await;
            hand.shows("audit-person").await;
        });
    }
}

#[test]
fn finance_reads_the_figures_the_files_and_the_differences_of_a_month() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            strange_statement(&city.app);
            let hand = Hand::new(page, tongue);
            hand.signs_in(("财务", "Finance"), "/desk/month").await;
            hand.reads(("卡在哪里，下一步做什么", "What is stuck, and what to do")).await;
            hand.shows("month-board").await;
            hand.presses(("征缴统计", "Collection")).await;
            hand.reads(("欠费账龄", "Age of arrears")).await;
            hand.shows("collection").await;
            hand.opens("/desk/month").await;
            hand.presses(("渠道文件", "Channels and files")).await;
            hand.reads(("渠道", "Days of the channels")).await;
            hand.shows("channels").await;
            hand.presses(("对账差异", "Differences")).await;
            hand.reads(("无人接手", "nobody")).await;
            hand.shows("differences").await;
            hand.presses(("渠道有、我方无", "Only the channel has it")).await;
            hand.presses(("由我接手", "Take it over")).await;
            hand.ticks(("按渠道金额补记并转挂账", "hold it in suspense")).await;
            hand.types(("原因", "Why"), "20261124").await;
            hand.shows("difference-proposal").await;
            hand.presses(("提交", "Submit")).await;
            hand.reads(("等另一人复核", "waits for another person")).await;
            hand.shows("difference-proposed").await;
        });
    }
}

#[test]
fn the_figures_fit_a_phone() {
    walk(Screen::phone(), |page, _| async move {
        page.open("/desk/month?month=2026-10").await;
        page.press("财务").await;
        page.sees("按险种").await;
        page.photograph("month-board-phone").await;
        page.press("征缴统计").await;
        page.sees("欠费账龄").await;
        page.fits_its_width().await;
        page.photograph("collection-zh-phone").await;
        page.open("/en/desk/channels?month=2026-10").await;
        page.sees("Days of the channels").await;
        page.fits_its_width().await;
        page.photograph("channels-en-phone").await;
    });
}

/// Words of one walk, such as a person's number.
fn leaked(words: &str) -> &'static str {
    Box::leak(words.to_owned().into_boxed_str())
}
