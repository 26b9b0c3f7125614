//! Ten million charges against an independent exact implementation. By hand, with another count or
//! seed: `cargo run --release --package policy --example differential`.

#[path = "differential/comparison.rs"]
mod comparison;
#[path = "differential/oracle.rs"]
mod oracle;

use std::thread;

/// A question to both takes about a microsecond without optimisation.
const INPUTS_EACH: u64 = 2_500_000;
const SEEDS: [u64; 4] = [2023, 2024, 2025, 2026];

#[test]
fn of_ten_million_charges_none_differs_from_that_of_an_independent_implementation() {
    let compare = |seed| move || comparison::compare(INPUTS_EACH, seed);
    let threads = SEEDS.map(|seed| thread::spawn(compare(seed)));
    for thread in threads {
        let compared = thread.join().expect("the comparison does not panic");
        assert!(compared.differing.is_empty(), "{}", compared.differing.join("\n"));
        assert!(compared.inputs >= INPUTS_EACH);
        assert!(compared.charged > INPUTS_EACH / 2, "most are answered: {}", compared.charged);
    }
}
