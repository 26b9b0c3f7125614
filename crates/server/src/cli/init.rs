//! `shebao init`.

use super::city::Options;
use super::{Ended, output};

/// The options of `init`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The city's policy pack.
    #[arg(long, default_value = "nanjing")]
    city: String,
    /// Invented people only: the clock may be set, and sample sign-ins are shown.
    #[arg(long)]
    sandbox: bool,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let app = options.create(&args.city, args.sandbox)?;
    let (pack, version) = (app.pack().name(), app.pack().version());
    if options.json {
        output::json(&serde_json::json!({ "db": options.db, "pack": pack, "version": version }));
    } else {
        output::line(format!("{} is ready for {pack} (pack {})", options.db, &version[..12]));
    }
    Ok(Ended::Done)
}
