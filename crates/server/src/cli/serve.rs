//! `shebao serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use channels::counter_api::daily_file::standard_profile;
use tokio::sync::watch;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::console::single_sign_on::{Provider, Settings, SingleSignOn};
use crate::counter_api::{self, Counter, CounterSettings};
use crate::wechat::practice::{self, Practice};
use crate::wechat::settings::WechatOptions;
use crate::{callbacks, jobs, site};

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
    #[command(flatten)]
    pub single_sign_on: SignOnOptions,
}

/// The identity provider that clerks sign in at, by OpenID Connect.
#[derive(clap::Args)]
pub(crate) struct SignOnOptions {
    /// The provider's issuer; without it clerks sign in with local accounts only.
    #[arg(long, env = "SHEBAO_OIDC_ISSUER", requires_all = ["oidc_client_id", "oidc_site"])]
    oidc_issuer: Option<String>,
    /// Our client id there.
    #[arg(long, env = "SHEBAO_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// Our client secret there; better given by the environment, which other users can't read.
    #[arg(long, env = "SHEBAO_OIDC_CLIENT_SECRET", hide_env_values = true, default_value = "")]
    oidc_client_secret: String,
    /// Where browsers find this site, such as https://desk.example.gov.cn.
    #[arg(long, env = "SHEBAO_OIDC_SITE")]
    oidc_site: Option<String>,
    /// The claim that holds the name of a clerk's account here.
    #[arg(long, env = "SHEBAO_OIDC_ACCOUNT_CLAIM", default_value = "preferred_username")]
    oidc_account_claim: String,
}

impl SignOnOptions {
    fn connect(&self) -> anyhow::Result<SingleSignOn> {
        let (Some(issuer), Some(client_id), Some(site)) =
            (&self.oidc_issuer, &self.oidc_client_id, &self.oidc_site)
        else {
            return Ok(None);
        };
        let settings = Settings {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: self.oidc_client_secret.clone(),
            site: site.clone(),
            account_claim: self.oidc_account_claim.clone(),
        };
        Ok(Some(Arc::new(Provider::new(settings)?)))
    }
}

/// Ten times what the counters of a large city ask for.
pub(crate) const COUNTER_CALLS_PER_SECOND: u32 = 500;

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let mut app = options.open()?;
    app.wechat = args.wechat.connect(&app)?;
    let serving = Serving {
        listen: args.listen,
        counter_rate: args.counter_rate,
        single_sign_on: args.single_sign_on.connect()?,
        practice: None,
    };
    serve(app, serving)
}

/// How the program serves.
pub(crate) struct Serving {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many calls a second each bank may make at the counter interface.
    pub counter_rate: u32,
    /// Where clerks may sign in beside their local accounts.
    pub single_sign_on: SingleSignOn,
    /// A WeChat inside the process, which posts its notices to this program.
    pub practice: Option<Practice>,
}

/// Serves until the process is told to stop, then finishes what is under way.
pub(crate) fn serve(app: App, serving: Serving) -> anyhow::Result<Ended> {
    let Serving { listen, counter_rate, single_sign_on, practice } = serving;
    let counter = counter_api::router(Arc::new(counter(&app, counter_rate)?));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("can't listen on {listen}"))?;
        let local = listener.local_addr()?;
        output::line(format!("http://{local}/  (Ctrl-C stops)"));
        let app = Arc::new(app);
        let (stop, stopping) = watch::channel(false);
        let jobs = jobs::start(&app, jobs::wechat::jobs(&app), &stopping);
        let all = counter
            .merge(callbacks::wechat::router(app.clone()))
            .merge(practice::router(app.wechat.as_ref()))
            .fallback_service(site::router_with(app.clone(), single_sign_on));
        let posting = practice.map(|practice| {
            let clock = app.clock;
            let posting = practice::post_for_ever(practice, Some(local), move || clock.now());
            tokio::spawn(posting)
        });
        let all = all.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, all).with_graceful_shutdown(asked_to_stop()).await?;
        if let Some(posting) = posting {
            posting.abort();
        }
        // What a job is doing just now it finishes; everything else waits for the next start.
        let _ = stop.send(true);
        for job in jobs {
            let _ = job.await;
        }
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
pub(super) async fn asked_to_stop() {
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
