//! Differences between our books and a channel's statement, settled on both databases: who may, what
//! moves money only by two people, and how the day and the month stand afterwards.
#![expect(clippy::unwrap_used, reason = "a test that can't go on stops here")]

#[expect(dead_code, reason = "this test needs a part of what the counter's tests need")]
#[path = "counter/bank.rs"]
mod bank;
#[expect(dead_code, reason = "this test asks for no cover")]
#[path = "month/city_of_three.rs"]
mod city_of_three;

use bank::Bank;
use channels::counter_api::day_end::Action;
use channels::counter_api::payment::SerialStatus;
use city_of_three::CityOfThree;
use insurance::casework::hand::HandRefusal;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::due::DueState;
use insurance::ids::{CITY, DifferenceId};
use insurance::payment::{ChannelKind, Target};
use insurance::reconciliation::settlement::Settlement;
use operations::City;
use operations::settle_difference::{
    Approval, SettleRefusal, decide_settlement, find_course, settle_difference, take_difference,
};
use operations::verify::verify;
use store::tables::channel_day::{self, ChannelDayState};
use store::tables::clerk::Credentials;
use store::tables::{clerk, clerk_staff, difference, suspense};
use store::testing::for_each_database;
use store::{Db, Tx};
use units::{Fen, Timestamp};

const WHY: &str = "银行书面答复，见附件编号十二";

struct Books {
    city: CityOfThree,
    first: Clerk,
    second: Clerk,
    window: Clerk,
}

impl Books {
    fn new(db: &Db) -> Self {
        let city = CityOfThree::assessed(db);
        let account = |name: &str, role, staff: &str| account(&city, (name, role, staff));
        let first = account("first", Role::Finance, "F1");
        let second = account("second", Role::Review, "R1");
        let window = account("window", Role::Window, "W1");
        Self { city, first, second, window }
    }

