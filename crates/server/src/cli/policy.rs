//! `shebao policy`: check a city's law, seal it, and explain what it makes of a figure. None of
//! these needs a database.
//!
//! Files in reading order: [`explain`] and the questions that it takes, [`charge`], [`arrears`],
//! [`account`], [`pension`]; [`word`] how options are written.

mod account;
mod arrears;
mod charge;
mod explain;
mod pension;
mod word;

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use insurance::calculator::worked_case;
use policy::pack::PackFile;
use policy::problem::Problem;
use policy::{Pack, check, shipped};
use units::Date;

use super::city::Options;
use super::{Ended, output};

/// The commands about policy packs.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Print what is missing, overlapping, uncited, edited after its day, or contradicts a worked
    /// case, with file and line.
    Check {
        /// A shipped city such as nanjing, or the folder of a pack.
        city: String,
    },
    /// Explain a figure, step by step, with the law behind each step.
    #[command(subcommand)]
    Explain(explain::Question),
    /// Print the lines that pack.seals needs for the values that have come into force.
    Seal {
        /// A shipped city such as nanjing, or the folder of a pack.
        city: String,
    },
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Check { city } => check(options, city),
        Command::Explain(question) => explain::run(options, question),
        Command::Seal { city } => seal(options, city),
    }
}

fn check(options: &Options, city: &str) -> anyhow::Result<Ended> {
    let (name, files) = files(city)?;
    let mut problems = check::check(&name, &files, today(options));
    let mut cases = 0;
    // A pack that can't be read has said so above and has no cases to run.
    if let Ok(pack) = Pack::read(&name, &files) {
        let report = worked_case::run(&pack);
        cases = report.count;
        problems.extend(report.problems);
    }
    if options.json {
        output::json(&serde_json::json!({ "pack": name, "cases": cases, "problems": problems }));
    } else {
        print(&problems);
        output::line(format!("{name}: {} problems; {cases} worked cases ran", problems.len()));
    }
    Ok(if problems.is_empty() { Ended::Done } else { Ended::Refused })
}

fn seal(options: &Options, city: &str) -> anyhow::Result<Ended> {
    let (name, files) = files(city)?;
    let lines = Pack::read(&name, &files)
        .map_err(|problems| problems.0)
        .and_then(|_| check::seal::missing(&name, &files, today(options)));
    match (lines, options.json) {
        (Ok(lines), true) => output::json(&serde_json::json!({ "pack": name, "seals": lines })),
        (Ok(lines), false) => lines.iter().for_each(output::line),
        (Err(problems), as_json) => {
            if as_json {
                output::json(&serde_json::json!({ "pack": name, "problems": problems }));
            } else {
                print(&problems);
            }
            return Ok(Ended::Refused);
        }
    }
    Ok(Ended::Done)
}

fn print(problems: &[Problem]) {
    problems.iter().for_each(output::line);
}

fn today(options: &Options) -> Date {
    options.clock().today()
}

/// The pack that a command names.
fn pack(city: &str) -> anyhow::Result<Pack> {
    let (name, files) = files(city)?;
    Ok(Pack::read(&name, &files)?)
}

/// The name and files of a shipped pack, or of the pack in a folder.
fn files(city: &str) -> anyhow::Result<(String, Vec<PackFile>)> {
    let folder = Path::new(city);
    if folder.is_dir() {
        let whole = folder.canonicalize().with_context(|| city.to_owned())?;
        let name = whole.file_name().context("a pack's folder has a name")?;
        return Ok((name.to_string_lossy().into_owned(), read(folder)?));
    }
    let Some(files) = shipped::files(city) else {
        bail!(
            "{city:?} is neither a folder nor a shipped pack; there are {}",
            shipped::names().join(", ")
        );
    };
    Ok((city.to_owned(), files))
}

/// The texts of a pack's folder and of its cases, in the order of their paths.
fn read(folder: &Path) -> anyhow::Result<Vec<PackFile>> {
    let mut files = Vec::new();
    for (inner, prefix) in [(folder.to_owned(), ""), (folder.join("cases"), "cases/")] {
        if !inner.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&inner).with_context(|| inner.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "toml" || ending == "seals") {
                let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                files.push((format!("{prefix}{name}"), text));
            }
        }
    }
    files.sort();
    Ok(files)
}
