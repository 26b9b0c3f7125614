//! WeChat in the demo: orders, signed notices, queries, closes and the bill of each day, all by
//! WeChat Pay's protocol against a sandbox in the process.
//!
//! An RSA signature takes a millisecond, so in a large city only the first payers' messages are
//! signed; the others' orders, states and bills are the same, without signatures.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use channels::http_message::Request;
use channels::wechat_pay::order::{OpenId, Place, request};
use channels::wechat_pay::transaction;
use insurance::ids::PersonId;
use operations::wechat::order_payment::{Asked, Chosen, Ordered, Ordering as Next, order_payment};
use operations::wechat::payment_refusal::PaymentRefusal;
use operations::wechat::read_notices::{Posted, keep_notice, read_notices};
use operations::wechat::reconcile_bill::reconcile_bill;
use operations::wechat::settle_transaction::{Source, settle_transaction};
use operations::wechat::start_payment::record_prepay;
use operations::wechat::{Gateway, ask_order};
use units::{Date, Month, Timestamp};

use super::month::Progress;
use crate::app::App;
use crate::wechat::practice::{MOUNT, Practice, mounted};
use crate::wechat::{Now, Wechat};

/// How many payers' messages are signed.
const SIGNED_MAX: usize = 2_000;
/// Where the sandbox stands for the program.
const BASE_URL: &str = "https://wechat.sandbox";
/// Somebody in so many opens an order and never confirms it.
const FORGETS_TO_CONFIRM: u64 = 97;
/// When people pay: at ten in the morning.
const PAYS_AT_SECONDS: i64 = 10 * 3_600;
/// When the day's last orders are long over.
const ORDERS_END_AT_SECONDS: i64 = 11 * 3_600;

/// Somebody who pays by WeChat on a day.
#[derive(Clone, Copy, Debug)]
pub struct Payer {
    /// Who.
    pub person: PersonId,
    /// Their line in the office's file.
    pub line: u64,
    /// When.
    pub day: Date,
}

impl Payer {
    fn confirms(&self) -> bool {
        !self.line.is_multiple_of(FORGETS_TO_CONFIRM)
    }
}

/// WeChat's side of the month.
#[derive(Debug)]
pub struct WechatMonth {
    practice: Practice,
    gateway: Gateway,
    clock: Arc<AtomicI64>,
    signed: usize,
}

impl WechatMonth {
    /// A WeChat without orders.
    #[must_use]
    pub fn new() -> Self {
        let practice = Practice::new(BASE_URL, 1);
        let clock = Arc::new(AtomicI64::new(0));
        let time = clock.clone();
        let now: Now = Arc::new(move || moment(&time));
        let gateway = connect(&practice, now).gateway;
        Self { practice, gateway, clock, signed: 0 }
    }

    /// The WeChat that goes on after the month, under the site's clock.
    #[must_use]
    pub fn go_on(self, now: Now) -> (Practice, Wechat) {
        MOUNT.clone_into(&mut self.practice.sandbox().browser_base_url);
        let wechat = mounted(connect(&self.practice, now));
        (self.practice, wechat)
    }

    /// Lets people pay; answers how many payments were booked.
    ///
    /// # Errors
    /// The database's, or a refusal of either side, which would be a defect.
    pub fn collect(&mut self, app: &App, payers: Vec<Payer>) -> anyhow::Result<u64> {
        let mut signed = payers;
        let rest = signed.split_off((SIGNED_MAX - self.signed).min(signed.len()));
        self.signed += signed.len();
        signed.sort_by_key(|payer| payer.day);
        let mut booked = 0;
        for of_day in signed.chunk_by(|a, b| a.day == b.day) {
            booked += self.pay_signed(app, of_day)?;
        }
        Ok(booked + self.pay_unsigned(app, &rest)?)
    }

    /// One day's payers with every message signed: orders, confirmations, notices; then those who
    /// did not confirm are asked about, and their orders closed.
    fn pay_signed(&self, app: &App, payers: &[Payer]) -> anyhow::Result<u64> {
        let Some(day) = payers.first().map(|payer| payer.day) else { return Ok(0) };
        let now = self.set_clock(day, PAYS_AT_SECONDS);
        let orders = write_orders(app, payers, now)?;
        let mut prepared = Vec::new();
        for (_, ordered) in &orders {
            let occasion = (self.gateway.occasion)();
            let answer = self.gateway.client.place(&ordered.order, &ordered.place, &occasion)?;
            prepared.push((ordered.order.number, answer));
        }
        app.db.write(move |tx| {
            for (number, answer) in &prepared {
                record_prepay(tx, *number, answer, now)?;
            }
            Ok::<_, store::Error>(())
        })?;
        for (payer, ordered) in &orders {
            if payer.confirms() {
                self.practice.sandbox().pay(&ordered.order.number.to_string(), now)?;
            }
        }
        self.receive(app, now)?;
        let merchant = &self.gateway.client.merchant;
        let booked = read_notices(&app.db, &app.city, merchant, now)?.read;
        let later = self.set_clock(day, ORDERS_END_AT_SECONDS);
        for _ in 0..8 {
            if ask_order::ask_orders(&app.db, &app.city, &self.gateway, later)?.asked == 0 {
                break;
            }
        }
        Ok(booked.into())
    }

