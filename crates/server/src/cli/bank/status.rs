//! `shebao bank status` and `shebao bank reconcile`.

use insurance::debit::DebitState;
use insurance::reconciliation::Difference;
use operations::withholding::reconcile_bank_day::reconcile_bank_day;
use store::tables::channel_day::ChannelDayState;
use store::tables::debit::{self, Standing};
use store::tables::debit_file::{self, DebitFile};
use units::{Date, Month};

use super::{AgreementArgs, agreements, day_or_today};
use crate::cli::city::Options;
use crate::cli::{Ended, output};

/// Which month.
#[derive(clap::Args)]
pub(crate) struct StatusArgs {
    /// The month, YYYY-MM; this one without it.
    month: Option<Month>,
}

/// Which day.
#[derive(clap::Args)]
pub(crate) struct ReconcileArgs {
    /// The banks' accounting day; today without it.
    #[arg(long)]
    date: Option<Date>,
    #[command(flatten)]
    agreements: AgreementArgs,
}

pub(crate) fn run(options: &Options, args: &StatusArgs) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let month = args.month.unwrap_or_else(|| app.clock.now().date_in_shanghai().month());
    let files = app.db.read(|tx| {
        let files = debit_file::list(tx, month.first_day(), month.last_day())?;
        let with = files.into_iter().map(|file| {
            let standing = debit::sum_of_file(tx, &file.id)?;
            Ok((file, standing))
        });
        with.collect::<Result<Vec<_>, store::Error>>()
    })?;
    if options.json {
        let files: Vec<_> = files.iter().map(as_json).collect();
        output::json(&serde_json::json!({ "month": month, "files": files }));
        return Ok(Ended::Done);
    }
    let rows: Vec<Vec<String>> = files.iter().map(row).collect();
    let header = ["file", "debits", "yuan", "waiting", "collected", "rejected", "returned"];
    output::line(output::table(&header, &rows));
    Ok(Ended::Done)
}

fn counts(standing: &[Standing]) -> [i64; 4] {
    DebitState::ALL
        .map(|state| standing.iter().find(|each| each.state == state).map_or(0, |each| each.count))
}

fn row((file, standing): &(DebitFile, Vec<Standing>)) -> Vec<String> {
    let mut cells = vec![file.id.clone(), file.debits.to_string(), file.amount.to_string()];
    cells.extend(counts(standing).map(|count| count.to_string()));
    cells
}

fn as_json((file, standing): &(DebitFile, Vec<Standing>)) -> serde_json::Value {
    let [waiting, collected, rejected, returned] = counts(standing);
    serde_json::json!({
        "file": file.id, "bank": file.bank, "collect_on": file.collect_on,
        "debits": file.debits, "amount_fen": file.amount, "currency": "CNY",
        "handed_over": file.handed_over_at.is_some(), "waiting": waiting,
        "collected": collected, "rejected": rejected, "returned": returned,
    })
}

pub(crate) fn reconcile(options: &Options, args: &ReconcileArgs) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let all = agreements::read(&app, &args.agreements)?;
    let day = day_or_today(&app, args.date);
    let about = (all.as_slice(), day);
    let now = app.clock.now();
    let done = reconcile_bank_day(&app.db, &app.city, about, &options.actor, now)?;
    let (matched, differ) = (done.comparison.matched.len(), done.comparison.differences.len());
    let balanced = done.day.state == ChannelDayState::Balanced;
    if options.json {
        output::json(&serde_json::json!({
            "date": day, "matched": matched, "differences": differ, "balanced": balanced,
        }));
    } else {
        for difference in &done.comparison.differences {
            output::line(sentence(difference));
        }
        output::line(format!("{day}: {matched} match, {differ} differ"));
    }
    Ok(if balanced { Ended::Done } else { Ended::Refused })
}

/// A difference as a clerk reads it.
fn sentence(difference: &Difference) -> String {
    match difference {
        Difference::OnlyTheirs(line) => {
            format!("{}: the bank booked {} yuan, we did not", line.reference, line.amount)
        }
        Difference::OnlyOurs(line) => {
            format!("{}: we booked {} yuan, the bank did not", line.reference, line.amount)
        }
        Difference::AmountDiffers { reference, ours, theirs } => {
            format!("{reference}: we booked {ours} yuan, the bank {theirs}")
        }
        Difference::StatedTwice(line) => {
            format!("{}: the bank states {} yuan twice", line.reference, line.amount)
        }
    }
}
