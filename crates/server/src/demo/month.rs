//! November 2026 of the demo, day by day. Every step goes through the operations that a real city
//! runs; only the channels are played.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use insurance::due::Due;
use insurance::ids::CITY;
use insurance::person::Person;
use operations::assess_month::assess_month;
use operations::close_month::{Closed, close_month};
use operations::import_file::{ImportKind, Imported, Source, import_file};
use operations::remind_deposit::remind_deposit;
use store::tables::{due, person};
use units::{Month, Timestamp};

use super::counter::{Bank, Visit};
use super::people;
use super::sandbox;
use super::wechat::{Payer, WechatMonth};
use super::withholding::{Banks, Withheld};
use crate::app::App;

/// The month of the demo.
pub const MONTH: &str = "2026-11";
/// How many people's events one transaction books.
const PEOPLE_PER_BATCH: i64 = 2_000;

/// The demo's month under way.
pub struct Demo<'a> {
    app: &'a App,
    month: Month,
    people: u64,
    wechat: WechatMonth,
    counter: Bank,
}

/// A step's progress: done and all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

impl<'a> Demo<'a> {
    /// A demo on a fresh sandbox database.
    #[must_use]
    pub fn new(app: &'a App, people: u64) -> Self {
        let month = MONTH.parse().expect("the demo's month is a month");
        Self { app, month, people, wechat: WechatMonth::new(), counter: Bank::default() }
    }

    /// Nine in the morning of a day of the month.
    fn morning(&self, day: u32) -> Timestamp {
        let date = self.month.day(day).expect("November has the demo's days");
        Timestamp::start_of(date).plus_seconds(9 * 3600)
    }

    /// Writes the office's file and imports it on the day before the month.
    ///
    /// # Errors
    /// The file's or the database's.
    pub fn import(&self, file: &Path, progress: Progress<'_>) -> anyhow::Result<Imported> {
        people::write_file(BufWriter::new(File::create(file)?), self.people)?;
        let now = self.morning(1).plus_seconds(-86_400);
        let input = File::open(file)?;
        let source = Source { kind: ImportKind::People, input, actor: "demo", office: None };
        let all = self.people;
        let mut on = |done, _| progress(done, all);
        Ok(import_file(&self.app.db, &self.app.city, source, now, &mut on)?)
    }

    /// The 1st: everybody's bill.
    ///
    /// # Errors
    /// The database's.
    pub fn assess(&self, progress: Progress<'_>) -> anyhow::Result<u64> {
        let about = (self.month, "demo");
        let done = assess_month(&self.app.db, &self.app.city, about, self.morning(1), progress)?;
        Ok(done.dues)
    }

    /// The 2nd to the 25th: WeChat and the counters. Answers how many payments were booked.
    ///
    /// # Errors
    /// The database's, or a refusal at a counter.
    pub fn collect_in_windows(&mut self, progress: Progress<'_>) -> anyhow::Result<u64> {
        let (mut after, mut booked, mut seen) = (CITY, 0, 0);
        loop {
            let month = self.month;
            let dues = self
                .app
                .db
                .read(|tx| due::list_unpaid_of_month(tx, month, after, PEOPLE_PER_BATCH))?;
            let Some(last) = dues.last() else { return Ok(booked) };
            after = last.key.person;
            let people = self.people_of(&dues)?;
            seen += people.len() as u64;
            booked += self.pay_by_wechat(&people)? + self.counters(&people)?;
            progress(seen, self.people);
        }
    }

    /// Lets those of these people pay who do so by WeChat.
    fn pay_by_wechat(&mut self, people: &[Person]) -> anyhow::Result<u64> {
        let payers = people.iter().filter_map(|person| {
            let line = sandbox::line_of(person);
            let day = sandbox::pays_by_wechat(line, self.month)?;
            Some(Payer { person: person.id, line, day })
        });
        self.wechat.collect(self.app, payers.collect())
    }

    /// Serves those of these people who bring cash to a bank.
    fn counters(&mut self, people: &[Person]) -> anyhow::Result<u64> {
        let visits = people.iter().filter_map(|person| {
            let line = sandbox::line_of(person);
            Some(Visit {
                line,
                day: sandbox::goes_to_counter(line, self.month)?,
                person: person.clone(),
            })
        });
        self.counter.serve(self.app, &visits.collect::<Vec<_>>())
    }

    /// The 22nd: the sum that must be on the card.
    ///
    /// # Errors
    /// The database's.
    pub fn remind(&self) -> anyhow::Result<u64> {
        let about = (self.month, "demo");
        Ok(remind_deposit(&self.app.db, &self.app.city, about, self.morning(22))?)
    }

    /// The 26th: the banks withhold; the 27th: those again whose card was filled meanwhile.
    ///
    /// # Errors
    /// An operation's.
    pub fn withhold(&self, folder: &Path, progress: Progress<'_>) -> anyhow::Result<Withheld> {
        let mut banks = Banks::new(self.app, self.month, folder)?;
        banks.fill_cards(self.app, |line, dues| Some(sandbox::balance(line, dues)))?;
        let first = banks.withhold(self.app, self.morning(26).date_in_shanghai(), progress)?;
        banks.fill_cards(self.app, |line, dues| {
            line.is_multiple_of(30).then(|| dues.iter().map(|due| due.amount).sum())
        })?;
        let second = banks.withhold(self.app, self.morning(27).date_in_shanghai(), progress)?;
        Ok(Withheld {
            files: first.files + second.files,
            collected: first.collected + second.collected,
            rejected: first.rejected + second.rejected,
        })
    }

    /// WeChat's days against their bills and the counters' against the bank's files, each on
    /// the next morning.
    ///
    /// # Errors
    /// The database's, or a file that is refused.
    pub fn reconcile(&mut self, progress: Progress<'_>) -> anyhow::Result<u64> {
        let at_counters = std::mem::take(&mut self.counter).send_files(self.app)?;
        Ok(self.wechat.reconcile(self.app, self.month, progress)? + at_counters)
    }

    /// WeChat after the month, for the site.
    #[must_use]
    pub fn into_wechat(self) -> WechatMonth {
        self.wechat
    }

    /// The 1st of December: arrears, suspensions, notices.
    ///
    /// # Errors
    /// The gate's or the database's.
    pub fn close(&self, progress: Progress<'_>) -> anyhow::Result<Closed> {
        let now = Timestamp::start_of(self.month.next().first_day()).plus_seconds(9 * 3600);
        let about = (self.month, "demo");
        Ok(close_month(&self.app.db, &self.app.city, about, now, progress)?)
    }

    /// The 1st of December: the next month's bills, so that the site shows a month under way.
    ///
    /// # Errors
    /// The database's.
    pub fn assess_next(&self) -> anyhow::Result<()> {
        let now = Timestamp::start_of(self.month.next().first_day()).plus_seconds(10 * 3600);
        let about = (self.month.next(), "demo");
        assess_month(&self.app.db, &self.app.city, about, now, &mut |_, _| {})?;
        Ok(())
    }

    /// The people whose dues these are, in their order.
    fn people_of(&self, dues: &[Due]) -> anyhow::Result<Vec<Person>> {
        let of_person = dues.chunk_by(|a, b| a.key.person == b.key.person);
        let ids: Vec<_> =
            of_person.filter_map(|dues| dues.first().map(|due| due.key.person)).collect();
        let find = |tx: &mut store::Tx<'_>| -> Result<Vec<Person>, store::Error> {
            ids.iter().filter_map(|id| person::find(tx, *id).transpose()).collect()
        };
        Ok(self.app.db.read(find)?)
    }
}