    /// The callback's part: what is signed is kept.
    fn receive(&self, app: &App, now: Timestamp) -> anyhow::Result<()> {
        let client = &self.gateway.client;
        let deliveries = self.practice.sandbox().deliveries(now);
        let mut kept = Vec::new();
        for delivery in deliveries {
            let received = (&delivery.headers, delivery.body.as_slice());
            channels::wechat_pay::notification::read(
                &client.merchant,
                &client.keys(),
                received,
                now,
            )?;
            let (headers, body) = (delivery.headers, delivery.body);
            kept.push(Posted { headers, body, readable: true });
        }
        let city = app.city.clone();
        app.db.bulk_write(move |tx| {
            kept.iter().try_for_each(|posted| keep_notice(tx, &city, posted, now))
        })?;
        Ok(())
    }

    /// The payers beyond those whose messages are signed: WeChat's answers to a query are read.
    fn pay_unsigned(&self, app: &App, payers: &[Payer]) -> anyhow::Result<u64> {
        let Some(day) = payers.iter().map(|payer| payer.day).max() else { return Ok(0) };
        let now = Timestamp::start_of(day).plus_seconds(PAYS_AT_SECONDS);
        let merchant = self.gateway.client.merchant.clone();
        let mut said = Vec::new();
        for (payer, ordered) in write_orders(app, payers, now)? {
            let at = Timestamp::start_of(payer.day).plus_seconds(PAYS_AT_SECONDS);
            let asked: Request = request(&merchant, &ordered.order, &ordered.place)?;
            let number = ordered.order.number.to_string();
            let answer = self.practice.sandbox().order_unsigned(&asked, at, &number);
            let json = anyhow::Context::context(answer, "the sandbox takes every order")?;
            said.push((transaction::read(&json)?, json));
        }
        let (booked, city) = (said.len() as u64, app.city.clone());
        app.db.bulk_write(move |tx| {
            for (transaction, json) in &said {
                let told = (transaction, Source::Answer(json.clone()));
                settle_transaction(tx, &city, &merchant, told, now)?;
            }
            Ok::<_, store::Error>(())
        })?;
        Ok(booked)
    }

    /// Each day's bill, on the next morning. Answers how many days were compared.
    ///
    /// # Errors
    /// WeChat's or the database's, or a day that does not balance.
    pub fn reconcile(
        &self,
        app: &App,
        month: Month,
        progress: Progress<'_>,
    ) -> anyhow::Result<u64> {
        let days: Vec<Date> = month.first_day().through(month.last_day()).collect();
        let all = days.len() as u64;
        for (done, day) in (1..).zip(days) {
            let now = self.set_clock(day.next(), PAYS_AT_SECONDS);
            let found = reconcile_bill(&app.db, &app.city, &self.gateway, (day, "demo"), now)?;
            anyhow::ensure!(found.open == 0, "WeChat's bill of {day} differs");
            progress(done, all);
        }
        Ok(all)
    }

    fn set_clock(&self, day: Date, seconds: i64) -> Timestamp {
        let now = Timestamp::start_of(day).plus_seconds(seconds);
        self.clock.store(now.micros(), Ordering::Relaxed);
        now
    }
}

impl Default for WechatMonth {
    fn default() -> Self {
        Self::new()
    }
}

fn connect(practice: &Practice, now: Now) -> Wechat {
    practice.connect_at(BASE_URL, "https://shebao.example/callbacks/wechat", now)
}

fn moment(clock: &AtomicI64) -> Timestamp {
    Timestamp::from_micros(clock.load(Ordering::Relaxed)).expect("the demo's moments are stored")
}

/// The attempts of some people, each with everything that they owe, in one transaction.
fn write_orders(
    app: &App,
    payers: &[Payer],
    now: Timestamp,
) -> anyhow::Result<Vec<(Payer, Ordered)>> {
    let (city, payers) = (app.city.clone(), payers.to_vec());
    Ok(app.db.bulk_write(move |tx| {
        let mut orders = Vec::with_capacity(payers.len());
        for payer in &payers {
            let place = Place::OfficialAccount(OpenId(format!("oDemo{:023}", payer.line)));
            let asked = Asked { person: payer.person, chosen: Chosen::All, place };
            if let Next::Place(ordered) = order_payment(tx, &city, &asked, now)? {
                orders.push((*payer, *ordered));
            }
        }
        Ok::<_, PaymentRefusal>(orders)
    })?)
}
