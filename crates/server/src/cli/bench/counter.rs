//! Banks and hospitals through HTTP: signed queries beside a bare handler that does one indexed read, and
//! signed payments beside the same with one commit for each. Tellers and program share the machine.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::extract::State;
use channels::counter_api::bank_word::{BankSerial, BankUnit};
use channels::counter_api::daily_file::standard_profile;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use channels::counter_api::payment::PaymentRequest;
use channels::counter_api::quote::{Currency, DuesQuery, Quote};
use channels::hospital_api::CoverQuery;
use operations::City;
use operations::assess_month::assess_month;
use ring::rand::SystemRandom;
use store::tables::counter_key::Partner;
use store::tables::{access_pending, due};
use store::{Db, Settings, Url};
use tokio::sync::oneshot;
use units::{Date, Timestamp};

use super::teller::{Bank, TELLERS, send};
use super::{Figure, fresh, timed};
use crate::cli::bench_city;
use crate::clock::Clock;
use crate::counter_api::bank_keys::{self, NewKey};
use crate::counter_api::{self, Counter, CounterSettings};
use crate::demo::people;
use crate::listener::{Listener, Patience};
use crate::vault::Vault;

/// A day on which the counter is open.
const DAY: &str = "2026-11-10";
/// Queries in one run, and quotes at a time: a signature is good for five minutes.
const QUERIES: u64 = 50_000;
/// One commit each is slow: this many are enough to know its rate.
const LONE_PAYMENTS: u64 = 2_000;
/// Tellers at half load: few, so that none waits for another.
const PACED_TELLERS: usize = 16;

pub(super) fn measure(folder: &Path, people: u64, payments: u64) -> anyhow::Result<Vec<Figure>> {
    let city = Prepared::new(folder, people.max(payments + LONE_PAYMENTS))?;
    let mut figures = city.queries()?;
    figures.push(city.payments(payments)?);
    Ok(figures)
}

/// A city with its dues, and a bank with its key.
struct Prepared {
    url: Url,
    /// One for all runs: under a clock that stands still its numbers must go on.
    city: City,
    people: u64,
    day: Date,
    now: Timestamp,
    vault: Vault,
    key: KeyPairText,
}

impl Prepared {
    fn new(folder: &Path, people: u64) -> anyhow::Result<Self> {
        let day: Date = DAY.parse()?;
        let now = Timestamp::start_of(day).plus_seconds(9 * 3600);
        let url = fresh(folder, "counter.db")?;
        let db = Db::migrate(&url, now)?;
        store::bench::insert_customers(&db, day.month(), people, identity)?;
        let opened = Timestamp::start_of(day.month().first_day()).plus_seconds(9 * 3600);
        let city = bench_city()?;
        assess_month(&db, &city, (day.month(), "bench"), opened, &mut |_, _| {})?;
        let vault = Vault::create(&folder.join("counter.db.key"))?;
        let algorithm = Algorithm::HmacSha256;
        let key = KeyPairText::generate(algorithm, &SystemRandom::new())?;
        for (partner, key_id) in [(Partner::Bank, KEY_ID), (Partner::Hospital, HOSPITAL_KEY_ID)] {
            let (key_id, bank, verifying) =
                (key_id.to_owned(), key_id.to_owned(), key.public.clone());
            let new = NewKey { key_id, partner, bank, algorithm, verifying };
            bank_keys::add(&db, &vault, new, now)?;
        }
        Ok(Self { url, city, people, day, now, vault, key })
    }

    fn queries(&self) -> anyhow::Result<Vec<Figure>> {
        let served = self.serve(Settings::default())?;
        let bare: Vec<Vec<u8>> =
            (0..QUERIES).map(|n| bare_call(served.address, self.spread(n))).collect();
        let bare = send(served.address, &bare, TELLERS, Duration::ZERO)?;
        let mut figures = Vec::new();
        for (work, calls) in [
            ("dues queries", self.dues_queries(&served, "q", 0..QUERIES)?),
            ("questions about cover", self.cover_queries(&served, 0..QUERIES)?),
        ] {
            let (full, paced) = calls.split_at(calls.len() * 4 / 5);
            let ours = send(served.address, full, TELLERS, Duration::ZERO)?;
            let half = ours.per_second() / 2.0;
            let tellers = u32::try_from(PACED_TELLERS).map_or(1.0, f64::from);
            let pause = Duration::from_secs_f64(tellers / half.max(1.0));
            let paced = send(served.address, paced, PACED_TELLERS, pause)?;
            figures.push(Figure::new(
                &format!("signed {work} over HTTP, {} people", self.people),
                format!("{:.0}/s", ours.per_second()),
                format!("bare handler, one indexed read {:.0}/s", bare.per_second()),
                format!("{:.2}", ours.per_second() / bare.per_second()),
            ));
            figures.push(Figure::new(
                "the same at half load",
                format!("p99 {:.1} ms", paced.p99().as_secs_f64() * 1e3),
                format!("{:.0}/s", paced.per_second()),
                String::new(),
            ));
        }
        figures.push(chaining(&served.db)?);
        Ok(figures)
    }

    fn payments(&self, payments: u64) -> anyhow::Result<Figure> {
        let grouped = self.pay(0..payments, Settings::default())?;
        let settings = Settings { group_max: 1, ..Settings::default() };
        let lone = self.pay(payments..payments + LONE_PAYMENTS, settings)?;
        Ok(Figure::new(
            "signed counter payments over HTTP, 64 tellers",
            format!("{grouped:.0}/s"),
            format!("one commit each {lone:.0}/s"),
            format!("{:.1}", grouped / lone),
        ))
    }

