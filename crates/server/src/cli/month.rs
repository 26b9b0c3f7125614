//! `shebao month assess` and `shebao month close`.

use operations::assess_month::assess_month;
use operations::close_month::{CloseError, close_month};
use units::Month;

use super::city::Options;
use super::{Ended, output};

/// The commands about a month.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make the bills of a month; running it again makes those of new joiners only.
    Assess {
        /// The month, YYYY-MM.
        month: Month,
    },
    /// Close a month that has ended: unpaid dues become arrears. Refused while a channel's day is
    /// not balanced.
    Close {
        /// The month, YYYY-MM.
        month: Month,
    },
}

pub(crate) fn run(options: &Options, command: &Command) -> anyhow::Result<Ended> {
    match command {
        Command::Assess { month } => assess(options, *month),
        Command::Close { month } => close(options, *month),
    }
}

fn assess(options: &Options, month: Month) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let bar = output::bar("assess");
    let about = (month, &*options.actor);
    let now = app.clock.now();
    let done = assess_month(&app.db, &app.city, about, now, &mut output::on(&bar))?;
    bar.finish_and_clear();
    let adjusted = &done.adjusted;
    let refused = || done.refused.iter().chain(&adjusted.refused);
    if options.json {
        let refused: Vec<_> = refused()
            .map(|(person, refusal)| serde_json::json!({ "person": person, "reason": refusal.to_string() }))
            .collect();
        output::json(&serde_json::json!({
            "month": month, "people": done.people, "dues": done.dues,
            "amount_fen": done.amount, "currency": "CNY", "refused": refused,
            "differences": {
                "dues": adjusted.dues, "amount_fen": adjusted.amount, "returns": adjusted.returns,
            },
        }));
    } else {
        for (person, refusal) in refused() {
            output::line(format!("person {person}: {refusal}"));
        }
        let (people, dues, amount) = (done.people, done.dues, done.amount);
        output::line(format!("{month}: {dues} dues of {people} people, {amount} yuan"));
        let (dues, amount, returns) = (adjusted.dues, adjusted.amount, adjusted.returns);
        if dues + returns > 0 {
            output::line(format!(
                "values published late: {dues} differences to pay, {amount} yuan; {returns} to return"
            ));
        }
    }
    Ok(if refused().next().is_none() { Ended::Done } else { Ended::Refused })
}

fn close(options: &Options, month: Month) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let bar = output::bar("close");
    let about = (month, &*options.actor);
    let now = app.clock.now();
    let closed = close_month(&app.db, &app.city, about, now, &mut output::on(&bar));
    bar.finish_and_clear();
    let closed = match closed {
        Ok(closed) => closed,
        Err(CloseError::Store(error)) => return Err(error.into()),
        Err(refusal) => {
            if options.json {
                output::json(&serde_json::json!({ "refused": refusal.to_string() }));
            } else {
                output::line(refusal);
            }
            return Ok(Ended::Refused);
        }
    };
    let (count, amount) = (closed.close.arrears_count, closed.close.arrears);
    if options.json {
        output::json(&serde_json::json!({
            "month": month, "arrears": count, "arrears_fen": amount, "currency": "CNY",
            "suspended": closed.suspended,
        }));
    } else {
        let suspended = closed.suspended;
        output::line(format!(
            "{month} closed: {count} dues in arrears, {amount} yuan; {suspended} people suspended"
        ));
    }
    Ok(Ended::Done)
}
