//! A day of withholding for a whole city: the files out, the bank's reports in, every result booked;
//! beside a bare parse of the same files and the bare writing of the same rows, in one run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use channels::bank_batch::bare_xml;
use channels::bank_batch::debit::{Creditor, FileLimit};
use channels::bank_batch::sandbox::iso_answer::{AnswerHead, notification, status_report};
use channels::bank_batch::sandbox::{Settled, order_file};
use insurance::number::cnaps_bank_number::CnapsBankNumber;
use operations::City;
use operations::assess_month::assess_month;
use operations::withholding::build_debit_batch::{Batch, build_debit_batch};
use operations::withholding::hand_over_files::hand_over_files;
use operations::withholding::read_bank_result::{ResultFile, read_bank_result};
use operations::withholding::{Agreement, FileFormat};
use store::bench::withholding::{Bare, insert_mandates, keep_bytes, mark_bare, write_bare};
use store::{Db, Url};
use units::{Date, Month, Timestamp};

use super::{Figure, fresh, ratio, timed};
use crate::cli::{bench_city, output};

/// Debits in a file.
const DEBITS_PER_FILE: u64 = 100_000;
/// One in so many people has too little money for unemployment insurance.
const SHORT_ONE_IN: i64 = 30;
/// People in one transaction of the bare writing.
const PEOPLE_IN_A_CHUNK: i64 = 10_000;

/// A place for databases: a folder, or a PostgreSQL server beside it.
type Place<'a> = (&'a Path, Option<&'a Url>);

pub(super) fn measure(place: Place<'_>, people: u64) -> anyhow::Result<Vec<Figure>> {
    let day: Date = "2026-11-26".parse()?;
    let city = bench_city()?;
    let exchange = place.0.join("exchange");
    std::fs::create_dir_all(&exchange)?;
    let db = insured(place, (&city, people), day)?;
    output::forget_peak_memory();
    let agreement = agreement()?;
    let (orders, out) = timed(|| write_files(&db, (&city, &agreement), &exchange, day));
    let orders = orders?;
    let answers = answer_all(&orders, day)?;
    let (read, booking) = timed(|| book(&db, (&city, &agreement), &answers.reports, day));
    let Booked { results: told, collected } = read?;
    let (seen, seeing) = timed(|| book(&db, (&city, &agreement), &answers.notifications, day));
    let seen = seen?.results;
    let memory = output::peak_memory_mib();
    drop(db);
    let bare = bare((place, people), &city, (&orders, &answers), day)?;
    if let Some(server) = place.1 {
        store::bench::remove_from_server(server, DATABASE)?;
    }
    let memory = memory.map_or_else(String::new, |mib| format!(", {mib} MiB at most"));
    let nothing = String::new;
    Ok(vec![
        Figure::new(
            &format!("withholding of {people} people: {told} debits out, answered, booked"),
            format!("{:.1} s{memory}", (out + booking).as_secs_f64()),
            format!(
                "bare parse of {} MB {:.1} s + bare write of {} rows {:.1} s",
                bare.bytes / 1_000_000,
                bare.parsing.as_secs_f64(),
                bare.rows,
                bare.writing.as_secs_f64()
            ),
            ratio(out + booking, bare.parsing + bare.writing),
        ),
        Figure::new(
            "  of that: build and write the files",
            format!("{:.1} s, {:.0} debits/s", out.as_secs_f64(), per_second(told, out)),
            nothing(),
            nothing(),
        ),
        Figure::new(
            "  of that: read and book the results",
            format!("{:.1} s, {:.0}/s", booking.as_secs_f64(), per_second(told, booking)),
            format!("{collected} collected, the others without money"),
            nothing(),
        ),
        Figure::new(
            "read and book the notifications of the same money",
            format!("{:.1} s, {:.0}/s", seeing.as_secs_f64(), per_second(seen, seeing)),
            format!(
                "bare parse {:.1} s + bare change of {} rows {:.1} s",
                bare.parsing_seen.as_secs_f64(),
                bare.changed,
                bare.changing.as_secs_f64()
            ),
            ratio(seeing, bare.parsing_seen + bare.changing),
        ),
    ])
}

fn per_second(count: u64, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64().max(1e-9)
}

/// The same work done bare.
struct BareWork {
    bytes: u64,
    rows: u64,
    changed: u64,
    parsing: Duration,
    writing: Duration,
    parsing_seen: Duration,
    changing: Duration,
}

