//! Thousands of lines at once make the books that one line after the other makes.

use channels::bank_batch::bank_result::{BankResult, Outcome};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::reason;
use channels::bank_batch::split_mix::SplitMix;
use insurance::ids::{MessageId, RunId, SuspensionId};
use operations::verify::verify;
use operations::withholding::book_bank_result::{
    BookedResult, Origin, accounting_day, book_bank_result,
};
use operations::withholding::book_chunk::{DecidedChunk, book_chunk};
use store::Db;
use store::tables::debit::Proof;
use store::tables::suspension::{self, Suspension};
use store::testing::list_books;
use units::Fen;

use crate::world::{World, day, month};

/// A city with a file at the bank; every fourth person's cover is suspended since October.
fn city(db: &Db) -> World {
    let world = World::new(db, 24);
    suspend(&world, 4);
    world.build("2026-11-26").unwrap();
    world
}

/// Suspends the cover of every so many people, since October.
fn suspend(world: &World, one_in: usize) {
    let people = world.people.clone();
    let now = world.at("2026-11-02");
    world
        .db
        .write(move |tx| {
            for (id, person) in (1..).zip(people.iter().step_by(one_in)) {
                let suspended = Suspension {
                    person: *person,
                    id: SuspensionId::from_i64(id),
                    unpaid_month: "2026-10".parse().unwrap(),
                    from_on: month().first_day(),
                    notice: None,
                    task: None,
                    run: RunId::from_i64(1),
                    recorded_at: now,
                    lifted_on: None,
                    lifted_by: None,
                };
                suspension::insert(tx, &suspended)?;
            }
            Ok::<_, store::Error>(())
        })
        .unwrap();
}

fn any_outcome(rng: &mut SplitMix, asked: Fen) -> Outcome {
    let on = [None, Some(day("2026-11-27"))][rng.index(2)];
    let reference = [None, Some("B1"), Some("B2")][rng.index(3)].map(|bank| {
        // The bank's numbers are its own for each booking.
        format!("{bank}-{}", rng.below(1_000_000))
    });
    let amount = match rng.below(8) {
        0 => None,
        1 => Some(asked + Fen::from_yuan(1)),
        2 => Some(Fen::from_yuan(5)),
        _ => Some(asked),
    };
    let codes = ["AM04", "AM04", "AM04", "AC04", "AG07", "MD01", "MD06", "MD07", "AM05", ""];
    let code = codes[rng.index(codes.len())];
    let rule = reason::of_code(code);
    let raw = code.to_owned();
    match rng.below(10) {
        0 => Outcome::Pending { status: "ACSP".to_owned() },
        1 | 2 => Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw },
        3 => Outcome::Returned {
            amount: asked,
            reason: rule.reason,
            retry: rule.retry,
            raw,
            reference,
            on,
        },
        _ => Outcome::Collected { amount, reference, on },
    }
}

/// Lines about the attempts at the bank, some more than once, and about strangers.
fn any_lines(world: &World, rng: &mut SplitMix) -> Vec<BankResult> {
    let mut lines = Vec::new();
    for debit in world.debits() {
        for _ in 0..[1, 1, 1, 1, 0, 2, 3][rng.index(7)] {
            let id = EndToEndId { due: debit.due, attempt: debit.attempt };
            lines.push((id.to_string(), debit.amount));
        }
    }
    lines.push(("NOBODY".to_owned(), Fen::from_yuan(88)));
    let mut stranger = world.debits()[0].due;
    stranger.part = 9;
    let never_sent = EndToEndId { due: stranger, attempt: 3 };
    lines.push((never_sent.to_string(), Fen::from_yuan(77)));
    if rng.below(2) == 0 {
        rng.shuffle(&mut lines);
    }
    (1..)
        .zip(lines)
        .map(|(line, (end_to_end_id, asked))| BankResult {
            line,
            original_message_id: None,
            end_to_end_id,
            outcome: any_outcome(rng, asked),
        })
        .collect()
}

fn origin(round: i64, rng: &mut SplitMix) -> Origin {
    Origin {
        message: MessageId::from_i64(100 + round),
        run: RunId::from_i64(1),
        proof: [Proof::Report, Proof::Booking][rng.index(2)],
        on: day("2026-11-27"),
    }
}

fn one_by_one(world: &World, lines: &[BankResult], origin: Origin) -> Vec<BookedResult> {
    let (city, lines) = (world.city.clone(), lines.to_vec());
    let now = world.at("2026-11-27");
    world
        .db
        .write(move |tx| {
            lines
                .iter()
                .map(|line| {
                    let on = accounting_day(tx, line)?.unwrap_or(origin.on);
                    book_bank_result(tx, &city, (line, Origin { on, ..origin }), now)
                })
                .collect::<Result<Vec<_>, store::Error>>()
        })
        .unwrap()
}

fn all_at_once(world: &World, lines: &[BankResult], origin: Origin) -> Vec<BookedResult> {
    let (city, lines) = (world.city.clone(), lines.to_vec());
    let now = world.at("2026-11-27");
    world.db.write(move |tx| book_chunk(tx, &city, (&lines, origin), now)).unwrap()
}

/// Decided before the transaction; where that is refused, nothing may have been written.
fn decided_before(world: &World, lines: &[BankResult], origin: Origin) -> Vec<BookedResult> {
    write_decided(world, decide(world, lines, origin))
        .unwrap_or_else(|| all_at_once(world, lines, origin))
}

