//! A bank that says one thing and then another: nothing more is booked, and somebody must ask.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use insurance::ids::{MessageId, RunId};
use operations::withholding::book_bank_result::{BookedResult, Origin};
use operations::withholding::book_chunk::book_chunk;
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
