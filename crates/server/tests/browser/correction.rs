//! Corrections, by keyboard alone: a receipt in the wrong person's books goes to the rightful one, and
//! a due that was asked for in error is withdrawn.

use units::Fen;

use crate::case_hands::Case;
use crate::hand::Hand;
use crate::screen::Screen;
use crate::suspense::pay;
use crate::tongue::TONGUES;
use crate::walk;
use crate::window::{WINDOW, finds};

const NAME: (&str, &str) = ("申请人姓名", "Applicant's name");

#[test]
fn a_receipt_booked_to_the_wrong_person_pays_the_rightful_persons_dues() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            pay(&city.app, city.people.wang, Fen::from_yuan(1400), "2026-11-20");
            let hand = Hand::new(page, tongue);
            let kind = ("到账更正", "Correction of a receipt");
            let case = Case { hand: &hand, city: &city, name: "case-receipt", kind };
            case.is_asked_for("320102199001014513").await;
            hand.types(NAME, "王五").await;
            hand.chooses(("误记的到账", "The receipt booked in error"), ("1,400.00", "1,400.00"))
                .await;
            hand.types(("实际缴费人的身份证号", "Identity number of the rightful"), "1").await;
            hand.presses(("立案", "Open the case")).await;
            hand.reads(("没有找到这位参保人", "No such person is registered")).await;
            hand.types(
                ("实际缴费人的身份证号", "Identity number of the rightful"),
                "320104198503151233",
            )
            .await;
            let address = case.is_opened().await;
            hand.reads(("为实际缴费人缴清", "paid for the rightful person")).await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            hand.signs_in(WINDOW, "/desk").await;
            finds(&hand, "320104198503151233").await;
            hand.reads(("不欠费", "Nothing to pay")).await;
            hand.shows("case-receipt-8-rightful").await;
        });
    }
}

#[test]
fn a_due_asked_for_in_error_is_withdrawn() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            let kind = ("核定更正", "Correction of a due");
            let case = Case { hand: &hand, city: &city, name: "case-due", kind };
            case.is_asked_for("320104198503151233").await;
            hand.types(NAME, "张三").await;
            let due = ("2026年11月 医疗", "November 2026 Medical");
            hand.chooses(("误核定的应缴", "The due asked for in error"), due).await;
            let address = case.is_opened().await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            hand.signs_in(WINDOW, &address).await;
            hand.reads(("办件已结束", "The case is over")).await;
            hand.shows("case-due-8-done").await;
        });
    }
}
