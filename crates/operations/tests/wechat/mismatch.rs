//! What WeChat says that is not what we asked for: never booked silently, never lost.

use channels::wechat_pay::order_number::OrderNumber;
use channels::wechat_pay::transaction::{TradeState, Transaction};
use channels::wechat_sandbox::{APP_ID, MCHID};
use insurance::ids::{CITY, PaymentId};
use insurance::ledger::Account;
use operations::record_event::Recorded;
use operations::wechat::order_payment::{Asked, Chosen};
use operations::wechat::settle_transaction::{Settled, Source, settle_transaction};
use store::tables::wechat_order::OrderState;
use store::tables::{difference, receipt};
use store::testing::for_each_database;
use units::Fen;

use crate::NOON;
use crate::payer::Payer;

fn transaction(payer: &Payer, number: OrderNumber, total: Fen) -> Transaction {
    Transaction {
        out_trade_no: number.to_string(),
        state: TradeState::Success,
        app_id: Some(APP_ID.to_owned()),
        mchid: Some(MCHID.to_owned()),
        transaction_id: Some("4200000000000000000000000001".to_owned()),
        paid_at: Some(payer.now()),
        total: Some(total),
        currency: Some("CNY".to_owned()),
    }
}

fn settle(payer: &Payer, transaction: &Transaction) -> Settled {
    let (city, now) = (payer.city.city.clone(), payer.now());
    let merchant = payer.gateway.client.merchant.clone();
    let transaction = transaction.clone();
    payer
        .db()
        .write(move |tx| {
            let said = (&transaction, Source::Answer(b"{}".to_vec()));
            settle_transaction(tx, &city, &merchant, said, now)
        })
        .unwrap()
}

#[test]
fn another_amount_or_an_unknown_order_is_held_under_nobodys_name_with_a_difference() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let owed = payer.city.owed(person);
        let number = payer.order(person);
        let fewer = transaction(&payer, number, Fen::from_yuan(1));
        for _ in 0..2 {
            assert_eq!(settle(&payer, &fewer), Settled::Different);
        }
        assert_eq!(payer.view(number).state, OrderState::Paid, "nobody asks about it any more");
        assert_eq!(payer.city.owed(person), owed, "and no due is paid by it");
        let unknown = OrderNumber { person, payment: PaymentId::from_i64(7) };
        let mut second = transaction(&payer, unknown, Fen::from_yuan(2));
        second.transaction_id = Some("4200000000000000000000000002".to_owned());
        assert_eq!(settle(&payer, &second), Settled::Different);
        let held = db.read(|tx| receipt::list(tx, CITY)).unwrap();
        assert_eq!(held.len(), 2);
        assert_eq!(payer.balance(Account::Suspense), -300);
        assert_eq!(db.read(|tx| difference::list_open(tx, 9)).unwrap().len(), 2);
        assert_ne!(payer.order(person), number, "the dues can be paid by another order");
        payer.assert_clean();
    });
}

#[test]
fn money_for_another_payee_or_account_opens_a_difference_and_books_nothing() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        let amount = payer.view(number).amount;
        let mut other_payee = transaction(&payer, number, amount);
        other_payee.mchid = Some("1900000000".to_owned());
        let mut other_account = transaction(&payer, number, amount);
        other_account.app_id = Some("wx0000000000000000".to_owned());
        other_account.transaction_id = Some("4200000000000000000000000002".to_owned());
        let mut unnamed = transaction(&payer, number, amount);
        unnamed.mchid = None;
        unnamed.transaction_id = Some("4200000000000000000000000003".to_owned());
        for stranger in [other_payee, other_account, unnamed] {
            assert_eq!(settle(&payer, &stranger), Settled::Different);
        }
        assert_eq!(db.read(|tx| difference::list_open(tx, 9)).unwrap().len(), 3);
        assert_eq!(payer.view(number).state, OrderState::Open);
        assert_eq!(payer.city.owed(person), amount);
        payer.assert_clean();
    });
}

#[test]
fn one_number_of_wechats_with_two_amounts_is_booked_once_and_differs() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let number = payer.order(payer.city.person(0));
        let asked = transaction(&payer, number, payer.view(number).amount);
        assert!(matches!(settle(&payer, &asked), Settled::Booked(Recorded::Booked { .. })));
        assert_eq!(settle(&payer, &asked), Settled::Booked(Recorded::Repeated));
        let other = transaction(&payer, number, Fen::from_yuan(1));
        assert_eq!(settle(&payer, &other), Settled::Different);
        assert_eq!(payer.balance(Account::Suspense), 0);
        payer.assert_clean();
    });
}

#[test]
fn a_payment_that_slips_in_before_a_close_is_booked_and_nothing_is_owed_twice() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        let person = payer.city.person(0);
        let number = payer.order(person);
        payer.confirm(number);
        let pension = payer.city.dues(person)[0].key;
        let fewer = Asked { chosen: Chosen::These(vec![pension]), ..payer.asked(person) };
        let refused = payer.start(&fewer).unwrap_err();
        assert!(refused.to_string().contains("payable"), "{refused}");
        assert_eq!(payer.view(number).state, OrderState::Paid);
        assert_eq!(payer.city.owed(person), Fen::ZERO);
        payer.assert_clean();
    });
}

#[test]
fn money_that_comes_after_its_order_ended_pays_what_is_owed_and_goes_back_where_nothing_is() {
    for_each_database(|db| {
        let payer = Payer::new(db, NOON);
        for (person, at_counter) in [(0, false), (1, true)] {
            let person = payer.city.person(person);
            let number = payer.order(person);
            let amount = payer.view(number).amount;
            let now = payer.now();
            let closed = Transaction {
                state: TradeState::Closed,
                transaction_id: None,
                ..transaction(&payer, number, amount)
            };
            assert_eq!(settle(&payer, &closed), Settled::Ended);
            if at_counter {
                for (index, due) in payer.city.dues(person).iter().enumerate() {
                    payer.pay_at_counter(&format!("C{index}"), due);
                }
            }
            // WeChat had taken the money before it closed the order.
            payer.wechat().pay(&number.to_string(), now).unwrap();
            payer.deliver();
            assert_eq!(payer.view(number).state, OrderState::Paid);
            assert_eq!(payer.city.owed(person), Fen::ZERO);
            payer.send_refunds();
            payer.deliver();
            let back = if at_counter { amount } else { Fen::ZERO };
            assert_eq!(payer.view(number).sent_back(), back);
        }
        assert_eq!(payer.balance(Account::Suspense), 0);
        payer.assert_clean();
    });
}
