//! Durable payments: 64 callers, each waiting for its own answer, through the path that all
//! channels share; beside the same with one commit for each payment.

use std::path::Path;
use std::sync::Mutex;

use insurance::ids::{MessageId, PersonId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use operations::City;
use operations::assess_month::assess_month;
use operations::record_event::{RecordError, record_event};
use store::tables::due;
use store::{Db, Settings};
use units::{Fen, Month, Timestamp};

use super::{Figure, fresh, timed};
use crate::cli::bench_city;

/// Callers at the same time.
const CALLERS: usize = 64;
/// One commit each is slow: this many are enough to know its rate.
const LONE_PAYMENTS: u64 = 2_000;

pub(super) fn measure(folder: &Path, payments: u64) -> anyhow::Result<Vec<Figure>> {
    let grouped = rate(folder, payments, Settings::default())?;
    let lone = rate(folder, LONE_PAYMENTS, Settings { group_max: 1, ..Settings::default() })?;
    Ok(vec![Figure::new(
        "durable payments, 64 callers",
        format!("{grouped:.0}/s"),
        format!("one commit each {lone:.0}/s"),
        format!("{:.1}", grouped / lone),
    )])
}

/// Payments per second: every person pays three dues in one transaction.
fn rate(folder: &Path, payments: u64, settings: Settings) -> anyhow::Result<f64> {
    let month: Month = "2026-11".parse()?;
    let now = Timestamp::start_of(month.first_day()).plus_seconds(9 * 3600);
    let url = fresh(folder, "payments.db")?;
    let made = Db::migrate(&url, now)?;
    store::bench::insert_insured(&made, month, payments)?;
    let city = bench_city()?;
    assess_month(&made, &city, (month, "bench"), now, &mut |_, _| {})?;
    drop(made);
    let db = Db::open_with(&url, settings)?;
    let owed: Mutex<Vec<(PersonId, Fen)>> =
        Mutex::new(db.read(|tx| due::sum_by_person(tx, month))?);
    let (paid, took) = timed(|| {
        std::thread::scope(|scope| -> Result<u64, RecordError> {
            let callers: Vec<_> =
                (0..CALLERS).map(|_| scope.spawn(|| call(&db, &city, &owed, now))).collect();
            let mut paid = 0;
            for caller in callers {
                paid += caller.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            Ok(paid)
        })
    });
    let paid = u32::try_from(paid?)?;
    Ok(f64::from(paid) / took.as_secs_f64())
}

/// One caller: takes the next person, pays, waits for the durable answer.
fn call(
    db: &Db,
    city: &City,
    owed: &Mutex<Vec<(PersonId, Fen)>>,
    now: Timestamp,
) -> Result<u64, RecordError> {
    let mut paid = 0;
    loop {
        let next = owed.lock().map(|mut owed| owed.pop()).unwrap_or_default();
        let Some((person, amount)) = next else { return Ok(paid) };
        let event = ChannelEvent::Paid(Paid {
            channel: ChannelKind::Counter,
            reference: format!("bench-{person}"),
            amount,
            paid_at: now,
            accounting_on: now.date_in_shanghai(),
            target: Target::Person(person),
        });
        let city = city.clone();
        db.write(move |tx| record_event(tx, &city, &event, MessageId::from_i64(1), now))?;
        paid += 1;
    }
}
