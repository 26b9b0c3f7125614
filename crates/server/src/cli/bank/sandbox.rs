//! `shebao bank sandbox`: the other side of the folder.
//!
//! It keeps nothing: every run replays all withholding files of the folder in the order of their
//! days, so that the same seed gives the same bank, and writes the answers that are not there yet.

use std::path::{Path, PathBuf};

use anyhow::Context;
use channels::bank_batch::hand_over::hand_over;
use channels::bank_batch::sandbox::collection;
use channels::bank_batch::sandbox::manner::{Answer, Manner, answer};
use channels::bank_batch::sandbox::order_file::{self, OrderFile};
use channels::bank_batch::sandbox::{Card, SandboxBank, Settled, Shortfall};
use channels::bank_batch::split_mix::SplitMix;
use channels::bank_batch::text_profile::{request, result};
use operations::withholding::{Agreement, FileFormat};
use units::{Date, Fen, Timestamp};

use super::{AgreementArgs, agreements};
use crate::cli::city::Options;
use crate::cli::{Ended, output};

/// How the bank behaves.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with the withholding files.
    #[arg(long)]
    files: PathBuf,
    /// The folder for the answers.
    #[arg(long)]
    answers: PathBuf,
    /// plain, late, twice, out-of-order, in-parts, rejects-only, broken-totals, unknown-ids or
    /// returns.
    #[arg(long, default_value = "plain")]
    manner: Manner,
    /// After a debit that the card does not cover, refuse the rest of the person's.
    #[arg(long)]
    stop: bool,
    /// The same seed makes the same cards and the same answers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    agreements: AgreementArgs,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let app = options.open()?;
    anyhow::ensure!(app.sandbox, "the sandbox bank plays in sandbox databases only");
    let all = agreements::read(&app, &args.agreements)?;
    std::fs::create_dir_all(&args.answers)
        .with_context(|| format!("{} can't be made", args.answers.display()))?;
    let mut bank = SandboxBank::default();
    let mut rng = SplitMix::new(args.seed);
    let mut written = 0_u64;
    for path in requests(&args.files)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let Some((on, agreement)) = name.as_deref().and_then(|name| named(name, &all)) else {
            continue;
        };
        let file = read(&path, agreement)?;
        open_cards(&mut bank, &file, args.seed);
        let shortfall = if args.stop { Shortfall::Stop } else { Shortfall::Continue };
        let settled = bank.process(&file, shortfall, on);
        for each in answers(agreement, (&file, &settled), (args.manner, on), &mut rng) {
            let to = args.answers.join(&each.name);
            if !to.exists() {
                hand_over::<std::io::Error>(&to, |out| {
                    std::io::Write::write_all(out, &each.bytes)
                })?;
                written += 1;
            }
        }
    }
    if options.json {
        output::json(&serde_json::json!({ "answers": written }));
    } else {
        output::line(format!("{written} answer files"));
    }
    Ok(Ended::Done)
}

/// The files that were handed over, in the order of their days.
fn requests(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.to_string_lossy().into_owned();
        if [".pain008.xml", ".beps380.xml", "_I.txt"].iter().any(|end| name.ends_with(end)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The day and bank of `FE-20261126-ccb-1-0001…`.
fn named<'a>(name: &str, all: &'a [Agreement]) -> Option<(Date, &'a Agreement)> {
    let mut parts = name.split('-').skip(1);
    let (day, bank) = (parts.next()?, parts.next()?);
    let day = format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..8)?).parse().ok()?;
    Some((day, all.iter().find(|each| each.bank == bank)?))
}

fn read(path: &Path, agreement: &Agreement) -> anyhow::Result<OrderFile> {
    let file =
        std::fs::File::open(path).with_context(|| format!("{} can't be read", path.display()))?;
    let source = std::io::BufReader::new(file);
    let read = match &agreement.format {
        FileFormat::Iso20022 => order_file::read(source),
        FileFormat::Cnaps2 => collection::read(source),
        FileFormat::Text(profile) => request::read(source, profile),
    };
    read.with_context(|| path.display().to_string())
}

/// An account that the bank sees first gets its card: most hold enough, some too little.
fn open_cards(bank: &mut SandboxBank, file: &OrderFile, seed: u64) {
    for order in &file.orders {
        if bank.card(&order.account).is_some() {
            continue;
        }
        let number = order
            .account
            .bytes()
            .fold(seed, |number, byte| number.wrapping_mul(131).wrapping_add(u64::from(byte)));
        let card = match SplitMix::new(number).below(100) {
            0 => Card::Closed,
            1 => Card::Blocked,
            2..8 => Card::Open(Fen::ZERO),
            8..16 => Card::Open(Fen::from_yuan(1_000)),
            _ => Card::Open(Fen::from_yuan(20_000)),
        };
        bank.set_card(&order.account, card);
    }
}

fn answers(
    agreement: &Agreement,
    (file, settled): (&OrderFile, &[Settled]),
    (manner, on): (Manner, Date),
    rng: &mut SplitMix,
) -> Vec<Answer> {
    match &agreement.format {
        FileFormat::Iso20022 => answer(file, settled, (manner, on), rng),
        FileFormat::Cnaps2 => vec![Answer {
            name: format!("FE-{}-{}.beps381.xml", agreement.bank, file.message_id),
            at: Timestamp::start_of(on).plus_seconds(20 * 3600),
            bytes: collection::write(file, settled, on),
        }],
        FileFormat::Text(profile) => vec![Answer {
            name: format!("{}_O.txt", file.message_id),
            at: Timestamp::start_of(on).plus_seconds(20 * 3600),
            bytes: result::write(profile, &file.message_id, settled),
        }],
    }
}
