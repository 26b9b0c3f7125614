//! The window, by keyboard alone: a person is found in one box, and everything that a window does
//! for them is done, from a change to coming back after a stop.

use insurance::ids::PersonId;
use store::tables::{access_log, audit_event};

use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::{TONGUES, Words};
use crate::{City, walk, walk_on};

/// The role of this walk.
pub(crate) const WINDOW: Words = ("窗口", "Window");
/// 张三's identity number.
const NUMBER: &str = "320104198503151233";
const SAVE: Words = ("保存", "Save");
const REASON: Words = ("办理原因", "Reason");

#[test]
fn a_clerk_finds_a_person_by_name_number_card_and_phone_and_says_why() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk").await;
            hand.shows("desk-find").await;
            for wanted in [NUMBER, "张三", "A10000001"] {
                hand.writes(wanted).await;
                hand.chooses(("查询事由", "Reason"), ("本人来电咨询", "The person called")).await;
                hand.presses(("查找", "Find")).await;
                hand.page.sees(NUMBER).await;
                hand.follows('e').await;
            }
            hand.writes("13800001234").await;
            hand.enters().await;
            hand.reads(("找到多人", "Several people")).await;
            let list = hand.page.text().await;
            assert!(!list.contains(NUMBER) && list.contains("320*"), "a list is masked: {list}");
            hand.shows("desk-find-several").await;
            hand.presses(("张三", "张三")).await;
            hand.page.sees(NUMBER).await;
            hand.shows("desk-person").await;
            let id = city.people.zhang;
            let looks = city.app.db.read_async(move |tx| access_log::list(tx, id, 9)).await;
            let looks: Vec<String> = looks.unwrap().into_iter().map(|look| look.reason).collect();
            let called = looks.iter().filter(|reason| *reason == "本人来电咨询").count();
            assert_eq!((called, looks.len()), (3, 4), "each look with its reason: {looks:?}");
        });
    }
}

#[test]
fn a_clerk_changes_stops_and_renews_and_signs_a_mandate() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk").await;
            finds(&hand, NUMBER).await;
            changes(&hand).await;
            stops_and_renews(&hand).await;
            signs_a_mandate(&hand).await;
            let done =
                ["end_mandate", "sign_mandate", "renew", "stop_enrolment", "change_enrolment"];
            assert_eq!(
                events(&city, city.people.zhang).await,
                [&["sign_mandate"], &done[..]].concat()
            );
        });
    }
}

#[test]
fn a_clerk_changes_a_phone_and_switches_messages_on_with_both_cards() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk").await;
            finds(&hand, "320106197712052424").await;
            hand.follows('p').await;
            hand.writes("139").await;
            hand.enters().await;
            hand.shows("desk-phone-refused").await;
            hand.types(("新手机号", "New number"), "13911112222").await;
            hand.enters().await;
            hand.reads(("联系方式已更新", "Phone and notices are up to date")).await;
            hand.follows('p').await;
            hand.presses(("关闭", "Switch off")).await;
            hand.follows('p').await;
            hand.types(("市民卡", "Citizen card"), "A10000002").await;
            hand.presses(("开通", "Switch on")).await;
            hand.reads(("须同时出示身份证和市民卡", "card must")).await;
            hand.shows("desk-messages-refused").await;
            let focused = hand.page.focused().await;
            let box_of_both = hand.say(("身份证和市民卡都看过", "I saw identity card"));
            assert!(focused.contains(box_of_both), "the focus is where it is wrong: {focused}");
            hand.ticks(("身份证和市民卡都看过", "I saw identity card")).await;
            hand.presses(("开通", "Switch on")).await;
            hand.reads(("联系方式已更新", "Phone and notices are up to date")).await;
            hand.shows("desk-messages-on").await;
            let done = ["switch_notices_on", "switch_notices_off", "change_phone"];
            assert_eq!(events(&city, city.people.li).await, done);
        });
    }
}

