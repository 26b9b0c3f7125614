//! `shebao person import`, `shebao mandate import`, `shebao employer import`.

use operations::import_file::ImportKind;

use super::Ended;
use super::city::Options;
use super::import::{self, Args};

/// The commands about people.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Import people who join from CSV or XLSX: good lines are booked, refused ones listed. The columns
    /// are identity_number, name, office, branches, base, from; and, where known, card_number, phone,
    /// household, bank, account_number, holder, signed_on; or their Chinese titles.
    Import(Args),
}

/// The commands about mandates.
#[derive(clap::Subcommand)]
pub(crate) enum MandateCommand {
    /// Import mandates of registered people from CSV or XLSX; each replaces the live one. The columns
    /// are identity_number, name, bank, account_number; and, where known, holder, signed_on.
    Import(Args),
}

/// The commands about employers.
#[derive(clap::Subcommand)]
pub(crate) enum EmployerCommand {
    /// Import months that employers declared and paid for people, from CSV or XLSX. The columns are
    /// identity_number, name, employer, employer_name, month, branches, base; and, once paid, paid_on.
    Import(Args),
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let Command::Import(args) = command;
    import::run(options, ImportKind::People, args)
}

pub(crate) fn run_mandate(options: &Options, command: &MandateCommand) -> anyhow::Result<Ended> {
    let MandateCommand::Import(args) = command;
    import::run(options, ImportKind::Mandates, args)
}

pub(crate) fn run_employer(options: &Options, command: &EmployerCommand) -> anyhow::Result<Ended> {
    let EmployerCommand::Import(args) = command;
    import::run(options, ImportKind::EmployerMonths, args)
}
