//! Values published late, on both databases: a floor published on 2025-09-18 that holds from
//! January, under each of the rules that a pack may have for it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "adjustment/year.rs"]
mod year;

use insurance::due::DueState;
use insurance::entitlement::Cover;
use insurance::notice::NoticeKind;
use insurance::payment::DueKey;
use policy::Branch;
use policy::adjustment::Assessed;
use store::tables::{assessment_batch, notice};
use store::testing::for_each_database;
use units::Fen;
use year::{Year, yuan};

/// July to September are assessed before the notice, October after it.
fn to_october(year: &Year) {
    for month in ["2025-07", "2025-08", "2025-09"] {
        assert_eq!(year.assess(month, &format!("{month}-01")).adjusted.dues, 0);
    }
}

#[test]
fn a_floor_published_late_asks_for_the_difference_of_every_month_since_it_holds() {
    for_each_database(|db| {
        let year = Year::under(db, "collect_difference");
        to_october(&year);
        let done = year.assess("2025-10", "2025-10-01");
        assert_eq!((done.people, done.dues), (2, 5));
        // On the floor: pension 14.60, medical 5.90 (396.2 − 390.3), unemployment 1.00; on 6,000 the
        // pension stays, the medical charge does not.
        assert_eq!(done.adjusted.dues, 3 * (3 + 1));
        assert_eq!(done.adjusted.amount, yuan("82.20"));
        assert_eq!(done.adjusted.returns, 0);
        let person = year.person(0);
        for month in ["2025-07", "2025-08", "2025-09"] {
            let parts = year.parts(person, month);
            let shown: Vec<_> =
                parts.iter().map(|due| (due.key.branch, due.key.part, due.amount)).collect();
            assert_eq!(
                shown,
                [
                    (Branch::Pension, 0, yuan("975.80")),
                    (Branch::Pension, 128, yuan("14.60")),
                    (Branch::Medical, 0, yuan("400.30")),
                    (Branch::Medical, 128, yuan("5.90")),
                    (Branch::Unemployment, 0, yuan("98.00")),
                    (Branch::Unemployment, 128, yuan("1.00")),
                ]
            );
            assert_eq!(parts[1].account, yuan("5.84"), "4952 × 8 % − 4879 × 8 %");
        }
        assert!(year.parts(person, "2025-10").iter().all(|due| due.key.part == 0));
        year.assert_clean();

        let again = year.assess("2025-10", "2025-10-02");
        assert_eq!((again.dues, again.adjusted.dues), (0, 0), "running again changes nothing");
        year.assert_clean();
    });
}

#[test]
fn each_difference_is_explained_from_what_was_known_to_what_is_known() {
    for_each_database(|db| {
        let year = Year::under(db, "collect_difference");
        to_october(&year);
        year.assess("2025-10", "2025-10-01");
        let mut explained = 0;
        for due in year.dues(year.person(0)).iter().filter(|due| due.key.is_difference()) {
            let (before, batch) = db
                .read(|tx| {
                    let before = store::tables::due::find(tx, DueKey { part: 0, ..due.key })?;
                    let before = assessment_batch::find(tx, before.unwrap().batch)?.unwrap();
                    Ok::<_, store::Error>((before, assessment_batch::find(tx, due.batch)?.unwrap()))
                })
                .unwrap();
            let DueKey { branch, month, .. } = due.key;
            let assessed =
                Assessed { branch, month, chosen: yuan("4879"), known_on: before.known_on };
            let adjustment =
                year.city.pack().adjustment(assessed, batch.known_on).unwrap().unwrap();
            assert_eq!(adjustment.difference.charge().amount, due.amount);
            let text = adjustment.explanation.to_string();
            assert!(text.contains("应补差额") && text.contains("苏人社发〔2025〕33号"), "{text}");
            assert_eq!(batch.asked.to_string(), "2025-10");
            explained += 1;
        }
        assert_eq!(explained, 9);
    });
}

