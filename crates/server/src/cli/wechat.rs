//! `shebao wechat`: the bill of a day, and a WeChat to practise with.

use std::net::SocketAddr;

use anyhow::Context;
use channels::wechat_sandbox as sandbox;
use channels::wechat_sandbox::behaviour::Notices;
use operations::wechat::reconcile_bill::{BillError, BillReconciled, reconcile_bill};
use units::Date;

use super::city::Options;
use super::serve::asked_to_stop;
use super::{Ended, output};
use crate::clock::Clock;
use crate::wechat::practice::{Practice, post_for_ever, read_call, respond};
use crate::wechat::settings::WechatOptions;

/// The commands about WeChat.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Fetch WeChat's bill of a day and compare it with our orders, receipts and refunds: book
    /// what only WeChat has, ask about what only we have. The same bill again changes nothing.
    Reconcile(Box<ReconcileArgs>),
    /// Serve a WeChat to practise with: sign-in, orders, a bridge for any browser, notices,
    /// refunds, bills and template messages, all by a seed. Its keys are published and open
    /// nothing.
    Sandbox(SandboxArgs),
}

/// A day's bill.
#[derive(clap::Args)]
pub(crate) struct ReconcileArgs {
    /// The day, such as 2026-11-24; its bill exists from 10:00 of the next day on.
    date: Date,
    #[command(flatten)]
    wechat: WechatOptions,
}

/// A sandbox WeChat.
#[derive(clap::Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
    /// What everything random follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What happens to notices: prompt, late, repeated, forged_first, never, or by_seed.
    #[arg(long, default_value = "by_seed", value_parser = Notices::from_word)]
    notices: Notices,
    /// How many seconds a late notice is late.
    #[arg(long, default_value_t = 30)]
    late_seconds: i64,
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Reconcile(args) => reconcile(options, args),
        Command::Sandbox(args) => serve_sandbox(options, args),
    }
}

fn reconcile(options: &Options, args: &ReconcileArgs) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let wechat = args.wechat.connect(&app)?;
    let wechat = wechat.context("WeChat is not set up; `--wechat FILE` names its settings")?;
    let about = (args.date, options.actor.as_str());
    let done = reconcile_bill(&app.db, &app.city, &wechat.gateway, about, app.clock.now());
    match done {
        Ok(done) => Ok(show(options, args.date, &done)),
        Err(BillError::Failed(failure)) => Err(failure.into()),
        Err(early) => {
            if options.json {
                output::json(&serde_json::json!({ "refused": early.to_string() }));
            } else {
                output::line(early);
            }
            Ok(Ended::Refused)
        }
    }
}

fn show(options: &Options, date: Date, done: &BillReconciled) -> Ended {
    let BillReconciled { payments, found, refunds, open, confirmed } = done;
    let (day, matched) = (&payments.day, payments.comparison.matched.len());
    if options.json {
        output::json(&serde_json::json!({
            "date": date, "matched": matched, "found": found, "refunds": refunds,
            "open_differences": open, "confirmed_by_query": confirmed, "currency": "CNY",
            "booked": { "count": day.booked.0, "fen": day.booked.1 },
            "stated": { "count": day.stated.0, "fen": day.stated.1 },
        }));
    } else {
        for reference in confirmed {
            output::line(format!("{reference}: not in the bill, but WeChat confirms it"));
        }
        output::line(format!(
            "{date}: {matched} payments and {refunds} refunds match, {found} booked from the \
             bill, {open} differences without a decision"
        ));
    }
    if *open == 0 { Ended::Done } else { Ended::Refused }
}

fn serve_sandbox(options: &Options, args: &SandboxArgs) -> anyhow::Result<Ended> {
    let clock = options.clock();
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("can't listen on {}", args.listen))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let practice = Practice::new(&base_url, args.seed);
        practice.sandbox().behaviour.notices = args.notices;
        practice.sandbox().behaviour.late_seconds = args.late_seconds;
        introduce(options, &base_url);
        let posting = post_for_ever(practice.clone(), None, move || clock.now());
        let posting = tokio::spawn(posting);
        let answers = practice.clone();
        let handler = move |call| answer(answers.clone(), clock, call);
        let router = axum::Router::new().fallback(handler);
        axum::serve(listener, router).with_graceful_shutdown(asked_to_stop()).await?;
        posting.abort();
        Ok(Ended::Done)
    })
}

/// Says where the sandbox is and who it believes to be the merchant.
fn introduce(options: &Options, base_url: &str) {
    if options.json {
        output::json(&serde_json::json!({
            "base_url": base_url, "app_id": sandbox::APP_ID, "app_secret": sandbox::APP_SECRET,
            "mchid": sandbox::MCHID, "serial": sandbox::MERCHANT_SERIAL,
            "private_key": sandbox::MERCHANT_PRIVATE_KEY, "api_v3_key": sandbox::API_V3_KEY,
            "platform_key_id": sandbox::PLATFORM_KEY_ID,
            "platform_public_key": sandbox::PLATFORM_PUBLIC_KEY,
        }));
    } else {
        output::line(format!("{base_url}/  (Ctrl-C stops)"));
        output::line(format!("merchant {}, account {}", sandbox::MCHID, sandbox::APP_ID));
        output::line(format!("shebao serve --wechat-sandbox {base_url}"));
    }
}

async fn answer(
    practice: Practice,
    clock: Clock,
    call: axum::extract::Request,
) -> axum::response::Response {
    match read_call(call, "").await {
        Some(request) => respond(practice.sandbox().answer(&request, clock.now())),
        None => axum::response::IntoResponse::into_response(axum::http::StatusCode::BAD_REQUEST),
    }
}
