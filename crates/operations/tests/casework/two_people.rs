//! Nobody decides what they prepared, by any path.

use insurance::casework::hand::HandRefusal;
use insurance::casework::state::{CaseRefusal, CaseState};
use insurance::clerk::Role;
use operations::casework::CaseworkRefusal;
use operations::casework::decide_case::Decision;
use store::testing::for_each_database;

use crate::desk::Desk;

fn refused(result: Result<(), CaseworkRefusal>) -> HandRefusal {
    match result {
        Err(CaseworkRefusal::Hand(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_person_with_two_accounts_two_roles_or_a_new_binding_is_one_person() {
    for_each_database(|db| {
        let mut desk = Desk::new(db);
        let both = desk.account("both", &[Role::Window, Role::Review], Some("W9"));
        let second = desk.account("second", &[Role::Review], Some("W9"));
        let unbound = desk.account("unbound", &[Role::Review], None);
        desk.window = both.clone();
        let key = desk.surrender_case(desk.city.person(0));
        desk.propose(key).unwrap();
        let another = HandRefusal::DeciderMustBeAnother;
        let decide = |clerk| desk.decide(clerk, key, Decision::Approve);
        assert_eq!(refused(decide(&both)), another, "the same account");
        assert_eq!(refused(decide(&second)), another, "a second account");
        assert_eq!(refused(decide(&unbound)), HandRefusal::StaffMustBeKnown);
        desk.bind(&both, "W10");
        assert_eq!(refused(decide(&both)), another, "the account bound anew");
        assert_eq!(refused(decide(&second)), another, "the binding of that day counts");
        desk.bind(&second, "W10");
        assert_eq!(refused(decide(&second)), another, "so does the one of today");
        desk.approve(key).unwrap();
    });
}

#[test]
fn a_role_gained_between_proposal_and_decision_changes_nothing() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let key = desk.surrender_case(desk.city.person(0));
        desk.propose(key).unwrap();
        let mut promoted = desk.window.clone();
        promoted.roles = insurance::clerk::RoleSet::of(&[Role::Review]);
        let refusal = refused(desk.decide(&promoted, key, Decision::Approve));
        assert_eq!(refusal, HandRefusal::DeciderMustBeAnother);
    });
}

#[test]
fn a_change_after_the_approval_makes_it_void() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let person = desk.city.person(0);
        let key = desk.surrender_case(person);
        desk.propose(key).unwrap();
        desk.approve(key).unwrap();
        desk.edit(key, desk.surrender(person)).unwrap();
        assert_eq!(desk.state(key), CaseState::Open);
        let early = desk.carry_out(&desk.finance, key).unwrap_err();
        assert!(matches!(early, CaseworkRefusal::State(CaseRefusal::CaseMustBeApproved)));
        desk.propose(key).unwrap();
        desk.hand_in(key, "补充材料").unwrap();
        assert_eq!(desk.state(key), CaseState::Open, "evidence is a change too");
        desk.prove();
    });
}

#[test]
fn whoever_changed_the_case_may_not_decide_it_even_when_another_proposed_it() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let both = desk.account("both", &[Role::Window, Role::Review], Some("B1"));
        let person = desk.city.person(0);
        let form = desk.surrender(person);
        let key = desk.open_by(&both, person, form).unwrap();
        desk.hand_in(key, "退出中国国籍证明或外国国籍公证译文").unwrap();
        desk.hand_in(key, "书面终止申请").unwrap();
        desk.propose(key).unwrap();
        let refusal = refused(desk.decide(&both, key, Decision::Approve));
        assert_eq!(refusal, HandRefusal::DeciderMustBeAnother);
    });
}

#[test]
fn whoever_approved_does_not_pay_and_the_wrong_role_does_nothing() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let both = desk.account("both", &[Role::Review, Role::Finance], Some("RF1"));
        let key = desk.surrender_case(desk.city.person(0));
        desk.propose(key).unwrap();
        let role = |result| matches!(result, Err(CaseworkRefusal::RoleMustAllow));
        assert!(role(desk.decide(&desk.window, key, Decision::Approve)));
        assert!(role(desk.propose_by(&desk.review, key)));
        desk.decide(&both, key, Decision::Approve).unwrap();
        assert!(role(desk.carry_out(&desk.window, key)));
        assert_eq!(refused(desk.carry_out(&both, key)), HandRefusal::PayerMustBeAnother);
        desk.carry_out(&desk.finance, key).unwrap();
    });
}

#[test]
fn another_office_does_not_decide() {
    for_each_database(|db| {
        let desk = Desk::new(db);
        let key = desk.surrender_case(desk.city.person(0));
        desk.propose(key).unwrap();
        let mut elsewhere = desk.review.clone();
        elsewhere.office = "gulou".to_owned();
        let refusal = desk.decide(&elsewhere, key, Decision::Approve).unwrap_err();
        assert!(matches!(refusal, CaseworkRefusal::OfficeMustBeTheirs));
        desk.decide(&desk.review, key, Decision::SendBack).unwrap();
        assert_eq!(desk.state(key), CaseState::Open);
        desk.withdraw(key).unwrap();
        assert_eq!(desk.state(key), CaseState::Withdrawn);
        desk.prove();
    });
}
