//! `shebao serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::site;

/// The options of `serve`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to listen.
    #[arg(long, env = "SHEBAO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    serve(options.open()?, args.listen)
}

/// Serves until the process is told to stop, then finishes what is under way.
pub(crate) fn serve(app: App, listen: SocketAddr) -> anyhow::Result<Ended> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("can't listen on {listen}"))?;
        let local = listener.local_addr()?;
        output::line(format!("http://{local}/  (Ctrl-C stops)"));
        let site = site::router(Arc::new(app)).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, site).with_graceful_shutdown(asked_to_stop()).await?;
        Ok(Ended::Done)
    })
}

/// Waits for Ctrl-C or the system's request to end.
async fn asked_to_stop() {
    let ctrl_c = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = ctrl_c => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = ctrl_c.await;
        }
    }
}
