//! `shebao counter key` and `shebao hospital key`: who may call the interfaces by signing.

use std::path::PathBuf;

use anyhow::Context;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use ring::rand::SystemRandom;
use store::tables::counter_key::{self, Partner};

use crate::cli::city::Options;
use crate::cli::{Ended, output};
use crate::console::account::second_factor;
use crate::counter_api::bank_keys::{self, KeyError, NewKey};
use crate::counter_api::own_secrets::{self, public_answer_keys};

/// The commands about keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Add a key. A bank or hospital has at most two.
    Add(Args),
    /// Add the next key; the older of two ends, the other one stays valid.
    Rotate(Args),
    /// End a key at once.
    Revoke {
        /// The key's name.
        key_id: String,
    },
    /// Seal every secret anew with the first key of the secret key file, so that the others can
    /// be taken out of it.
    Reseal,
    /// Show the partners' keys, and ours that sign the answers.
    List,
}

/// A new key.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The bank's or hospital's code.
    #[arg(long, visible_alias = "hospital")]
    bank: String,
    /// The key's name in signatures, new among all.
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

fn algorithm(word: &str) -> Result<Algorithm, String> {
    Algorithm::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.word()).collect();
        format!("the algorithms are {}", known.join(", "))
    })
}

pub(in crate::cli) fn run(
    options: &Options,
    partner: Partner,
    command: &Command,
) -> anyhow::Result<Ended> {
    match command {
        Command::Add(args) => add(options, partner, args, Change::Add),
        Command::Rotate(args) => add(options, partner, args, Change::Rotate),
        Command::Revoke { key_id } => revoke(options, key_id),
        Command::Reseal => reseal(options),
        Command::List => list(options, partner),
    }
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Rotate,
}

fn add(options: &Options, partner: Partner, args: &Args, change: Change) -> anyhow::Result<Ended> {
    let (app, vault) = (options.open()?, options.vault()?);
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
        partner,
        bank: args.bank.clone(),
        algorithm: args.algorithm,
        verifying,
    };
    let now = app.clock.now();
    let done = match change {
        Change::Add => bank_keys::add(&app.db, &vault, new, now).map(|()| None),
        Change::Rotate => bank_keys::rotate(&app.db, &vault, new, now),
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

fn reseal(options: &Options) -> anyhow::Result<Ended> {
    let (app, vault) = (options.open()?, options.vault()?);
    app.db.write(move |tx| {
        bank_keys::reseal(tx, &vault)?;
        own_secrets::reseal(tx, &vault)?;
        second_factor::reseal(tx, &vault)
    })?;
    if options.json {
        output::json(&serde_json::json!({ "resealed": true }));
    } else {
        output::line("every secret is sealed with the first key of the file");
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

fn list(options: &Options, partner: Partner) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let mut keys = app.db.read(counter_key::list)?;
    keys.retain(|key| key.partner == partner);
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
