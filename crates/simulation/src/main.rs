//! Lives a city's years with every fault and says whether its books agree.
//!
//! `cargo run --package simulation -- --people 200 --years 2 --seed 7`

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use insurance::ids::IdSource;
use operations::City;
use policy::Pack;
use simulation::life::{Plan, live};
use simulation::network::Faults;
use store::Url;
use units::Month;

const HELP: &str = "\
cargo run --package simulation -- [--people N] [--years N] [--seed S]

Years begin in 2024-01 and end before 2027-01. The same three numbers give the same city.
";
const PEOPLE_MAX: u32 = 1_000_000;
const YEARS_MAX: u32 = 3;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|word| word == "--help") {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let plan = plan(&arguments)?;
    let folder = tempfile::tempdir()?;
    let url = Url::of_file(&folder.path().join("city.db"));
    let pack = Pack::shipped("nanjing").context("the program carries Nanjing's pack")?;
    let report = live(plan, &url, City::new(Arc::new(pack), IdSource::new(0)))?;
    println!("{report:#?}");
    Ok(if report.breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn plan(arguments: &[String]) -> anyhow::Result<Plan> {
    let (mut people, mut years, mut seed) = (50, 2, 1);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--people" => people = value.parse().context("--people")?,
            [name, value] if name == "--years" => years = value.parse().context("--years")?,
            [name, value] if name == "--seed" => seed = value.parse().context("--seed")?,
            _ => bail!("not understood: {pair:?}\n{HELP}"),
        }
    }
    if !(1..=PEOPLE_MAX).contains(&people) || !(1..=YEARS_MAX).contains(&years) {
        bail!("--people is 1 to {PEOPLE_MAX}, --years 1 to {YEARS_MAX}");
    }
    let first: Month = "2024-01".parse().expect("it is a month");
    let months = i32::try_from(years * 12).context("--years")?;
    Ok(Plan { people, first, last: first.plus(months - 1), seed, faults: Faults::ROUGH })
}