#[test]
fn a_difference_is_collected_with_the_month_that_asks_for_it_and_suspends_nobody() {
    for_each_database(|db| {
        let year = Year::under(db, "collect_difference");
        to_october(&year);
        let person = year.person(0);
        year.pay_all("2025-09-20", "P1");
        year.assess("2025-10", "2025-10-01");
        // September is closed after the differences were found: they are October's to collect.
        for (month, day) in [("2025-07", "09-25"), ("2025-08", "09-25"), ("2025-09", "10-03")] {
            assert_eq!(year.close(month, &format!("2025-{day}")).close.arrears, Fen::ZERO);
        }
        assert!(year.open_differences(person).iter().all(|due| due.state == DueState::Open));
        year.assert_clean();

        year.remind("2025-10", "2025-10-20");
        let notices = db.read(|tx| notice::list(tx, person)).unwrap();
        // October 990.40 + 406.20 + 99.00 and three months' 21.50.
        let reminder = notices.iter().find(|notice| notice.kind == NoticeKind::DepositReminder);
        assert_eq!(reminder.unwrap().amount, yuan("1560.10"));

        // October itself is paid, the differences are not: arrears with October's close.
        year.pay_month("2025-10", "2025-10-21", "P2");
        let closed = year.close("2025-10", "2025-11-03");
        assert_eq!((closed.close.arrears, closed.suspended), (Fen::ZERO, 0));
        let late = year.open_differences(person);
        assert!(late.iter().all(|due| due.state == DueState::Arrears), "{late:?}");
        let cover = year.cover(person, "2025-11-05");
        assert!(matches!(cover, Cover::Covered { .. }), "{cover:?}");
        year.assert_clean();

        year.pay_all("2025-11-06", "P3");
        assert!(year.dues(person).iter().all(|due| due.state.is_paid()));
        year.assert_clean();
    });
}

#[test]
fn a_difference_whose_money_is_taken_back_is_asked_for_again_by_its_own_month() {
    for_each_database(|db| {
        let year = Year::under(db, "collect_difference");
        to_october(&year);
        year.pay_all("2025-09-20", "P1");
        year.assess("2025-10", "2025-10-01");
        for month in ["2025-07", "2025-08", "2025-09"] {
            year.close(month, "2025-10-03");
        }
        let paid = year.pay_all("2025-10-10", "P2");
        year.take_back("P2", paid, "2025-10-15");
        let person = year.person(0);
        let again = year.open_differences(person);
        assert_eq!(again.len(), 9);
        assert!(again.iter().all(|due| due.state == DueState::Open), "October is not closed yet");
        year.assert_clean();
    });
}

#[test]
fn under_none_a_month_stays_as_it_was_assessed() {
    for_each_database(|db| {
        let year = Year::under(db, "none");
        to_october(&year);
        let done = year.assess("2025-10", "2025-10-01");
        assert_eq!((done.adjusted.dues, done.adjusted.returns), (0, 0));
        let october = year.parts(year.person(0), "2025-10");
        assert_eq!(october[0].amount, yuan("990.40"), "the new floor holds from now on");
        assert!(year.dues(year.person(0)).iter().all(|due| due.key.part == 0));
        year.assert_clean();
    });
}

#[test]
fn under_from_publication_on_the_value_holds_from_the_month_after_it_for_everybody() {
    for_each_database(|db| {
        let year = Year::under(db, "from_publication_on");
        to_october(&year);
        // Somebody joins after the notice: September is still charged as for everybody else.
        year.join_third("2025-09", "2025-09-22");
        let late = year.assess("2025-09", "2025-09-22");
        assert_eq!((late.people, late.adjusted.dues), (1, 0));
        let third = year.person(2);
        assert_eq!(year.parts(third, "2025-09")[0].amount, yuan("975.80"));
        let done = year.assess("2025-10", "2025-10-01");
        assert_eq!((done.people, done.adjusted.dues), (3, 0));
        assert_eq!(year.parts(third, "2025-10")[0].amount, yuan("990.40"));
        year.assert_clean();
    });
}

#[test]
fn a_value_published_late_that_lowers_a_charge_opens_a_task_for_each_person_and_month() {
    for_each_database(|db| {
        let year = Year::with_lower_floor(db);
        to_october(&year);
        let done = year.assess("2025-10", "2025-10-01");
        assert_eq!((done.adjusted.dues, done.adjusted.returns), (0, 3 * 2));
        assert_eq!(year.open_tasks(), 6);
        assert_eq!(year.assess("2025-10", "2025-10-02").adjusted.returns, 0);
        assert_eq!(year.open_tasks(), 6);
        year.assert_clean();
    });
}
