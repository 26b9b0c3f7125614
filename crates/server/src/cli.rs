//! The command line. Exit codes: 0 done, 1 refused or found something, 2 used wrongly or failed.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bank;
pub mod bench;
mod city;
mod clerk;
mod counter;
mod demo;
mod hospital;
mod import;
mod init;
mod month;
mod output;
mod person;
mod policy;
mod serve;
mod verify;
mod wechat;

/// A city's social insurance for the flexibly employed: joining, bills, collection, arrears,
/// medical cover, notices.
#[derive(Parser)]
#[command(name = "shebao", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: city::Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a database for a city.
    Init(init::Args),
    /// Register people.
    #[command(subcommand)]
    Person(person::Command),
    /// Clerks' accounts: the first administrator, and help when nobody can sign in.
    #[command(subcommand)]
    Clerk(clerk::Command),
    /// Let banks debit people's accounts.
    #[command(subcommand)]
    Mandate(person::MandateCommand),
    /// What employers declared and paid for people.
    #[command(subcommand)]
    Employer(person::EmployerCommand),
    /// Assess or close a month.
    #[command(subcommand)]
    Month(month::Command),
    /// Withholding by the paying banks: files out, answers in, and a bank to practise with.
    #[command(subcommand)]
    Bank(bank::Command),
    /// Bank counters: keys, and the bank's file of a day.
    #[command(subcommand)]
    Counter(counter::Command),
    /// Hospitals: keys for asking who is covered.
    #[command(subcommand)]
    Hospital(hospital::Command),
    /// WeChat: the bill of a day, and a WeChat to practise with.
    #[command(subcommand)]
    Wechat(wechat::Command),
    /// Policy packs: check a city's law, seal it, explain a figure with its citations.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Prove that the books balance and that nothing was changed behind the program's back.
    Verify,
    /// Build an embedded city, carry it through a month by all channels, show it, serve the site.
    Demo(demo::Args),
    /// Serve the site.
    Serve(Box<serve::Args>),
    /// Measure the program's speed on this machine, as ratios in one run.
    Bench(bench::Args),
}

/// How a command ended.
pub(crate) enum Ended {
    /// Done; nothing to complain about.
    Done,
    /// A rule said no, or something was found; it is printed already.
    Refused,
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let global = &cli.global;
    let ended = match cli.command {
        Command::Init(args) => init::run(global, &args),
        Command::Person(command) => person::run(global, &command),
        Command::Clerk(command) => clerk::run(global, &command),
        Command::Mandate(command) => person::run_mandate(global, &command),
        Command::Employer(command) => person::run_employer(global, &command),
        Command::Month(command) => month::run(global, &command),
        Command::Bank(command) => bank::run(global, &command),
        Command::Counter(command) => counter::run(global, &command),
        Command::Hospital(command) => hospital::run(global, &command),
        Command::Wechat(command) => wechat::run(global, &command),
        Command::Policy(command) => policy::run(global, &command),
        Command::Verify => verify::run(global),
        Command::Demo(args) => demo::run(global, &args),
        Command::Serve(args) => serve::run(global, &args),
        Command::Bench(args) => bench::run(global, &args),
    };
    match ended {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Refused) => ExitCode::from(1),
        Err(error) => {
            output::failure(global.json, &error);
            ExitCode::from(2)
        }
    }
}

/// The city of the benches: Nanjing, with identifiers of its own.
fn bench_city() -> anyhow::Result<operations::City> {
    let pack = ::policy::Pack::shipped("nanjing").ok_or_else(|| anyhow::anyhow!("no pack"))?;
    Ok(operations::City::new(std::sync::Arc::new(pack), insurance::ids::IdSource::new(0)))
}
