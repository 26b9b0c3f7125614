//! What a clerk reads out when somebody can't join today or like this, by keyboard alone: on the
//! 26th, on a holiday, for a living double, under an employer, with a base outside the pack.

use insurance::ids::{PersonId, RunId};
use store::tables::employer_month::{self, EmployerMonth};
use units::Fen;

use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::{TONGUES, Words};
use crate::window::{WINDOW, finds};
use crate::{City, walk, walk_on};

const JOINER: [&str; 2] = ["320115198512312341", "钱七"];
const ZHANG: [&str; 2] = ["320104198503151233", "张三"];

#[test]
fn on_the_26th_and_on_a_holiday_the_next_open_day_is_read_out() {
    let days = [
        ("2026-11-26", "26th", ("每月1日至25日办理", "1 December 2026")),
        ("2026-10-01", "holiday", ("下一个可以办理的日子是2026年10月8日", "8 October 2026")),
    ];
    for (day, name, words) in days {
        for tongue in TONGUES {
            walk_on(Screen::desk(), day, |page, _| async move {
                let hand = Hand::new(page, tongue);
                hand.signs_in(WINDOW, "/desk/enrol").await;
                hand.reads(words).await;
                enters(&hand, JOINER, "4952").await;
                hand.reads(("今天不能办理", "Not today")).await;
                hand.reads(words).await;
                hand.shows(&format!("sentence-{name}")).await;
            });
        }
    }
}

#[test]
fn a_double_a_base_outside_the_pack_and_an_employers_month_are_sentences_to_read_out() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk/enrol").await;
            enters(&hand, ZHANG, "4952").await;
            is_read_out(&hand, ("全市只能有一份参保", "nobody can be insured twice"), "double")
                .await;
            for (base, words) in [
                ("5000", ("最接近的档次", "the nearest are")),
                ("100", ("不低于4952.00元", "choose at least 4952.00")),
                ("99999", ("不高于24762.00元", "choose at most 24762.00")),
            ] {
                hand.opens("/desk/enrol").await;
                enters(&hand, JOINER, base).await;
                is_read_out(&hand, words, &format!("base-{base}")).await;
            }
            hand.opens("/desk").await;
            finds(&hand, ZHANG[0]).await;
            hand.follows('s').await;
            hand.presses(("停保", "Stop")).await;
            declare(&city, city.people.zhang).await;
            hand.opens("/desk/enrol").await;
            enters(&hand, ZHANG, "4952").await;
            let words = ("可以从2026年12月起参保", "they can join from December 2026");
            is_read_out(&hand, words, "employer").await;
        });
    }
}

/// Fills the form in and asks for the bill.
async fn enters(hand: &Hand, [number, name]: [&str; 2], base: &str) {
    hand.types(("身份证号", "Identity number"), number).await;
    hand.types(("姓名", "Name"), name).await;
    hand.types(("缴费基数", "Base (yuan)"), base).await;
    hand.enters().await;
}

async fn is_read_out(hand: &Hand, words: Words, name: &str) {
    hand.reads(words).await;
    hand.shows(&format!("sentence-{name}")).await;
}

/// An employer declares November for a person.
async fn declare(city: &City, person: PersonId) {
    let declared = EmployerMonth {
        person,
        month: "2026-11".parse().unwrap(),
        employer: "91320102MA1W000167".to_owned(),
        employer_name: "金陵制造".to_owned(),
        branches: policy::BranchSet::ALL,
        base: Fen::from_yuan(6000),
        paid_on: None,
        run: RunId::from_i64(1),
    };
    city.app.db.write_async(move |tx| employer_month::set_declared(tx, &declared)).await.unwrap();
}
