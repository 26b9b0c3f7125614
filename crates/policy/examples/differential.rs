//! Compares ten million charges with those of an independent exact implementation:
//! `cargo run --release --package policy --example differential [INPUTS [SEED]]`.

use std::process::ExitCode;

#[path = "../tests/differential/comparison.rs"]
mod comparison;
#[path = "../tests/differential/oracle.rs"]
mod oracle;

const INPUTS: u64 = 10_000_000;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (Ok(inputs), Ok(seed)) =
        (numbers.next().unwrap_or(Ok(INPUTS)), numbers.next().unwrap_or(Ok(1)))
    else {
        eprintln!("usage: differential [INPUTS [SEED]]");
        return ExitCode::from(2);
    };
    let compared = comparison::compare(inputs, seed);
    for line in &compared.differing {
        println!("{line}");
    }
    println!(
        "{} inputs, {} of them charged: {} differ",
        compared.inputs,
        compared.charged,
        compared.differing.len()
    );
    if compared.differing.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
