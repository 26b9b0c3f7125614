//! Paying by WeChat against a sandbox WeChat, on both databases: whatever happens between the two
//! sides, nothing is lost and nothing is counted twice.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on stops here")]

#[expect(dead_code, reason = "this test needs a part of what the month's tests need")]
#[path = "month/city_of_three.rs"]
mod city_of_three;
#[path = "wechat/faults.rs"]
mod faults;
#[path = "wechat/mismatch.rs"]
mod mismatch;
#[path = "wechat/payer.rs"]
mod payer;

use channels::wechat_pay::order::{Place, Prepared};
use insurance::payment::{ChannelKind, Target};
use operations::wechat::order_payment::{Asked, Chosen};
use operations::wechat::payment_refusal::PaymentRefusal;
use operations::wechat::start_payment::StartError;
use payer::Payer;
use store::tables::wechat_order::OrderState;
use store::testing::for_each_database;
use units::Fen;

const NOON: &str = "2026-11-20T12:00:00+08:00";

#[test]
fn whoever_comes_back_with_the_same_dues_gets_the_same_order() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let asked = payer.asked(payer.city.person(0));
        let (first, prepared) = payer.start(&asked).unwrap();
        assert_eq!(first.dues.len(), 3);
        assert_eq!(first.order.amount, payer.city.owed(asked.person));
        assert_eq!(first.order.expires_at, payer.now().plus_seconds(1800));
        payer.wait(60);
        let (again, same) = payer.start(&asked).unwrap();
        assert_eq!((again.order.number, same), (first.order.number, prepared));
        assert_eq!(payer.view(first.order.number).state, OrderState::Open);
        payer.assert_clean();
    });
}

#[test]
fn another_amount_or_another_payer_closes_the_first_order_and_makes_a_new_number() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let all = payer.order(person);
        let pension = payer.city.dues(person)[0];
        let fewer = Asked { chosen: Chosen::These(vec![pension.key]), ..payer.asked(person) };
        let (second, _) = payer.start(&fewer).unwrap();
        assert_ne!(second.order.number, all);
        assert_eq!(second.order.amount, pension.amount);
        assert_eq!(payer.view(all).state, OrderState::Ended);
        let now = payer.now();
        assert!(payer.wechat().pay(&all.to_string(), now).is_err(), "closed at WeChat, too");

        let elsewhere = Asked { place: Place::QrCode, ..fewer };
        let (third, prepared) = payer.start(&elsewhere).unwrap();
        assert_ne!(third.order.number, second.order.number);
        assert!(matches!(prepared, Prepared::QrCode { .. }));
        payer.assert_clean();
    });
}

#[test]
fn an_order_is_refused_outside_the_window_for_nothing_owed_and_while_a_bank_withholds() {
    for_each_database(|db| {
        let payer = Payer::new(db, "2026-11-24T23:58:59+08:00");
        let asked = payer.asked(payer.city.person(0));
        let (ordered, _) = payer.start(&asked).unwrap();
        assert_eq!(ordered.order.expires_at, "2026-11-24T23:59:59+08:00".parse().unwrap());
        let refusal = |asked: &Asked| match payer.start(asked) {
            Err(StartError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        payer.set_clock("2026-11-24T23:59:00+08:00");
        let late = refusal(&asked);
        assert!(matches!(late, PaymentRefusal::WindowMustStayOpenAMinute(_)), "{late}");
        payer.set_clock("2026-11-25T00:00:00+08:00");
        let closed = refusal(&asked);
        let PaymentRefusal::WindowMustBeOpen { opens_on, .. } = closed else { panic!("{closed}") };
        assert_eq!(opens_on, Some("2026-12-01".parse().unwrap()));
        assert!(closed.message().zh.contains("2026-12-01"));

        payer.set_clock(NOON);
        let li = payer.city.person(1);
        let due = payer.city.dues(li)[0];
        let gone = Asked { chosen: Chosen::These(vec![due.key]), ..payer.asked(li) };
        let counter = (ChannelKind::Counter, "C1");
        payer.city.pay_on("2026-11-10", counter, due.amount, Target::Due(due.key)).unwrap();
        assert!(matches!(refusal(&gone), PaymentRefusal::DuesMustBePayable));
        let rest = payer.city.dues(li)[1];
        let counter = (ChannelKind::Counter, "C2");
        payer.city.pay_on("2026-11-10", counter, rest.amount, Target::Due(rest.key)).unwrap();
        assert!(matches!(refusal(&payer.asked(li)), PaymentRefusal::SomethingMustBeOwed));
        payer.assert_clean();
    });
}

#[test]
fn without_any_notice_the_query_finds_the_payment() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        payer.wait(5);
        assert_eq!(payer.ask().settled, 0, "asked at 5 s, not paid yet");
        assert_eq!(payer.ask().asked, 0, "not asked again at once");
        payer.confirm(number);
        payer.wait(25);
        assert_eq!(payer.ask().settled, 1, "asked at 30 s");
        let view = payer.view(number);
        assert_eq!(view.state, OrderState::Paid);
        assert_eq!(view.receipt.unwrap().amount, view.amount);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.wait(86_400);
        assert_eq!(payer.ask().asked, 0, "nobody asks about a paid order");
        payer.assert_clean();
    });
}
