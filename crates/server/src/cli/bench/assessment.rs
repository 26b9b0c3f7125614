//! A month's assessment, durable, beside the bare bulk insert of the same rows into the same table
//! by the same engine.

use std::path::Path;

use operations::assess_month::assess_month;
use store::Db;
use units::{Month, Timestamp};

use super::{Figure, fresh, ratio, timed};
use crate::cli::bench_city;
use crate::cli::output;

pub(super) fn measure(folder: &Path, people: u64) -> anyhow::Result<Vec<Figure>> {
    let month: Month = "2026-11".parse()?;
    let now = Timestamp::start_of(month.first_day()).plus_seconds(9 * 3600);
    let bare_db = Db::migrate(&fresh(folder, "bare.db")?, now)?;
    let (rows, bare) = timed(|| store::bench::insert_bare_dues(&bare_db, month, people));
    let rows = rows?;
    drop(bare_db);
    fresh(folder, "bare.db")?;
    let db = Db::migrate(&fresh(folder, "city.db")?, now)?;
    store::bench::insert_insured(&db, month, people)?;
    let city = bench_city()?;
    let about = (month, "bench");
    let (done, ours) = timed(|| assess_month(&db, &city, about, now, &mut |_, _| {}));
    let done = done?;
    let memory = output::peak_memory_mib().map_or_else(String::new, |mib| format!(", {mib} MiB"));
    Ok(vec![Figure::new(
        &format!("assess {} dues, durable", done.dues),
        format!("{:.2} s{memory}", ours.as_secs_f64()),
        format!("bare insert of {rows} rows {:.2} s", bare.as_secs_f64()),
        ratio(ours, bare),
    )])
}
