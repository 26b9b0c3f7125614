//! A month of one small city, on both databases: join, assess, pay, reconcile, close, prove.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[path = "month/city_of_three.rs"]
mod city_of_three;

use city_of_three::{CityOfThree, MONTH, PEOPLE};
use insurance::due::DueState;
use insurance::entitlement::Cover;
use insurance::ledger::Account;
use insurance::payment::{ChannelEvent, ChannelKind, Target};
use operations::assess_month::assess_month;
use operations::close_month::{CloseError, close_month};
use operations::record_event::{RecordError, Recorded};
use operations::verify::verify;
use policy::Branch;
use store::tables::{entry, notice, suspense, suspension};
use store::testing::{DAMAGES, for_each_database};
use units::Fen;

#[test]
fn a_file_with_bad_lines_books_the_good_ones_and_lists_the_others() {
    for_each_database(|db| {
        let city = CityOfThree::new(db);
        let bad = "\
identity_number,name,office,branches,base,from,card_number
320102199001010011,王五,xuanwu,pension,4952,2026-11,
11010519491231002X,赵六,999999,pension,4952,2026-11,
440524188001010014,孙七,xuanwu,pension,5000,2026-11,
32011519851231234１,周八,xuanwu,pension+dental,4952,2026-11,
320113200002290012,吴九,xuanwu,pension,4952,2026-11,A10000001
";
        let imported = city.import(bad);
        let refused: Vec<(u64, &str)> =
            imported.refused.iter().map(|line| (line.line, &*line.field)).collect();
        assert_eq!(
            refused,
            [
                (2, "identity_number"),
                (3, "office"),
                (4, "base"),
                (5, "branches"),
                (6, "card_number")
            ]
        );
        assert_eq!(imported.booked, 0);
        let before = "320113200002290012";
        let reasons: String = imported.refused.iter().map(|line| line.reason.to_string()).collect();
        assert!(!reasons.contains(before), "a reason names the rule, never the number");
    });
}

#[test]
fn importing_and_assessing_again_changes_nothing() {
    for_each_database(|db| {
        let city = CityOfThree::new(db);
        let again = city.import(PEOPLE);
        assert_eq!((again.booked, again.booked_before), (0, 3));
        city.assess();
        let month = MONTH.parse().unwrap();
        let now = city.at("2026-11-02");
        let second = assess_month(db, &city.city, (month, "test"), now, &mut |_, _| {}).unwrap();
        assert_eq!((second.people, second.dues), (0, 0));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn money_of_any_channel_pays_the_dues_that_it_names() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        let recorded = city.pay(ChannelKind::Wechat, "W1", owed, Target::Person(person)).unwrap();
        let Recorded::Booked { paid, left, .. } = recorded else { panic!("{recorded:?}") };
        assert_eq!((paid.len(), left), (3, Fen::ZERO));
        assert!(city.dues(person).iter().all(|due| due.state == DueState::Paid));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn the_same_money_is_counted_once_and_another_amount_is_refused() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        let pay = |amount| city.pay(ChannelKind::Counter, "C1", amount, Target::Person(person));
        pay(owed).unwrap();
        assert_eq!(pay(owed).unwrap(), Recorded::Repeated);
        let refusal = pay(owed + Fen::YUAN).unwrap_err();
        assert!(matches!(refusal, RecordError::ReferenceMustKeepItsAmount { .. }));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn two_channels_paying_one_due_leave_the_second_money_in_suspense() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let due = city.dues(person)[0];
        let target = || Target::Due(due.key);
        city.pay(ChannelKind::BankBatch, "B1", due.amount, target()).unwrap();
        let second = city.pay(ChannelKind::Wechat, "W1", due.amount, target()).unwrap();
        assert!(matches!(second, Recorded::Booked { left, .. } if left == due.amount));
        let held = db.read(|tx| suspense::list(tx, person)).unwrap();
        assert_eq!((held.len(), held[0].amount, &*held[0].reason), (1, due.amount, "fits_no_due"));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn money_for_nobody_known_is_held_by_the_city() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        city.pay(ChannelKind::Counter, "C9", Fen::YUAN, Target::Unknown).unwrap();
        let held = db.read(|tx| suspense::list_open(tx, 10)).unwrap();
        assert_eq!((held.len(), &*held[0].reason), (1, "nobody_known"));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn a_return_asks_for_the_dues_again_and_keeps_the_receipt() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        city.pay(ChannelKind::Counter, "C1", owed, Target::Person(person)).unwrap();
        let back = || ChannelEvent::Returned {
            channel: ChannelKind::Counter,
            reference: "C1".to_owned(),
            return_reference: "R1".to_owned(),
            amount: owed,
            accounting_on: "2026-11-10".parse().unwrap(),
            raw: String::new(),
        };
        assert_eq!(city.record(back()).unwrap(), Recorded::Noted);
        assert_eq!(city.record(back()).unwrap(), Recorded::Repeated);
        assert_eq!(city.owed(person), owed);
        assert!(verify(db).unwrap().is_clean());
        city.pay(ChannelKind::Counter, "C2", owed, Target::Person(person)).unwrap();
        assert_eq!(city.owed(person), Fen::ZERO);
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn money_taken_back_after_the_close_makes_arrears_and_suspends_at_once() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        city.pay(ChannelKind::BankBatch, "B1", owed, Target::Person(person)).unwrap();
        city.reconcile(ChannelKind::BankBatch, &[("B1", owed)]);
        let closed = city.close("2026-12-01").unwrap();
        let back = ChannelEvent::Returned {
            channel: ChannelKind::BankBatch,
            reference: "B1".to_owned(),
            return_reference: "R1".to_owned(),
            amount: owed,
            accounting_on: "2026-12-20".parse().unwrap(),
            raw: "MD06".to_owned(),
        };
        city.record_on("2026-12-20", back).unwrap();
        assert!(city.dues(person).iter().all(|due| due.state == DueState::Arrears));
        assert!(matches!(city.cover(person, "2026-12-20"), Cover::Suspended { .. }));
        assert_eq!(city.close("2026-12-21").unwrap().close, closed.close, "the close stays");
        assert!(verify(db).unwrap().is_clean(), "{:?}", verify(db).unwrap());

        city.pay_on("2026-12-22", (ChannelKind::Wechat, "W1"), owed, Target::Person(person))
            .unwrap();
        assert!(city.dues(person).iter().all(|due| due.state == DueState::BackPaid));
        assert!(matches!(city.cover(person, "2026-12-22"), Cover::Covered { .. }));
        assert!(verify(db).unwrap().is_clean(), "{:?}", verify(db).unwrap());
    });
}

