//! Cases in which money leaves or facts are corrected, on both databases: two different people,
//! computed sums, payment orders, and books that balance after each step.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[expect(dead_code, reason = "this test asks for no cover")]
#[path = "month/city_of_three.rs"]
mod city_of_three;
#[path = "casework/desk.rs"]
mod desk;
#[path = "casework/money.rs"]
mod money;
#[path = "casework/taken_back.rs"]
mod taken_back;
#[path = "casework/two_people.rs"]
mod two_people;

use desk::{Desk, TODAY, fen, payee};
use insurance::casework::form::{AccountWish, CaseForm, Heir};
use insurance::casework::state::CaseState;
use insurance::due::DueState;
use insurance::ledger::Account;
use insurance::payment_order::{OrderEvent, OrderState};
use operations::casework::CaseworkRefusal;
use policy::Branch;
use policy::collection::SurrenderReason;
use store::tables::{enrolment, entry, mandate};
use store::testing::for_each_database;
use units::Fen;

#[test]
fn a_surrender_pays_the_account_once_the_bank_confirms_and_ends_the_insurance() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let key = desk.open(person, desk.surrender(person)).unwrap();
        let Err(CaseworkRefusal::EvidenceMustBeComplete(missing)) = desk.propose(key) else {
            panic!("evidence is missing");
        };
        assert_eq!(missing.len(), 2);
        desk.hand_in(key, "退出中国国籍证明或外国国籍公证译文").unwrap();
        desk.hand_in(key, "书面终止申请").unwrap();
        desk.propose(key).unwrap();
        // 8 % of 4,952.00 for one paid month; the running year earns what the pack says.
        assert_eq!(desk.course(key).proposal().unwrap().amount, Some(fen("396.16")));
        desk.approve(key).unwrap();
        desk.prove();
        assert!(desk.orders(key).is_empty(), "nothing is paid before finance acts");
        desk.carry_out(&desk.finance, key).unwrap();
        desk.prove();
        let orders = desk.orders(key);
        assert_eq!((orders.len(), orders[0].0.amount), (1, fen("396.16")));
        assert_eq!(desk.state(key), CaseState::Paying);
        let spans = db.read(|tx| enrolment::list(tx, person)).unwrap();
        assert!(spans.iter().all(|span| span.closed_on.is_some()), "the enrolment ended");
        assert_eq!(db.read(|tx| mandate::find_live(tx, person)).unwrap(), None);
        desk.answer(&orders[0].0, OrderEvent::Confirm).unwrap();
        desk.answer(&orders[0].0, OrderEvent::Confirm).unwrap();
        assert_eq!(desk.state(key), CaseState::Done);
        let refused = desk.answer(&orders[0].0, OrderEvent::Reject).unwrap_err();
        assert!(matches!(refused, CaseworkRefusal::Answer(_)));
        desk.prove();
        let again = desk.surrender_case(person);
        desk.propose(again).unwrap();
        assert_eq!(desk.course(again).proposal().unwrap().amount, Some(Fen::ZERO), "it is empty");
    });
}

#[test]
fn whoever_settles_abroad_or_wishes_so_keeps_the_account() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let abroad = |reason, wish, person| CaseForm::Surrender {
            reason,
            wish,
            informed_on: TODAY.parse().unwrap(),
            payee: (wish == AccountWish::EndAndPay).then(|| payee(&desk.name(person))),
        };
        let person = desk.city.person(0);
        let settled = abroad(SurrenderReason::SettledAbroad, AccountWish::EndAndPay, person);
        let key = desk.open(person, settled).unwrap();
        desk.hand_in(key, "出国（境）定居证明").unwrap();
        desk.see_through(key);
        assert!(desk.orders(key).is_empty());
        let person = desk.city.person(1);
        let keeps = abroad(SurrenderReason::LossOfNationality, AccountWish::Keep, person);
        let key = desk.open(person, keeps).unwrap();
        desk.hand_in(key, "退出中国国籍证明或外国国籍公证译文").unwrap();
        desk.hand_in(key, "书面终止申请").unwrap();
        desk.see_through(key);
        assert!(desk.orders(key).is_empty(), "the account stays");
    });
}

