//! What goes wrong between WeChat and us, and how each ends.

use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_sandbox::behaviour::Notices;
use insurance::ledger::Account;
use insurance::payment::ChannelKind;
use insurance::receipt::SuspenseState;
use operations::wechat::order_payment::{Ordering, order_payment};
use operations::wechat::reconcile_bill::BillError;
use operations::wechat::start_payment::record_prepay;
use store::tables::channel_day::ChannelDayState;
use store::tables::refund::RefundState;
use store::tables::wechat_order::OrderState;
use store::tables::{difference, inbound_message, receipt, refund, suspense, task};
use store::testing::for_each_database;
use units::Fen;

use crate::NOON;
use crate::payer::Payer;

fn receipts(payer: &Payer, person: insurance::ids::PersonId) -> usize {
    payer.db().read(|tx| receipt::list(tx, person)).unwrap().len()
}

#[test]
fn notices_repeated_forged_and_after_a_query_count_once() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        for manner in [Notices::Repeated, Notices::ForgedFirst] {
            payer.wechat().behaviour.notices = manner;
            let person = payer.city.person(if manner == Notices::Repeated { 0 } else { 1 });
            let number = payer.order(person);
            payer.confirm(number);
            payer.wait(5);
            payer.ask();
            payer.deliver();
            assert_eq!(payer.view(number).state, OrderState::Paid, "{manner:?}");
            assert_eq!(receipts(&payer, person), 1, "{manner:?}");
        }
        let waiting = db.read(|tx| inbound_message::list_waiting(tx, ChannelKind::Wechat, 9));
        assert_eq!(waiting.unwrap(), []);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.assert_clean();
    });
}

#[test]
fn a_notice_and_a_query_at_the_same_moment_book_once() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        payer.confirm(number);
        let posted = payer.wechat().deliveries(payer.now());
        payer.post(&posted[0].headers, &posted[0].body);
        payer.wait(5);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| payer.read());
                scope.spawn(|| payer.ask());
            }
        });
        assert_eq!(receipts(&payer, person), 1);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.assert_clean();
    });
}

#[test]
fn a_notice_that_comes_before_the_orders_own_answer_is_booked() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let (city, asked, now) = (payer.city.city.clone(), payer.asked(person), payer.now());
        let ordering = db.write(move |tx| order_payment(tx, &city, &asked, now)).unwrap();
        let Ordering::Place(ordered) = ordering else { panic!("{ordering:?}") };
        let occasion = (payer.gateway.occasion)();
        let prepared =
            payer.gateway.client.place(&ordered.order, &ordered.place, &occasion).unwrap();
        let number = ordered.order.number;
        payer.confirm(number);
        assert_eq!(payer.deliver().read, 1);
        db.write(move |tx| record_prepay(tx, number, &prepared, now)).unwrap();
        assert_eq!(payer.view(number).state, OrderState::Paid);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.assert_clean();
    });
}

#[test]
fn an_order_whose_answer_was_lost_is_placed_again_under_its_number() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        payer.wechat().behaviour.lose_order_answers = true;
        assert!(payer.start(&payer.asked(person)).is_err());
        payer.wechat().behaviour.lose_order_answers = false;
        payer.wait(40);
        assert_eq!(payer.ask().settled, 0);
        let number = payer.order(person);
        payer.confirm(number);
        payer.deliver();
        assert_eq!(receipts(&payer, person), 1);
        payer.assert_clean();
    });
}

#[test]
fn a_program_that_stops_before_the_call_frees_the_dues_at_the_orders_end() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let (city, asked, now) = (payer.city.city.clone(), payer.asked(person), payer.now());
        let ordering = db.write(move |tx| order_payment(tx, &city, &asked, now)).unwrap();
        let Ordering::Place(ordered) = ordering else { panic!("{ordering:?}") };
        let number = ordered.order.number;
        payer.wait(6);
        assert_eq!((payer.ask().asked, payer.view(number).state), (1, OrderState::Open));
        payer.wait(1805);
        assert_eq!(payer.ask().settled, 1);
        assert_eq!(payer.view(number).state, OrderState::Ended);
        assert_ne!(payer.order(person), number);
        payer.assert_clean();
    });
}

#[test]
fn an_order_that_nobody_paid_is_closed_after_its_end_on_both_sides() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        for _ in 0..7 {
            payer.wait(310);
            payer.ask();
        }
        assert_eq!(payer.view(number).state, OrderState::Ended);
        let now = payer.now();
        assert!(payer.wechat().pay(&number.to_string(), now).is_err());
        payer.assert_clean();
    });
}

