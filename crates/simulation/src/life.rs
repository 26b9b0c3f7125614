//! A city's life, day by day: who pays what, what channels do with it, what the program makes of
//! it.

use std::collections::BTreeSet;

use insurance::entitlement::Cover;
use insurance::ids::PersonId;
use insurance::payment::{ChannelEvent, ChannelKind, FailureReason, Target};
use insurance::reconciliation::{Difference, Line};
use operations::City;
use operations::reconcile_day::Statement;
use policy::WindowKind;
use store::Url;
use store::tables::suspension::Suspension;
use units::{Date, Fen, Month, Timestamp};

use crate::books::Books;
use crate::desk;
use crate::invariants::breaches;
use crate::network::{Counts, Faults, Network};
use crate::outside::Outside;
use crate::population::form;
use crate::program::{Cut, Failure, Program};
use crate::random::{PerMille, Random};
use crate::resident::{Habit, Resident};

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many people live in the city.
    pub people: u32,
    /// The first month.
    pub first: Month,
    /// The last month; a quiet month follows, in which late messages arrive.
    pub last: Month,
    /// From which every chance follows.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
}

/// What a run saw.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Days lived.
    pub days: u32,
    /// Dues assessed.
    pub dues: u64,
    /// What became of messages.
    pub messages: Counts,
    /// How often money was taken back.
    pub given_back: u64,
    /// How often the program was started anew.
    pub restarts: u64,
    /// Receipts booked.
    pub receipts: usize,
    /// What channels hold for us in the end.
    pub held: Fen,
    /// What of it is in suspense.
    pub suspense: Fen,
    /// Months closed.
    pub closed: usize,
    /// Every breach of an invariant, with its day; none in a sound program.
    pub breaches: Vec<String>,
}

/// How often the program is cut off in a step, and started anew after a day.
const CUT: PerMille = PerMille(50);
const RESTART: PerMille = PerMille(30);
/// How often a bank takes a debit back when it looks at its day, and a counter reverses.
const TAKEN_BACK: PerMille = PerMille(60);
/// The latest day after a debit on which a bank takes it back.
const BANK_RETURN_DAYS_MAX: i32 = 60;
/// How often a statement comes a few days late.
const STATEMENT_LATE: PerMille = PerMille(300);

/// Lives through a plan on a database that is empty.
///
/// # Errors
/// [`Failure`]: an operation refused what it must accept.
pub fn live(plan: Plan, url: &Url, city: City) -> Result<Report, Failure> {
    let start = morning(plan.first.first_day());
    let mut life = Life {
        plan,
        program: Program::start(url, city, start)?,
        residents: Vec::new(),
        outside: Outside::default(),
        network: Network::new(plan.faults),
        random: Random::from_seed(plan.seed),
        statements_due: BTreeSet::new(),
        open_months: BTreeSet::new(),
        report: Report::default(),
    };
    life.settle_in(start)?;
    for day in plan.first.first_day().through(plan.last.next().last_day()) {
        life.day(day)?;
        if !life.report.breaches.is_empty() {
            break;
        }
    }
    life.finish()
}

struct Life {
    plan: Plan,
    program: Program,
    residents: Vec<Resident>,
    outside: Outside,
    network: Network,
    random: Random,
    /// Days of channels whose statement is still to come.
    statements_due: BTreeSet<(Date, ChannelKind)>,
    open_months: BTreeSet<Month>,
    report: Report,
}

impl Life {
    fn settle_in(&mut self, now: Timestamp) -> Result<(), Failure> {
        for number in 0..self.plan.people {
            let habit = *self.random.pick(&Habit::ALL);
            let form = form(number, habit, self.plan.first, &mut self.random);
            let person = self.program.enrol(form.clone(), now)?;
            let (stopped_with, card) = (None, Fen::ZERO);
            self.residents.push(Resident { person, form, stopped_with, habit, card });
        }
        Ok(())
    }

    fn day(&mut self, day: Date) -> Result<(), Failure> {
        let now = morning(day);
        if day.day() == 1 && day.month() <= self.plan.last {
            self.assess(day.month(), now)?;
        }
        if day.month() <= self.plan.last {
            self.people_come_to_the_desk(day)?;
            self.people_pay(day)?;
            self.bank_withholds(day)?;
        }
        self.channels_take_back(day);
        self.messages_arrive(day)?;
        self.statements_arrive(day)?;
        self.close_months(day)?;
        if self.random.happens(RESTART) {
            self.program.restart()?;
        }
        self.check(day)
    }

    fn assess(&mut self, month: Month, now: Timestamp) -> Result<(), Failure> {
        let cut = self.cut();
        self.report.dues += self.program.assess(month, cut, now)?.dues;
        self.open_months.insert(month);
        Ok(())
    }

