//! Three people of Nanjing in November 2026, and what tests do with them.

use std::sync::Arc;

use insurance::due::Due;
use insurance::entitlement::Cover;
use insurance::ids::{IdSource, MessageId, PersonId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use operations::City;
use operations::assess_month::assess_month;
use operations::close_month::{CloseError, Closed, close_month};
use operations::decide_cover::decide_cover;
use operations::import_file::{ImportKind, Imported, Source, import_file};
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{RecordError, Recorded, record_event};
use operations::verify::{Verified, verify_in};
use policy::Pack;
use store::Db;
use store::tables::{due, person};
use units::{Fen, Timestamp};

pub(crate) const MONTH: &str = "2026-11";

pub(crate) const PEOPLE: &str = "\
identity_number,name,card_number,phone,office,branches,base,from,bank,account_number
320102199001010010,张三,A10000001,13912345678,xuanwu,pension+medical+unemployment,4952,2026-01,ccb,6217001234567890122
320115198512312341,李四,A10000002,,jiangning,pension+medical,6000,2026-01,,
320124197007077071,王五,,,lishui,pension,4952,2026-01,,
";

pub(crate) struct CityOfThree {
    pub(crate) db: Db,
    pub(crate) city: City,
}

impl CityOfThree {
    /// The city with its people.
    pub(crate) fn new(db: &Db) -> Self {
        let pack = Pack::shipped("nanjing").unwrap();
        let city = Self { db: db.clone(), city: City::new(Arc::new(pack), IdSource::new(1)) };
        let imported = city.import(PEOPLE);
        assert_eq!((imported.booked, imported.refused), (3, vec![]));
        city
    }

    /// The city with its dues of November.
    pub(crate) fn assessed(db: &Db) -> Self {
        let city = Self::new(db);
        city.assess();
        city
    }

    pub(crate) fn at(&self, day: &str) -> Timestamp {
        Timestamp::start_of(day.parse().unwrap()).plus_seconds(9 * 3600)
    }

    pub(crate) fn import(&self, csv: &str) -> Imported {
        let now = self.at("2026-10-30");
        let input = std::io::Cursor::new(csv);
        let file = Source { kind: ImportKind::People, input, actor: "test", office: None };
        import_file(&self.db, &self.city, file, now, &mut |_, _| {}).unwrap()
    }

    pub(crate) fn assess(&self) {
        let now = self.at("2026-11-01");
        let about = (MONTH.parse().unwrap(), "test");
        let done = assess_month(&self.db, &self.city, about, now, &mut |_, _| {}).unwrap();
        assert_eq!((done.people, done.dues, done.refused), (3, 6, vec![]));
    }

    /// The people in the order of the file.
    pub(crate) fn person(&self, index: usize) -> PersonId {
        self.db.read(|tx| person::list_first(tx, 3)).unwrap()[index].id
    }

    pub(crate) fn dues(&self, person: PersonId) -> Vec<Due> {
        self.db.read(|tx| due::list(tx, person)).unwrap()
    }

    pub(crate) fn owed(&self, person: PersonId) -> Fen {
        let unpaid = self.db.read(|tx| due::list_unpaid(tx, person)).unwrap();
        unpaid.iter().map(|due| due.amount).sum()
    }

    pub(crate) fn pay(
        &self,
        channel: ChannelKind,
        reference: &str,
        amount: Fen,
        target: Target,
    ) -> Result<Recorded, RecordError> {
        self.pay_on("2026-11-10", (channel, reference), amount, target)
    }

    pub(crate) fn pay_on(
        &self,
        day: &str,
        (channel, reference): (ChannelKind, &str),
        amount: Fen,
        target: Target,
    ) -> Result<Recorded, RecordError> {
        self.record(ChannelEvent::Paid(Paid {
            channel,
            reference: reference.to_owned(),
            amount,
            paid_at: self.at(day),
            accounting_on: day.parse().unwrap(),
            target,
        }))
    }

    pub(crate) fn record(&self, event: ChannelEvent) -> Result<Recorded, RecordError> {
        self.record_on("2026-11-10", event)
    }

    pub(crate) fn record_on(
        &self,
        day: &str,
        event: ChannelEvent,
    ) -> Result<Recorded, RecordError> {
        let (city, now) = (self.city.clone(), self.at(day));
        let message = MessageId::from_i64(1);
        self.db.write(move |tx| record_event(tx, &city, &event, message, now))
    }

    pub(crate) fn reconcile(&self, channel: ChannelKind, stated: &[(&str, Fen)]) {
        let line = |(reference, amount): &(&str, Fen)| Line {
            reference: (*reference).to_owned(),
            amount: *amount,
        };
        let lines = stated.iter().map(line).collect();
        let accounting_on = "2026-11-10".parse().unwrap();
        let statement = Statement { channel, accounting_on, lines };
        reconcile_day(&self.db, &self.city, statement, "test", self.at("2026-11-11")).unwrap();
    }

    pub(crate) fn close(&self, day: &str) -> Result<Closed, CloseError> {
        let about = (MONTH.parse().unwrap(), "test");
        close_month(&self.db, &self.city, about, self.at(day), &mut |_, _| {})
    }

    pub(crate) fn cover(&self, person: PersonId, day: &str) -> Cover {
        let day = day.parse().unwrap();
        self.db.read(|tx| decide_cover(tx, &self.city, person, day)).unwrap()
    }

    /// What `verify` finds after a statement that no part of the program would run; then undone.
    pub(crate) fn verify_damaged(&self, damage: &'static str) -> Verified {
        struct Undone(Verified);
        enum Outcome {
            Found(Undone),
            Store(store::Error),
        }
        impl From<store::Error> for Outcome {
            fn from(error: store::Error) -> Self {
                Self::Store(error)
            }
        }
        let done = self.db.write(move |tx| -> Result<(), Outcome> {
            assert!(tx.execute(damage, &[])? > 0, "nothing was damaged by: {damage}");
            Err(Outcome::Found(Undone(verify_in(tx)?)))
        });
        match done {
            Err(Outcome::Found(Undone(found))) => found,
            Err(Outcome::Store(error)) => panic!("{damage}: {error}"),
            Ok(()) => unreachable!("the closure always ends with Err"),
        }
    }
}
