//! The jobs of WeChat: read what it posted, ask what it did not post, send double money back,
//! compare its bills, tell payers what was received, keep its certificates.

use std::time::Duration;

use anyhow::Context as _;
use operations::wechat::ask_order::ask_orders;
use operations::wechat::read_notices::read_notices;
use operations::wechat::reconcile_bill::{BillError, days_to_reconcile, reconcile_bill};
use operations::wechat::send_refunds::send_refunds;
use operations::wechat::tell_receipts::tell_receipts;

use super::Job;
use crate::app::App;
use crate::wechat::Wechat;

/// The jobs, none where WeChat is not set up.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    if app.wechat.is_none() {
        return Vec::new();
    }
    let seconds = Duration::from_secs;
    vec![
        Job { name: "read_wechat_notices", rest: seconds(1), run: read_wechat_notices },
        Job { name: "ask_wechat_orders", rest: seconds(1), run: ask_wechat_orders },
        Job { name: "send_wechat_refunds", rest: seconds(5), run: send_wechat_refunds },
        Job { name: "reconcile_wechat_days", rest: seconds(1_800), run: reconcile_wechat_days },
        Job { name: "tell_wechat_receipts", rest: seconds(5), run: tell_wechat_receipts },
        Job {
            name: "refresh_wechat_certificates",
            rest: seconds(12 * 3_600),
            run: refresh_wechat_certificates,
        },
    ]
}

fn wechat(app: &App) -> anyhow::Result<&Wechat> {
    app.wechat.as_ref().context("WeChat is not set up")
}

/// Books what WeChat posted.
///
/// # Errors
/// The database's.
pub fn read_wechat_notices(app: &App) -> anyhow::Result<Option<String>> {
    let merchant = &wechat(app)?.gateway.client.merchant;
    let done = read_notices(&app.db, &app.city, merchant, app.clock.now())?;
    Ok((done.read > 0).then(|| format!("{} read, {} different", done.read, done.different)))
}

/// Asks about orders that no notice settled, and closes those whose time is over.
///
/// # Errors
/// The database's.
pub fn ask_wechat_orders(app: &App) -> anyhow::Result<Option<String>> {
    let gateway = &wechat(app)?.gateway;
    let done = ask_orders(&app.db, &app.city, gateway, app.clock.now())?;
    let said = format!("{} asked, {} settled, {} failed", done.asked, done.settled, done.failed);
    Ok((done.asked > 0).then_some(said))
}

/// Sends late and double money back.
///
/// # Errors
/// The database's.
pub fn send_wechat_refunds(app: &App) -> anyhow::Result<Option<String>> {
    let gateway = &wechat(app)?.gateway;
    let done = send_refunds(&app.db, &app.city, gateway, app.clock.now())?;
    let said = format!("{} decided, {} asked, {} done", done.decided, done.asked, done.done);
    Ok((done.decided + done.asked > 0).then_some(said))
}

/// Compares every day whose bill is out. A bill that is not made yet is asked for at the next run,
/// half an hour later.
///
/// # Errors
/// WeChat's or the database's; the days before stay compared.
pub fn reconcile_wechat_days(app: &App) -> anyhow::Result<Option<String>> {
    let gateway = &wechat(app)?.gateway;
    let now = app.clock.now();
    let days = app.db.read(|tx| days_to_reconcile(tx, now))?;
    let mut said = Vec::new();
    for day in days {
        match reconcile_bill(&app.db, &app.city, gateway, (day, "shebao"), now) {
            Ok(done) => said.push(format!("{day}: {} open differences", done.open)),
            Err(BillError::BillMustBeReady { .. } | BillError::DayMustBeOver { .. }) => {}
            Err(BillError::Failed(failure)) => return Err(failure.into()),
        }
    }
    Ok((!said.is_empty()).then(|| said.join("; ")))
}

/// Tells payers inside the official account what was received, where the account has a template.
///
/// # Errors
/// The database's, or a template or account that is set up wrongly.
pub fn tell_wechat_receipts(app: &App) -> anyhow::Result<Option<String>> {
    let wechat = wechat(app)?;
    let Some(template) = &wechat.receipt_template else { return Ok(None) };
    let done = tell_receipts(&app.db, (&wechat.account_client, template), app.clock.now())?;
    if let Some(code) = done.set_up_wrongly {
        anyhow::bail!("WeChat answers errcode {code} to the template of receipts");
    }
    let said = format!("{} told, {} failed", done.told, done.failed);
    Ok((done.told + done.not_reachable + done.failed > 0).then_some(said))
}

/// In certificate mode, downloads WeChat's newer certificates; those that are known stay good.
///
/// # Errors
/// WeChat's.
pub fn refresh_wechat_certificates(app: &App) -> anyhow::Result<Option<String>> {
    let gateway = &wechat(app)?.gateway;
    if gateway.client.keys().preferred_public_key_id().is_some() {
        return Ok(None);
    }
    let serials = gateway.client.refresh_certificates(&(gateway.occasion)())?;
    Ok(Some(format!("{} certificates", serials.len())))
}
