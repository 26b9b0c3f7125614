//! `shebao serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use channels::counter_api::daily_file::standard_profile;
use tokio::sync::watch;

use super::city::Options;
use super::{Ended, output};
use crate::app::App;
use crate::console::single_sign_on::{Provider, Settings, SingleSignOn};
use crate::counter_api::{self, Counter, CounterSettings};
use crate::listener::tls::{Tls, TlsFiles};
use crate::listener::{Listener, Patience};
use crate::vault::Vault;
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
    #[command(flatten)]
    pub certificates: CertificateOptions,
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
    /// Where browsers find this site, such as `https://desk.example.gov.cn`.
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

/// The address of banks that come with a client certificate instead of signing.
#[derive(clap::Args)]
pub(crate) struct CertificateOptions {
    /// Where banks call with client certificates (TLS on both sides); nowhere without it.
    #[arg(long, env = "SHEBAO_COUNTER_LISTEN",
        requires_all = ["counter_tls_cert", "counter_tls_key", "counter_client_ca"])]
    counter_listen: Option<SocketAddr>,
    /// Our certificate there, with those that lead to its root, PEM.
    #[arg(long, env = "SHEBAO_COUNTER_TLS_CERT")]
    counter_tls_cert: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, env = "SHEBAO_COUNTER_TLS_KEY")]
    counter_tls_key: Option<PathBuf>,
    /// Who signs the banks' certificates, PEM.
    #[arg(long, env = "SHEBAO_COUNTER_CLIENT_CA")]
    counter_client_ca: Option<PathBuf>,
}

impl CertificateOptions {
    fn connect(&self) -> anyhow::Result<Option<(SocketAddr, Tls)>> {
        let (Some(listen), Some(certificate), Some(key), Some(client_ca)) = (
            self.counter_listen,
            &self.counter_tls_cert,
            &self.counter_tls_key,
            &self.counter_client_ca,
        ) else {
            return Ok(None);
        };
        Ok(Some((listen, Tls::load(TlsFiles { certificate, key, client_ca })?)))
    }
}

/// Ten times what the counters of a large city ask for.
pub(crate) const COUNTER_CALLS_PER_SECOND: u32 = 500;

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
    /// Where banks call with certificates.
    pub certificates: Option<(SocketAddr, Tls)>,
    /// What opens the secrets of the database.
    pub vault: Vault,
}

pub(crate) fn run(options: &Options, args: &Args) -> anyhow::Result<Ended> {
    let mut app = options.open()?;
    app.wechat = args.wechat.connect(&app)?;
    let serving = Serving {
        listen: args.listen,
        counter_rate: args.counter_rate,
        single_sign_on: args.single_sign_on.connect()?,
        practice: None,
        certificates: args.certificates.connect()?,
        vault: options.vault()?,
    };
    serve(app, serving)
}

/// Serves until the process is told to stop, then finishes what is under way.
pub(crate) fn serve(app: App, serving: Serving) -> anyhow::Result<Ended> {
    let Serving { listen, counter_rate, single_sign_on, practice, certificates, vault } = serving;
    let counter = counter_api::router(Arc::new(counter(&app, counter_rate, vault)?));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let app = Arc::new(app);
        let all = counter
            .clone()
            .merge(callbacks::wechat::router(app.clone()))
            .merge(practice::router(app.wechat.as_ref()))
            .fallback_service(site::router_with(app.clone(), single_sign_on));
        let (site, local) = listener(listen, None, all).await?;
        output::line(format!("http://{local}/  (Ctrl-C stops)"));
        let banks = match certificates {
            Some((listen, tls)) => {
                let (banks, local) = listener(listen, Some(tls), counter).await?;
                output::line(format!("https://{local}/  for banks with certificates"));
                Some(banks)
            }
            None => None,
        };
        let (stop, stopping) = watch::channel(false);
        let all = [jobs::wechat::jobs(&app), jobs::counter::jobs(), jobs::trail::jobs()].concat();
        let jobs = jobs::start(&app, all, &stopping);
        let posting = practice.map(|practice| {
            let clock = app.clock;
            let posting = practice::post_for_ever(practice, Some(local), move || clock.now());
            tokio::spawn(posting)
        });
        let banks = banks.map(|banks| tokio::spawn(banks.serve(told_to_stop(stopping.clone()))));
        let site = tokio::spawn(site.serve(told_to_stop(stopping)));
        asked_to_stop().await;
        if let Some(posting) = posting {
            posting.abort();
        }
        // What a job is doing just now it finishes; everything else waits for the next start.
        let _ = stop.send(true);
        for ending in jobs.into_iter().chain(banks).chain([site]) {
            let _ = ending.await;
        }
        Ok(Ended::Done)
    })
}

async fn told_to_stop(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn listener(
    listen: SocketAddr,
    tls: Option<Tls>,
    routes: axum::Router,
) -> anyhow::Result<(Listener, SocketAddr)> {
    let socket = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}"))?;
    let address = socket.local_addr()?;
    Ok((Listener { socket, tls, routes, patience: Patience::default() }, address))
}

/// The counter interface of a city. A sandbox is called without TLS, a real city never.
fn counter(app: &App, calls_per_second: u32, vault: Vault) -> anyhow::Result<Counter> {
    let scheme = if app.sandbox { "http" } else { "https" };
    let settings = CounterSettings {
        scheme: scheme.to_owned(),
        calls_per_second,
        profile: standard_profile(),
        vault,
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