fn bare(
    (place, people): (Place<'_>, u64),
    city: &City,
    (orders, answers): (&[PathBuf], &Answers),
    day: Date,
) -> anyhow::Result<BareWork> {
    let (bytes, parsing) = timed(|| parse_bare(orders.iter().chain(&answers.reports)));
    let (seen, parsing_seen) = timed(|| parse_bare(answers.notifications.iter()));
    seen?;
    let db = insured(place, (city, people), day)?;
    let (rows, writing) = timed(|| -> anyhow::Result<u64> {
        let kept = keep_files(&db, 0, &answers.reports)?;
        Ok(kept + in_chunks(people, day, |people, bare| write_bare(&db, people, bare))?)
    });
    let (changed, changing) = timed(|| -> anyhow::Result<u64> {
        keep_files(&db, answers.reports.len(), &answers.notifications)?;
        in_chunks(people, day, |people, bare| mark_bare(&db, people, bare))
    });
    let (bytes, rows, changed) = (bytes?, rows?, changed?);
    Ok(BareWork { bytes, rows, changed, parsing, writing, parsing_seen, changing })
}

/// What the database on a server is called.
const DATABASE: &str = "bank";

/// A city whose people are insured, have signed, and owe for the month.
fn insured(
    (folder, server): Place<'_>,
    (city, people): (&City, u64),
    day: Date,
) -> anyhow::Result<Db> {
    let month: Month = day.month();
    let now = Timestamp::start_of(month.first_day()).plus_seconds(9 * 3600);
    let url = match server {
        Some(server) => store::bench::fresh_on_server(server, DATABASE)?,
        None => fresh(folder, "bank.db")?,
    };
    let db = Db::migrate(&url, now)?;
    store::bench::insert_insured(&db, month, people)?;
    insert_mandates(&db, ("ccb", people), month.first_day())?;
    assess_month(&db, city, (month, "bench"), now, &mut |_, _| {})?;
    Ok(db)
}

fn write_files(
    db: &Db,
    (city, agreement): (&City, &Agreement),
    folder: &Path,
    day: Date,
) -> anyhow::Result<Vec<PathBuf>> {
    let now = Timestamp::start_of(day).plus_seconds(8 * 3600);
    let limit = agreement.limit;
    let batch = Batch { bank: agreement.bank.clone(), collect_on: day, round: 1, limit };
    let built = build_debit_batch(db, city, (&batch, "bench"), now, &mut |_, _| {})?;
    let handed_over = hand_over_files(db, (agreement, built.run), folder, now, &mut |_, _| {})?;
    anyhow::ensure!(handed_over.excluded.is_empty(), "everybody's data fit the bank's file");
    Ok(handed_over.paths)
}

/// What the bank answers.
struct Answers {
    /// A report for each file.
    reports: Vec<PathBuf>,
    /// A notification for each file, of the money that its report told.
    notifications: Vec<PathBuf>,
}

/// The bank's answers, beside the files that they answer.
fn answer_all(orders: &[PathBuf], day: Date) -> anyhow::Result<Answers> {
    let mut answers = Answers { reports: Vec::new(), notifications: Vec::new() };
    for path in orders {
        let file = order_file::read(&*std::fs::read(path)?)?;
        let settled: Vec<Settled> = file.orders.iter().map(settle).collect();
        let listed: Vec<&Settled> = settled.iter().collect();
        let head = AnswerHead {
            message_id: format!("A-{}", file.message_id),
            created_at: Timestamp::start_of(day).plus_seconds(20 * 3600),
            on: day,
            file: &file,
        };
        let report = path.with_extension("pain002.xml");
        std::fs::write(&report, status_report(&head, &listed))?;
        answers.reports.push(report);
        let seen = path.with_extension("camt054.xml");
        std::fs::write(&seen, notification(&head, &listed))?;
        answers.notifications.push(seen);
    }
    Ok(answers)
}

fn settle(order: &order_file::Order) -> Settled {
    let number: i64 = order.account.get(7..).and_then(|n| n.parse().ok()).unwrap_or(0);
    let short = number % SHORT_ONE_IN == 0 && order.end_to_end_id.contains("-U0-");
    let outcome =
        if short { Err(("AM04", "余额不足")) } else { Ok("2026112600001".to_owned()) };
    Settled { end_to_end_id: order.end_to_end_id.clone(), amount: order.amount, outcome }
}

/// What files told.
#[derive(Clone, Copy)]
struct Booked {
    results: u64,
    collected: u64,
}

fn book(
    db: &Db,
    (city, agreement): (&City, &Agreement),
    answers: &[PathBuf],
    day: Date,
) -> anyhow::Result<Booked> {
    let now = Timestamp::start_of(day).plus_seconds(21 * 3600);
    let mut booked = Booked { results: 0, collected: 0 };
    for path in answers {
        let bytes = std::fs::read(path)?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let file = ResultFile { name, bytes: &bytes };
        let read = read_bank_result(db, city, (agreement, file, "bench"), now, &mut |_, _| {})?;
        anyhow::ensure!(
            read.unknown + read.contradicted + read.held == 0,
            "all is as it was asked"
        );
        booked.results += read.results;
        booked.collected += read.collected;
    }
    Ok(booked)
}

fn parse_bare<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> anyhow::Result<u64> {
    let mut all = 0;
    for path in paths {
        let bytes = std::fs::read(path)?;
        anyhow::ensure!(bare_xml::count(&bytes)? > 0, "a document holds something");
        all += u64::try_from(bytes.len())?;
    }
    Ok(all)
}

fn keep_files(db: &Db, kept: usize, paths: &[PathBuf]) -> anyhow::Result<u64> {
    for (number, path) in (kept..).zip(paths) {
        keep_bytes(db, i64::try_from(number)? + 1, std::fs::read(path)?)?;
    }
    Ok(u64::try_from(paths.len())?)
}

fn in_chunks(
    people: u64,
    day: Date,
    mut write: impl FnMut(std::ops::Range<i64>, Bare) -> Result<u64, store::Error>,
) -> anyhow::Result<u64> {
    let people = i64::try_from(people)?;
    let bare = Bare { month: day.month(), day, short_one_in: SHORT_ONE_IN };
    let (mut rows, mut first) = (0, 0);
    while first < people {
        let last = people.min(first + PEOPLE_IN_A_CHUNK);
        rows += write(first..last, bare)?;
        first = last;
    }
    Ok(rows)
}

fn agreement() -> anyhow::Result<Agreement> {
    let number = CnapsBankNumber::parse("105100000017").context("the bank's number")?;
    Ok(Agreement {
        bank: "ccb".to_owned(),
        bank_number: number.clone(),
        creditor: Creditor {
            initiator: "南京市社会保险管理中心".to_owned(),
            initiator_code: "12320100MB0000000F".to_owned(),
            name: "南京市社会保险基金财政专户".to_owned(),
            account: "32001881234059000001".to_owned(),
            bank: number,
        },
        limit: FileLimit { count: DEBITS_PER_FILE },
        format: FileFormat::Iso20022,
    })
}
