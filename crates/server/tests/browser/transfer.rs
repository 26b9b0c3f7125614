//! Months and account that come from another city, and that leave for one, by keyboard alone.

use crate::case_hands::{Case, FINANCE};
use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::TONGUES;
use crate::walk;
use crate::window::WINDOW;

const BANK: (&str, &str) = ("开户银行", "Bank");
const ACCOUNT: (&str, &str) = ("银行账号", "Account number");

#[test]
fn months_of_another_city_are_counted_once_another_person_agreed() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            let kind = ("关系转入", "Transfer in");
            let case = Case { hand: &hand, city: &city, name: "case-transfer-in", kind };
            case.is_asked_for("320104198503151233").await;
            hand.types(("申请人姓名", "Applicant's name"), "张三").await;
            hand.types(("转出地", "From which city"), "Suzhou 苏州").await;
            hand.types(
                ("当地参保月份", "Months insured there"),
                "2019-01 2021-06\n2022-01 2022-12",
            )
            .await;
            hand.types(("个人账户转入金额", "Sum of the individual account"), "12000.00").await;
            hand.types(("统筹基金转入金额", "Sum of the pooled fund"), "18000.00").await;
            hand.types(("到账日期", "Day of arrival"), "2026-11-20").await;
            hand.types(("银行流水号", "The bank's number"), "SZ20261120001").await;
            let address = case.is_opened().await;
            hand.page.sees("42").await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            hand.signs_in(WINDOW, &address).await;
            hand.reads(("办件已结束", "The case is over")).await;
            hand.shows("case-transfer-in-8-done").await;
        });
    }
}

#[test]
fn what_the_bank_sends_back_is_ordered_again_to_the_corrected_account() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            let kind = ("关系转出", "Transfer out");
            let case = Case { hand: &hand, city: &city, name: "case-transfer-out", kind };
            case.is_asked_for("320102199001014513").await;
            hand.types(("申请人姓名", "Applicant's name"), "王五").await;
            hand.types(("转入地", "To which city"), "Suzhou 苏州").await;
            hand.types(("收款人姓名", "Holder's name"), "苏州市社会保险基金").await;
            hand.types(BANK, "建设银行苏州分行").await;
            hand.types(ACCOUNT, "32201988236051500001").await;
            let address = case.is_opened().await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            case.is_carried_out(&address).await;
            for _ in 0..2 {
                hand.types(("银行流水号或退回原因", "The bank's number, or why not"), "AC04").await;
                hand.presses(("银行退回", "Refused")).await;
            }
            hand.shows("case-transfer-out-7-sent-back").await;
            hand.signs_out().await;

            hand.signs_in(WINDOW, &address).await;
            hand.presses(("修改申请内容", "Change what was handed in")).await;
            hand.types(ACCOUNT, "32201988236051500002").await;
            hand.presses(("保存修改", "Save the change")).await;
            hand.presses(("提交复核", "Propose")).await;
            hand.signs_out().await;
            hand.signs_in(("复核", "Review"), &address).await;
            hand.presses(("复核通过", "Approve")).await;
            hand.signs_out().await;
            hand.signs_in(FINANCE, &address).await;
            hand.presses(("执行并发出支付", "Carry out and order payment")).await;
            case.is_paid().await;
        });
    }
}
