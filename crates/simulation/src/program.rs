//! The program under trial: the real operations on a real database, stopped and started anew
//! between steps, and cut off inside them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use insurance::cause::Cause;
use insurance::due::Due;
use insurance::entitlement::Cover;
use insurance::ids::{MessageId, PersonId, RunId};
use insurance::ledger::hex;
use insurance::payment::{ChannelEvent, ChannelKind};
use insurance::reconciliation::Difference;
use operations::City;
use operations::assess_month::{AssessError, Assessed, assess_month};
use operations::change_enrolment::{ChangeRefusal, Choice, change_enrolment};
use operations::close_month::{CloseError, close_month};
use operations::decide_cover::{CoverError, decide_cover};
use operations::enrol::{EnrolRefusal, EnrolmentForm, enrol};
use operations::reconcile_day::{Statement, reconcile_day};
use operations::record_event::{RecordError, Recorded, record_event};
use operations::stop_enrolment::{StopRefusal, stop_enrolment};
use operations::verify::verify;
use store::tables::inbound_message::{self, InboundMessage, MessageState};
use store::tables::{difference, due};
use store::{Db, Url};
use units::{Date, Month, Timestamp};

use crate::books::Books;
use crate::invariants::Told;

/// How many waiting messages are read at a time.
const MESSAGES_MAX: i64 = 100_000;
const ACTOR: &str = "simulation";

