//! The one thread that writes.
//!
//! A commit costs a sync of the disk, about a millisecond, whatever it holds. So the thread takes
//! every caller that is waiting, runs them one after the other in one transaction, syncs once, and
//! only then answers them all. It never waits for company: a lone caller is committed at once, and
//! the others gather during its sync.
//!
//! A caller that fails must undo its own writes and nobody else's. A savepoint for each would do
//! that, but it keeps a copy of every page that the caller is the first to touch. So a group runs
//! without them, and only when a caller fails after it has written is the whole group undone and
//! run again, each in a savepoint.

use std::collections::VecDeque;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Cache, cache};
use super::job::{Company, Job, Outcome, Verdict};
use super::run;
use super::statement::{Held, Statements as _};
use crate::{Error, Fault, Settings, Tx};

pub(crate) struct Writer {
    /// `None` only while dropping.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// What keeps callers that share a transaction from undoing each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apart {
    /// There is one caller: the transaction is its own.
    Alone,
    /// Nothing: when one must be undone, all are.
    Together,
    /// Each has a savepoint.
    Savepoints,
}

/// How often the thread lets others run before it starts a group.
const YIELDS_MAX: u32 = 64;

/// How many groups get savepoints at once after one had to run again: failures come in company.
const SAVEPOINT_GROUPS: u32 = 16;

impl Writer {
    pub(super) fn start(connection: Connection, settings: Settings) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel(settings.queue_max.max(1));
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(&connection, jobs, settings.group_max.max(1)))
            .map_err(|error| Error::Unreachable(Fault::from(error)))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues a closure and waits for its commit. Dropping the future does not undo it.
    ///
    /// # Panics
    /// When called from inside another write: it would wait for itself.
    pub(crate) async fn write<T, E, F>(&self, company: Company, closure: F) -> Outcome<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let writer = self.thread.as_ref().map(|thread| thread.thread().id());
        assert!(writer != Some(std::thread::current().id()), "a write must not hold another write");
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().expect("the queue is open until the writer is dropped");
        if queue.send(Job::new(company, closure, reply)).await.is_err() {
            return Ok(Err(Error::Closed.into()));
        }
        answer.await.unwrap_or_else(|_| Ok(Err(Error::Closed.into())))
    }
}

/// Lets the thread finish what is queued.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            // The last handle may be dropped by a closure, on the thread itself.
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, mut queue: mpsc::Receiver<Job>, group_max: usize) {
    let statements = Held::new(connection);
    let mut next: Option<Job> = None;
    let mut savepoint_groups: u32 = 0;
    let mut held = Cache::Small;
    while let Some(first) = next.take().or_else(|| queue.blocking_recv()) {
        let shares = first.company == Company::Group;
        if shares {
            let_others_queue(&queue);
        }
        let wanted = if shares { Cache::Small } else { Cache::Large };
        // Where it can't be set, work goes on with the other one.
        if wanted != held && cache(connection, wanted).is_ok() {
            held = wanted;
        }
        let mut group = VecDeque::from([first]);
        while shares && group.len() < group_max {
            match queue.try_recv() {
                Ok(job) if job.company == Company::Group => group.push_back(job),
                Ok(alone) => {
                    next = Some(alone);
                    break;
                }
                Err(_) => break,
            }
        }
        while !group.is_empty() {
            let apart = match (group.len(), savepoint_groups) {
                (1, _) => Apart::Alone,
                (_, 0) => Apart::Together,
                (_, _) => Apart::Savepoints,
            };
            savepoint_groups = match commit(&statements, &mut group, apart) {
                Ran::Answered => savepoint_groups.saturating_sub(1),
                Ran::MustRunApart => SAVEPOINT_GROUPS,
            };
        }
    }
}

/// The callers of the last group were woken together and are about to ask again. Without this the
/// first of them would get a sync to itself, and the others the next one. A lone caller loses
/// microseconds.
fn let_others_queue(queue: &mpsc::Receiver<Job>) {
    let mut waiting = queue.len();
    for _ in 0..YIELDS_MAX {
        std::thread::yield_now();
        let now_waiting = queue.len();
        if now_waiting == waiting {
            return;
        }
        waiting = now_waiting;
    }
}

/// How a group's transaction went.
enum Ran {
    /// Those that ran are answered and gone from the group.
    Answered,
    /// Nobody is answered: everything was undone, and the group is whole again.
    MustRunApart,
}

/// Runs jobs in one transaction and answers those that it ran: all of them, unless the engine
/// undid the transaction half-way, as it does on a full disk.
fn commit(statements: &Held<'_>, group: &mut VecDeque<Job>, apart: Apart) -> Ran {
    let connection = statements.connection();
    if let Err(error) = run(connection, "BEGIN IMMEDIATE") {
        let failure = Error::Unreachable(Fault::from(error));
        for mut job in group.drain(..) {
            job.work.run(Err(failure.clone()));
            job.work.answer(Ok(()));
        }
        return Ran::Answered;
    }
    let mut done = Vec::with_capacity(group.len());
    while let Some(mut job) = group.pop_front() {
        let others = run_one(statements, &mut job, apart);
        done.push(job);
        match others {
            Others::GoOn => {}
            Others::AreUndone => break,
            Others::MustBeUndone => {
                undo(connection, "ROLLBACK");
                done.into_iter().rev().for_each(|job| group.push_front(job));
                return Ran::MustRunApart;
            }
        }
    }
    let committed = if connection.is_autocommit() {
        Err(Error::CommitFailed(Fault::new("undone", "the engine undid the whole transaction")))
    } else {
        run(connection, "COMMIT").map_err(|error| Error::CommitFailed(Fault::from(error)))
    };
    if committed.is_err() && !connection.is_autocommit() {
        undo(connection, "ROLLBACK");
    }
    for job in done {
        job.work.answer(committed.clone());
    }
    Ran::Answered
}

/// What a job means for the others of its group.
enum Others {
    GoOn,
    /// The engine has undone the transaction.
    AreUndone,
    /// What the job wrote can't be undone without them.
    MustBeUndone,
}

fn run_one(statements: &Held<'_>, job: &mut Job, apart: Apart) -> Others {
    let connection = statements.connection();
    if apart == Apart::Savepoints
        && let Err(error) = run(connection, "SAVEPOINT caller")
    {
        job.work.run(Err(Error::Unreachable(Fault::from(error))));
        return Others::GoOn;
    }
    let written_before = connection.total_changes();
    let verdict = job.work.run(Ok(&mut Tx::on_sqlite(statements)));
    if connection.is_autocommit() {
        return Others::AreUndone;
    }
    match (verdict, apart) {
        (Verdict::Keep, Apart::Alone | Apart::Together) => {}
        (Verdict::Keep, Apart::Savepoints) => undo(connection, "RELEASE caller"),
        (Verdict::Undo, Apart::Alone) => {
            undo(connection, "ROLLBACK");
            undo(connection, "BEGIN IMMEDIATE");
        }
        (Verdict::Undo, Apart::Together) => {
            if connection.total_changes() != written_before {
                return Others::MustBeUndone;
            }
        }
        (Verdict::Undo, Apart::Savepoints) => {
            undo(connection, "ROLLBACK TO caller");
            undo(connection, "RELEASE caller");
        }
    }
    Others::GoOn
}

/// A step of undoing. Where it fails the engine has undone more than was asked, which `commit`
/// sees, or the commit itself fails; so there is nothing to do here.
fn undo(connection: &Connection, sql: &str) {
    let _ = run(connection, sql);
}