#[test]
fn whoever_comes_on_a_closed_day_is_booked_and_joins_on_the_next_open_one() {
    for tongue in TONGUES {
        walk_on(Screen::desk(), "2026-11-26", |page, city| async move {
            let hand = Hand::new(page.clone(), tongue);
            hand.signs_in(WINDOW, "/desk/enrol").await;
            hand.types(("身份证号", "Identity number"), "320115198512312341").await;
            hand.types(("姓名", "Name"), "钱七").await;
            hand.enters().await;
            hand.reads(("今天不能办理", "Not today")).await;
            hand.presses(("预约 2026年12月1日", "Book 1 December 2026")).await;
            hand.reads(("2026年12月1日", "1 December 2026")).await;
            hand.shows("desk-booked").await;
            let hand = Hand::new(page.at(city.on("2026-12-01").await), tongue);
            hand.signs_in(WINDOW, "/desk/appointments").await;
            hand.reads(("可以办理", "may come now")).await;
            hand.shows("desk-booked-is-due").await;
            hand.presses(("打开", "Open")).await;
            hand.reads(("保存后会怎样", "What saving does")).await;
            hand.presses(SAVE).await;
            hand.reads(("已参保登记", "Enrolled")).await;
            hand.shows("desk-booked-joined").await;
        });
    }
}

/// Opens a person by a number, in the box that has the focus.
pub(crate) async fn finds(hand: &Hand, number: &str) {
    hand.writes(number).await;
    hand.enters().await;
    hand.page.sees(number).await;
}

/// What was done for a person, the newest first.
async fn events(city: &City, person: PersonId) -> Vec<String> {
    let filter = audit_event::Filter { subject: Some(person), ..audit_event::Filter::default() };
    let events = city.app.db.read_async(move |tx| audit_event::list(tx, &filter, 20)).await;
    events.unwrap().into_iter().map(|event| event.action).collect()
}

async fn changes(hand: &Hand) {
    hand.follows('c').await;
    hand.reads(("现在：", "Now: ")).await;
    hand.ticks(("失业保险", "Unemployment")).await;
    hand.types(("缴费基数", "Base (yuan)"), "5000").await;
    hand.presses(("看账单", "Show the bill")).await;
    hand.reads(("最接近的档次", "the nearest are")).await;
    hand.shows("desk-change-refused").await;
    hand.jumps_to('b').await;
    hand.writes("6000").await;
    hand.presses(("看账单", "Show the bill")).await;
    hand.reads(("每月，从2026年12月起", "a month, from December 2026")).await;
    hand.chooses(REASON, ("收入变化", "Their income changed")).await;
    hand.shows("desk-change-bill").await;
    hand.presses(SAVE).await;
    hand.reads(("变更已保存", "The change is saved")).await;
    hand.shows("desk-changed").await;
}

async fn stops_and_renews(hand: &Hand) {
    hand.follows('s').await;
    hand.reads(("停保后没有账单", "After a stop there are no bills")).await;
    hand.shows("desk-stop").await;
    hand.presses(("停保", "Stop")).await;
    hand.reads(("已停保", "The insurance is stopped")).await;
    hand.shows("desk-stopped").await;
    hand.follows('r').await;
    hand.reads(("已按停保前的选择填好", "Filled in as before the stop")).await;
    hand.shows("desk-renew").await;
    hand.presses(SAVE).await;
    hand.reads(("已续保", "The insurance is renewed")).await;
    hand.shows("desk-renewed").await;
}

async fn signs_a_mandate(hand: &Hand) {
    let (account, replace) = (("银行账号", "Account"), ("换成这个账号", "Replace the account"));
    hand.follows('m').await;
    hand.shows("desk-mandate").await;
    hand.types(account, "12").await;
    hand.presses(replace).await;
    hand.reads(("请改正以下内容", "Please correct the following")).await;
    hand.shows("desk-mandate-refused").await;
    hand.types(account, "6222021234567890128").await;
    hand.presses(replace).await;
    hand.reads(("代扣委托已更新", "The mandate is up to date")).await;
    hand.follows('m').await;
    hand.presses(("终止委托", "End the mandate")).await;
    hand.follows('m').await;
    hand.reads(("现在没有委托", "There is no mandate")).await;
    hand.shows("desk-mandate-none").await;
    hand.types(account, "6222021234567890128").await;
    hand.presses(("签订", "Sign")).await;
    hand.reads(("已签，尾号0128", "signed, account ends in 0128")).await;
}
