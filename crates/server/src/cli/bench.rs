//! `shebao bench`: the program's speed on this machine, each figure beside the same work done
//! bare, in one run, because machines differ and are noisy.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::city::Options;
use super::output;
use super::{Ended, demo};

mod arithmetic;
mod assessment;
mod bank;
mod counter;
mod opening;
mod payments;
mod teller;

/// The options of `bench`.
#[derive(clap::Args)]
pub struct Args {
    /// How many people.
    #[arg(long, default_value_t = 1_000_000)]
    people: u64,
    /// How many durable payments.
    #[arg(long, default_value_t = 100_000)]
    payments: u64,
    /// Where to put the databases; they are removed afterwards.
    #[arg(long, default_value = "data/bench")]
    folder: std::path::PathBuf,
    #[command(subcommand)]
    only: Option<Only>,
}

/// One part of the benches alone.
#[derive(Clone, Copy, clap::Subcommand)]
enum Only {
    /// Withholding alone: a day's files out, the answers in and booked, beside the bare work. With
    /// --db postgres://…, in databases of its own on that server.
    Bank(BankArgs),
    /// The interfaces over HTTP alone: queries and payments, beside a bare handler.
    Http(HttpArgs),
}

/// The options of `bench bank`.
#[derive(Clone, Copy, clap::Args)]
struct BankArgs {
    /// How many people, each with three dues.
    #[arg(long, default_value_t = 1_000_000)]
    people: u64,
}

/// The options of `bench http`.
#[derive(Clone, Copy, clap::Args)]
struct HttpArgs {
    /// How many people, each with three dues.
    #[arg(long, default_value_t = 1_000_000)]
    people: u64,
    /// How many payments.
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u64).range(1..=HTTP_PAYMENTS_MAX))]
    payments: u64,
}

/// How many people the withholding of a whole run takes at most.
const BANK_PEOPLE_MAX: u64 = 100_000;
/// How many payments go over HTTP at most: each takes two calls, and a bank has 720,000 nonces in
/// the six minutes that the bench's clock, which stands still, never leaves.
const HTTP_PAYMENTS_MAX: u64 = 250_000;

/// One line of the result.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Figure {
    /// What was done.
    work: String,
    /// How it went.
    measured: String,
    /// The same work done bare, in the same run.
    beside: String,
    /// Ours against theirs, where that says something.
    ratio: String,
}

impl Figure {
    pub(crate) fn new(work: &str, measured: String, beside: String, ratio: String) -> Self {
        Self { work: work.to_owned(), measured, beside, ratio }
    }
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    std::fs::create_dir_all(&args.folder).with_context(|| args.folder.display().to_string())?;
    let (people, figures) = match args.only {
        Some(Only::Bank(only)) => {
            let server = options.url()?;
            let server = server.is_on_server().then_some(&server);
            (only.people, bank::measure((&args.folder, server), only.people)?)
        }
        Some(Only::Http(only)) => {
            (only.people, counter::measure(&args.folder, only.people, only.payments)?)
        }
        None => (args.people, all(args)?),
    };
    std::fs::remove_dir_all(&args.folder).with_context(|| args.folder.display().to_string())?;
    if options.json {
        output::json(&serde_json::json!({ "people": people, "figures": figures }));
    } else {
        let rows: Vec<Vec<String>> = figures
            .iter()
            .map(|f| vec![f.work.clone(), f.measured.clone(), f.beside.clone(), f.ratio.clone()])
            .collect();
        output::line(output::table(&["work", "measured", "beside it", "ratio"], &rows));
    }
    Ok(Ended::Done)
}

fn all(args: &Args) -> anyhow::Result<Vec<Figure>> {
    let mut figures = arithmetic::measure(args.people)?;
    figures.extend(assessment::measure(&args.folder, args.people)?);
    figures.extend(opening::measure(&args.folder)?);
    figures.extend(payments::measure(&args.folder, args.payments)?);
    figures.extend(counter::measure(
        &args.folder,
        args.people,
        args.payments.min(HTTP_PAYMENTS_MAX),
    )?);
    figures.extend(bank::measure((&args.folder, None), args.people.min(BANK_PEOPLE_MAX))?);
    Ok(figures)
}

/// Runs work and says how long it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun: Instant = demo::now();
    let done = work();
    (done, begun.elapsed())
}

/// The shortest of three runs.
fn best_of_three(mut work: impl FnMut()) -> Duration {
    (0..3).map(|_| timed(&mut work).1).min().unwrap_or_default()
}

/// `left` against `right`, with two decimals.
fn ratio(left: Duration, right: Duration) -> String {
    format!("{:.2}", left.as_secs_f64() / right.as_secs_f64().max(1e-9))
}

/// Removes a database of an earlier run.
fn fresh(folder: &Path, name: &str) -> anyhow::Result<store::Url> {
    let file = folder.join(name);
    for end in ["", "-wal", "-shm"] {
        let part = folder.join(format!("{name}{end}"));
        if part.exists() {
            std::fs::remove_file(&part).with_context(|| part.display().to_string())?;
        }
    }
    Ok(store::Url::of_file(&file))
}
