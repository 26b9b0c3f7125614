//! `shebao counter network`: from where each bank may call.

use store::tables::counter_network;

use crate::cli::city::Options;
use crate::cli::{Ended, output};
use crate::counter_api::network::{self, Network, NetworkError};

/// The commands about networks. A served city follows them at the next call.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Let a bank call from a network; from nowhere else once it has one.
    Add(Args),
    /// Take a network from a bank at once; without any it may call from everywhere.
    Remove(Args),
    /// Show the networks of the banks that have any.
    List,
}

/// A bank's network.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The bank's code.
    #[arg(long)]
    bank: String,
    /// Such as 10.20.0.0/16, 2001:db8::/48, or one address.
    network: String,
}

pub(super) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let done = match command {
        Command::Add(Args { bank, network }) => parsed(network)
            .and_then(|network| network::add(&app.db, bank, network, app.clock.now())),
        Command::Remove(Args { bank, network }) => {
            parsed(network).and_then(|network| network::remove(&app.db, bank, network))
        }
        Command::List => Ok(()),
    };
    match done {
        Err(NetworkError::Store(error)) => return Err(error.into()),
        Err(refusal) if options.json => {
            output::json(&serde_json::json!({ "refused": refusal.to_string() }));
            return Ok(Ended::Refused);
        }
        Err(refusal) => {
            output::line(refusal);
            return Ok(Ended::Refused);
        }
        Ok(()) => {}
    }
    let networks = app.db.read(counter_network::list)?;
    if options.json {
        let networks: Vec<_> = networks
            .iter()
            .map(|(bank, network)| serde_json::json!({ "bank": bank, "network": network }))
            .collect();
        output::json(&serde_json::json!({ "networks": networks }));
    } else {
        networks.iter().for_each(|(bank, network)| output::line(format!("{bank}  {network}")));
    }
    Ok(Ended::Done)
}

fn parsed(text: &str) -> Result<Network, NetworkError> {
    text.parse()
}