#[test]
fn money_taken_back_suspends_for_its_own_month_and_not_for_those_that_other_money_paid() {
    for_each_database(|db| {
        let city = CityOfThree::new(db);
        let person = city.person(0);
        let (october, quiet) = ("2026-10".parse().unwrap(), &mut |_, _| {});
        assess_month(db, &city.city, (october, "test"), city.at("2026-10-31"), quiet).unwrap();
        close_month(db, &city.city, (october, "test"), city.at("2026-11-01"), quiet).unwrap();
        city.assess();
        city.close("2026-12-01").unwrap();
        let of_month = |month: &str| -> Fen {
            let dues = city.dues(person);
            dues.iter().filter(|d| d.key.month.to_string() == month).map(|d| d.amount).sum()
        };
        let whose = Target::Person(person);
        let (first, second) = (of_month("2026-10"), of_month("2026-11"));
        city.pay_on("2026-12-05", (ChannelKind::Wechat, "W1"), first, whose).unwrap();
        city.pay_on("2026-12-06", (ChannelKind::BankBatch, "B2"), second, whose).unwrap();
        assert!(matches!(city.cover(person, "2026-12-07"), Cover::Covered { .. }));
        let back = ChannelEvent::Returned {
            channel: ChannelKind::BankBatch,
            reference: "B2".to_owned(),
            return_reference: "R2".to_owned(),
            amount: second,
            accounting_on: "2026-12-08".parse().unwrap(),
            raw: "MD06".to_owned(),
        };
        city.record_on("2026-12-08", back).unwrap();
        let suspensions = db.read(|tx| suspension::list(tx, person)).unwrap();
        let live: Vec<String> = suspensions
            .iter()
            .filter(|suspension| suspension.lifted_on.is_none())
            .map(|suspension| suspension.unpaid_month.to_string())
            .collect();
        assert_eq!(live, ["2026-11"], "October stays paid by other money");
        assert!(matches!(city.cover(person, "2026-12-09"), Cover::Suspended { .. }));
        assert!(verify(db).unwrap().is_clean(), "{:?}", verify(db).unwrap());
    });
}