    /// People join, stop and change; whoever comes back gets this month's bill at once.
    fn people_come_to_the_desk(&mut self, day: Date) -> Result<(), Failure> {
        let now = morning(day);
        let Self { program, residents, random, .. } = self;
        if desk::open(program, residents, (day, now), random)? {
            self.assess(day.month(), now)?;
        }
        Ok(())
    }

    /// WeChat and counter, each in its window.
    fn people_pay(&mut self, day: Date) -> Result<(), Failure> {
        let wechat = self.program.city().is_open(WindowKind::Wechat, day);
        for at in 0..self.residents.len() {
            let (person, habit) = (self.residents[at].person, self.residents[at].habit);
            let (channel, chance) = match habit {
                Habit::Wechat if wechat => (ChannelKind::Wechat, 100),
                Habit::Counter => (ChannelKind::Counter, 60),
                Habit::Twice if day.day() >= 26 => (ChannelKind::Counter, 300),
                Habit::Careless => (ChannelKind::Counter, 6),
                Habit::Strange if wechat => (ChannelKind::Wechat, 40),
                _ => continue,
            };
            if self.random.happens(PerMille(chance)) {
                self.pay(day, (person, habit), channel)?;
            }
        }
        Ok(())
    }

    fn pay(
        &mut self,
        day: Date,
        (person, habit): (PersonId, Habit),
        channel: ChannelKind,
    ) -> Result<(), Failure> {
        let owed: Fen = self.program.unpaid(person)?.iter().map(|due| due.amount).sum();
        let (target, amount) = if habit == Habit::Strange {
            let fen = i64::try_from(1 + self.random.below(300_000)).expect("3,000 yuan fit");
            let targets = [Target::Person(person), Target::Unknown];
            (*self.random.pick(&targets), Fen::new(fen).expect("it is positive"))
        } else {
            (Target::Person(person), owed)
        };
        if !amount.is_zero() {
            let event = self.outside.pay(channel, target, amount, at_noon(day));
            self.network.send(day, event, &mut self.random);
        }
        Ok(())
    }

    /// The bank tries every unpaid due of those who signed, whole or not at all.
    fn bank_withholds(&mut self, day: Date) -> Result<(), Failure> {
        if !self.program.city().is_open(WindowKind::Withholding, day) {
            return Ok(());
        }
        let order = self.program.city().withholding_order(day);
        for at in 0..self.residents.len() {
            if !self.residents[at].habit.has_mandate() {
                continue;
            }
            let mut dues = self.program.unpaid(self.residents[at].person)?;
            dues.retain(|due| !self.outside.holds(&due.key));
            dues.sort_by_key(|due| order.iter().position(|branch| *branch == due.key.branch));
            let resident = &mut self.residents[at];
            if day.day() == 26 {
                resident.fill_card(dues.iter().map(|due| due.amount).sum(), &mut self.random);
            }
            for due in dues {
                let (channel, target) = (ChannelKind::BankBatch, Target::Due(due.key));
                let event = match resident.card.checked_sub(due.amount) {
                    Some(rest) => {
                        resident.card = rest;
                        self.outside.pay(channel, target, due.amount, at_noon(day))
                    }
                    None => ChannelEvent::Failed {
                        channel,
                        target,
                        reason: FailureReason::InsufficientFunds,
                        raw: "AM04".to_owned(),
                    },
                };
                self.network.send(day, event, &mut self.random);
            }
        }
        Ok(())
    }

    /// A bank takes debits back days or weeks later, a counter reverses on the same day.
    fn channels_take_back(&mut self, day: Date) {
        let before =
            |days: i32| day.plus_days(-days).expect("a run begins after the calendar does");
        let long_ago = before(1 + self.random.days_below(BANK_RETURN_DAYS_MAX));
        for (channel, taken_on) in [
            (ChannelKind::BankBatch, before(1)),
            (ChannelKind::BankBatch, long_ago),
            (ChannelKind::Counter, day),
        ] {
            let taken = self.outside.taken_on(channel, taken_on);
            let kept = taken.iter().filter(|movement| movement.returned.is_none());
            let references: Vec<String> =
                kept.map(|movement| movement.paid.reference.clone()).collect();
            for reference in references {
                if self.random.happens(TAKEN_BACK) {
                    self.report.given_back += 1;
                    let event = self.outside.give_back(channel, &reference, day);
                    self.network.send(day, event, &mut self.random);
                }
            }
        }
    }

    fn messages_arrive(&mut self, day: Date) -> Result<(), Failure> {
        let now = evening(day);
        for event in self.network.arrivals(day, &mut self.random) {
            self.program.keep(event, now)?;
        }
        if self.random.happens(RESTART) {
            self.program.restart()?;
        }
        for message in self.program.waiting()? {
            let cut = self.cut();
            self.program.read(message, cut, now)?;
        }
        Ok(())
    }

