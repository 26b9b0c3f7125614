//! Money that is held, money that was booked to the wrong person, money that comes and goes with
//! a person; and what `verify` says when somebody touches any of it by hand.

use insurance::casework::form::{CaseForm, Span, SuspenseWish};
use insurance::casework::state::CaseState;
use insurance::due::DueState;
use insurance::ids::{CITY, PersonId};
use insurance::payment::{ChannelKind, DueKey, Target};
use insurance::payment_order::OrderEvent;
use insurance::receipt::SuspenseState;
use operations::casework::CaseworkRefusal;
use operations::casework::account::paid_months;
use policy::Branch;
use store::Db;
use store::tables::{receipt, suspense};
use store::testing::{CASE_DAMAGES, for_each_database};
use units::{Fen, Month};

use crate::city_of_three::CityOfThree;
use crate::desk::{Desk, TODAY, fen, payee};

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn held_of(desk: &Desk, person: PersonId) -> suspense::Suspense {
    desk.city.db.read(|tx| suspense::list(tx, person)).unwrap().remove(0)
}

/// Money that is booked on its target and held, because nothing is owed.
fn hold(desk: &Desk, person: PersonId, (reference, amount): (&str, Fen)) -> suspense::Suspense {
    let target = if person == CITY { Target::Unknown } else { Target::Person(person) };
    desk.city.pay(ChannelKind::Counter, reference, amount, target).unwrap();
    held_of(desk, person)
}

pub(crate) fn settle(held: &suspense::Suspense, wish: SuspenseWish) -> CaseForm {
    CaseForm::Suspense { suspense: held.id, wish, payee: Some(payee("张三")) }
}

#[test]
fn held_money_is_sent_back_only_once_its_statement_has_shown_it() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let held = hold(&desk, person, ("C1", fen("10.00")));
        let key = desk.open(person, settle(&held, SuspenseWish::SendBack)).unwrap();
        assert!(matches!(desk.propose(key), Err(CaseworkRefusal::MoneyMustBeMatched)));
        desk.city.reconcile(ChannelKind::Counter, &[("C1", fen("10.00"))]);
        let second = desk.open(person, settle(&held, SuspenseWish::SendBack)).unwrap();
        desk.propose(second).unwrap();
        desk.approve(second).unwrap();
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        desk.carry_out(&desk.finance, key).unwrap();
        let (order, _) = desk.orders(key)[0].clone();
        desk.answer(&order, OrderEvent::Reject).unwrap();
        desk.prove();
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        desk.carry_out(&desk.finance, key).unwrap();
        desk.prove();
        assert_eq!(held_of(&desk, person).state, SuspenseState::Refunded);
        let late = desk.carry_out(&desk.finance, second).unwrap_err();
        assert!(matches!(late, CaseworkRefusal::SuspenseMustBeOpen), "it is sent back once");
    });
}

#[test]
fn held_money_pays_whole_dues_and_the_rest_goes_back() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let due = desk.due(person, 0);
        let target = || Target::Due(due.key);
        desk.city.pay(ChannelKind::BankBatch, "B1", due.amount, target()).unwrap();
        let medical = desk.due(person, 1);
        let twice = due.amount + Fen::YUAN;
        desk.city.pay(ChannelKind::Counter, "C1", twice, target()).unwrap();
        desk.city.reconcile(ChannelKind::Counter, &[("C1", twice)]);
        let held = held_of(&desk, person);
        let key = desk.open(person, settle(&held, SuspenseWish::Apply)).unwrap();
        desk.see_through(key);
        assert_eq!(desk.due(person, 1).state, DueState::Paid);
        let back: Fen = desk.orders(key).iter().map(|(order, _)| order.amount).sum();
        let others: Fen = [desk.due(person, 1), desk.due(person, 2)]
            .iter()
            .filter(|due| due.state == DueState::Paid)
            .map(|due| due.amount)
            .sum();
        assert_eq!(back + others, twice);
        assert!(others >= medical.amount);
        assert_eq!(held_of(&desk, person).state, SuspenseState::Applied);
    });
}

#[test]
fn money_of_nobody_finds_its_person_and_pays_from_the_day_it_came() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let owed = desk.city.owed(person);
        let held = hold(&desk, CITY, ("C9", owed));
        let form = CaseForm::WrongReceipt { receipt: held.receipt, rightful: person };
        let key = desk.open_by(&desk.finance.clone(), CITY, form).unwrap();
        desk.propose_by(&desk.finance.clone(), key).unwrap();
        desk.approve(key).unwrap();
        assert_eq!(desk.state(key), CaseState::Done);
        assert!(desk.city.dues(person).iter().all(|due| due.state == DueState::Paid));
        assert_eq!(held_of(&desk, CITY).state, SuspenseState::Returned);
        desk.prove();
        desk.city.reconcile(ChannelKind::Counter, &[("C9", owed)]);
        desk.prove();
    });
}

