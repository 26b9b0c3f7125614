//! What a person and the clerk read while a bank takes dues from the card, and when it could not.

use std::sync::Arc;

use insurance::clerk::Role;
use insurance::ids::PersonId;
use policy::Branch;
use server::app::App;

use crate::paying_bank::{answer, send};
use crate::{as_clerk, as_person, with_every_city_on};

/// What the person reads on their two pages and the clerk on the person's, in one language.
async fn pages(app: &Arc<App>, person: PersonId, language: &str) -> [String; 3] {
    let mut own = as_person(app, person).await;
    let mut clerk = as_clerk(app, Role::Window).await;
    let desk = format!("{language}/desk/people/{person}?reason=at-desk");
    [
        own.get(&format!("{language}/dues")).await.body,
        own.get(&format!("{language}/withholding")).await.body,
        clerk.get(&desk).await.body,
    ]
}

#[test]
fn while_a_bank_takes_dues_everybody_reads_which_and_until_when() {
    with_every_city_on("2026-11-26", |app, people| async move {
        for page in pages(&app, people.zhang, "").await {
            assert!(!page.contains("银行正在扣款"), "{page}");
        }
        send(&app, "2026-11-26");
        for page in pages(&app, people.zhang, "").await {
            for text in ["银行正在扣款", "养老保险、医疗保险正在从您的卡上扣", "11月27日前"]
            {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        for page in pages(&app, people.zhang, "/en").await {
            let names = "Pension insurance, Medical insurance: please don";
            for text in [names, "answer comes by", "27 November"] {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        answer(&app, people.zhang, "2026-11-26", &[(Branch::Pension, "")]);
        for page in pages(&app, people.zhang, "").await {
            assert!(page.contains("医疗保险正在从您的卡上扣"), "{page}");
            assert!(!page.contains("养老保险、医疗保险正在"), "the paid one is not there: {page}");
        }
    });
}

#[test]
fn what_a_bank_could_not_take_is_told_with_why_and_what_to_do() {
    with_every_city_on("2026-11-26", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AC04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        for page in pages(&app, people.zhang, "").await {
            for text in [
                "2026年11月26日，银行没有扣到2026年11月的养老保险，共990.40元：余额不足。",
                "请在下一次扣款前将足额资金存入扣款卡。",
                "2026年11月的医疗保险，共406.20元：账户已销户。",
                "请提供新的扣款账户。",
            ] {
                assert!(page.contains(text), "{text}: {page}");
            }
            assert!(!page.contains("银行正在扣款"), "its answer is there: {page}");
            assert!(!page.contains("银行的话"), "the bank's own words stay with us: {page}");
        }
        for page in pages(&app, people.zhang, "/en").await {
            for text in [
                "On 26 November 2026 the bank could not take pension of November 2026, 990.40 yuan: \
                 not enough money on the card.",
                "Please put enough money on the card before the next withholding.",
                "medical of November 2026, 406.20 yuan: the account is closed.",
                "Please name another account.",
            ] {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
    });
}

#[test]
fn one_reason_for_several_dues_is_one_sentence() {
    with_every_city_on("2026-11-26", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AM04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        let [dues, ..] = pages(&app, people.zhang, "").await;
        let told = "银行没有扣到2026年11月的养老保险、医疗保险，共1396.60元：余额不足。";
        assert_eq!(dues.matches(told).count(), 1, "{dues}");
    });
}

#[test]
fn a_failure_is_told_until_the_next_attempt_and_its_notice_keeps_it() {
    with_every_city_on("2026-11-27", |app, people| async move {
        send(&app, "2026-11-26");
        let codes = [(Branch::Pension, "AM04"), (Branch::Medical, "AM04")];
        answer(&app, people.zhang, "2026-11-26", &codes);
        send(&app, "2026-11-27");
        let told = "银行没有扣到2026年11月的养老保险、医疗保险，共1396.60元：余额不足。";
        let step = "请在下一次扣款前将足额资金存入扣款卡。";
        let [dues, withholding, desk] = pages(&app, people.zhang, "").await;
        assert!(dues.contains("银行正在扣款") && !dues.contains(told), "{dues}");
        assert!(withholding.contains("银行正在扣款") && !withholding.contains(told));
        assert!(desk.contains("扣款失败"), "{desk}");
        assert_eq!(desk.matches(told).count(), 1, "only the notice: {desk}");
        assert_eq!(desk.matches(step).count(), 1, "only the notice: {desk}");
        answer(&app, people.zhang, "2026-11-27", &[(Branch::Pension, ""), (Branch::Medical, "")]);
        let [dues, ..] = pages(&app, people.zhang, "").await;
        assert!(dues.contains("现在不用缴费") && !dues.contains("扣款没有成功"), "{dues}");
    });
}
