//! `shebao bank import`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use operations::withholding::Agreement;
use operations::withholding::read_bank_result::{
    RESULTS_PER_CHUNK, ReadResult, ReadResultError, ResultFile, read_in_chunks,
};

use super::{AgreementArgs, agreements};
use crate::app::App;
use crate::cli::city::Options;
use crate::cli::{Ended, output};

/// The largest answer file that is kept; a bank cuts its answers as we cut ours.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// Which files to read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The files, in any order.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The bank that sent them.
    #[arg(long)]
    bank: String,
    /// How many results go into one transaction, for tests that stop between two.
    #[arg(long, hide = true, default_value_t = RESULTS_PER_CHUNK)]
    chunk: usize,
    #[command(flatten)]
    agreements: AgreementArgs,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let all = agreements::read(&app, &args.agreements)?;
    let agreement = all.iter().find(|each| each.bank == args.bank);
    let agreement = agreement.context("there is no agreement with that bank")?;
    let mut ended = Ended::Done;
    for path in &args.files {
        match import(options, &app, (agreement, args.chunk), path)? {
            Ended::Done => {}
            Ended::Refused => ended = Ended::Refused,
        }
    }
    Ok(ended)
}

fn import(
    options: &Options,
    app: &App,
    (agreement, chunk): (&Agreement, usize),
    path: &Path,
) -> anyhow::Result<Ended> {
    let unreadable = || format!("{} can't be read", path.display());
    let length = std::fs::metadata(path).with_context(unreadable)?.len();
    anyhow::ensure!(
        length <= FILE_BYTES_MAX,
        "{} is larger than {FILE_BYTES_MAX} bytes; ask the bank to cut it",
        path.display()
    );
    let bytes = std::fs::read(path).with_context(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let bar = output::bar("book results");
    let file = ResultFile { name: &name, bytes: &bytes };
    let about = ((agreement, file, &*options.actor), chunk);
    let now = app.clock.now();
    let read = read_in_chunks(&app.db, &app.city, about, now, &mut output::on(&bar));
    bar.finish_and_clear();
    match read {
        Ok(read) => {
            show(options, &name, &read);
            let asks = read.contradicted > 0 || read.others_named > 0;
            Ok(if asks { Ended::Refused } else { Ended::Done })
        }
        Err(ReadResultError::FileMustKeepTheRules { name, refusal }) => {
            if options.json {
                output::json(&serde_json::json!({
                    "file": name, "refused": refusal.rule.to_string(), "line": refusal.line,
                    "element": refusal.element,
                }));
            } else {
                output::line(format!("{name} is refused whole, nothing is booked: {refusal}"));
            }
            Ok(Ended::Refused)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(options: &Options, name: &str, read: &ReadResult) {
    if options.json {
        output::json(&serde_json::json!({
            "file": name, "seen_before": read.seen_before, "others_named": read.others_named,
            "results": read.results, "collected": read.collected, "held": read.held,
            "rejected": read.rejected, "returned": read.returned, "pending": read.pending,
            "repeated": read.repeated, "unknown": read.unknown,
            "contradicted": read.contradicted,
        }));
        return;
    }
    if read.seen_before {
        output::line(format!("{name}: these bytes were read before; nothing changed"));
    } else {
        let ReadResult { results, collected, rejected, returned, held, unknown, .. } = read;
        output::line(format!(
            "{name}: {results} results, {collected} collected, {rejected} rejected, \
             {returned} returned, {held} held, {unknown} unknown, {} known before",
            read.repeated
        ));
    }
    if read.others_named > 0 {
        output::line(format!("{name}: other bytes came under this name before; ask the bank"));
    }
    if read.contradicted > 0 {
        let count = read.contradicted;
        output::line(format!("{name}: {count} lines contradict what the bank told; ask the bank"));
    }
}
