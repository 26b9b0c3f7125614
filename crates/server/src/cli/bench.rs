//! `shebao bench`.

use super::Ended;
use super::city::Options;

/// The options of `bench`.
#[derive(clap::Args)]
pub struct Args {
    /// How many people.
    #[arg(long, default_value_t = 1_000_000)]
    people: u64,
}

pub(crate) fn run(_options: &Options, _args: &Args) -> anyhow::Result<Ended> {
    Ok(Ended::Done)
}
