//! Money that fits no due, by keyboard alone: seen by finance, applied to dues or sent back, decided
//! by another person.

use insurance::ids::{MessageId, PersonId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use operations::assess_month::assess_month;
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{RecordError, record_event};
use server::app::App;
use store::tables::receipt;
use units::{Fen, Timestamp};

use crate::case_hands::{Case, FINANCE};
use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::TONGUES;
use crate::{walk, walk_on};

const KIND: (&str, &str) = ("挂账处理", "Money in suspense");

#[test]
fn money_that_is_owed_to_nobody_goes_back_to_its_payer() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, city| async move {
            pay(&city.app, city.people.wang, Fen::from_yuan(1000), "2026-11-20");
            let hand = Hand::new(page, tongue);
            hand.signs_in(FINANCE, "/desk/queue").await;
            hand.reads(("没有对应的应缴", "fits no due")).await;
            hand.shows("suspense-queue").await;
            hand.signs_out().await;
            let case = Case { hand: &hand, city: &city, name: "case-suspense-back", kind: KIND };
            case.is_asked_for("320102199001014513").await;
            hand.types(("申请人姓名", "Applicant's name"), "王五").await;
            hand.ticks(("全部退回", "Send all of it back")).await;
            hand.types(("收款人姓名", "Holder's name"), "王五").await;
            hand.types(("开户银行", "Bank"), "建设银行鼓楼支行").await;
            hand.types(("银行账号", "Account number"), "6217001234567890122").await;
            let address = case.is_opened().await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            case.is_carried_out(&address).await;
            case.is_paid().await;
        });
    }
}

#[test]
fn money_that_came_too_early_pays_the_next_months_dues() {
    for tongue in TONGUES {
        walk_on(Screen::desk(), "2026-12-03", |page, city| async move {
            let (wang, month) = (city.people.wang, "2026-12".parse().unwrap());
            let bills = city.app.db.read(move |tx| receipt::list(tx, wang)).unwrap();
            pay(&city.app, wang, bills[0].amount, "2026-11-20");
            let first = at("2026-12-01");
            assess_month(&city.app.db, &city.app.city, (month, "test"), first, &mut |_, _| {})
                .unwrap();
            let hand = Hand::new(page, tongue);
            let case = Case { hand: &hand, city: &city, name: "case-suspense-apply", kind: KIND };
            case.is_asked_for("320102199001014513").await;
            hand.types(("申请人姓名", "Applicant's name"), "王五").await;
            hand.ticks(("用于未缴的应缴", "Apply it to unpaid dues")).await;
            let address = case.is_opened().await;
            case.is_proposed().await;
            case.is_approved(&address).await;
            hand.signs_in(("窗口", "Window"), &address).await;
            hand.reads(("办件已结束", "The case is over")).await;
            hand.shows("case-suspense-apply-8-done").await;
        });
    }
}

/// Somebody pays more than they owe at a counter, and the day is balanced.
pub(crate) fn pay(app: &App, person: PersonId, amount: Fen, day: &str) {
    let (channel, paid_at) = (ChannelKind::Counter, at(day));
    let (reference, accounting_on) = (format!("{day}-{person}"), paid_at.date_in_shanghai());
    let line = Line { reference: reference.clone(), amount };
    let target = Target::Person(person);
    let paid = Paid { channel, reference, amount, paid_at, accounting_on, target };
    let (city, paid) = (app.city.clone(), ChannelEvent::Paid(paid));
    app.db
        .write(move |tx| -> Result<_, RecordError> {
            record_event(tx, &city, &paid, MessageId::from_i64(1), paid_at)
        })
        .unwrap();
    let statement = Statement { channel, accounting_on, lines: vec![line] };
    reconcile_day(&app.db, &app.city, statement, "test", paid_at).unwrap();
}

fn at(day: &str) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().unwrap()
}