#[test]
fn money_taken_back_before_its_statement_comes_still_balances_the_day() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        city.pay(ChannelKind::BankBatch, "B1", owed, Target::Person(person)).unwrap();
        let back = ChannelEvent::Returned {
            channel: ChannelKind::BankBatch,
            reference: "B1".to_owned(),
            return_reference: "R1".to_owned(),
            amount: owed,
            accounting_on: "2026-11-11".parse().unwrap(),
            raw: "MD06".to_owned(),
        };
        city.record_on("2026-11-11", back).unwrap();
        city.reconcile(ChannelKind::BankBatch, &[("B1", owed)]);
        city.reconcile(ChannelKind::BankBatch, &[("B1", owed)]);
        let sums = db.read(entry::sum_by_account).unwrap();
        let assets = [Account::Clearing(ChannelKind::BankBatch), Account::Fund];
        let left = sums.iter().filter(|sum| assets.contains(&sum.account));
        assert!(left.clone().all(|sum| sum.debit == sum.credit), "{sums:?}");
        city.close("2026-12-01").unwrap();
        assert!(verify(db).unwrap().is_clean(), "{:?}", verify(db).unwrap());
    });
}

#[test]
fn a_month_is_not_closed_while_a_channel_day_is_not_balanced() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        city.pay(ChannelKind::Wechat, "W1", owed, Target::Person(person)).unwrap();
        let refusal = city.close("2026-12-01").unwrap_err();
        let CloseError::BooksMustBeClosed { reasons, .. } = refusal else { panic!("{refusal:?}") };
        assert_eq!(reasons, ["wechat of 2026-11-10 has no statement yet"]);
        // Until then nobody loses cover, although the month is over and unpaid.
        assert!(matches!(city.cover(city.person(1), "2026-12-01"), Cover::Covered { .. }));
        city.reconcile(ChannelKind::Wechat, &[("W1", owed), ("W2", Fen::YUAN)]);
        let refusal = city.close("2026-12-01").unwrap_err();
        assert!(refusal.to_string().contains("1 differences without a decision"));
    });
}

#[test]
fn a_month_is_not_closed_before_it_ended() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let refusal = city.close("2026-11-30").unwrap_err();
        assert!(matches!(refusal, CloseError::MonthMustHaveEnded { .. }));
    });
}

#[test]
fn an_unpaid_month_suspends_cover_from_the_legal_day_until_it_is_paid() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let closed = city.close("2026-12-04").unwrap();
        assert_eq!(closed.suspended, 2, "the third person has no medical insurance");
        let made = db.read(|tx| suspension::list(tx, person)).unwrap();
        assert_eq!(made[0].from_on.to_string(), "2026-12-01");
        assert!(made[0].notice.is_none() && made[0].task.is_some(), "nobody was told before");
        assert!(matches!(city.cover(person, "2026-11-30"), Cover::Covered { .. }));
        assert!(matches!(city.cover(person, "2026-12-05"), Cover::Suspended { .. }));
        assert_eq!(city.close("2026-12-09").unwrap(), closed, "closing again changes nothing");

        let owed = city.owed(person);
        let target = Target::Person(person);
        city.pay_on("2026-12-06", (ChannelKind::Wechat, "W1"), owed, target).unwrap();
        let lifted = db.read(|tx| suspension::list(tx, person)).unwrap();
        assert_eq!(lifted[0].lifted_on, Some("2026-12-06".parse().unwrap()));
        assert!(matches!(city.cover(person, "2026-12-05"), Cover::Suspended { .. }));
        assert!(matches!(city.cover(person, "2026-12-06"), Cover::Covered { .. }));
        assert!(city.dues(person).iter().all(|due| due.state == DueState::BackPaid));
        assert!(verify(db).unwrap().is_clean());
    });
}

#[test]
fn every_notice_is_written_once_with_its_cause() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        city.close("2026-12-01").unwrap();
        let notices = db.read(|tx| notice::list(tx, person)).unwrap();
        assert_eq!(notices.len(), 2, "arrears and suspension: {notices:?}");
        assert_eq!(city.dues(person)[0].key.branch, Branch::Pension);
    });
}

/// Somebody writes into the database behind the program's back; `verify` names the table.
#[test]
fn verify_finds_a_hand_made_corruption_of_every_money_table() {
    for_each_database(|db| {
        let city = CityOfThree::assessed(db);
        let person = city.person(0);
        let owed = city.owed(person);
        let more = owed + Fen::YUAN;
        city.pay(ChannelKind::Wechat, "W1", more, Target::Person(person)).unwrap();
        city.reconcile(ChannelKind::Wechat, &[("W1", more)]);
        city.close("2026-12-01").unwrap();
        assert!(verify(db).unwrap().is_clean(), "{:?}", verify(db).unwrap());
        for damage in DAMAGES {
            let found = city.verify_damaged(damage);
            assert!(!found.is_clean(), "not found: {damage}");
        }
        assert!(verify(db).unwrap().is_clean(), "the damage was undone each time");
    });
}
