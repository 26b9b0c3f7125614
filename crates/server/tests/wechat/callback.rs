//! The callbacks as WeChat, and as everybody who is not WeChat, calls them.

use axum::http::StatusCode;
use channels::http_message::Headers;
use channels::wechat_sandbox::behaviour::Notices;
use server::jobs::wechat as jobs;
use store::tables::wechat_order::OrderState;
use store::testing::{for_each_database, on_sqlite};
use units::Fen;

use crate::shop::{Shop, assert_clean, order, owed, person_of, post, view, waiting};

#[test]
fn a_notice_is_kept_answered_with_204_and_booked_by_the_job() {
    for_each_database(|db| {
        let shop = Shop::new(db);
        let person = person_of(&shop.app, 0);
        let number = order(&shop.app, person);
        shop.practice.sandbox().behaviour.notices = Notices::Repeated;
        shop.confirm(number);
        assert_eq!(shop.deliver(), [StatusCode::NO_CONTENT; 3]);
        assert_eq!(waiting(&shop.app), 1, "the same content is kept once");
        assert_eq!(view(&shop.app, number).state, OrderState::Open, "and nothing is booked yet");
        assert_eq!(
            jobs::read_wechat_notices(&shop.app).unwrap().as_deref(),
            Some("1 read, 0 different")
        );
        assert_eq!(jobs::read_wechat_notices(&shop.app).unwrap(), None);
        assert_eq!(view(&shop.app, number).state, OrderState::Paid);
        assert_eq!(owed(&shop.app, person), Fen::ZERO);
        for told in [Some("1 told, 0 failed"), None] {
            assert_eq!(jobs::tell_wechat_receipts(&shop.app).unwrap().as_deref(), told);
        }
        let messages = shop.practice.sandbox().messages().to_vec();
        assert_eq!(messages.len(), 1, "the payer is told once");
        assert_eq!(messages[0]["touser"], "oUpF8");
        let amount = format!("{}元", view(&shop.app, number).amount);
        assert_eq!(messages[0]["data"]["amount2"]["value"], amount);
        assert!(!messages[0].to_string().contains("张三"));
        assert_clean(&shop.app);
    });
}

#[test]
fn what_wechat_did_not_sign_is_refused_and_leaves_nothing_behind() {
    on_sqlite(|db| {
        let shop = Shop::new(db);
        let number = order(&shop.app, person_of(&shop.app, 0));
        shop.practice.sandbox().behaviour.notices = Notices::ForgedFirst;
        shop.confirm(number);
        assert_eq!(shop.deliver(), [StatusCode::UNAUTHORIZED, StatusCode::NO_CONTENT]);
        assert_eq!(waiting(&shop.app), 1);
        let path = "/callbacks/wechat/pay";
        let body = b"{\"id\":\"1\"}";
        assert_eq!(post(&shop.app, path, &Headers::new(), body), StatusCode::UNAUTHORIZED);
        let probe = Headers::new()
            .with("Wechatpay-Timestamp", shop.now().seconds().to_string())
            .with("Wechatpay-Nonce", "0123456789abcdef")
            .with("Wechatpay-Serial", channels::wechat_sandbox::PLATFORM_KEY_ID)
            .with("Wechatpay-Signature", "WECHATPAY/SIGNTEST/QUJD");
        assert_eq!(post(&shop.app, path, &probe, body), StatusCode::UNAUTHORIZED);
        let large = vec![b' '; 64 * 1024 + 1];
        assert_eq!(post(&shop.app, path, &probe, &large), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(waiting(&shop.app), 1);
        assert_eq!(post(&shop.app, "/callbacks/wechat/other", &probe, body), StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_jobs_carry_a_double_payment_to_the_end_and_the_next_days_bill_balances() {
    for_each_database(|db| {
        let shop = Shop::new(db);
        let person = person_of(&shop.app, 0);
        let first = order(&shop.app, person);
        let due = shop.app.db.read(|tx| store::tables::due::list_unpaid(tx, person)).unwrap()[0];
        let city = shop.app.city.clone();
        let paid = insurance::payment::ChannelEvent::Paid(insurance::payment::Paid {
            channel: insurance::payment::ChannelKind::Counter,
            reference: "C1".to_owned(),
            amount: due.amount,
            paid_at: shop.now(),
            accounting_on: shop.now().date_in_shanghai(),
            target: insurance::payment::Target::Due(due.key),
        });
        let (now, message) = (shop.now(), insurance::ids::MessageId::from_i64(1));
        db.write(move |tx| operations::record_event::record_event(tx, &city, &paid, message, now))
            .unwrap();
        shop.confirm(first);
        shop.deliver();
        jobs::read_wechat_notices(&shop.app).unwrap();
        jobs::send_wechat_refunds(&shop.app).unwrap();
        assert_eq!(shop.deliver(), [StatusCode::NO_CONTENT], "to /callbacks/wechat/refund");
        jobs::read_wechat_notices(&shop.app).unwrap();
        assert_eq!(view(&shop.app, first).sent_back(), due.amount);
        let suspense = db.read(store::tables::suspense::sum_open).unwrap();
        assert_eq!(suspense, (0, Fen::ZERO));
        assert_clean(&shop.app);
        assert_eq!(jobs::refresh_wechat_certificates(&shop.app).unwrap(), None);
        assert_eq!(jobs::ask_wechat_orders(&shop.app).unwrap(), None);
    });
}