#[test]
fn a_receipt_of_the_wrong_person_pays_the_rightful_one_and_is_asked_of_the_other_again() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let (wrong, rightful) = (desk.city.person(0), desk.city.person(1));
        let owed = desk.city.owed(wrong);
        desk.city.pay(ChannelKind::Counter, "C1", owed, Target::Person(wrong)).unwrap();
        let booked = db.read(|tx| receipt::list(tx, wrong)).unwrap().remove(0);
        let form = |rightful| CaseForm::WrongReceipt { receipt: booked.id, rightful };
        let same = desk.open(wrong, form(wrong)).unwrap();
        assert!(matches!(desk.propose(same), Err(CaseworkRefusal::RightfulMustBeAnother)));
        let key = desk.open(wrong, form(rightful)).unwrap();
        desk.see_through(key);
        assert_eq!(desk.city.owed(wrong), owed, "asked for again");
        assert_eq!(desk.due(rightful, 0).state, DueState::Paid);
        let again = desk.open(wrong, form(rightful)).unwrap();
        assert!(matches!(desk.propose(again), Err(CaseworkRefusal::ReceiptMustStand)));
    });
}

#[test]
fn months_and_money_come_from_another_city_and_leave_with_the_person() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let span = |from, until| Span { from: month(from), until: month(until) };
        let form = |months| CaseForm::TransferIn {
            branch: Branch::Pension,
            city: "苏州市".to_owned(),
            months,
            account: fen("3000.00"),
            pooled: fen("4500.00"),
            arrived_on: "2026-11-20".parse().unwrap(),
            reference: "ICBC20261120001".to_owned(),
        };
        let backwards = desk.open(person, form(vec![span("2025-06", "2025-01")])).unwrap();
        assert!(matches!(desk.propose(backwards), Err(CaseworkRefusal::MonthsMustHaveEnded)));
        let overlapping = vec![span("2025-01", "2025-06"), span("2025-06", "2025-07")];
        let overlapping = desk.open(person, form(overlapping)).unwrap();
        let twice = desk.propose(overlapping).unwrap_err();
        assert!(matches!(twice, CaseworkRefusal::MonthMustNotBeCountedTwice(_)));
        let key = desk.open(person, form(vec![span("2025-01", "2025-06")])).unwrap();
        desk.see_through(key);
        let months = db.read(|tx| paid_months(tx, person, Branch::Pension)).unwrap();
        assert_eq!(months, 7, "six from Suzhou and November here");
        let again = desk.open(person, form(vec![span("2025-06", "2025-06")])).unwrap();
        let twice = desk.propose(again).unwrap_err();
        assert!(matches!(twice, CaseworkRefusal::MonthMustNotBeCountedTwice(_)));

        let away = CaseForm::TransferOut {
            branch: Branch::Pension,
            city: "合肥市".to_owned(),
            payee: payee("合肥市社会保险基金"),
        };
        let away = desk.open(person, away).unwrap();
        desk.see_through(away);
        let amounts: Vec<String> =
            desk.orders(away).iter().map(|(order, _)| order.amount.to_string()).collect();
        // 3,000.00 + 396.16 of the account; 4,500.00 + 594.24 of the pooled fund.
        assert_eq!(amounts, ["3396.16", "5094.24"]);
    });
}

#[test]
fn money_of_one_bank_number_comes_in_for_one_person() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let form = |from: &str, reference: &str| CaseForm::TransferIn {
            branch: Branch::Pension,
            city: "苏州市".to_owned(),
            months: vec![Span { from: month(from), until: month(from) }],
            account: fen("300.00"),
            pooled: Fen::ZERO,
            arrived_on: TODAY.parse().unwrap(),
            reference: reference.to_owned(),
        };
        let (first, second) = (desk.city.person(0), desk.city.person(1));
        // Both are approved-ready at the same time; only the first is counted.
        let late = desk.open(second, form("2025-01", "ICBC7")).unwrap();
        desk.propose(late).unwrap();
        desk.see_through(desk.open(first, form("2025-01", "ICBC7")).unwrap());
        let refused = desk.approve(late).unwrap_err();
        assert!(matches!(refused, CaseworkRefusal::ReferenceMustBeOfOnePerson), "{refused}");
        let again = desk.open(second, form("2025-02", "ICBC7")).unwrap();
        let refused = desk.propose(again).unwrap_err();
        assert!(matches!(refused, CaseworkRefusal::ReferenceMustBeOfOnePerson), "{refused}");
        desk.see_through(desk.open(first, form("2025-03", "ICBC7")).unwrap());
    });
}