#[test]
fn without_any_answer_for_a_day_a_clerk_is_told_and_the_bill_decides() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        let unpaid = payer.order(payer.city.person(1));
        payer.confirm(number);
        payer.wechat().deliveries(payer.now());
        // The merchant's clock is wrong for a day: WeChat answers nothing that can be used.
        let honest = payer.gateway.occasion.clone();
        let broken = operations::wechat::Gateway {
            occasion: std::sync::Arc::new(move || {
                let mut occasion = honest();
                occasion.at = occasion.at.plus_seconds(4000);
                occasion
            }),
            ..payer.gateway.clone()
        };
        let city = &payer.city.city;
        for _ in 0..160 {
            payer.wait(600);
            operations::wechat::ask_order::ask_orders(db, city, &broken, payer.now()).unwrap();
        }
        assert_eq!(payer.view(number).state, OrderState::Unresolved);
        assert_eq!(payer.view(unpaid).state, OrderState::Unresolved);
        assert_eq!(db.read(task::count_open).unwrap(), 2);
        assert_ne!(payer.city.owed(person), Fen::ZERO, "nothing is counted without WeChat's word");
        let found = payer.reconcile("2026-11-20").unwrap();
        assert_eq!((found.found, found.open), (1, 0));
        assert_eq!(payer.view(unpaid).state, OrderState::Ended, "the bill does not state it");
        assert_eq!(payer.view(number).state, OrderState::Paid);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.assert_clean();
    });
}

/// Orders everything of a person, pays one due at the counter, then the order.
fn pay_twice(payer: &Payer) -> (OrderNumber, Fen) {
    let person = payer.city.person(0);
    let number = payer.order(person);
    let due = payer.city.dues(person)[0];
    payer.pay_at_counter("C1", &due);
    payer.confirm(number);
    payer.deliver();
    (number, due.amount)
}

#[test]
fn a_due_paid_at_the_counter_and_by_wechat_sends_the_second_money_back() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let (number, twice) = pay_twice(&payer);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        let first = payer.send_refunds();
        assert_eq!((first.decided, first.asked, first.done), (1, 1, 0), "WeChat is at it");
        assert_eq!(payer.view(number).left.unwrap().state, SuspenseState::Refunding);
        assert_eq!(payer.deliver().read, 1);
        let view = payer.view(number);
        assert_eq!(
            (view.left.as_ref().unwrap().state, view.sent_back()),
            (SuspenseState::Refunded, twice)
        );
        payer.wait(86_400);
        assert_eq!(payer.send_refunds().asked, 0, "nothing is asked about a refund that is done");
        assert_eq!(payer.balance(Account::Suspense), 0);

        let all = view.amount;
        let found = payer.reconcile("2026-11-20").unwrap();
        assert_eq!(found.payments.day.state, ChannelDayState::Balanced);
        assert_eq!((found.refunds, found.open), (1, 0));
        assert_eq!(payer.balance(Account::Fund), all.fen() - twice.fen());
        assert_eq!(payer.balance(Account::Clearing(ChannelKind::Wechat)), 0);
        payer.assert_clean();
        let again = payer.reconcile("2026-11-20").unwrap();
        assert_eq!((again.found, again.open), (0, 0));
        assert_eq!(payer.balance(Account::Fund), all.fen() - twice.fen());
        payer.assert_clean();
    });
}

#[test]
fn a_refund_survives_a_stop_between_its_steps_and_is_sent_once() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        pay_twice(&payer);
        // Decided, then WeChat is out of reach; later it takes the refund on, but no notice comes.
        let broken = payer.gateway.client.clone();
        let gateway = operations::wechat::Gateway {
            client: channels::wechat_pay::client::Client::new(
                channels::wechat_sandbox::merchant("https://shebao.example/n"),
                "https://nowhere.example".to_owned(),
                channels::http_send::Sender::InProcess(std::sync::Arc::new(|_| None)),
                broken.keys(),
            ),
            ..payer.gateway.clone()
        };
        let city = &payer.city.city;
        let send = operations::wechat::send_refunds::send_refunds;
        let first = send(db, city, &gateway, payer.now()).unwrap();
        assert_eq!((first.decided, first.failed), (1, 1));
        payer.wechat().behaviour.notices = Notices::Never;
        for _ in 0..3 {
            payer.wait(400);
            payer.send_refunds();
        }
        let refunds = db.read(|tx| refund::list(tx, person)).unwrap();
        let states: Vec<RefundState> = refunds.iter().map(|(_, standing)| standing.state).collect();
        assert_eq!(states, [RefundState::Done]);
        assert_eq!(payer.balance(Account::Suspense), 0);
        payer.assert_clean();
    });
}

