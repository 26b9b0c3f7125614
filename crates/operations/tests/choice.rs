//! Stopping and changing what is insured, on both databases: whose bill ends, what is booked.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

use std::sync::Arc;

use insurance::cause::Cause;
use insurance::due::DueState;
use insurance::identity_number::IdentityNumber;
use insurance::ids::{IdSource, MessageId, PersonId, RunId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use operations::City;
use operations::assess_month::assess_month;
use operations::change_enrolment::{ChangeRefusal, Choice, change_enrolment};
use operations::enrol::{EnrolmentForm, enrol};
use operations::record_event::record_event;
use operations::stop_enrolment::{StopRefusal, stop_enrolment};
use operations::verify::verify;
use policy::{Branch, BranchSet, Pack, Refusal};
use store::Db;
use store::tables::{due, enrolment};
use store::testing::for_each_database;
use units::{Fen, Month, Timestamp};

const CAUSE: Cause = Cause::Run(RunId::from_i64(7));

fn at(day: &str) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// 张三, insured since November 2026 with pension and medical insurance on 4,952, and billed.
fn joined(db: &Db) -> (City, PersonId) {
    let city = City::new(Arc::new(Pack::shipped("nanjing").unwrap()), IdSource::new(0));
    let person = join(db, &city, at("2026-11-02"));
    (city, person)
}

fn join(db: &Db, city: &City, now: Timestamp) -> PersonId {
    let form = EnrolmentForm {
        identity: IdentityNumber::parse("320102199001010010", now.date_in_shanghai()).unwrap(),
        name: "张三".to_owned(),
        card: None,
        phone: None,
        household: None,
        office: "xuanwu".to_owned(),
        branches: BranchSet::EMPTY.with(Branch::Pension).with(Branch::Medical),
        base: Fen::from_yuan(4952),
        from: month("2026-11"),
        mandate: None,
    };
    let enrolling = city.clone();
    let person = db.write(move |tx| enrol(tx, &enrolling, &form, CAUSE, now)).unwrap();
    assess_month(db, city, (month("2026-11"), "test"), now, &mut |_, _| {}).unwrap();
    person
}

fn pay(db: &Db, city: &City, person: PersonId) {
    let paid_at = at("2026-11-03");
    let dues = db.read(|tx| due::list_unpaid(tx, person)).unwrap();
    let event = ChannelEvent::Paid(Paid {
        channel: ChannelKind::Counter,
        reference: "c1".to_owned(),
        amount: dues.iter().map(|due| due.amount).sum(),
        paid_at,
        accounting_on: paid_at.date_in_shanghai(),
        target: Target::Person(person),
    });
    let (city, message) = (city.clone(), MessageId::from_i64(1));
    db.write(move |tx| record_event(tx, &city, &event, message, paid_at)).unwrap();
}

fn holds(db: &Db) {
    let verified = verify(db).unwrap();
    let text = format!("{verified:?}");
    for rule in ["due_state", "receivable_balance", "chain"] {
        assert!(!text.contains(&format!("\"{rule}")), "{text}");
    }
}

#[test]
fn a_stop_before_payment_ends_the_month_s_bill_and_the_books_still_agree() {
    for_each_database(|db| {
        let (city, person) = joined(db);
        let now = at("2026-11-10");
        let stopping = city.clone();
        let plan = db.write(move |tx| stop_enrolment(tx, &stopping, person, CAUSE, now)).unwrap();
        assert_eq!((plan.until, plan.withdrawn.len()), (month("2026-10"), 2));
        let dues = db.read(|tx| due::list(tx, person)).unwrap();
        assert!(dues.iter().all(|due| due.state == DueState::Closed), "{dues:?}");
        holds(db);
        let again = city;
        let refused = db.write(move |tx| stop_enrolment(tx, &again, person, CAUSE, now));
        assert!(matches!(refused, Err(StopRefusal::EnrolmentMustBeOpen)));
    });
}

#[test]
fn whoever_stops_before_payment_and_comes_back_in_the_month_is_billed_for_it() {
    for_each_database(|db| {
        let (city, person) = joined(db);
        let (stopping, now) = (city.clone(), at("2026-11-10"));
        db.write(move |tx| stop_enrolment(tx, &stopping, person, CAUSE, now)).unwrap();
        assert_eq!(join(db, &city, at("2026-11-12")), person);
        let unpaid = db.read(|tx| due::list_unpaid(tx, person)).unwrap();
        let parts: Vec<_> = unpaid.iter().map(|due| (due.key.part, due.amount.fen())).collect();
        assert_eq!(parts, [(1, 99_040), (1, 40_620)], "the withdrawn bill stays beside it");
        pay(db, &city, person);
        holds(db);
    });
}

#[test]
fn a_stop_after_payment_takes_effect_with_the_next_month() {
    for_each_database(|db| {
        let (city, person) = joined(db);
        pay(db, &city, person);
        let now = at("2026-11-10");
        let plan = db.write(move |tx| stop_enrolment(tx, &city, person, CAUSE, now)).unwrap();
        assert_eq!((plan.until, plan.withdrawn.len()), (month("2026-11"), 0));
        let dues = db.read(|tx| due::list(tx, person)).unwrap();
        assert!(dues.iter().all(|due| due.state == DueState::Paid), "{dues:?}");
        holds(db);
    });
}

#[test]
fn a_change_begins_behind_the_months_that_are_billed() {
    for_each_database(|db| {
        let (city, person) = joined(db);
        let now = at("2026-11-10");
        let pension = BranchSet::EMPTY.with(Branch::Pension);
        let change = |base: u32| {
            let (city, choice) =
                (city.clone(), Choice { branches: pension, base: Fen::from_yuan(base) });
            db.write(move |tx| change_enrolment(tx, &city, (person, choice), CAUSE, now))
        };
        let refused = change(5000);
        let between_tiers = Err(Refusal::BaseMustBeTier {
            branch: Branch::Pension,
            chosen: Fen::from_yuan(5000),
            below: Fen::from_yuan(4952),
            above: Fen::from_yuan(6000),
        });
        match refused {
            Err(ChangeRefusal::Law(refusal)) => assert_eq!(Err::<(), _>(refusal), between_tiers),
            other => panic!("{other:?}"),
        }
        assert_eq!(change(6000).unwrap().from, month("2026-12"));
        let spans = db.read(|tx| enrolment::list(tx, person)).unwrap();
        let months: Vec<_> = spans.iter().map(|span| (span.from, span.until)).collect();
        let november = month("2026-11");
        assert_eq!(months, [(november, Some(november)), (month("2026-12"), None)]);
        assert!(matches!(change(6000), Err(ChangeRefusal::ChoiceMustDiffer)));
    });
}
