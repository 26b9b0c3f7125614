//! `shebao bank`: withholding files out, the banks' answers in, how they stand, the day's
//! comparison, and a bank to practise with.
//!
//! Files in reading order: this one the commands, [`agreements`] what was agreed with each bank,
//! [`export`], [`import`], [`status`] and the day, [`sandbox`].

mod agreements;
mod export;
mod import;
mod sandbox;
mod status;

use std::path::PathBuf;

use units::Date;

use super::Ended;
use super::city::Options;

/// The commands about paying banks.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Write a day's withholding files. Running it again goes on where it stopped and changes
    /// nothing that was handed over.
    Export(export::Args),
    /// Read banks' answer files and book them. The same file again has no effect; a file that
    /// breaks a rule is refused whole.
    Import(import::Args),
    /// How the withholding files of a month stand.
    Status(status::StatusArgs),
    /// Compare a day with the banks' bookings, book what agrees, record what differs.
    Reconcile(status::ReconcileArgs),
    /// Play the bank: take money from invented cards and write the answers. Sandbox databases only.
    Sandbox(sandbox::Args),
}

/// Where the agreements with the banks are.
#[derive(clap::Args)]
pub(crate) struct AgreementArgs {
    /// The agreements with the paying banks, as TOML. A sandbox database has invented ones.
    #[arg(long, env = "SHEBAO_BANKS")]
    agreements: Option<PathBuf>,
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Export(args) => export::run(options, args),
        Command::Import(args) => import::run(options, args),
        Command::Status(args) => status::run(options, args),
        Command::Reconcile(args) => status::reconcile(options, args),
        Command::Sandbox(args) => sandbox::run(options, args),
    }
}

/// The day asked for, or today in Asia/Shanghai.
fn day_or_today(app: &crate::app::App, day: Option<Date>) -> Date {
    day.unwrap_or_else(|| app.clock.now().date_in_shanghai())
}