#[test]
fn a_refund_that_the_card_cannot_take_opens_a_task_and_is_not_booked() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let (_, twice) = pay_twice(&payer);
        payer.wechat().behaviour.refunds_are_abnormal = true;
        payer.send_refunds();
        payer.deliver();
        let (_, standing) = db.read(|tx| refund::list(tx, person)).unwrap().remove(0);
        assert_eq!((standing.state, standing.ask_at), (RefundState::Abnormal, None));
        assert_eq!(db.read(task::count_open).unwrap(), 1);
        assert_eq!(payer.balance(Account::Suspense), -twice.fen(), "still owed to the person");
        payer.assert_clean();
    });
}

#[test]
fn an_order_of_the_24th_is_paid_at_its_last_second_and_never_on_the_25th() {
    for_each_database(|db| {
        let payer = Payer::new(db, "2026-11-24T23:58:30+08:00");
        let (in_time, late) = (payer.city.person(0), payer.city.person(1));
        let (first, second) = (payer.order(in_time), payer.order(late));
        payer.set_clock("2026-11-24T23:59:59+08:00");
        payer.wechat().behaviour.notices = Notices::Late;
        payer.confirm(first);
        payer.set_clock("2026-11-25T00:00:00+08:00");
        let now = payer.now();
        assert!(payer.wechat().pay(&second.to_string(), now).is_err());
        payer.set_clock("2026-11-25T00:00:09+08:00");
        for _ in 0..5 {
            payer.ask();
        }
        assert_eq!(payer.view(first).state, OrderState::Paid);
        assert_eq!(payer.view(second).state, OrderState::Ended);
        payer.wait(600);
        payer.deliver();
        let paid = payer.view(first).receipt.unwrap();
        assert_eq!(paid.accounting_on, "2026-11-24".parse().unwrap());
        assert_eq!(payer.city.owed(in_time), Fen::ZERO);
        payer.set_clock("2026-11-25T10:00:00+08:00");
        assert_eq!(payer.reconcile("2026-11-24").unwrap().open, 0);
        payer.assert_clean();
    });
}

#[test]
fn a_bill_with_a_payment_that_nobody_knows_holds_it_and_opens_a_difference() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let number = payer.order(payer.city.person(0));
        payer.confirm(number);
        payer.deliver();
        let now = payer.now();
        payer.wechat().pay_without_order("stranger-0001", Fen::from_yuan(88), now);
        assert!(matches!(payer.reconcile("2026-11-20"), Err(BillError::DayMustBeOver { .. })));
        payer.set_clock("2026-11-21T10:00:00+08:00");
        payer.wechat().behaviour.bills_are_late = true;
        assert!(matches!(payer.reconcile("2026-11-20"), Err(BillError::BillMustBeReady { .. })));
        payer.wechat().behaviour.bills_are_late = false;
        for run in 0..2 {
            let found = payer.reconcile("2026-11-20").unwrap();
            assert_eq!(found.found, u32::from(run == 0));
            assert_eq!(found.open, 1);
            assert_eq!(found.payments.day.state, ChannelDayState::Differs);
            assert_eq!(payer.balance(Account::Suspense), -8800);
            payer.assert_clean();
        }
        let open = db.read(|tx| difference::list_open(tx, 9)).unwrap();
        assert_eq!((open.len(), open[0].owner.as_str()), (1, "wechat"));
        assert_eq!(open[0].theirs, Some(Fen::from_yuan(88)));
        assert_eq!(payer.send_refunds().decided, 0, "a stranger's money waits for its owner");
        let held = db.read(|tx| suspense::list_open(tx, 9)).unwrap();
        assert_eq!(held[0].amount, Fen::from_yuan(88));
    });
}

#[test]
fn a_day_without_trade_is_balanced_and_a_receipt_that_wechat_does_not_state_is_not() {
    for_each_database(|db| {
        let payer = Payer::new(db, "2026-11-12T10:00:00+08:00");
        let empty = payer.reconcile("2026-11-11").unwrap();
        assert_eq!(empty.payments.day.state, ChannelDayState::Balanced);
        let due = payer.city.dues(payer.city.person(0))[0];
        let target = insurance::payment::Target::Due(due.key);
        payer.city.pay(ChannelKind::Wechat, "4200-only-ours", due.amount, target).unwrap();
        let found = payer.reconcile("2026-11-10").unwrap();
        assert_eq!((found.open, found.payments.day.state), (1, ChannelDayState::Differs));
        payer.assert_clean();
    });
}
