//! How fast bank files are written and read, against bare parsing of the same bytes in one run:
//! `cargo run --release -p channels --example bank_file_speed [transactions]`.

use std::time::{Duration, Instant};

use channels::bank_batch::debit::{Creditor, Debit, DebitFile, Totals};
use channels::bank_batch::end_to_end_id::EndToEndId;
use channels::bank_batch::sandbox::{Settled, iso_answer, order_file};
use channels::bank_batch::{Limits, bare_xml, camt_054, pain_002, pain_008};
use insurance::cnaps_bank_number::CnapsBankNumber;
use insurance::ids::PersonId;
use insurance::payment::DueKey;
use policy::Branch;
use units::{Fen, Month};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let file = debit_file(count)?;
    let people = i64::try_from(count.div_ceil(3))?;
    let debits = || (1..=people).flat_map(debits_of).take(usize::try_from(count).unwrap_or(0));

    let mut out = Vec::new();
    let writing = timed(|| Ok(pain_008::write(&mut out, &file, debits())?))?;
    println!("pain.008: {count} transactions, {} MB", out.len() / 1_000_000);
    show("  write", writing, count);
    let bare = timed(|| bare_parse(&out))?;
    show("  bare parse of the same bytes", bare, count);
    println!("  write / bare parse: {:.2}", ratio(writing, bare));

    let orders = order_file::read(&*out)?;
    drop(out);
    let settled: Vec<Settled> = orders.orders.iter().map(settle).collect();
    let listed: Vec<&Settled> = settled.iter().collect();
    let head = iso_answer::AnswerHead {
        message_id: "ANSWER-1".to_owned(),
        created_at: "2026-11-26T20:00:00+08:00".parse()?,
        on: "2026-11-26".parse()?,
        file: &orders,
    };
    let limits = Limits { file_bytes: 4 << 30, ..Limits::STANDARD };
    let report = iso_answer::status_report(&head, &listed);
    compare("pain.002", &report, count, |bytes, results| {
        let sent = |_: &str| Some(file.totals);
        let intake = pain_002::Intake { limits, sent: &sent };
        pain_002::read(bytes, intake, |_| *results += 1)?;
        Ok(())
    })?;
    drop(report);
    let notification = iso_answer::notification(&head, &listed);
    let paid = u64::try_from(settled.iter().filter(|line| line.outcome.is_ok()).count())?;
    compare("camt.054", &notification, paid, |bytes, results| {
        camt_054::read(bytes, limits, |_| *results += 1)?;
        Ok(())
    })
}

fn compare(
    name: &str,
    bytes: &[u8],
    count: u64,
    read: impl Fn(&[u8], &mut u64) -> Result<()>,
) -> Result<()> {
    println!("{name}: {count} results, {} MB", bytes.len() / 1_000_000);
    let mut results = 0;
    let reading = timed(|| read(bytes, &mut results))?;
    assert_eq!(results, count, "every result is told");
    show("  read, with schema and totals", reading, count);
    let bare = timed(|| bare_parse(bytes))?;
    show("  bare parse of the same bytes", bare, count);
    println!("  read / bare parse: {:.2}", ratio(reading, bare));
    Ok(())
}

fn bare_parse(bytes: &[u8]) -> Result<()> {
    assert!(bare_xml::count(bytes)? > 0, "a document holds something");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this program exists to measure time")]
fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn show(what: &str, time: Duration, count: u64) {
    let millis = time.as_millis().max(1);
    let per_second = u128::from(count) * 1000 / millis;
    println!("{what}: {millis} ms, {per_second}/s");
}

fn ratio(work: Duration, bare: Duration) -> f64 {
    work.as_secs_f64() / bare.as_secs_f64()
}

fn settle(order: &order_file::Order) -> Settled {
    let short = order.amount == Fen::new(9_758).unwrap_or(Fen::ZERO);
    let outcome = if short { Err(("AM04", "余额不足")) } else { Ok("202611260000".to_owned()) };
    Settled { end_to_end_id: order.end_to_end_id.clone(), amount: order.amount, outcome }
}

fn debits_of(person: i64) -> [Debit; 3] {
    let month = Month::from_yyyymm(202_611).expect("November exists");
    [(Branch::Pension, 97_580), (Branch::Medical, 40_032), (Branch::Unemployment, 9_758)].map(
        |(branch, fen)| Debit {
            end_to_end_id: EndToEndId {
                due: DueKey { person: PersonId::from_i64(person), month, branch, part: 0 },
                attempt: 1,
            },
            amount: Fen::new(fen).expect("not negative"),
            mandate: format!("MN3201{person:010}"),
            signed_on: "2024-03-01".parse().expect("the day exists"),
            holder: "张三".to_owned(),
            identity_number: "11010519491231002X".to_owned(),
            account: format!("62170012345{person:08}"),
            bank: CnapsBankNumber::parse("105301000013").expect("a bank's number"),
        },
    )
}

fn debit_file(count: u64) -> Result<DebitFile> {
    let (whole, rest) = (count / 3, count % 3);
    let of_rest = [0, 97_580, 97_580 + 40_032][usize::try_from(rest)?];
    let sum = Fen::new(i64::try_from(whole)? * (97_580 + 40_032 + 9_758) + of_rest)?;
    Ok(DebitFile {
        message_id: "FE3201-20261126-105-01".parse()?,
        created_at: "2026-11-26T08:00:00+08:00".parse()?,
        collect_on: "2026-11-26".parse()?,
        totals: Totals { count, sum },
        creditor: Creditor {
            initiator: "南京市社会保险管理中心".to_owned(),
            initiator_code: "12320100MB0000000F".to_owned(),
            name: "南京市社会保险基金财政专户".to_owned(),
            account: "32001881234059000001".to_owned(),
            bank: CnapsBankNumber::parse("105301000013")?,
        },
    })
}
