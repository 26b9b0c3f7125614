//! Money that a channel takes back after a case had decided about it: dues are owed again, and what
//! left twice is a claim with a task.

use insurance::casework::form::{CaseForm, SuspenseWish};
use insurance::casework::state::CaseState;
use insurance::due::DueState;
use insurance::ids::PersonId;
use insurance::ledger::Account;
use insurance::payment::{ChannelEvent, ChannelKind, DueKey, Target};
use insurance::payment_order::OrderEvent;
use insurance::receipt::SuspenseState;
use operations::casework::decide_case::Decision;
use operations::casework::{CaseKey, CaseworkRefusal};
use operations::record_event::Recorded;
use policy::Branch;
use store::tables::task::TaskKind;
use store::tables::{entry, suspension, task};
use store::testing::{RECOVERY_DAMAGES, TAKEN_BACK_DAMAGES, for_each_database};
use units::Fen;

use crate::city_of_three::CityOfThree;
use crate::desk::{Desk, TODAY, fen};
use crate::money::{held_of, month, settle};

/// A person pays twice for one month at the counter; a case applies the second payment to the
/// rest of what they owe, and sends back what is left.
fn applied(desk: &Desk, person: PersonId, left: Fen) -> (CaseKey, Fen) {
    let owed = desk.city.owed(person);
    let nothing = DueKey { month: month("2026-10"), ..desk.due(person, 0).key };
    let amount = owed + left;
    desk.city.pay(ChannelKind::Counter, "C1", amount, Target::Due(nothing)).unwrap();
    desk.city.reconcile(ChannelKind::Counter, &[("C1", amount)]);
    let key = desk.open(person, settle(&held_of(desk, person), SuspenseWish::Apply)).unwrap();
    desk.propose(key).unwrap();
    desk.approve(key).unwrap();
    if !left.is_zero() {
        desk.carry_out(&desk.finance, key).unwrap();
    }
    assert_eq!(desk.city.owed(person), Fen::ZERO);
    (key, owed)
}

fn take_back(desk: &Desk, day: &str) -> Recorded {
    let returned = ChannelEvent::Returned {
        channel: ChannelKind::Counter,
        reference: "C1".to_owned(),
        return_reference: "R1".to_owned(),
        amount: fen("1.00"),
        accounting_on: day.parse().unwrap(),
        raw: String::new(),
    };
    desk.city.record_on(day, returned).unwrap()
}

fn claimed(desk: &Desk) -> Fen {
    let turnovers = desk.city.db.read(entry::sum_by_account).unwrap();
    let of = turnovers.iter().find(|turnover| turnover.account == Account::Recoverable);
    of.map_or(Fen::ZERO, |of| of.debit.checked_sub(of.credit).unwrap())
}

fn is_told(desk: &Desk, person: PersonId) -> bool {
    desk.city.db.read(|tx| task::is_open(tx, person, TaskKind::RecoverPayment)).unwrap()
}

#[test]
fn dues_that_returned_money_had_paid_out_of_suspense_are_asked_for_again() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let (_, owed) = applied(&desk, person, Fen::ZERO);
        assert_eq!(take_back(&desk, "2026-11-25"), Recorded::Noted);
        assert_eq!(desk.city.owed(person), owed, "asked for again");
        assert_eq!(held_of(&desk, person).state, SuspenseState::Returned);
        assert_eq!((claimed(&desk), is_told(&desk, person)), (Fen::ZERO, false));
        desk.prove();
        assert_eq!(take_back(&desk, "2026-11-25"), Recorded::Repeated);
        desk.prove();
    });
}

#[test]
fn what_returned_money_had_paid_becomes_arrears_again_when_its_month_is_closed() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let (_, owed) = applied(&desk, person, Fen::ZERO);
        desk.city.close("2026-12-01").unwrap();
        assert_eq!(desk.city.owed(person), Fen::ZERO);
        take_back(&desk, "2026-12-02");
        assert_eq!(desk.city.owed(person), owed);
        let states: Vec<DueState> = desk.city.dues(person).iter().map(|due| due.state).collect();
        assert!(states.iter().all(|state| *state == DueState::Arrears), "{states:?}");
        let medical = desk.city.dues(person).iter().any(|due| due.key.branch == Branch::Medical);
        let stopped = db.read(|tx| suspension::is_suspended(tx, person)).unwrap();
        assert_eq!(stopped, medical, "an unpaid medical month suspends");
        desk.prove();
    });
}

