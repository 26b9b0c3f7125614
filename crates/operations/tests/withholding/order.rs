//! The order in which a bank takes a person's dues, and what follows a shortfall, are the pack's:
//! the file, the bank's answer and the preview agree under each rule.

use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::sandbox::manner::Manner;
use channels::bank_batch::sandbox::{Card, Shortfall, order_file};
use channels::bank_batch::split_mix::SplitMix;
use insurance::due::{Due, DueState};
use operations::withholding::preview_withholding::{
    MonthCovered, Preview, PreviewError, preview_withholding,
};
use policy::pack::PackFile;
use policy::{Branch, Pack, shipped};
use store::testing::for_each_database;
use units::{Fen, Month};

use crate::world::{World, account, day};

/// Nanjing's pack under another rule of withholding.
fn pack(order: &str, shortfall: &str) -> Pack {
    let written = "order = [\"pension\", \"medical\", \"unemployment\"], shortfall = \"continue\"";
    let rule = format!("order = [{order}], shortfall = \"{shortfall}\"");
    let other = |(path, text): PackFile| (path, text.replace(written, &rule));
    let files: Vec<PackFile> = shipped::files("nanjing").unwrap().into_iter().map(other).collect();
    assert!(files.iter().any(|(_, text)| text.contains(&rule)), "the pack's rule is written so");
    Pack::read("nanjing", &files).unwrap()
}

const REVERSED: &str = "\"unemployment\", \"medical\", \"pension\"";
const NANJING: &str = "\"pension\", \"medical\", \"unemployment\"";

/// What a file asks for, in document order.
fn asked(world: &World, on: &str) -> Vec<(Month, Branch)> {
    let built = world.build(on).unwrap();
    let path = &world.hand_over(&built, on).paths[0];
    let file = order_file::read(&*std::fs::read(path).unwrap()).unwrap();
    let due = |id: &str| EndToEndId::parse(id).unwrap().due;
    let orders = file.orders.iter().map(|order| due(&order.end_to_end_id));
    orders.map(|due| (due.month, due.branch)).collect()
}

/// A city under a rule whose people owe November and December.
fn two_months(db: &store::Db, pack: Pack, people: usize) -> World {
    let world = World::under(db, pack, people);
    world.assess("2026-12");
    world
}

#[test]
fn a_file_asks_in_the_packs_order_the_oldest_month_first() {
    use Branch::{Medical, Pension, Unemployment};
    for (order, branches) in
        [(REVERSED, [Unemployment, Medical, Pension]), (NANJING, [Pension, Medical, Unemployment])]
    {
        for_each_database(|db| {
            let world = two_months(db, pack(order, "continue"), 1);
            let months: [Month; 2] = ["2026-11".parse().unwrap(), "2026-12".parse().unwrap()];
            let expected: Vec<_> =
                months.iter().flat_map(|month| branches.map(|branch| (*month, branch))).collect();
            assert_eq!(asked(&world, "2026-12-28"), expected);
        });
    }
}

/// Each due, and whether it is paid.
type Line = (Month, Branch, bool);

/// Which dues the preview says are taken from a balance.
fn promised(world: &World, person: usize, balance: Fen) -> Vec<Line> {
    let (city, person) = (world.city.clone(), world.people[person]);
    let read = |tx: &mut store::Tx<'_>| -> Result<Preview, PreviewError> {
        preview_withholding(tx, &city, person, day("2026-12-20"))
    };
    let preview = world.db.read(read).unwrap();
    let mut lines: Vec<Line> = Vec::new();
    for MonthCovered { month, withholding } in preview.covered_by(balance) {
        lines.extend(withholding.lines.iter().map(|line| (month, line.branch, line.is_taken)));
    }
    lines.sort_unstable();
    lines
}

fn paid(world: &World, person: usize) -> Vec<Line> {
    let dues = world.dues(world.people[person]);
    let line = |due: &Due| (due.key.month, due.key.branch, due.state == DueState::Paid);
    let mut lines: Vec<Line> = dues.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

/// Balances on both sides of what the dues of two months come to, one after the other in order.
fn balances(world: &World, order: &[Branch]) -> Vec<Fen> {
    let dues = world.dues(world.people[0]);
    let one = Fen::new(1).unwrap();
    let mut sum = Fen::ZERO;
    let mut balances = vec![Fen::ZERO];
    for month in ["2026-11", "2026-12"] {
        for branch in order {
            let of = |due: &&Due| due.key.month.to_string() == month && due.key.branch == *branch;
            sum += dues.iter().find(of).unwrap().amount;
            balances.extend([sum.checked_sub(one).unwrap(), sum]);
        }
    }
    balances
}

#[test]
fn the_bank_takes_over_two_months_what_the_preview_said_under_every_rule() {
    use Branch::{Medical, Pension, Unemployment};
    for (order, branches) in
        [(REVERSED, [Unemployment, Medical, Pension]), (NANJING, [Pension, Medical, Unemployment])]
    {
        for (word, shortfall) in [("continue", Shortfall::Continue), ("stop", Shortfall::Stop)] {
            for_each_database(|db| {
                let mut world = two_months(db, pack(order, word), 13);
                world.shortfall = shortfall;
                let balances = balances(&world, &branches);
                assert_eq!(balances.len(), world.people.len());
                for (index, balance) in balances.iter().enumerate() {
                    world.bank.set_card(&account(index), Card::Open(*balance));
                }
                let expected: Vec<Vec<Line>> = balances
                    .iter()
                    .enumerate()
                    .map(|(index, balance)| promised(&world, index, *balance))
                    .collect();
                let mut rng = SplitMix::new(1);
                for answer in world.withhold("2026-12-28", Manner::Plain, &mut rng) {
                    world.read(&answer).unwrap();
                }
                for (index, expected) in expected.iter().enumerate() {
                    let balance = balances[index];
                    assert_eq!(paid(&world, index), *expected, "{order} {word} {balance}");
                }
                // The rules differ: one fen short of all, only the last due stays open; one fen
                // short of the first, `stop` takes nothing and `continue` goes on.
                let taken = |index: usize| paid(&world, index).iter().filter(|line| line.2).count();
                assert_eq!((taken(0), taken(11), taken(12)), (0, 5, 6), "{order} {word}");
                assert_eq!(taken(1) == 0, word == "stop" || order == REVERSED, "{order} {word}");
                world.check();
            });
        }
    }
}
