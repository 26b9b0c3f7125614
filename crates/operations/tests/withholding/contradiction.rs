//! A bank that says one thing and then another: nothing more is booked, and somebody must ask.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use insurance::clerk::{Clerk, Role, RoleSet};
use insurance::ids::{MessageId, RunId};
use insurance::reconciliation::settlement::Settlement;
use operations::close_month::gate;
use operations::settle_difference::{
    Approval, SettleRefusal, decide_settlement, settle_difference, take_difference,
};
use operations::withholding::book_bank_result::{BookedResult, Origin};
use operations::withholding::book_chunk::book_chunk;
use store::tables::clerk_staff;
use store::tables::debit::{Debit, Proof};
use store::tables::difference::{self, OpenDifference};
use store::testing::for_each_database;
use units::Fen;

use crate::world::{World, day};

fn say(world: &World, debit: &Debit, outcome: Outcome, proof: Proof) -> BookedResult {
    let id = EndToEndId { due: debit.due, attempt: debit.attempt };
    let line =
        BankResult { line: 1, original_message_id: None, end_to_end_id: id.to_string(), outcome };
    let origin = Origin {
        message: MessageId::from_i64(9),
        run: RunId::from_i64(1),
        proof,
        on: day("2026-11-26"),
    };
    let (city, now) = (world.city.clone(), world.at("2026-11-26"));
    let lines = vec![line];
    world.db.write(move |tx| book_chunk(tx, &city, (&lines, origin), now)).unwrap()[0]
}

fn paid(amount: Fen) -> Outcome {
    Outcome::Collected { amount: Some(amount), reference: None, on: None }
}

fn refused() -> Outcome {
    let rule = reason::of_code("AM04");
    Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw: "AM04".to_owned() }
}

fn open(world: &World) -> Vec<OpenDifference> {
    world.db.read(|tx| difference::list_open(tx, 10)).unwrap()
}

#[test]
fn a_no_that_becomes_a_yes_and_a_yes_that_becomes_a_no_are_differences_with_an_owner() {
    for_each_database(|db| {
        let world = World::new(db, 1);
        world.build("2026-11-26").unwrap();
        let [first, second, _] = world.debits().try_into().unwrap();
        assert_eq!(say(&world, &first, refused(), Proof::Report), BookedResult::Rejected);
        let then_paid = paid(first.amount);
        assert_eq!(say(&world, &first, then_paid, Proof::Report), BookedResult::Contradicted);
        let first_paid = paid(second.amount);
        assert_eq!(say(&world, &second, first_paid, Proof::Report), BookedResult::Collected);
        assert_eq!(say(&world, &second, refused(), Proof::Report), BookedResult::Contradicted);
        assert_eq!(say(&world, &second, refused(), Proof::Report), BookedResult::Contradicted);
        let found = open(&world);
        let told: Vec<_> = found.iter().map(|d| (d.ours, d.theirs, d.owner.as_str())).collect();
        assert_eq!(
            told,
            [(None, Some(first.amount), "bank_batch"), (Some(second.amount), None, "bank_batch")],
            "their money alone, ours alone, each once"
        );
        assert_eq!(world.states(0), ["open", "paid", "open"], "nothing more is booked");
        // The account's own booking settles it: the bank has the money after all.
        let booked = paid(first.amount);
        assert_eq!(say(&world, &first, booked, Proof::Booking), BookedResult::Collected);
        world.check();
    });
}

#[test]
fn one_attempt_told_with_two_amounts_is_a_difference_of_both() {
    for_each_database(|db| {
        let world = World::new(db, 1);
        world.build("2026-11-26").unwrap();
        let debit = world.debits().remove(0);
        let (asked, other) = (debit.amount, debit.amount + Fen::from_yuan(1));
        assert_eq!(say(&world, &debit, paid(asked), Proof::Report), BookedResult::Collected);
        assert_eq!(say(&world, &debit, paid(asked), Proof::Booking), BookedResult::Repeated);
        assert_eq!(say(&world, &debit, paid(other), Proof::Booking), BookedResult::Contradicted);
        let [found] = open(&world).try_into().unwrap();
        assert_eq!((found.ours, found.theirs), (Some(asked), Some(other)));
        assert_eq!(world.received(), asked);
        world.check();
    });
}

#[test]
fn a_contradiction_blocks_the_months_close_until_two_people_settle_it() {
    for_each_database(|db| {
        let world = World::new(db, 1);
        world.build("2026-11-26").unwrap();
        let debit = world.debits().remove(0);
        assert_eq!(say(&world, &debit, refused(), Proof::Report), BookedResult::Rejected);
        say(&world, &debit, paid(debit.amount), Proof::Report);
        let month = "2026-11".parse().unwrap();
        let reasons = || world.db.read(|tx| gate(tx, month)).unwrap();
        assert!(reasons().iter().any(|why| why.contains("1 differences")), "{:?}", reasons());
        let id = open(&world)[0].id;
        let (first, second) = (clerk_of(&world, "F1"), clerk_of(&world, "F2"));
        let (city, now) = (world.city.clone(), world.at("2026-11-27"));
        let why = "银行确认已扣款";
        let done = world.db.write(move |tx| -> Result<(), SettleRefusal> {
            take_difference(tx, &city, &first, id, now)?;
            settle_difference(tx, &city, &first, (id, Settlement::BookTheirs, why), now)?;
            decide_settlement(tx, &city, &second, (id, Approval::Approve, ""), now)
        });
        done.unwrap();
        assert_eq!(world.states(0)[0], "paid", "booked to the due of the debit");
        assert_eq!(world.received(), debit.amount);
        assert!(reasons().iter().all(|why| !why.contains("differences")), "{:?}", reasons());
        // The account's own booking of the same money repeats it.
        let booked = paid(debit.amount);
        assert_eq!(say(&world, &debit, booked, Proof::Booking), BookedResult::Repeated);
        assert_eq!(world.received(), debit.amount);
        world.check();
    });
}

fn clerk_of(world: &World, staff: &'static str) -> Clerk {
    let now = world.at("2026-11-20");
    let clerk = Clerk {
        id: world.city.fresh(now),
        account: staff.to_owned(),
        name: staff.to_owned(),
        office: "xuanwu".to_owned(),
        roles: RoleSet::of(&[Role::Finance]),
    };
    let id = clerk.id;
    world.db.write(move |tx| clerk_staff::insert(tx, id, (staff, "admin"), now)).unwrap();
    clerk
}