#[test]
fn what_was_approved_is_paid_or_nothing_is() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let key = desk.surrender_case(person);
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        let form = CaseForm::TransferIn {
            branch: Branch::Pension,
            city: "苏州市".to_owned(),
            months: vec![Span { from: month("2025-01"), until: month("2025-01") }],
            account: fen("300.00"),
            pooled: Fen::ZERO,
            arrived_on: TODAY.parse().unwrap(),
            reference: "ICBC2".to_owned(),
        };
        let came = desk.open(person, form).unwrap();
        desk.see_through(came);
        let late = desk.carry_out(&desk.finance, key).unwrap_err();
        assert!(matches!(late, CaseworkRefusal::ResultMustStayAsApproved));
        desk.decide(&desk.review, key, operations::casework::decide_case::Decision::SendBack)
            .unwrap();
        desk.propose(key).unwrap();
        assert_eq!(desk.course(key).proposal().unwrap().amount, Some(fen("696.16")));
    });
}

/// A city where cases left something in each of their tables.
fn city_of_cases(db: &Db) -> Desk {
    let desk = Desk::of(CityOfThree::assessed(db));
    let [zhang, li, wang] = [0, 1, 2].map(|index| desk.city.person(index));
    let mut stated = Vec::new();
    for (person, reference) in [(zhang, "W1"), (li, "W2")] {
        let owed = desk.city.owed(person);
        desk.city.pay(ChannelKind::Wechat, reference, owed, Target::Person(person)).unwrap();
        stated.push((reference, owed));
    }
    desk.city.reconcile(ChannelKind::Wechat, &stated);
    let ten = fen("10.00");
    let held = hold(&desk, zhang, ("C1", ten));
    // 王五 pays for a month that was never asked for: the money is held, November is open.
    let due = desk.due(wang, 0);
    let nothing = DueKey { month: month("2026-10"), ..due.key };
    desk.city.pay(ChannelKind::Counter, "C2", due.amount, Target::Due(nothing)).unwrap();
    desk.city.reconcile(ChannelKind::Counter, &[("C1", ten), ("C2", due.amount)]);
    let applied = settle(&held_of(&desk, wang), SuspenseWish::Apply);
    desk.see_through(desk.open(wang, applied).unwrap());
    let form = CaseForm::TransferIn {
        branch: Branch::Pension,
        city: "苏州市".to_owned(),
        months: vec![Span { from: month("2025-01"), until: month("2025-03") }],
        account: fen("300.00"),
        pooled: fen("450.00"),
        arrived_on: TODAY.parse().unwrap(),
        reference: "ICBC3".to_owned(),
    };
    desk.see_through(desk.open(zhang, form).unwrap());
    desk.see_through(desk.open(zhang, settle(&held, SuspenseWish::SendBack)).unwrap());
    let wrong = db.read(|tx| receipt::list(tx, li)).unwrap().remove(0);
    let form = CaseForm::WrongReceipt { receipt: wrong.id, rightful: zhang };
    desk.see_through(desk.open(li, form).unwrap());
    let held = db.read(|tx| suspense::list(tx, zhang)).unwrap().remove(1);
    desk.see_through({
        // The money that was 李四's by mistake is 张三's; it goes back to 李四 by another receipt.
        let form = CaseForm::WrongReceipt { receipt: held.receipt, rightful: li };
        desk.open(zhang, form).unwrap()
    });
    let out = CaseForm::TransferOut {
        branch: Branch::Pension,
        city: "合肥市".to_owned(),
        payee: payee("合肥市社会保险基金"),
    };
    desk.see_through(desk.open(wang, out).unwrap());
    let key = desk.surrender_case(zhang);
    desk.propose(key).unwrap();
    desk.approve(key).unwrap();
    desk.carry_out(&desk.finance, key).unwrap();
    let (order, _) = desk.orders(key)[0].clone();
    desk.answer(&order, OrderEvent::Reject).unwrap();
    desk.propose(key).unwrap();
    desk.approve(key).unwrap();
    desk.carry_out(&desk.finance, key).unwrap();
    desk.prove();
    desk
}

#[test]
fn verify_finds_a_hand_made_corruption_of_every_table_of_cases() {
    for_each_database(|db| {
        let desk = city_of_cases(db);
        for damage in CASE_DAMAGES {
            let found = desk.city.verify_damaged(damage);
            assert!(!found.is_clean(), "not found: {damage}");
        }
        desk.prove();
    });
}
