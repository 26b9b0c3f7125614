//! What the payer reads when money meets the window's end, or a due that somebody else paid.

use insurance::ids::{MessageId, PersonId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use operations::record_event::{RecordError, Recorded, record_event};
use policy::Branch;
use server::app::App;
use store::tables::{due, suspense};
use units::Fen;

use super::{ADDRESSES, IN_WECHAT, ZHANG, at, come_in, come_in_at, confirm, query, send};
use crate::browser::Browser;
use crate::practice::{connect, connect_to};
use crate::with_every_city;

async fn owed(app: &App, person: PersonId) -> Fen {
    let unpaid = app.db.read_async(move |tx| due::list_unpaid(tx, person)).await.unwrap();
    unpaid.iter().map(|due| due.amount).sum()
}

/// A teller's receipt for the pension, whose day the bank tells late.
async fn pay_pension_at_the_counter(app: &App, person: PersonId) {
    let (city, now) = (app.city.clone(), app.clock.now());
    let booked = app
        .db
        .write_async(move |tx| -> Result<Recorded, RecordError> {
            let unpaid = due::list_unpaid(tx, person)?;
            let pension = unpaid.iter().find(|due| due.key.branch == Branch::Pension).unwrap();
            let paid = ChannelEvent::Paid(Paid {
                channel: ChannelKind::Counter,
                reference: "C1".to_owned(),
                amount: pension.amount,
                paid_at: now,
                accounting_on: now.date_in_shanghai(),
                target: Target::Due(pension.key),
            });
            record_event(tx, &city, &paid, MessageId::from_i64(1), now)
        })
        .await;
    assert!(matches!(booked, Ok(Recorded::Booked { .. })), "{booked:?}");
}

#[test]
fn an_order_is_paid_at_the_last_second_of_the_24th_and_not_one_later() {
    for (moment, is_taken) in [("2026-11-24T23:59:59", true), ("2026-11-25T00:00:00", false)] {
        with_every_city(move |app, people| async move {
            let (evening, practice) = connect(&app, at("2026-11-24T23:58:00"), ADDRESSES);
            let mut browser = Browser::new(&evening).named(IN_WECHAT);
            let now = at("2026-11-24T23:58:00");
            come_in_at(&practice, &mut browser, "/self-service", now).await;
            let queried = query(&evening, &mut browser, &ZHANG).await;
            assert_eq!(queried.location(), "/self-service/owed", "{}", queried.body);
            let begun = send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
            assert_eq!(begun.location(), "/self-service/pay", "{}", begun.body);
            let page = browser.get("/self-service/pay").await;
            assert!(page.body.contains("2026年11月24日 23:59"), "{}", page.body);
            let said = confirm(&practice, &page.body, at(moment));
            assert_eq!(said.contains("get_brand_wcpay_request:ok"), is_taken, "{said}");
            let night = connect_to(&practice, &app, at("2026-11-25T00:00:30"), ADDRESSES);
            browser.move_to(server::site::router(night));
            let receipt = browser.get("/self-service/receipt").await.body;
            if is_taken {
                assert!(receipt.contains("缴费成功"), "{receipt}");
                assert!(receipt.contains("2026年11月24日 23:59"), "{receipt}");
                assert_eq!(owed(&app, people.zhang).await, Fen::ZERO);
                return;
            }
            assert!(!receipt.contains("缴费成功"), "{receipt}");
            assert_eq!(owed(&app, people.zhang).await, "1396.60".parse().unwrap());
            let refused = send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
            assert!(refused.body.contains("下次开放日"), "{}", refused.body);
        });
    }
}

#[test]
fn who_pays_what_the_counter_has_taken_reads_what_goes_back() {
    with_every_city(|app, people| async move {
        let (app, practice) = connect(&app, at("2026-11-24T10:00:00"), ADDRESSES);
        let mut browser = Browser::new(&app).named(IN_WECHAT);
        come_in(&practice, &mut browser, "/self-service").await;
        query(&app, &mut browser, &ZHANG).await;
        send(&mut browser, "/self-service/pay", &[("sum", "1396.60")]).await;
        let page = browser.get("/self-service/pay").await;
        pay_pension_at_the_counter(&app, people.zhang).await;
        let said = confirm(&practice, &page.body, at("2026-11-24T10:00:00"));
        assert!(said.contains("get_brand_wcpay_request:ok"), "{said}");
        for _ in 0..2 {
            let receipt = browser.get("/self-service/receipt").await.body;
            assert!(receipt.contains("缴费成功") && receipt.contains("都已缴清"), "{receipt}");
            assert!(receipt.contains("其中 990.40元 已经缴过"), "{receipt}");
        }
        let english = browser.get("/en/self-service/receipt").await.body;
        assert!(english.contains("¥990.40 of it was paid twice"), "{english}");
        let held = app.db.read_async(move |tx| suspense::list_open(tx, 10)).await.unwrap();
        let sums: Vec<Fen> = held.iter().map(|held| held.amount).collect();
        assert_eq!(sums, ["990.40".parse::<Fen>().unwrap()]);
        assert_eq!(owed(&app, people.zhang).await, Fen::ZERO);
    });
}
