//! `shebao person import`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use insurance::ledger::hex;
use operations::import_people::{Imported, import_people};
use sha2::{Digest, Sha256};

use super::city::Options;
use super::{Ended, output};

/// The commands about people.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Import people from a CSV file: good lines are booked, refused ones listed. The columns are
    /// identity_number, name, office, branches, base, from; and, where known, card_number, phone,
    /// household, bank, account_number, holder, signed_on.
    Import {
        /// The file.
        file: PathBuf,
    },
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let Command::Import { file } = command;
    let app = options.open()?;
    let digest = file_digest(file)?;
    let input = File::open(file).with_context(|| file.display().to_string())?;
    let bar = output::bar("import");
    let source = (BufReader::new(input), &*digest, &*options.actor);
    let now = app.clock.now();
    let imported = import_people(&app.db, &app.city, source, now, &mut output::on(&bar))?;
    bar.finish_and_clear();
    show(options.json, &imported);
    Ok(if imported.refused.is_empty() { Ended::Done } else { Ended::Refused })
}

/// The SHA-256 of a file, in hex.
pub(crate) fn file_digest(file: &Path) -> anyhow::Result<String> {
    let mut input = File::open(file).with_context(|| file.display().to_string())?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match input.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

fn show(as_json: bool, imported: &Imported) {
    if as_json {
        let refused: Vec<_> = imported
            .refused
            .iter()
            .map(|r| serde_json::json!({ "line": r.line, "field": r.field, "reason": r.reason }))
            .collect();
        output::json(&serde_json::json!({
            "booked": imported.booked,
            "booked_before": imported.booked_before,
            "refused": refused,
        }));
        return;
    }
    for refused in &imported.refused {
        output::line(format!("line {}, {}: {}", refused.line, refused.field, refused.reason));
    }
    let before = match imported.booked_before {
        0 => String::new(),
        before => format!(", {before} booked by an earlier run"),
    };
    output::line(format!("{} booked, {} refused{before}", imported.booked, imported.refused.len()));
}
