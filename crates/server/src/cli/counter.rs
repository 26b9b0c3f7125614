//! `shebao counter`: keys of banks, the bank's file of a day, and a sandbox bank.

use std::path::PathBuf;

use anyhow::Context;
use channels::counter_api::daily_file::{DailyFileProfile, standard_profile};
use channels::counter_api::day_end::{Action, DayDetailAnswer};
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use operations::counter::CounterError;
use operations::counter::compare_day::{DailyFile, compare_day};
use ring::rand::SystemRandom;
use store::tables::{counter_key, person};
use units::Date;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::counter_api::bank_keys::{self, KeyError, NewKey};
use crate::counter_api::own_secrets::public_answer_keys;
use crate::counter_sandbox::{Customer, Outcome, Plan, work};

/// The commands about bank counters.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Keys of banks: who may call the counter interface.
    #[command(subcommand)]
    Key(KeyCommand),
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

/// The commands about keys.
#[derive(clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Add a key. A bank has at most two.
    Add(KeyArgs),
    /// Add a bank's next key; the older of two ends, the other one stays valid.
    Rotate(KeyArgs),
    /// End a key at once.
    Revoke {
        /// The key's name.
        key_id: String,
    },
    /// Show the banks' keys, and ours that sign the answers.
    List,
}

/// A new key.
#[derive(clap::Args)]
pub(crate) struct KeyArgs {
    /// The bank's code.
    #[arg(long)]
    bank: String,
    /// The key's name in signatures, new among all banks.
    #[arg(long)]
    key_id: String,
    /// hmac-sha256, ecdsa-p256-sha256, ed25519 or sm2-sm3.
    #[arg(long, default_value = "hmac-sha256", value_parser = algorithm)]
    algorithm: Algorithm,
    /// The bank's public key as PEM, or the base64 of a shared secret. Without it a new key is
    /// made, and the half for the bank is printed once.
    #[arg(long)]
    file: Option<PathBuf>,
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

fn algorithm(word: &str) -> Result<Algorithm, String> {
    Algorithm::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.word()).collect();
        format!("the algorithms are {}", known.join(", "))
    })
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Key(KeyCommand::Add(args)) => add(options, args, Change::Add),
        Command::Key(KeyCommand::Rotate(args)) => add(options, args, Change::Rotate),
        Command::Key(KeyCommand::Revoke { key_id }) => revoke(options, key_id),
        Command::Key(KeyCommand::List) => list(options),
        Command::Reconcile(args) => reconcile(options, args),
        Command::Sandbox(args) => sandbox(options, args),
    }
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Rotate,
}

fn add(options: &Options, args: &KeyArgs, change: Change) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let (verifying, private) = match &args.file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} can't be read", file.display()))?;
            (text.trim().to_owned(), None)
        }
        None => {
            let pair = KeyPairText::generate(args.algorithm, &SystemRandom::new())?;
            (pair.public.trim().to_owned(), Some(pair.private))
        }
    };
    let new = NewKey {
        key_id: args.key_id.clone(),
        bank: args.bank.clone(),
        algorithm: args.algorithm,
        verifying,
    };
    let now = app.clock.now();
    let done = match change {
        Change::Add => bank_keys::add(&app.db, new, now).map(|()| None),
        Change::Rotate => bank_keys::rotate(&app.db, new, now),
    };
    let ended = match done {
        Ok(ended) => ended,
        Err(error) => return refused(options, error),
    };
    if options.json {
        output::json(&serde_json::json!({
            "key_id": args.key_id, "bank": args.bank, "algorithm": args.algorithm.word(),
            "private_key": private, "revoked": ended,
        }));
        return Ok(Ended::Done);
    }
    output::line(format!("{} may now call with the key {}", args.bank, args.key_id));
    if let Some(ended) = ended {
        output::line(format!("the key {ended} has ended"));
    }
    if let Some(private) = private {
        output::line("give this to the bank over a safe way; it is not shown again:");
        output::line(private.trim_end());
    }
    Ok(Ended::Done)
}

fn revoke(options: &Options, key_id: &str) -> anyhow::Result<Ended> {
    let app = options.open()?;
    if let Err(error) = bank_keys::revoke(&app.db, key_id, app.clock.now()) {
        return refused(options, error);
    }
    if options.json {
        output::json(&serde_json::json!({ "revoked": key_id }));
    } else {
        output::line(format!("the key {key_id} has ended"));
    }
    Ok(Ended::Done)
}

fn refused(options: &Options, error: KeyError) -> anyhow::Result<Ended> {
    if let KeyError::Store(error) = error {
        return Err(error.into());
    }
    if options.json {
        output::json(&serde_json::json!({ "refused": error.to_string() }));
    } else {
        output::line(error);
    }
    Ok(Ended::Refused)
}

fn list(options: &Options) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let keys = app.db.read(counter_key::list)?;
    let ours = public_answer_keys(&app.db)?;
    if options.json {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "key_id": key.key_id, "bank": key.bank, "algorithm": key.algorithm,
                    "added_at": key.added_at, "revoked_at": key.revoked_at,
                })
            })
            .collect();
        let ours: Vec<_> = ours
            .iter()
            .map(|(key_id, public)| serde_json::json!({ "key_id": key_id, "public_key": public }))
            .collect();
        output::json(&serde_json::json!({ "keys": keys, "answer_keys": ours }));
        return Ok(Ended::Done);
    }
    for key in &keys {
        let state = key.revoked_at.map_or("live".to_owned(), |at| format!("ended {at}"));
        output::line(format!("{}  {}  {}  {state}", key.bank, key.key_id, key.algorithm));
    }
    for (key_id, public) in &ours {
        output::line(format!("answers are signed with {key_id}:\n{}", public.trim_end()));
    }
    Ok(Ended::Done)
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
        secret: sandbox_secret(&app)?,
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
fn sandbox_secret(app: &App) -> anyhow::Result<String> {
    let known = |app: &App| -> anyhow::Result<Option<String>> {
        let keys = app.db.read(counter_key::list)?;
        let key = keys.into_iter().find(|key| key.key_id == SANDBOX_KEY);
        Ok(key.map(|key| key.verifying))
    };
    if let Some(secret) = known(app)? {
        return Ok(secret);
    }
    let algorithm = Algorithm::HmacSha256;
    let pair = KeyPairText::generate(algorithm, &SystemRandom::new())?;
    let (key_id, bank) = (SANDBOX_KEY.to_owned(), SANDBOX_BANK.to_owned());
    let new = NewKey { key_id, bank, algorithm, verifying: pair.public.clone() };
    bank_keys::add(&app.db, new, app.clock.now())?;
    Ok(pair.public)
}