    /// Payments per second of these customers, a few thousand quotes at a time.
    fn pay(&self, customers: std::ops::Range<u64>, settings: Settings) -> anyhow::Result<f64> {
        let served = self.serve(settings)?;
        let (mut took, mut paid) = (Duration::ZERO, 0);
        for first in customers.clone().step_by(usize::try_from(QUERIES)?) {
            let some = first..customers.end.min(first + QUERIES);
            let queries = self.dues_queries(&served, &format!("s{first}-"), some)?;
            let quoted = send(served.address, &queries, TELLERS, Duration::ZERO)?;
            let calls: anyhow::Result<Vec<Vec<u8>>> = (first..)
                .zip(&quoted.answers)
                .map(|(number, quote)| {
                    self.payment(&served, number, serde_json::from_slice(quote)?)
                })
                .collect();
            let sent = send(served.address, &calls?, TELLERS, Duration::ZERO)?;
            took += sent.took;
            paid += u32::try_from(sent.waited.len())?;
        }
        Ok(f64::from(paid) / took.as_secs_f64().max(1e-9))
    }

    fn dues_queries(
        &self,
        served: &Served,
        run: &str,
        customers: std::ops::Range<u64>,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let paying = run.starts_with('s');
        let call = |n: u64| {
            let number = if paying { i64::try_from(n)? } else { self.spread(n) };
            let query = DuesQuery {
                identity_number: identity(number),
                social_security_card: store::bench::card(number),
            };
            served.bank.call("/counter/v1/dues-query", &format!("{run}{n}"), &query)
        };
        customers.map(call).collect()
    }

    fn cover_queries(
        &self,
        served: &Served,
        patients: std::ops::Range<u64>,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let call = |n: u64| {
            let query = CoverQuery { identity_number: identity(self.spread(n)), date: self.day };
            served.hospital.call("/hospital/v1/cover-query", &format!("h{n}"), &query)
        };
        patients.map(call).collect()
    }

    fn payment(&self, served: &Served, number: u64, quote: Quote) -> anyhow::Result<Vec<u8>> {
        let payment = PaymentRequest {
            bank_date: self.day,
            bank_serial: BankSerial::parse(&format!("B{number}"))?,
            accounting_date: self.day,
            branch_code: BankUnit::parse("S001")?,
            teller: BankUnit::parse("T01")?,
            quote_id: quote.quote_id.unwrap_or_default(),
            amount_fen: quote.total_fen,
            currency: Currency::Cny,
            paid_at: self.now,
        };
        served.bank.call("/counter/v1/payments", &format!("pay{number}"), &payment)
    }

    /// A customer far from the one before.
    fn spread(&self, n: u64) -> i64 {
        i64::try_from(n.wrapping_mul(7_919) % self.people).unwrap_or_default()
    }

    /// Serves the interface and the bare handler, until it is dropped.
    fn serve(&self, settings: Settings) -> anyhow::Result<Served> {
        let db = Db::open_with(&self.url, settings)?;
        let settings = CounterSettings {
            scheme: "http".to_owned(),
            calls_per_second: u32::MAX,
            profile: standard_profile(),
            vault: self.vault.clone(),
        };
        let (city, clock) = (self.city.clone(), Clock::Fixed(self.now));
        let counter = Counter::open(db.clone(), city, clock, settings)?;
        let bare = axum::Router::new().route("/bare/{number}", axum::routing::get(bare_read));
        let routes = counter_api::router(Arc::new(counter)).merge(bare.with_state(db.clone()));
        let runtime = tokio::runtime::Runtime::new()?;
        let socket = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = socket.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = Listener { socket, tls: None, routes, patience: Patience::default() };
        let thread = std::thread::spawn(move || {
            runtime.block_on(listener.serve(async {
                let _ = stopped.await;
            }));
        });
        let bank = Bank::new(KEY_ID, &self.key.private, address)?;
        let hospital = Bank::new(HOSPITAL_KEY_ID, &self.key.private, address)?;
        Ok(Served { address, db, bank, hospital, running: Some((stop, thread)) })
    }
}

/// The interface while it is served.
struct Served {
    address: SocketAddr,
    db: Db,
    bank: Bank,
    hospital: Bank,
    /// What stops it; `None` only while dropping.
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// Waits until the database is closed.
impl Drop for Served {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

const KEY_ID: &str = "bench-1";
const HOSPITAL_KEY_ID: &str = "hospital-1";

fn identity(number: i64) -> String {
    let first = "1962-01-01".parse().expect("a day");
    people::identity("320102", number.unsigned_abs(), first)
}

fn bare_call(at: SocketAddr, number: i64) -> Vec<u8> {
    format!("GET /bare/{number} HTTP/1.1\r\nhost: {at}\r\n\r\n").into_bytes()
}

/// How fast the looks of these calls get their places afterwards, as the program's job does it.
fn chaining(db: &Db) -> anyhow::Result<Figure> {
    const CHUNK: i64 = 1_000;
    let (chained, took) = timed(|| {
        let mut chained = 0;
        loop {
            match db.bulk_write(|tx| access_pending::chain(tx, CHUNK))? {
                0 => return Ok::<_, store::Error>(chained),
                some => chained += some,
            }
        }
    });
    let rate = f64::from(u32::try_from(chained?)?) / took.as_secs_f64().max(1e-9);
    let work = "looks of these calls, chained afterwards";
    Ok(Figure::new(work, format!("{rate:.0}/s"), String::new(), String::new()))
}

/// What a handler that only reads would do: one read by key, answered in JSON.
async fn bare_read(
    State(db): State<Db>,
    axum::extract::Path(number): axum::extract::Path<i64>,
) -> axum::Json<usize> {
    let person = store::bench::person(number);
    let dues = db.lookup_async(move |tx| due::list_unpaid(tx, person)).await;
    axum::Json(dues.map_or(0, |dues| dues.len()))
}