/// Why a run can't go on: something that no fault explains.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each is the operation's own error")]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Enrol(#[from] EnrolRefusal),
    #[error(transparent)]
    Stop(#[from] StopRefusal),
    #[error(transparent)]
    Change(#[from] ChangeRefusal),
    #[error(transparent)]
    Assess(#[from] AssessError),
    #[error(transparent)]
    Close(#[from] CloseError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Cover(#[from] CoverError),
}

/// Where a step is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nowhere.
    Nowhere,
    /// When all is done but nothing is committed, as when the power fails.
    BeforeCommit,
}

/// Why a transaction ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("cut off before the commit")]
    Cut,
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The program and what it was told.
#[derive(Debug)]
pub struct Program {
    url: Url,
    db: Db,
    city: City,
    /// What the bytes of each kept message mean: the channels' readers have tests of their own.
    meanings: BTreeMap<MessageId, ChannelEvent>,
    /// What it was told of money.
    pub told: Told,
    /// How often it was started anew.
    pub restarts: u64,
}

impl Program {
    /// Starts the program on an empty database.
    ///
    /// # Errors
    /// The database's.
    pub fn start(url: &Url, city: City, now: Timestamp) -> Result<Self, Failure> {
        let db = Db::migrate(url, now)?;
        let (meanings, told) = (BTreeMap::new(), Told::default());
        Ok(Self { url: url.clone(), db, city, meanings, told, restarts: 0 })
    }

    /// Stops the program and starts it anew on the same database: only what is stored is left.
    ///
    /// # Errors
    /// The database's.
    pub fn restart(&mut self) -> Result<(), Failure> {
        self.restarts += 1;
        self.db = Db::open(&self.url)?;
        Ok(())
    }

    /// The law that it applies.
    #[must_use]
    pub fn city(&self) -> &City {
        &self.city
    }

    /// Somebody joins.
    ///
    /// # Errors
    /// The operation's.
    pub fn enrol(&mut self, form: EnrolmentForm, now: Timestamp) -> Result<PersonId, Failure> {
        let city = self.city.clone();
        let cause = Cause::Run(RunId::from_i64(1));
        Ok(self.db.write(move |tx| enrol(tx, &city, &form, cause, now))?)
    }

    /// Somebody stops; the answer is the last insured month.
    ///
    /// # Errors
    /// The operation's.
    pub fn stop(&mut self, person: PersonId, now: Timestamp) -> Result<Month, Failure> {
        let (city, cause) = (self.city.clone(), Cause::Run(RunId::from_i64(1)));
        let stop = move |tx: &mut store::Tx<'_>| stop_enrolment(tx, &city, person, cause, now);
        Ok(self.db.write(stop)?.until)
    }

    /// Somebody chooses another base or other insurances.
    ///
    /// # Errors
    /// The operation's.
    pub fn change(
        &mut self,
        person: PersonId,
        choice: Choice,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (city, cause) = (self.city.clone(), Cause::Run(RunId::from_i64(1)));
        self.db.write(move |tx| change_enrolment(tx, &city, (person, choice), cause, now))?;
        Ok(())
    }

    /// A message comes in: it is kept and nothing else happens.
    ///
    /// # Errors
    /// The database's.
    pub fn keep(&mut self, event: ChannelEvent, now: Timestamp) -> Result<(), Failure> {
        let channel = channel_of(&event);
        let message = InboundMessage {
            id: self.city.fresh(now),
            channel,
            kind: "event".to_owned(),
            received_at: now,
            digest: hex(&[0; 32]),
            headers: String::new(),
            body: Vec::new(),
        };
        self.meanings.insert(message.id, event);
        Ok(self.db.write(move |tx| inbound_message::insert(tx, &message, MessageState::Waiting))?)
    }

    /// The numbers of the messages that wait to be read, in the order of their coming.
    ///
    /// # Errors
    /// The database's.
    pub fn waiting(&self) -> Result<Vec<MessageId>, Failure> {
        let mut waiting = Vec::new();
        for channel in ChannelKind::ALL {
            let list =
                |tx: &mut store::Tx<'_>| inbound_message::list_waiting(tx, channel, MESSAGES_MAX);
            let messages = self.db.read::<_, store::Error>(list)?;
            waiting.extend(messages.into_iter().map(|message| message.id));
        }
        Ok(waiting)
    }

    /// Reads a waiting message and books what it says. A return whose money is not booked yet
    /// goes on waiting.
    ///
    /// # Errors
    /// Everything else that the operation refuses.
    pub fn read(&mut self, id: MessageId, cut: Cut, now: Timestamp) -> Result<(), Failure> {
        let event = self.meanings.get(&id).expect("every kept message has a meaning").clone();
        match self.record(id, &event, cut, now) {
            Ok(recorded) => self.note(&event, &recorded),
            Err(End::Cut) => {
                self.restart()?;
                return self.read(id, Cut::Nowhere, now);
            }
            Err(End::Record(RecordError::ReturnMustFollowItsReceipt { .. })) => {}
            Err(End::Record(refusal)) => return Err(refusal.into()),
            Err(End::Store(error)) => return Err(error.into()),
        }
        Ok(())
    }

    fn record(
        &self,
        id: MessageId,
        event: &ChannelEvent,
        cut: Cut,
        now: Timestamp,
    ) -> Result<Recorded, End> {
        let (city, event) = (self.city.clone(), event.clone());
        self.db.write(move |tx| {
            let recorded = record_event(tx, &city, &event, id, now)?;
            inbound_message::set_state(tx, id, MessageState::Handled, (now, "booked"))?;
            if cut == Cut::BeforeCommit { Err(End::Cut) } else { Ok(recorded) }
        })
    }

    fn note(&mut self, event: &ChannelEvent, recorded: &Recorded) {
        match (event, recorded) {
            (ChannelEvent::Paid(paid), Recorded::Booked { .. }) => {
                let key = (paid.channel, paid.reference.clone());
                self.told.received.insert(key, paid.amount);
            }
            (ChannelEvent::Returned { channel, reference, .. }, Recorded::Noted) => {
                self.told.taken_back.insert((*channel, reference.clone()));
            }
            _ => {}
        }
    }

    /// Assesses a month, cut off between the first chunk and the end when asked to.
    ///
    /// # Errors
    /// The operation's.
    pub fn assess(&mut self, month: Month, cut: Cut, now: Timestamp) -> Result<Assessed, Failure> {
        let run = |progress: &mut dyn FnMut(u64, u64)| {
            assess_month(&self.db, &self.city, (month, ACTOR), now, progress)
        };
        match cut_off(cut, run) {
            Some(result) => Ok(result?),
            None => {
                self.restart()?;
                self.assess(month, Cut::Nowhere, now)
            }
        }
    }

    /// Closes a month; `None` while the gate is shut.
    ///
    /// # Errors
    /// Everything else that the operation refuses.
    pub fn close(&mut self, month: Month, cut: Cut, now: Timestamp) -> Result<bool, Failure> {
        let run = |progress: &mut dyn FnMut(u64, u64)| {
            close_month(&self.db, &self.city, (month, ACTOR), now, progress)
        };
        match cut_off(cut, run) {
            Some(Ok(_)) => Ok(true),
            Some(Err(CloseError::BooksMustBeClosed { .. })) => Ok(false),
            Some(Err(error)) => Err(error.into()),
            None => {
                self.restart()?;
                self.close(month, Cut::Nowhere, now)
            }
        }
    }

    /// Compares a channel's day with its statement; the answer is what differs.
    ///
    /// # Errors
    /// The database's.
    pub fn reconcile(
        &mut self,
        statement: Statement,
        now: Timestamp,
    ) -> Result<Vec<Difference>, Failure> {
        let reconciled = reconcile_day(&self.db, &self.city, statement, ACTOR, now)?;
        Ok(reconciled.comparison.differences)
    }

    /// A clerk settles every difference that stands open, having booked what was missing.
    ///
    /// # Errors
    /// The database's.
    pub fn settle_differences(&mut self, now: Timestamp) -> Result<(), Failure> {
        Ok(self.db.write(move |tx| {
            for open in difference::list_open(tx, MESSAGES_MAX)? {
                difference::set_settled(tx, open.id, now, (ACTOR, "booked from the statement"))?;
            }
            Ok::<_, store::Error>(())
        })?)
    }

    /// What somebody owes.
    ///
    /// # Errors
    /// The database's.
    pub fn unpaid(&self, person: PersonId) -> Result<Vec<Due>, Failure> {
        Ok(self.db.read(|tx| due::list_unpaid(tx, person))?)
    }

    /// What a hospital is answered that asks about somebody and a day.
    ///
    /// # Errors
    /// The operation's.
    pub fn cover(&self, person: PersonId, day: Date) -> Result<Cover, Failure> {
        Ok(self.db.read(|tx| decide_cover(tx, &self.city, person, day))?)
    }

    /// What the program's own proof finds.
    ///
    /// # Errors
    /// The database's.
    pub fn verify(&self) -> Result<Vec<String>, Failure> {
        let found = verify(&self.db)?.findings;
        Ok(found.into_iter().map(|f| format!("{}: {}", f.rule, f.detail)).collect())
    }

    /// All that is stored about money.
    ///
    /// # Errors
    /// The database's.
    pub fn books(&self, people: &[PersonId]) -> Result<Books, Failure> {
        Ok(self.db.read(|tx| Books::read(tx, people))?)
    }
}

fn channel_of(event: &ChannelEvent) -> ChannelKind {
    match event {
        ChannelEvent::Paid(paid) => paid.channel,
        ChannelEvent::Failed { channel, .. } | ChannelEvent::Returned { channel, .. } => *channel,
    }
}

/// What unwinds through an operation that is cut off.
struct PowerCut;

/// Runs a long operation; `None` when it was cut off at its first report of progress. The cut
/// unwinds through the operation as a crash would end it: no code of its own runs any more.
fn cut_off<T>(cut: Cut, run: impl FnOnce(&mut dyn FnMut(u64, u64)) -> T) -> Option<T> {
    let mut progress = |_, _| {
        if cut == Cut::BeforeCommit {
            resume_unwind(Box::new(PowerCut));
        }
    };
    match catch_unwind(AssertUnwindSafe(|| run(&mut progress))) {
        Ok(result) => Some(result),
        Err(panic) if panic.is::<PowerCut>() => None,
        Err(panic) => resume_unwind(panic),
    }
}