#[test]
fn a_payment_that_comes_back_is_paid_again_to_a_corrected_payee_only() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let key = desk.surrender_case(person);
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        desk.carry_out(&desk.finance, key).unwrap();
        let (order, _) = desk.orders(key)[0].clone();
        desk.answer(&order, OrderEvent::Reject).unwrap();
        assert_eq!(desk.state(key), CaseState::Open);
        desk.prove();
        assert!(matches!(desk.withdraw(key), Err(CaseworkRefusal::OnlyThePayeeMayChange)));
        let CaseForm::Surrender { reason, informed_on, .. } = desk.surrender(person) else {
            unreachable!("it is a surrender")
        };
        let with = |wish, account| CaseForm::Surrender {
            reason,
            informed_on,
            wish,
            payee: Some(
                insurance::casework::form::Payee::new(&desk.name(person), "工商银行", account)
                    .unwrap(),
            ),
        };
        let other = desk.edit(key, with(AccountWish::Keep, "6222000000000001"));
        assert!(matches!(other, Err(CaseworkRefusal::OnlyThePayeeMayChange)));
        desk.edit(key, with(AccountWish::EndAndPay, "6222000000000001")).unwrap();
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        desk.carry_out(&desk.finance, key).unwrap();
        desk.prove();
        let orders = desk.orders(key);
        assert_eq!(orders.len(), 2);
        assert_eq!(orders[1].0.payee.masked_account(), "************0001");
        desk.answer(&orders[1].0, OrderEvent::Confirm).unwrap();
        assert_eq!(desk.state(key), CaseState::Done);
        desk.prove();
        let sums = db.read(entry::sum_by_account).unwrap();
        let paid = Account::IndividualPaid(Branch::Pension);
        let paid = sums.iter().find(|sum| sum.account == paid).unwrap();
        assert_eq!(paid.debit.checked_sub(paid.credit), Some(fen("396.16")), "paid once");
    });
}

#[test]
fn a_death_divides_the_account_to_the_fen_and_pays_the_grants() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let heir = |name: &str, share| Heir { share, payee: payee(name) };
        let form = CaseForm::Death {
            died_on: "2026-10-30".parse().unwrap(),
            monthly_income: fen("5000.00"),
            heirs: vec![heir("李一", 1), heir("李二", 1), heir("李三", 1)],
            grants_to: payee("李一"),
        };
        let key = desk.open(person, form).unwrap();
        desk.hand_in(key, "死亡证明").unwrap();
        desk.hand_in(key, "继承人身份证明").unwrap();
        desk.see_through(key);
        let amounts: Vec<String> =
            desk.orders(key).iter().map(|(order, _)| order.amount.to_string()).collect();
        // 396.16 in three parts; two and three months of 5,000.00.
        assert_eq!(amounts, ["132.06", "132.05", "132.05", "25000.00"]);
        let spans = db.read(|tx| enrolment::list(tx, person)).unwrap();
        assert_eq!(spans[0].until, Some("2026-10".parse().unwrap()), "the month of death");
        assert!(desk.orders(key).iter().all(|(_, state)| *state == OrderState::Confirmed));
    });
}

#[test]
fn dues_asked_for_after_a_death_are_withdrawn() {
    for_each_database(|db| {
        let city = city_of_three::CityOfThree::assessed(db);
        let desk = Desk::of(city);
        let person = desk.city.person(0);
        let heir = Heir { share: 1, payee: payee("李一") };
        let form = CaseForm::Death {
            died_on: "2026-10-30".parse().unwrap(),
            monthly_income: fen("5000.00"),
            heirs: vec![heir],
            grants_to: payee("李一"),
        };
        let key = desk.open(person, form).unwrap();
        desk.hand_in(key, "死亡证明").unwrap();
        desk.hand_in(key, "继承人身份证明").unwrap();
        desk.see_through(key);
        assert!(desk.city.dues(person).iter().all(|due| due.state == DueState::Closed));
    });
}

#[test]
fn a_due_asked_for_in_error_is_withdrawn_and_a_paid_one_is_not() {
    for_each_database(|db| {
        let desk = Desk::of(city_of_three::CityOfThree::assessed(db));
        let person = desk.city.person(0);
        let form =
            |branch| CaseForm::WrongDue { month: "2026-11".parse().unwrap(), branch, part: 0 };
        let key = desk.open(person, form(Branch::Unemployment)).unwrap();
        desk.see_through(key);
        let due = desk.due(person, 2);
        assert_eq!((due.key.branch, due.state), (Branch::Unemployment, DueState::Closed));
        let again = desk.open(person, form(Branch::Unemployment)).unwrap();
        assert!(matches!(desk.propose(again), Err(CaseworkRefusal::DueMustBeUnpaid)));
    });
}

#[test]
fn an_objection_is_answered_by_one_person_and_approved_by_another() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let form = |answer: &str| CaseForm::Objection {
            about: "2026年10月缴费记录缺失".to_owned(),
            answer: answer.to_owned(),
        };
        let key = desk.open(desk.city.person(0), form("")).unwrap();
        assert!(matches!(desk.propose(key), Err(CaseworkRefusal::TextMustBeFilled)));
        desk.edit(key, form("参保自11月起，10月没有应缴。")).unwrap();
        desk.see_through(key);
    });
}
