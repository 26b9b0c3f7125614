//! Three people of Nanjing in 2025, and what tests do with them.

use std::sync::Arc;

use insurance::due::Due;
use insurance::entitlement::Cover;
use insurance::ids::{IdSource, MessageId, PersonId};
use insurance::payment::{ChannelEvent, ChannelKind, Paid, Target};
use insurance::reconciliation::Line;
use operations::City;
use operations::assess_month::{Assessed, assess_month};
use operations::close_month::{Closed, close_month};
use operations::decide_cover::decide_cover;
use operations::import_file::{ImportKind, Source, import_file};
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{Recorded, record_event};
use operations::remind_deposit::remind_deposit;
use operations::verify::verify;
use policy::pack::PackFile;
use policy::{Pack, shipped};
use store::Db;
use store::tables::{due, person, task};
use units::{Fen, Timestamp};

const HEAD: &str = "identity_number,name,office,branches,base,from,bank,account_number\n";
const PEOPLE: &str = "\
320102199001010010,张三,xuanwu,pension+medical+unemployment,4879,2025-07,ccb,6217001234567890122
320115198512312341,李四,jiangning,pension+medical,6000,2025-07,,
";
const THIRD: &str = "320124197007077071,王五,lishui,pension,4879,";

pub(crate) struct Year {
    pub(crate) db: Db,
    pub(crate) city: City,
}

pub(crate) fn yuan(text: &str) -> Fen {
    text.parse().unwrap()
}

impl Year {
    /// Nanjing with a rule for values published late.
    pub(crate) fn under(db: &Db, rule: &str) -> Self {
        let collect = "value = \"collect_difference\"";
        Self::of(db, |text| text.replace(collect, &format!("value = \"{rule}\"")))
    }

    /// A Nanjing whose notice of September lowers the floor.
    pub(crate) fn with_lower_floor(db: &Db) -> Self {
        Self::of(db, |text| {
            let notice = text.find("published = 2025-09-18").unwrap_or(text.len());
            let (before, after) = text.split_at(notice);
            format!("{before}{}", after.replacen("[4952, 6000,", "[4800, 4879, 6000,", 1))
        })
    }

    fn of(db: &Db, edit: impl Fn(&str) -> String) -> Self {
        let mut files: Vec<PackFile> = shipped::files("nanjing").unwrap();
        files.retain(|(path, _)| path.ends_with(".toml") && !path.starts_with("cases/"));
        for (_, text) in &mut files {
            *text = edit(text);
        }
        let pack = Pack::read("nanjing", &files).unwrap();
        let year = Self { db: db.clone(), city: City::new(Arc::new(pack), IdSource::new(1)) };
        year.import(&format!("{HEAD}{PEOPLE}"), "2025-06-20");
        year
    }

    fn import(&self, csv: &str, day: &str) {
        let input = std::io::Cursor::new(csv);
        let file = Source { kind: ImportKind::People, input, actor: "test", office: None };
        let imported = import_file(&self.db, &self.city, file, at(day), &mut |_, _| {}).unwrap();
        assert_eq!(imported.refused, vec![]);
    }

    pub(crate) fn join_third(&self, from: &str, day: &str) {
        self.import(&format!("{HEAD}{THIRD}{from},,\n"), day);
    }

    pub(crate) fn assess(&self, month: &str, day: &str) -> Assessed {
        let about = (month.parse().unwrap(), "test");
        assess_month(&self.db, &self.city, about, at(day), &mut |_, _| {}).unwrap()
    }

    pub(crate) fn person(&self, index: usize) -> PersonId {
        self.db.read(|tx| person::list_first(tx, 3)).unwrap()[index].id
    }

    pub(crate) fn dues(&self, person: PersonId) -> Vec<Due> {
        self.db.read(|tx| due::list(tx, person)).unwrap()
    }

    pub(crate) fn parts(&self, person: PersonId, month: &str) -> Vec<Due> {
        let month = month.parse().unwrap();
        self.dues(person).into_iter().filter(|due| due.key.month == month).collect()
    }

    pub(crate) fn open_differences(&self, person: PersonId) -> Vec<Due> {
        let dues = self.dues(person).into_iter();
        dues.filter(|due| due.key.is_difference() && due.state.is_unpaid()).collect()
    }

