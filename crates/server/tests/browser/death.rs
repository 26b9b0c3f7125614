//! A death, by keyboard alone: what the heirs and survivors get is computed, decided by another
//! person, ordered by a third and paid by the bank, or sent back by it and paid to another account.

use crate::case_hands::Case;
use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::TONGUES;
use crate::walk;

#[test]
fn two_heirs_and_the_survivors_are_paid_by_three_pairs_of_hands() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            let kind = ("参保人死亡", "Death of the insured person");
            let case = Case { hand: &hand, city: &city, name: "case-death", kind };
            case.is_asked_for("320102199001014513").await;
            hand.types(("申请人姓名", "Applicant's name"), "李一").await;
            hand.types(("死亡日期", "Day of death"), "2026-11-20").await;
            hand.types(("月人均可支配收入", "disposable income"), "5000.00").await;
            hand.types(("继承人", "Heirs"), "李一，1").await;
            hand.types(("收款人姓名", "Holder's name"), "李一").await;
            hand.types(("开户银行", "Bank"), "建设银行鼓楼支行").await;
            hand.types(("银行账号", "Account number"), "6217001234567890122").await;
            hand.presses(("立案", "Open the case")).await;
            hand.reads(("每行写一位继承人", "One heir a line")).await;
            hand.shows("case-death-0-refused").await;
            let heirs = "李一，1，建设银行鼓楼支行，6217001234567890122\n李二，2，工商银行，6222021234567890128";
            hand.types(("继承人", "Heirs"), heirs).await;
            let address = case.is_opened().await;
            hand.reads(("第2位继承人", "heir 2")).await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            case.is_carried_out(&address).await;
            case.is_paid().await;
        });
    }
}
