//! `shebao counter`: who may call, the bank's file of a day, and a sandbox bank.

mod certificate;
pub(super) mod key;
mod network;
mod rate;

use std::path::PathBuf;

use anyhow::Context;
use channels::counter_api::daily_file::{DailyFileProfile, standard_profile};
use channels::counter_api::day_end::{Action, DayDetailAnswer};
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use operations::counter::CounterError;
use operations::counter::compare_day::{DailyFile, compare_day};
use ring::rand::SystemRandom;
use store::tables::counter_key::{self, Partner};
use store::tables::person;
use units::Date;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::counter_api::bank_keys::{self, NewKey};
use crate::counter_sandbox::{Customer, Outcome, Plan, work};
use crate::vault::Vault;

/// The commands about bank counters.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Keys of banks: who may call the counter interface.
    #[command(subcommand)]
    Key(key::Command),
    /// Client certificates of banks: who may call without signing, over TLS on both sides.
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// From where each bank may call.
    #[command(subcommand)]
    Network(network::Command),
    /// How often each bank may call.
    #[command(subcommand)]
    Rate(rate::Command),
    /// Compare a bank's file of an accounting day with our books, book what only the bank has,
    /// take back what only we have, and close the day. The same file again changes nothing.
    Reconcile(ReconcileArgs),
    /// Play a bank against a served sandbox city: tellers take cash, lose answers, repeat and
    /// reverse by a seed; then the bank's journal is compared with the city's books.
    Sandbox(SandboxArgs),
}

/// A sandbox bank.
#[derive(clap::Args)]
pub(crate) struct SandboxArgs {
    /// Where `shebao serve` serves the same database.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// How many tellers work at once.
    #[arg(long, default_value_t = 64)]
    tellers: usize,
    /// How many customers come, from the first registered on.
    #[arg(long, default_value_t = 10_000)]
    customers: u32,
    /// What everything random follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A bank's file.
#[derive(clap::Args)]
pub(crate) struct ReconcileArgs {
    /// The file.
    file: PathBuf,
    /// The bank's code.
    #[arg(long)]
    bank: String,
    /// The accounting day.
    #[arg(long)]
    date: Date,
    /// How the bank writes its file, as TOML; the standard form without it.
    #[arg(long)]
    profile: Option<PathBuf>,
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Key(command) => key::run(options, Partner::Bank, command),
        Command::Certificate(command) => certificate::run(options, command),
        Command::Network(command) => network::run(options, command),
        Command::Rate(command) => rate::run(options, command),
        Command::Reconcile(args) => reconcile(options, args),
        Command::Sandbox(args) => sandbox(options, args),
    }
}

fn reconcile(options: &Options, args: &ReconcileArgs) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let bytes = std::fs::read(&args.file)
        .with_context(|| format!("{} can't be read", args.file.display()))?;
    let file = DailyFile {
        bank: args.bank.clone(),
        accounting_on: args.date,
        bytes,
        profile: profile(args)?,
    };
    let answer = match compare_day(&app.db, &app.city, &file, app.clock.now()) {
        Ok(answer) => answer,
        Err(CounterError::Problem(problem)) => {
            if options.json {
                output::json(&serde_json::to_value(&problem)?);
            } else {
                problem.detail.split("; ").for_each(output::line);
            }
            return Ok(Ended::Refused);
        }
        Err(CounterError::Failure(failure)) => return Err(anyhow::anyhow!(failure)),
    };
    let answer: DayDetailAnswer = serde_json::from_slice(&answer)?;
    if options.json {
        output::json(&serde_json::to_value(&answer)?);
    } else {
        for line in &answer.differences {
            let yuan = |sum: Option<units::Fen>| sum.map_or("-".to_owned(), |sum| sum.to_string());
            output::line(format!(
                "{}  bank {}  ours {}  {:?}: {:?}",
                line.bank_serial,
                yuan(line.bank_amount_fen),
                yuan(line.our_amount_fen),
                line.finding,
                line.action
            ));
        }
        let differ = answer.differences.len();
        output::line(format!("{}: {} match, {differ} differ", args.date, answer.matched));
    }
    let owned = answer.differences.iter().any(|line| line.action == Action::Owner);
    Ok(if owned { Ended::Refused } else { Ended::Done })
}

fn profile(args: &ReconcileArgs) -> anyhow::Result<DailyFileProfile> {
    let Some(file) = &args.profile else { return Ok(standard_profile()) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} can't be read", file.display()))?;
    DailyFileProfile::parse(&text).with_context(|| file.display().to_string())
}

/// The name of the sandbox bank and of its key.
const SANDBOX_BANK: &str = "sandbox";
const SANDBOX_KEY: &str = "sandbox-1";

fn sandbox(options: &Options, args: &SandboxArgs) -> anyhow::Result<Ended> {
    let app = options.open()?;
    anyhow::ensure!(app.sandbox, "{} holds real people; the sandbox bank stays away", options.db);
    let people = app.db.read(|tx| person::list_first(tx, i64::from(args.customers)))?;
    let customers: Vec<Customer> = people
        .iter()
        .filter_map(|person| {
            Some(Customer {
                identity_number: person.identity.as_str().to_owned(),
                social_security_card: person.card.as_ref()?.as_str().to_owned(),
            })
        })
        .collect();
    let plan = Plan {
        base: args.url.clone(),
        key_id: SANDBOX_KEY.to_owned(),
        secret: sandbox_secret(&app, &options.vault()?)?,
        tellers: args.tellers,
        seed: args.seed,
        day: app.clock.today(),
    };
    let bar = output::bar("customers");
    let outcome = work(&plan, &customers, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let Outcome { paid, reversed, not_paid, lost_answers, matched, differences } = outcome;
    if options.json {
        output::json(&serde_json::json!({
            "paid": paid, "reversed": reversed, "not_paid": not_paid,
            "lost_answers": lost_answers, "matched": matched, "differences": differences,
        }));
    } else {
        differences.iter().for_each(output::line);
        output::line(format!(
            "{paid} paid, {reversed} reversed, {not_paid} not paid, {lost_answers} answers lost; \
             {matched} serials match, {} differ",
            differences.len()
        ));
    }
    Ok(if differences.is_empty() { Ended::Done } else { Ended::Refused })
}

/// The sandbox bank's shared secret; made when it has none.
fn sandbox_secret(app: &App, vault: &Vault) -> anyhow::Result<String> {
    let known = |app: &App| -> anyhow::Result<Option<String>> {
        let keys = app.db.read(counter_key::list)?;
        let key = keys.into_iter().find(|key| key.key_id == SANDBOX_KEY);
        Ok(key.map(|key| bank_keys::opened(vault, &key)).transpose()?)
    };
    if let Some(secret) = known(app)? {
        return Ok(secret);
    }
    let algorithm = Algorithm::HmacSha256;
    let pair = KeyPairText::generate(algorithm, &SystemRandom::new())?;
    let (key_id, bank) = (SANDBOX_KEY.to_owned(), SANDBOX_BANK.to_owned());
    let partner = Partner::Bank;
    let new = NewKey { key_id, partner, bank, algorithm, verifying: pair.public.clone() };
    bank_keys::add(&app.db, vault, new, app.clock.now())?;
    Ok(pair.public)
}