    fn step(
        &self,
        clerk: &Clerk,
        step: impl Fn(&mut Tx<'_>, &City, &Clerk, Timestamp) -> Result<(), SettleRefusal>
        + Send
        + 'static,
    ) -> Result<(), SettleRefusal> {
        let (city, now) = (self.city.city.clone(), self.city.at("2026-11-24"));
        let clerk = clerk.clone();
        self.city.db.write(move |tx| step(tx, &city, &clerk, now))
    }

    fn take(&self, clerk: &Clerk, id: DifferenceId) -> Result<(), SettleRefusal> {
        self.step(clerk, move |tx, city, clerk, now| take_difference(tx, city, clerk, id, now))
    }

    fn settle(
        &self,
        clerk: &Clerk,
        id: DifferenceId,
        how: Settlement,
    ) -> Result<(), SettleRefusal> {
        self.step(clerk, move |tx, city, clerk, now| {
            settle_difference(tx, city, clerk, (id, how, WHY), now)
        })
    }

    fn decide(
        &self,
        clerk: &Clerk,
        id: DifferenceId,
        approval: Approval,
    ) -> Result<(), SettleRefusal> {
        self.step(clerk, move |tx, city, clerk, now| {
            decide_settlement(tx, city, clerk, (id, approval, WHY), now)
        })
    }

    /// One person proposes, another approves.
    fn settle_by_two(&self, id: DifferenceId, how: Settlement) {
        self.take(&self.first, id).unwrap();
        self.settle(&self.first, id, how).unwrap();
        self.decide(&self.second, id, Approval::Approve).unwrap();
        self.prove();
    }

    fn open(&self) -> Vec<DifferenceId> {
        let open = self.city.db.read(|tx| difference::list_open(tx, 9)).unwrap();
        open.iter().map(|found| found.id).collect()
    }

    fn only(&self) -> DifferenceId {
        let [only] = self.open().try_into().unwrap();
        only
    }

    fn day(&self) -> ChannelDayState {
        let on = "2026-11-10".parse().unwrap();
        let days = self.city.db.read(|tx| channel_day::list(tx, on, on)).unwrap();
        days[0].state
    }

    fn held(&self) -> Fen {
        self.city.db.read(suspense::sum_open).unwrap().1
    }

    fn prove(&self) {
        let found = verify(&self.city.db).unwrap();
        assert!(found.is_clean(), "{found:?}");
    }
}

fn account(city: &CityOfThree, (name, role, staff): (&str, Role, &str)) -> Clerk {
    let now = city.at("2026-11-20");
    let made = Clerk {
        id: city.city.fresh(now),
        account: name.to_owned(),
        name: name.to_owned(),
        office: "xuanwu".to_owned(),
        roles: RoleSet::of(&[role]),
    };
    let credentials = Credentials {
        password_hash: "none".to_owned(),
        totp_secret: String::new(),
        totp_step: 0,
        failures: 0,
        locked_until: None,
    };
    let (clerk, staff) = (made.clone(), staff.to_owned());
    let inserted = city.db.write(move |tx| -> Result<_, store::Error> {
        clerk_staff::insert(tx, clerk.id, (&staff, "admin"), now)?;
        clerk::insert(tx, &clerk, &credentials, now)
    });
    assert_eq!(inserted.unwrap(), 1);
    made
}

fn fen(text: &str) -> Fen {
    text.parse().unwrap()
}

#[test]
fn money_that_only_the_channel_has_is_held_by_two_people_and_the_month_can_close() {
    for_each_database(|db| {
        let books = Books::new(db);
        books.city.reconcile(ChannelKind::Counter, &[("C1", fen("50.00"))]);
        let id = books.only();
        assert!(books.city.close("2026-12-01").is_err(), "the books-closed gate");
        assert!(matches!(books.take(&books.window, id), Err(SettleRefusal::RoleMustAllow)));
        let early = books.settle(&books.first, id, Settlement::HoldTheirs).unwrap_err();
        assert!(matches!(early, SettleRefusal::OwnerMustAct));
        books.take(&books.first, id).unwrap();
        for wrong in [Settlement::Explain, Settlement::ReverseOurs, Settlement::BookTheirs] {
            let refused = books.settle(&books.first, id, wrong).unwrap_err();
            assert!(matches!(refused, SettleRefusal::SettlementMustFit), "{wrong:?}");
        }
        books.settle(&books.first, id, Settlement::Wait).unwrap();
        books.settle(&books.first, id, Settlement::HoldTheirs).unwrap();
        let alone = books.decide(&books.first, id, Approval::Approve).unwrap_err();
        assert!(matches!(alone, SettleRefusal::Hand(HandRefusal::DeciderMustBeAnother)));
        assert_eq!(books.held(), Fen::ZERO, "nothing is booked before the second person");
        books.decide(&books.second, id, Approval::SendBack).unwrap();
        books.settle(&books.first, id, Settlement::HoldTheirs).unwrap();
        books.decide(&books.second, id, Approval::Approve).unwrap();
        assert_eq!(books.held(), fen("50.00"));
        assert_eq!(books.day(), ChannelDayState::Balanced);
        books.prove();
        let late = books.decide(&books.second, id, Approval::Approve).unwrap_err();
        assert!(matches!(late, SettleRefusal::DifferenceMustBeOpen));
        books.city.reconcile(ChannelKind::Counter, &[("C1", fen("50.00"))]);
        assert!(books.open().is_empty(), "the same statement again finds nothing");
        books.prove();
        books.city.close("2026-12-01").unwrap();
        books.prove();
    });
}

#[test]
fn money_that_only_we_have_is_reversed_and_its_dues_are_owed_again() {
    for_each_database(|db| {
        let books = Books::new(db);
        let person = books.city.person(0);
        let owed = books.city.owed(person);
        books.city.pay(ChannelKind::Counter, "C1", owed, Target::Person(person)).unwrap();
        books.city.reconcile(ChannelKind::Counter, &[]);
        books.settle_by_two(books.only(), Settlement::ReverseOurs);
        assert_eq!(books.city.owed(person), owed);
        assert!(books.city.dues(person).iter().all(|due| due.state == DueState::Open));
        assert_eq!(books.day(), ChannelDayState::Balanced);
        // The bank has it after all: it is its money alone now.
        books.city.reconcile(ChannelKind::Counter, &[("C1", owed)]);
        books.settle_by_two(books.only(), Settlement::HoldTheirs);
        assert_eq!(books.held(), owed);
        books.city.reconcile(ChannelKind::Counter, &[("C1", owed)]);
        assert!(books.open().is_empty());
        books.prove();
    });
}

#[test]
fn another_amount_is_booked_in_place_of_ours_under_the_number_of_the_statement() {
    for_each_database(|db| {
        let books = Books::new(db);
        let ten = fen("10.00");
        books.city.pay(ChannelKind::Counter, "C1", ten, Target::Unknown).unwrap();
        books.city.reconcile(ChannelKind::Counter, &[("C1", fen("12.00"))]);
        books.settle_by_two(books.only(), Settlement::HoldTheirs);
        assert_eq!(books.held(), fen("12.00"));
        assert_eq!(books.day(), ChannelDayState::Balanced);
        books.city.reconcile(ChannelKind::Counter, &[("C1", fen("12.00"))]);
        assert!(books.open().is_empty(), "the statement agrees now");
        books.prove();
    });
}

#[test]
fn a_statement_that_the_channel_corrects_needs_two_people_and_one_that_repeats_only_one() {
    for_each_database(|db| {
        let books = Books::new(db);
        let ten = fen("10.00");
        books.city.pay(ChannelKind::Counter, "C1", ten, Target::Unknown).unwrap();
        books.city.reconcile(ChannelKind::Counter, &[("C1", ten), ("C1", ten), ("C2", ten)]);
        let [one, other] = books.open().try_into().unwrap();
        let kind = |id| db.read(|tx| find_course(tx, id)).unwrap().unwrap().difference.kind;
        let (twice, theirs) = if kind(one) == 4 { (one, other) } else { (other, one) };
        books.take(&books.second, twice).unwrap();
        books.settle(&books.second, twice, Settlement::Explain).unwrap();
        assert_eq!(books.day(), ChannelDayState::Differs, "one is left");
        books.settle_by_two(theirs, Settlement::Dismiss);
        assert_eq!(books.day(), ChannelDayState::Balanced);
        assert_eq!(books.held(), ten, "nothing more was booked");
        let trail = db.read(|tx| suspense::list(tx, CITY)).unwrap();
        assert_eq!(trail.len(), 1);
    });
}

/// The bank of a teller in these books, on 2026-11-10.
fn bank(books: &Books) -> Bank {
    let city = CityOfThree { db: books.city.db.clone(), city: books.city.city.clone() };
    let (db, now) = (city.db.clone(), city.at("2026-11-10"));
    Bank { db, city, bank: "ccb".to_owned(), now }
}

#[test]
fn a_serial_tells_what_is_booked_under_it_since_a_difference_was_settled() {
    for_each_database(|db| {
        let books = Books::new(db);
        let bank = bank(&books);
        let quote = bank.query(0).unwrap();
        let paid = bank.pay("77", &quote).unwrap();
        assert_eq!(bank.ask("77").correction, None);
        let less = quote.total_fen.saturating_sub(Fen::YUAN);
        let file =
            |rest: &str| format!("1|{less}\n20261110|77|A10000001|{less}|柜面|缴费|{rest}\n");
        let found = bank.send_file(&file("")).unwrap();
        assert_eq!(found.differences[0].action, Action::Owner);
        books.settle_by_two(books.only(), Settlement::HoldTheirs);

        let told = bank.ask("77");
        assert_eq!((told.status, told.payment), (SerialStatus::Posted, Some(paid.clone())));
        let correction = told.correction.unwrap();
        assert_eq!(correction.amount_fen, less);
        assert!(correction.receipt_number.is_some_and(|number| number != paid.receipt_number));
        assert_eq!(correction.corrected_at, books.city.at("2026-11-24"));

        let again = bank.send_file(&file("again")).unwrap();
        assert_eq!((again.matched, again.differences.len()), (1, 0), "the bank's file agrees now");
        assert!(books.open().is_empty());
        books.prove();
    });
}

#[test]
fn a_serial_whose_money_was_taken_back_by_decision_is_reversed_and_a_closed_one_may_be_booked() {
    for_each_database(|db| {
        let books = Books::new(db);
        let bank = bank(&books);
        let quote = bank.query(0).unwrap();
        bank.pay("77", &quote).unwrap();
        assert_eq!(bank.ask("78").status, SerialStatus::NotFound);
        let (ours, theirs) = ("ccb/2026-11-10/77", "ccb/2026-11-10/78");
        books.city.reconcile(ChannelKind::Counter, &[(theirs, fen("12.00"))]);
        for id in books.open() {
            let course = db.read(|tx| find_course(tx, id)).unwrap().unwrap();
            let is_ours = course.difference.reference == ours;
            let how = if is_ours { Settlement::ReverseOurs } else { Settlement::HoldTheirs };
            books.settle_by_two(id, how);
        }
        let told = bank.ask("77");
        assert_eq!(told.status, SerialStatus::Reversed);
        assert_eq!(told.correction.map(|correction| correction.amount_fen), Some(Fen::ZERO));
        let told = bank.ask("78");
        assert_eq!((told.status, told.payment), (SerialStatus::Posted, None));
        assert_eq!(told.correction.map(|now| now.amount_fen), Some(fen("12.00")));
        assert_eq!(bank.query(0).unwrap().total_fen, quote.total_fen, "owed again");
        books.prove();
    });
}