#[test]
fn what_was_sent_back_and_then_returned_is_a_claim_that_a_clerk_is_told_of() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let (key, owed) = applied(&desk, person, fen("0.05"));
        let (order, _) = desk.orders(key)[0].clone();
        take_back(&desk, "2026-11-25");
        assert_eq!(desk.city.owed(person), owed);
        assert_eq!((claimed(&desk), is_told(&desk, person)), (fen("0.05"), true));
        desk.prove();
        desk.answer(&order, OrderEvent::Reject).unwrap();
        assert_eq!(claimed(&desk), Fen::ZERO, "the payee never had it");
        desk.prove();
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        let again = desk.carry_out(&desk.finance, key).unwrap_err();
        assert!(matches!(again, CaseworkRefusal::MoneyMustNotBeTakenBack));
    });
}

#[test]
fn a_paid_refund_of_returned_money_stays_claimed() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let ten = fen("10.00");
        desk.city.pay(ChannelKind::Counter, "C1", ten, Target::Person(person)).unwrap();
        desk.city.reconcile(ChannelKind::Counter, &[("C1", ten)]);
        let form = settle(&held_of(&desk, person), SuspenseWish::SendBack);
        let key = desk.open(person, form).unwrap();
        desk.see_through(key);
        take_back(&desk, "2026-11-25");
        assert_eq!((claimed(&desk), is_told(&desk, person)), (ten, true));
        assert_eq!(desk.state(key), CaseState::Done);
        desk.prove();
    });
}

#[test]
fn money_that_comes_back_part_by_part_lowers_the_claim_until_its_task_is_done() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let ten = fen("10.00");
        desk.city.pay(ChannelKind::Counter, "C1", ten, Target::Person(person)).unwrap();
        desk.city.reconcile(ChannelKind::Counter, &[("C1", ten)]);
        let form = settle(&held_of(&desk, person), SuspenseWish::SendBack);
        let paid = desk.open(person, form).unwrap();
        desk.propose(paid).unwrap();
        desk.approve(paid).unwrap();
        desk.carry_out(&desk.finance, paid).unwrap();
        take_back(&desk, "2026-11-25");
        let came = |sum: &str, reference: &str| {
            let form = CaseForm::Recovery {
                amount: fen(sum),
                arrived_on: TODAY.parse().unwrap(),
                reference: reference.to_owned(),
            };
            desk.open_by(&desk.finance, person, form).unwrap()
        };
        let propose = |key| desk.propose_by(&desk.finance, key);
        let early = propose(came("4.00", "B1")).unwrap_err();
        assert!(matches!(early, CaseworkRefusal::AmountMustBeClaimed), "the bank may refuse it");
        let (order, _) = desk.orders(paid)[0].clone();
        desk.answer(&order, OrderEvent::Confirm).unwrap();

        let too_much = propose(came("10.01", "B1")).unwrap_err();
        assert!(matches!(too_much, CaseworkRefusal::AmountMustBeClaimed));
        let first = came("4.00", "B1");
        propose(first).unwrap();
        assert!(desk.decide(&desk.finance, first, Decision::Approve).is_err(), "another person");
        desk.approve(first).unwrap();
        assert_eq!((claimed(&desk), is_told(&desk, person)), (fen("6.00"), true));
        desk.prove();
        let twice = propose(came("6.00", "B1")).unwrap_err();
        assert!(matches!(twice, CaseworkRefusal::RecoveryMustBeCountedOnce));
        let rest = came("6.00", "B2");
        propose(rest).unwrap();
        desk.approve(rest).unwrap();
        assert_eq!(desk.state(rest), CaseState::Done);
        assert_eq!((claimed(&desk), is_told(&desk, person)), (Fen::ZERO, false));
        desk.prove();
        for damage in RECOVERY_DAMAGES {
            assert!(!desk.city.verify_damaged(damage).is_clean(), "not found: {damage}");
        }
    });
}

#[test]
fn verify_finds_a_claim_or_an_undone_application_that_is_missing() {
    for_each_database(|db| {
        let desk = Desk::of(CityOfThree::assessed(db));
        let person = desk.city.person(0);
        applied(&desk, person, fen("0.05"));
        take_back(&desk, "2026-11-25");
        for damage in TAKEN_BACK_DAMAGES {
            assert!(!desk.city.verify_damaged(damage).is_clean(), "not found: {damage}");
        }
    });
}
