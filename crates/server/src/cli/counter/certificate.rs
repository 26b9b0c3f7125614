//! `shebao counter certificate`: who may call the counter interface by a client certificate.

use std::path::PathBuf;

use store::tables::counter_certificate;

use crate::cli::city::Options;
use crate::cli::{Ended, output};
use crate::counter_api::bank_certificates::{self, CertificateError};
use crate::listener::tls::ClientCertificate;

/// The commands about certificates.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Let a bank call with a certificate. Its next one is added before the old one ends.
    Add {
        /// The bank's code.
        #[arg(long)]
        bank: String,
        /// The certificate, PEM; the first one in the file.
        #[arg(long)]
        file: PathBuf,
    },
    /// End a certificate at once.
    Revoke {
        /// Its SHA-256, as `list` shows it.
        fingerprint: String,
    },
    /// Show the banks' certificates.
    List,
}

pub(super) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let now = app.clock.now();
    match command {
        Command::Add { bank, file } => {
            let certificate = ClientCertificate::of_file(file)?;
            let fingerprint = certificate.fingerprint.clone();
            let added = bank_certificates::add(&app.db, bank, certificate, now);
            told(options, added, &serde_json::json!({ "bank": bank, "added": fingerprint }), || {
                format!("{bank} may now call with the certificate {fingerprint}")
            })
        }
        Command::Revoke { fingerprint } => {
            let ended = bank_certificates::revoke(&app.db, fingerprint, now);
            told(options, ended, &serde_json::json!({ "revoked": fingerprint }), || {
                format!("the certificate {fingerprint} has ended")
            })
        }
        Command::List => {
            let known = app.db.read(counter_certificate::list)?;
            if options.json {
                let known: Vec<_> = known
                    .iter()
                    .map(|known| {
                        serde_json::json!({
                            "fingerprint": known.fingerprint, "bank": known.bank,
                            "added_at": known.added_at, "revoked_at": known.revoked_at,
                        })
                    })
                    .collect();
                output::json(&serde_json::json!({ "certificates": known }));
            } else {
                for known in &known {
                    let state =
                        known.revoked_at.map_or("live".to_owned(), |at| format!("ended {at}"));
                    output::line(format!("{}  {}  {state}", known.bank, known.fingerprint));
                }
            }
            Ok(Ended::Done)
        }
    }
}

fn told(
    options: &Options,
    done: Result<(), CertificateError>,
    json: &serde_json::Value,
    line: impl Fn() -> String,
) -> anyhow::Result<Ended> {
    match done {
        Err(CertificateError::Store(error)) => Err(error.into()),
        Err(refusal) if options.json => {
            output::json(&serde_json::json!({ "refused": refusal.to_string() }));
            Ok(Ended::Refused)
        }
        Err(refusal) => {
            output::line(refusal);
            Ok(Ended::Refused)
        }
        Ok(()) if options.json => {
            output::json(json);
            Ok(Ended::Done)
        }
        Ok(()) => {
            output::line(line());
            Ok(Ended::Done)
        }
    }
}
