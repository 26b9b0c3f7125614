//! `shebao serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use channels::counter_api::daily_file::standard_profile;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::counter_api::{self, Counter, CounterSettings};
use crate::site;
use crate::wechat::settings::WechatOptions;

/// The options of `serve`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to listen.
    #[arg(long, env = "SHEBAO_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// How many calls a second each bank may make at the counter interface.
    #[arg(long, env = "SHEBAO_COUNTER_RATE", default_value_t = COUNTER_CALLS_PER_SECOND)]
    pub counter_rate: u32,
    #[command(flatten)]
    pub wechat: WechatOptions,
}

/// Ten times what the counters of a large city ask for.
pub(crate) const COUNTER_CALLS_PER_SECOND: u32 = 500;

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let mut app = options.open()?;
    app.wechat = args.wechat.connect(&app)?;
    serve(app, args.listen, args.counter_rate)
}

/// Serves until the process is told to stop, then finishes what is under way.
pub(crate) fn serve(app: App, listen: SocketAddr, counter_rate: u32) -> anyhow::Result<Ended> {
    let counter = counter_api::router(Arc::new(counter(&app, counter_rate)?));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("can't listen on {listen}"))?;
        let local = listener.local_addr()?;
        output::line(format!("http://{local}/  (Ctrl-C stops)"));
        let all = counter.fallback_service(site::router(Arc::new(app)));
        let all = all.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, all).with_graceful_shutdown(asked_to_stop()).await?;
        Ok(Ended::Done)
    })
}

/// The counter interface of a city. A sandbox is called without TLS, a real city never.
fn counter(app: &App, calls_per_second: u32) -> anyhow::Result<Counter> {
    let scheme = if app.sandbox { "http" } else { "https" };
    let settings = CounterSettings {
        scheme: scheme.to_owned(),
        calls_per_second,
        profile: standard_profile(),
    };
    Counter::open(app.db.clone(), app.city.clone(), app.clock, settings)
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
