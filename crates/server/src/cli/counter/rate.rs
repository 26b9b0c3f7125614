//! `shebao counter rate`: how often each bank may call.

use store::tables::counter_rate;

use crate::cli::city::Options;
use crate::cli::{Ended, output};

/// The commands about rates. A served city follows them at the next call.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Give a bank a rate of its own.
    Set {
        /// The bank's code.
        #[arg(long)]
        bank: String,
        /// Calls a second; twice as many at once.
        #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
        calls_per_second: u32,
    },
    /// Let a bank call as often as every bank may.
    Unset {
        /// The bank's code.
        #[arg(long)]
        bank: String,
    },
    /// Show the banks that have a rate of their own.
    List,
}

pub(super) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let now = app.clock.now();
    match command {
        Command::Set { bank, calls_per_second } => {
            let (named, calls) = (bank.clone(), *calls_per_second);
            app.db.write(move |tx| counter_rate::set(tx, (&named, calls), now))?;
        }
        Command::Unset { bank } => {
            let named = bank.clone();
            app.db.write(move |tx| counter_rate::delete(tx, &named))?;
        }
        Command::List => {}
    }
    let rates = app.db.read(counter_rate::list)?;
    if options.json {
        let rates: Vec<_> = rates
            .iter()
            .map(|(bank, calls)| serde_json::json!({ "bank": bank, "calls_per_second": calls }))
            .collect();
        output::json(&serde_json::json!({ "rates": rates }));
    } else {
        for (bank, calls) in &rates {
            output::line(format!("{bank}  {calls} calls a second"));
        }
    }
    Ok(Ended::Done)
}