    /// Statements of yesterday, and of days before whose statement is late. Where they differ, the
    /// channel is asked again and its answer booked; then a clerk settles the difference.
    fn statements_arrive(&mut self, day: Date) -> Result<(), Failure> {
        let now = evening(day);
        let due: Vec<(Date, ChannelKind)> = self.statements_due.iter().copied().collect();
        for (of_day, channel) in due {
            if self.random.happens(STATEMENT_LATE) {
                continue;
            }
            let statement = self.statement(channel, of_day);
            let differences = self.program.reconcile(statement.clone(), now)?;
            for difference in &differences {
                let (Difference::OnlyTheirs(line) | Difference::OnlyOurs(line)) = difference else {
                    continue;
                };
                for event in self.outside.tell_again(channel, &line.reference) {
                    self.program.keep(event, now)?;
                }
            }
            for message in self.program.waiting()? {
                self.program.read(message, Cut::Nowhere, now)?;
            }
            if !differences.is_empty() {
                self.program.settle_differences(now)?;
                self.program.reconcile(statement, now)?;
            }
            self.statements_due.remove(&(of_day, channel));
        }
        let busy = |channel: &ChannelKind| !self.outside.taken_on(*channel, day).is_empty();
        let channels = ChannelKind::ALL.into_iter().filter(busy);
        self.statements_due.extend(channels.map(|channel| (day, channel)));
        Ok(())
    }

    fn statement(&self, channel: ChannelKind, day: Date) -> Statement {
        let same_day = |back: &Option<(Date, String)>| back.as_ref().is_some_and(|b| b.0 == day);
        let taken = self.outside.taken_on(channel, day);
        let lines = taken.into_iter().filter(|movement| !same_day(&movement.returned));
        let line = |movement: &crate::outside::Movement| Line {
            reference: movement.paid.reference.clone(),
            amount: movement.paid.amount,
        };
        Statement { channel, accounting_on: day, lines: lines.map(line).collect() }
    }

    fn close_months(&mut self, day: Date) -> Result<(), Failure> {
        for month in self.open_months.clone() {
            if month < day.month() {
                let cut = self.cut();
                if self.program.close(month, cut, evening(day))? {
                    self.open_months.remove(&month);
                }
            }
        }
        Ok(())
    }

    fn check(&mut self, day: Date) -> Result<(), Failure> {
        let people: Vec<PersonId> = self.residents.iter().map(|one| one.person).collect();
        let books = self.program.books(&people)?;
        let mut found = breaches(&books, &self.program.told);
        if day == day.month().last_day() {
            found.extend(self.program.verify()?);
            found.extend(self.covers_that_disagree(&books, day)?);
        }
        self.report.breaches.extend(found.into_iter().map(|breach| format!("{day}: {breach}")));
        self.report.days += 1;
        self.report.receipts = books.receipts.len();
        self.report.suspense = books.held;
        self.report.closed = books.closed.len();
        Ok(())
    }

    /// What a hospital is answered agrees with the suspensions that are stored. Whoever stopped is
    /// not insured, with arrears and a suspension behind them or without.
    fn covers_that_disagree(&self, books: &Books, day: Date) -> Result<Vec<String>, Failure> {
        let mut breaches = Vec::new();
        for Resident { person, .. } in &self.residents {
            let live = |s: &Suspension| s.person == *person && s.lifted_on.is_none();
            let stored = books.suspensions.iter().any(live);
            let cover = self.program.cover(*person, day)?;
            let agrees = match cover {
                Cover::Suspended { .. } => stored,
                Cover::Covered { .. } | Cover::Waiting { .. } => !stored,
                Cover::NotInsured => true,
            };
            if !agrees {
                let word = if stored { "a" } else { "no" };
                breaches.push(format!("person {person} is {cover:?} with {word} suspension"));
            }
        }
        Ok(breaches)
    }

    fn finish(mut self) -> Result<Report, Failure> {
        self.report.messages = self.network.counts;
        self.report.restarts = self.program.restarts;
        self.report.held = self.outside.held();
        for month in &self.open_months {
            self.report.breaches.push(format!("{month} could never be closed"));
        }
        Ok(self.report)
    }

    fn cut(&mut self) -> Cut {
        if self.random.happens(CUT) { Cut::BeforeCommit } else { Cut::Nowhere }
    }
}

fn morning(day: Date) -> Timestamp {
    Timestamp::start_of(day).plus_seconds(8 * 3600)
}

fn at_noon(day: Date) -> Timestamp {
    Timestamp::start_of(day).plus_seconds(12 * 3600)
}

fn evening(day: Date) -> Timestamp {
    Timestamp::start_of(day).plus_seconds(20 * 3600)
}
