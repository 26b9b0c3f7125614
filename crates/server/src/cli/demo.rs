//! `shebao demo`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use operations::verify::verify;
use units::Timestamp;

use super::city::Options;
use super::output::{self, seconds};
use super::{Ended, serve};
use crate::app::App;
use crate::clock::Clock;
use crate::demo::month::{Demo, MONTH};
use crate::demo::report::Report;
use crate::demo::wechat::WechatMonth;
use crate::vault::Vault;

/// The options of `demo`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many people live in the city.
    #[arg(long, default_value_t = 2_000)]
    people: u64,
    /// Stop after the month instead of serving the site.
    #[arg(long)]
    once: bool,
    /// Where to put the city's files; an earlier demo there is replaced.
    #[arg(long, default_value = "data/demo")]
    folder: PathBuf,
    /// Where to serve the site.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let begun = now();
    let (app, vault) = fresh_city(options, &args.folder)?;
    let mut steps = Steps { json: options.json, lines: Vec::new() };
    let (clean, wechat) = carry(&app, args, &mut steps)?;
    let month = MONTH.parse()?;
    let report = Report::read(&app.db, month)?;
    let memory = output::peak_memory_mib();
    if options.json {
        output::json(&serde_json::json!({
            "people": args.people, "month": month, "verified": clean,
            "seconds": begun.elapsed().as_secs_f32(), "peak_memory_mib": memory,
            "steps": steps.lines, "header": Report::HEADER, "rows": report.rows(),
        }));
    } else {
        output::line(format!("\n{}", output::table(&Report::HEADER, &report.rows())));
        output::line(report.foot());
        let peak = memory.map_or_else(String::new, |mib| format!(", peak memory {mib} MiB"));
        output::line(format!("  {}{peak}", seconds(begun.elapsed())));
    }
    if args.once || options.json {
        return Ok(if clean { Ended::Done } else { Ended::Refused });
    }
    // The site stands on the morning of the 2nd of December, after the close and the next bills.
    Demo::new(&app, args.people).assess_next()?;
    let moment = Timestamp::start_of(month.next().first_day()).plus_seconds(33 * 3600);
    let (practice, wechat) = wechat.go_on(Arc::new(move || moment));
    let app = App { clock: Clock::Fixed(moment), wechat: Some(wechat), ..app };
    let serving = serve::Serving {
        listen: args.listen,
        counter_rate: serve::COUNTER_CALLS_PER_SECOND,
        single_sign_on: None,
        practice: Some(practice),
        certificates: None,
        vault,
    };
    serve::serve(app, serving)
}

/// Every step of the month with its time. Answers whether `verify` found nothing, and the sandbox
/// WeChat for the site.
fn carry(app: &App, args: &Args, steps: &mut Steps) -> anyhow::Result<(bool, WechatMonth)> {
    let mut demo = Demo::new(app, args.people);
    let file = args.folder.join("people.csv");
    let imported = steps.time(
        "参保 import",
        |on| demo.import(&file, on),
        |done| format!("{} booked, {} lines refused", done.booked, done.refused.len()),
    )?;
    for refused in &imported.refused {
        steps.note(format!("    line {}, {}: {}", refused.line, refused.field, refused.reason));
    }
    steps.time("核定 assess", |on| demo.assess(on), |dues| format!("{dues} dues"))?;
    let remind = |demo: &Demo<'_>| demo.remind();
    steps.time(
        "WeChat, counter 2–25",
        |on| demo.collect_in_windows(on),
        |n| format!("{n} payments"),
    )?;
    steps.time("告知 remind 22", |_| remind(&demo), |n| format!("{n} reminders"))?;
    steps.time(
        "代扣 withhold 26–27",
        |on| demo.withhold(&args.folder, on),
        |done| {
            let (files, collected, rejected) = (done.files, done.collected, done.rejected);
            format!("{files} files, {collected} debits taken, {rejected} refused")
        },
    )?;
    steps.time("对账 reconcile", |on| demo.reconcile(on), |n| format!("{n} channel days"))?;
    steps.time(
        "月结 close",
        |on| demo.close(on),
        |closed| {
            format!(
                "{} dues in arrears, {} people suspended",
                closed.close.arrears_count, closed.suspended
            )
        },
    )?;
    let verified = steps.time(
        "核验 verify",
        |_| Ok(verify(&app.db)?),
        |verified| {
            format!(
                "{} entries, {} dues, {} findings",
                verified.entries, verified.dues, verified.found
            )
        },
    )?;
    for finding in &verified.findings {
        steps.note(format!("    {}: {}", finding.rule, finding.detail));
    }
    Ok((verified.is_clean(), demo.into_wechat()))
}

/// Prints each step when it is done, or keeps it for JSON.
struct Steps {
    json: bool,
    lines: Vec<serde_json::Value>,
}

impl Steps {
    fn time<T>(
        &mut self,
        name: &'static str,
        step: impl FnOnce(&mut dyn FnMut(u64, u64)) -> anyhow::Result<T>,
        say: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<T> {
        let begun = now();
        let bar = output::bar(name);
        let done = step(&mut output::on(&bar)).context(name)?;
        bar.finish_and_clear();
        let (took, said) = (begun.elapsed(), say(&done));
        if self.json {
            let seconds = took.as_secs_f32();
            self.lines.push(serde_json::json!({ "step": name, "seconds": seconds, "done": said }));
        } else {
            output::line(format!("  {:>8}  {name}: {said}", seconds(took)));
        }
        Ok(done)
    }

    fn note(&self, text: String) {
        if !self.json {
            output::line(text);
        }
    }
}

/// A new sandbox database in the folder, in place of an earlier demo's.
fn fresh_city(options: &Options, folder: &Path) -> anyhow::Result<(App, Vault)> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for name in ["to-bank", "from-bank"] {
        if folder.join(name).exists() {
            std::fs::remove_dir_all(folder.join(name)).with_context(|| name.to_owned())?;
        }
    }
    for name in ["city.db", "city.db-wal", "city.db-shm", "city.db.key"] {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| folder.join(name).display().to_string());
            }
        }
    }
    let db = format!("sqlite:{}", folder.join("city.db").display());
    let options = options.of_database(db);
    Ok((options.create("nanjing", true)?, options.vault()?))
}

#[expect(clippy::disallowed_methods, reason = "the command line shows how long a step took")]
pub(super) fn now() -> Instant {
    Instant::now()
}