fn decide(world: &World, lines: &[BankResult], origin: Origin) -> DecidedChunk {
    let now = world.at("2026-11-27");
    let lines = lines.to_vec();
    let decide = |tx: &mut store::Tx<'_>| {
        DecidedChunk::decide(tx, &world.city, (lines.clone(), origin), now)
    };
    world.db.read_staged(decide).unwrap()
}

fn write_decided(world: &World, decided: DecidedChunk) -> Option<Vec<BookedResult>> {
    let (city, now) = (world.city.clone(), world.at("2026-11-27"));
    let before = list_books(&world.db);
    let written =
        world.db.write(move |tx| decided.book(tx, &city, now)?.ok_or(store::Error::Closed));
    if written.is_err() {
        assert_eq!(before, list_books(&world.db), "a chunk that is not written leaves no trace");
    }
    written.ok()
}

/// The books are whole; the suspensions alone were put there without the arrears before them.
fn whole(world: &World) {
    let findings = verify(&world.db).unwrap().findings;
    let others: Vec<_> = findings.iter().filter(|f| f.rule != "suspension_cause").collect();
    assert!(others.is_empty(), "{others:?}");
}

/// Three files of random lines, read both ways.
fn both_ways(seed: u64, (one, all): (&Db, &Db)) {
    let (one, all) = (city(one), city(all));
    assert_eq!(list_books(&one.db), list_books(&all.db), "seed {seed}: the same city");
    let mut rng = SplitMix::new(seed);
    for round in 0..3 {
        let lines = any_lines(&one, &mut rng);
        let origin = origin(round, &mut rng);
        let answers = one_by_one(&one, &lines, origin);
        let book = [all_at_once, decided_before][usize::try_from(seed % 2).unwrap()];
        assert_eq!(answers, book(&all, &lines, origin), "seed {seed}, file {round}");
        let (left, right) = (list_books(&one.db), list_books(&all.db));
        for (left, right) in left.iter().zip(&right) {
            assert_eq!(left, right, "seed {seed}, file {round}");
        }
        assert_eq!(left.len(), right.len(), "seed {seed}, file {round}");
        whole(&one);
        whole(&all);
    }
}

#[test]
fn thousands_at_once_make_the_books_that_one_after_the_other_makes() {
    for seed in 0..16 {
        store::testing::on_sqlite(|one| {
            store::testing::on_sqlite(|all| both_ways(seed, (one, all)));
        });
    }
    for seed in [2_000, 2_001] {
        store::testing::on_postgres(|one| {
            store::testing::on_postgres(|all| both_ways(seed, (one, all)));
        });
    }
}

/// Every attempt of the file, paid as it was asked or refused.
fn plain_lines(world: &World) -> Vec<BankResult> {
    let line = |debit: &store::tables::debit::Debit| {
        let id = EndToEndId { due: debit.due, attempt: debit.attempt };
        let rule = reason::of_code("AM04");
        let outcome = match debit.due.person.get() % 5 {
            0 => {
                Outcome::Rejected { reason: rule.reason, retry: rule.retry, raw: "AM04".to_owned() }
            }
            _ => Outcome::Collected { amount: Some(debit.amount), reference: None, on: None },
        };
        BankResult { line: 1, original_message_id: None, end_to_end_id: id.to_string(), outcome }
    };
    world.debits().iter().map(line).collect()
}

fn report() -> Origin {
    Origin {
        message: MessageId::from_i64(7),
        run: RunId::from_i64(1),
        proof: Proof::Report,
        on: day("2026-11-27"),
    }
}

#[test]
fn lines_decided_before_are_written_when_nothing_has_changed() {
    store::testing::for_each_database(|db| {
        let world = World::new(db, 24);
        world.build("2026-11-26").unwrap();
        let lines = plain_lines(&world);
        let answers = write_decided(&world, decide(&world, &lines, report())).unwrap();
        assert!(answers.contains(&BookedResult::Collected));
        assert!(answers.contains(&BookedResult::Rejected));
        let seen = Origin { proof: Proof::Booking, ..report() };
        let seen = write_decided(&world, decide(&world, &lines[..3], seen)).unwrap();
        assert_eq!(seen.len(), 3, "what confirms money is written as well");
        whole(&world);
    });
}

#[test]
fn lines_decided_on_facts_that_changed_meanwhile_write_nothing() {
    store::testing::for_each_database(|db| {
        let world = World::new(db, 24);
        world.build("2026-11-26").unwrap();
        let lines = plain_lines(&world);
        for known in 0..lines.len() {
            let decided = decide(&world, &lines[known..], report());
            all_at_once(&world, &lines[known..=known], report());
            assert_eq!(write_decided(&world, decided), None, "line {known} was booked meanwhile");
        }
        whole(&world);
    });
}

#[test]
fn cover_that_was_suspended_meanwhile_is_restored_line_by_line() {
    store::testing::for_each_database(|db| {
        let world = World::new(db, 4);
        world.build("2026-11-26").unwrap();
        let lines = plain_lines(&world);
        let decided = decide(&world, &lines, report());
        suspend(&world, 1);
        assert_eq!(write_decided(&world, decided), None);
    });
}
