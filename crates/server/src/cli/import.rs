//! Importing a file of many lines: what `person import`, `mandate import` and `employer import`
//! share.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use operations::import_file::{
    ImportKind, Imported, RefusedLine, Source, check_file, identify, import_file,
};
use store::tables::audit_event::{self, AuditEvent};
use store::tables::import_file::{self as files, ImportFile, ImportState};
use store::tables::import_line::{self, Fate, FateCounts};

use super::city::Options;
use super::{Ended, output};
use crate::app::App;

/// What every import asks for.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file: CSV in UTF-8 or GBK, or XLSX. Its first line names the columns.
    file: PathBuf,
    /// Try every line and say what would become of it; nothing is booked.
    #[arg(long)]
    dry_run: bool,
}

/// Imports a file, or tries it.
pub(crate) fn run(options: &Options, kind: ImportKind, args: &Args) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let imported = if args.dry_run {
        try_file(&app, options, kind, &args.file)?
    } else {
        book(&app, options, kind, &args.file)?
    };
    show(options.json, &imported, args.dry_run);
    Ok(if imported.refused.is_empty() { Ended::Done } else { Ended::Refused })
}

fn source<'a>(
    options: &'a Options,
    kind: ImportKind,
    file: &Path,
) -> anyhow::Result<Source<'a, BufReader<File>>> {
    let input = File::open(file).with_context(|| file.display().to_string())?;
    Ok(Source { kind, input: BufReader::new(input), actor: &options.actor, office: None })
}

fn try_file(
    app: &App,
    options: &Options,
    kind: ImportKind,
    file: &Path,
) -> anyhow::Result<Imported> {
    let now = app.clock.now();
    let run = identify(&app.db, &app.city, &mut source(options, kind, file)?, now)?;
    let known = app.db.read(|tx| files::find(tx, run))?;
    if known.is_some_and(|known| matches!(known.state, ImportState::Booking | ImportState::Booked))
    {
        bail!("this file was imported already; import it again to see what became of its lines");
    }
    let counts = check_file(&app.db, &app.city, source(options, kind, file)?, now)?;
    let refused =
        app.db.read(|tx| import_line::list(tx, run, (Some(Fate::Refused), 0), i64::MAX))?;
    let refused = refused.into_iter().map(|line| RefusedLine {
        line: line.line,
        field: line.field,
        reason: line.words,
    });
    let FateCounts { booked, unchanged, .. } = counts;
    Ok(Imported { run, booked, unchanged, refused: refused.collect(), booked_before: 0 })
}

fn book(app: &App, options: &Options, kind: ImportKind, file: &Path) -> anyhow::Result<Imported> {
    let now = app.clock.now();
    let bar = output::bar("import");
    let source = source(options, kind, file)?;
    let imported = import_file(&app.db, &app.city, source, now, &mut output::on(&bar))?;
    bar.finish_and_clear();
    let counts = crate::console::counts_of(&imported);
    let kept = ImportFile {
        run: imported.run,
        kind: kind.code(),
        name: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        office: String::new(),
        state: ImportState::Booked,
        counts,
        handed_in_by: options.actor.clone(),
        handed_in_at: now,
        changed_by: options.actor.clone(),
        changed_at: now,
    };
    let event = AuditEvent {
        id: app.city.fresh::<insurance::ids::TaskId>(now).get(),
        recorded_at: now,
        actor: options.actor.clone(),
        office: String::new(),
        action: "book_import".to_owned(),
        subject: None,
        detail: format!(
            "{} {}: {} booked, {} unchanged, {} refused",
            kind.word(),
            imported.run,
            counts.booked,
            counts.unchanged,
            counts.refused
        ),
    };
    app.db.write(move |tx| -> Result<_, store::Error> {
        if files::insert(tx, &kept, &[])? == 1 {
            audit_event::insert(tx, &event)?;
        }
        Ok(())
    })?;
    Ok(imported)
}

fn show(as_json: bool, imported: &Imported, dry: bool) {
    if as_json {
        let refused: Vec<_> = imported
            .refused
            .iter()
            .map(|r| serde_json::json!({ "line": r.line, "field": r.field, "reason": r.reason }))
            .collect();
        output::json(&serde_json::json!({
            "run": imported.run,
            "dry_run": dry,
            "booked": imported.booked,
            "unchanged": imported.unchanged,
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
    let (verb, unchanged) = (if dry { "would be booked" } else { "booked" }, imported.unchanged);
    output::line(format!(
        "{} {verb}, {unchanged} unchanged, {} refused{before}",
        imported.booked,
        imported.refused.len()
    ));
}
