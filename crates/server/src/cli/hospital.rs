//! `shebao hospital`: who may ask at the interface for hospitals, `/hospital/v1`.

use store::tables::counter_key::Partner;

use super::Ended;
use super::city::Options;
use super::counter::key;

/// The commands about hospitals.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Keys of hospitals.
    #[command(subcommand)]
    Key(key::Command),
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Key(command) => key::run(options, Partner::Hospital, command),
    }
}