    /// Everybody pays everything; the day's statement balances. Answers what the first paid.
    pub(crate) fn pay_all(&self, day: &str, reference: &str) -> Fen {
        let of_person = |person| self.db.read(|tx| due::list_unpaid(tx, person)).unwrap();
        self.pay(day, reference, |person| of_person(person).iter().map(|due| due.amount).sum())
    }

    /// Everybody pays the regular dues of a month.
    pub(crate) fn pay_month(&self, month: &str, day: &str, reference: &str) {
        for index in 0..2 {
            let person = self.person(index);
            for due in self.parts(person, month) {
                let reference = format!("{reference}-{index}-{}", due.key.branch.code());
                self.record(day, paid(day, &reference, due.amount, Target::Due(due.key)));
            }
        }
        let stated: Vec<_> = (0..2).flat_map(|i| self.parts(self.person(i), month)).collect();
        let line = |due: &Due| {
            let index = usize::from(due.key.person != self.person(0));
            let reference = format!("{reference}-{index}-{}", due.key.branch.code());
            Line { reference, amount: due.amount }
        };
        self.reconcile(day, stated.iter().map(line).collect());
    }

    fn pay(&self, day: &str, reference: &str, owed: impl Fn(PersonId) -> Fen) -> Fen {
        let mut lines = Vec::new();
        for index in 0..2 {
            let person = self.person(index);
            let (amount, reference) = (owed(person), format!("{reference}-{index}"));
            let recorded = self.record(day, paid(day, &reference, amount, Target::Person(person)));
            assert!(matches!(recorded, Recorded::Booked { left: Fen::ZERO, .. }), "{recorded:?}");
            lines.push(Line { reference, amount });
        }
        let first = lines[0].amount;
        self.reconcile(day, lines);
        first
    }

    pub(crate) fn take_back(&self, reference: &str, amount: Fen, day: &str) {
        let reference = format!("{reference}-0");
        let event = ChannelEvent::Returned {
            channel: ChannelKind::Counter,
            return_reference: format!("R{reference}"),
            reference,
            amount,
            accounting_on: day.parse().unwrap(),
            raw: String::new(),
        };
        assert_eq!(self.record(day, event), Recorded::Noted);
    }

    fn record(&self, day: &str, event: ChannelEvent) -> Recorded {
        let (city, now, message) = (self.city.clone(), at(day), MessageId::from_i64(1));
        self.db.write(move |tx| record_event(tx, &city, &event, message, now)).unwrap()
    }

    fn reconcile(&self, day: &str, lines: Vec<Line>) {
        let accounting_on = day.parse().unwrap();
        let statement = Statement { channel: ChannelKind::Counter, accounting_on, lines };
        reconcile_day(&self.db, &self.city, statement, "test", at(day)).unwrap();
    }

    pub(crate) fn close(&self, month: &str, day: &str) -> Closed {
        let month: units::Month = month.parse().unwrap();
        let day = at(day).date_in_shanghai().max(month.next().first_day());
        let about = (month, "test");
        close_month(&self.db, &self.city, about, Timestamp::start_of(day), &mut |_, _| {}).unwrap()
    }

    pub(crate) fn remind(&self, month: &str, day: &str) {
        remind_deposit(&self.db, &self.city, (month.parse().unwrap(), "test"), at(day)).unwrap();
    }

    pub(crate) fn cover(&self, person: PersonId, day: &str) -> Cover {
        let day = day.parse().unwrap();
        self.db.read(|tx| decide_cover(tx, &self.city, person, day)).unwrap()
    }

    pub(crate) fn open_tasks(&self) -> i64 {
        self.db.read(task::count_open).unwrap()
    }

    pub(crate) fn assert_clean(&self) {
        let verified = verify(&self.db).unwrap();
        assert!(verified.is_clean(), "{verified:?}");
    }
}

fn at(day: &str) -> Timestamp {
    Timestamp::start_of(day.parse().unwrap()).plus_seconds(9 * 3600)
}

fn paid(day: &str, reference: &str, amount: Fen, target: Target) -> ChannelEvent {
    ChannelEvent::Paid(Paid {
        channel: ChannelKind::Counter,
        reference: reference.to_owned(),
        amount,
        paid_at: at(day),
        accounting_on: day.parse().unwrap(),
        target,
    })
}
