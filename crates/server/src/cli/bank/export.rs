//! `shebao bank export`.

use std::path::PathBuf;

use anyhow::Context;
use operations::withholding::Agreement;
use operations::withholding::build_debit_batch::{Batch, BatchError, build_debit_batch};
use operations::withholding::hand_over_files::{HandedOver, hand_over_files};
use units::{Date, Fen};

use super::{AgreementArgs, agreements, day_or_today};
use crate::app::App;
use crate::cli::city::Options;
use crate::cli::{Ended, output};

/// Which files to write.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder that the banks watch.
    #[arg(long)]
    out: PathBuf,
    /// Only this bank.
    #[arg(long)]
    bank: Option<String>,
    /// The day on which the banks take the money; today without it.
    #[arg(long)]
    date: Option<Date>,
    /// Which batch of the day: a second one sends again what a bank refused for our mistake.
    #[arg(long, default_value_t = 1)]
    round: u8,
    #[command(flatten)]
    agreements: AgreementArgs,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let all = agreements::read(&app, &args.agreements)?;
    let asked = |each: &&Agreement| args.bank.as_ref().is_none_or(|bank| *bank == each.bank);
    let chosen: Vec<&Agreement> = all.iter().filter(asked).collect();
    anyhow::ensure!(!chosen.is_empty(), "there is no agreement with that bank");
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("{} can't be made", args.out.display()))?;
    let mut ended = Ended::Done;
    for agreement in chosen {
        match export(options, &app, args, agreement)? {
            Ended::Done => {}
            Ended::Refused => ended = Ended::Refused,
        }
    }
    Ok(ended)
}

fn export(
    options: &Options,
    app: &App,
    args: &Args,
    agreement: &Agreement,
) -> anyhow::Result<Ended> {
    let batch = Batch {
        bank: agreement.bank.clone(),
        collect_on: day_or_today(app, args.date),
        round: args.round,
        limit: agreement.limit,
    };
    let now = app.clock.now();
    let bar = output::bar("lock dues");
    let about = (&batch, &*options.actor);
    let built = build_debit_batch(&app.db, &app.city, about, now, &mut output::on(&bar));
    bar.finish_and_clear();
    let built = match built {
        Ok(built) => built,
        Err(BatchError::Store(error)) => return Err(error.into()),
        Err(refusal) => {
            if options.json {
                let bank = &agreement.bank;
                output::json(&serde_json::json!({ "bank": bank, "refused": refusal.to_string() }));
            } else {
                output::line(format!("{}: {refusal}", agreement.bank));
            }
            return Ok(Ended::Refused);
        }
    };
    let bar = output::bar("write files");
    let files = (agreement, built.run);
    let done = hand_over_files(&app.db, files, &args.out, now, &mut output::on(&bar));
    bar.finish_and_clear();
    let done = done?;
    let debits: i64 = built.files.iter().map(|file| file.debits).sum();
    let amount: Fen = built.files.iter().map(|file| file.amount).sum();
    show(options, agreement, (debits, amount), &done);
    Ok(if done.excluded.is_empty() { Ended::Done } else { Ended::Refused })
}

fn show(options: &Options, agreement: &Agreement, (debits, amount): (i64, Fen), done: &HandedOver) {
    let bank = &agreement.bank;
    if options.json {
        let excluded: Vec<_> = done
            .excluded
            .iter()
            .map(|(person, why)| serde_json::json!({ "person": person, "reason": why }))
            .collect();
        output::json(&serde_json::json!({
            "bank": bank, "debits": debits, "amount_fen": amount, "currency": "CNY",
            "files": done.paths, "excluded": excluded,
        }));
        return;
    }
    for (person, why) in &done.excluded {
        output::line(format!("person {person} was left out: {why}"));
    }
    let files = done.paths.len();
    output::line(format!("{bank}: {debits} debits, {amount} yuan, {files} files handed over"));
}
