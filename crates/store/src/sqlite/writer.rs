//! The one thread that writes.
//!
//! A commit costs a sync of the disk, about a millisecond, whatever it holds. So the thread takes
//! every caller that is waiting, runs each in its own savepoint, syncs once, and only then answers
//! them all. It never waits for company: a lone caller is committed at once, and the others gather
//! during its sync.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::run;
use crate::{Error, Fault, Settings, Tx};

pub(crate) struct Writer {
    /// `None` only while dropping.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// Whether a job shares its commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// With whoever is waiting.
    Group,
    /// A commit of its own, and no savepoint: for bulk.
    Alone,
}

/// What a closure came to: its result, or the panic that ended it.
pub(crate) type Outcome<T, E> = std::thread::Result<Result<T, E>>;

/// How often the thread lets others run before it starts a group.
const YIELDS_MAX: u32 = 64;

struct Job {
    company: Company,
    run: Run,
}

/// Runs the closure, or tells its caller why it cannot run.
type Run = Box<dyn FnOnce(Result<&mut Tx<'_>, Error>) -> Ran + Send>;

/// Answers the caller once the fate of the commit is known.
type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

struct Ran {
    verdict: Verdict,
    answer: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Undo,
}

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
        if queue.send(job(company, closure, reply)).await.is_err() {
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

fn job<T, E, F>(company: Company, mut closure: F, reply: oneshot::Sender<Outcome<T, E>>) -> Job
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
{
    let run = move |tx: Result<&mut Tx<'_>, Error>| {
        let outcome = match tx {
            // What the closure changed is undone after a panic, so nothing half done is seen.
            Ok(tx) => catch_unwind(AssertUnwindSafe(|| tx.finished(&mut closure))),
            Err(error) => Ok(Err(error.into())),
        };
        let verdict = if matches!(outcome, Ok(Ok(_))) { Verdict::Keep } else { Verdict::Undo };
        let answer = move |committed: Result<(), Error>| {
            let told = match (outcome, committed) {
                // A refusal may rest on what others of the group wrote, which is now undone.
                (Ok(_), Err(failure)) => Ok(Err(failure.into())),
                (outcome, _) => outcome,
            };
            // The caller may have gone away.
            let _ = reply.send(told);
        };
        Ran { verdict, answer: Box::new(answer) }
    };
    Job { company, run: Box::new(run) }
}

fn serve(connection: &Connection, mut queue: mpsc::Receiver<Job>, group_max: usize) {
    let mut next: Option<Job> = None;
    while let Some(first) = next.take().or_else(|| queue.blocking_recv()) {
        let shares = first.company == Company::Group;
        if shares {
            let_others_queue(&queue);
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
            commit(connection, &mut group);
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

/// Runs jobs in one transaction and answers those that it ran: all of them, unless the engine
/// undid the transaction half-way, as it does on a full disk.
fn commit(connection: &Connection, group: &mut VecDeque<Job>) {
    if let Err(error) = run(connection, "BEGIN IMMEDIATE") {
        let failure = Error::Unreachable(Fault::from(error));
        for job in group.drain(..) {
            ((job.run)(Err(failure.clone())).answer)(Ok(()));
        }
        return;
    }
    let mut answers = Vec::with_capacity(group.len());
    while let Some(job) = group.pop_front() {
        answers.push(run_one(connection, job));
        if connection.is_autocommit() {
            break;
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
    for answer in answers {
        answer(committed.clone());
    }
}

fn run_one(connection: &Connection, job: Job) -> Answer {
    let alone = job.company == Company::Alone;
    if !alone && let Err(error) = run(connection, "SAVEPOINT caller") {
        return (job.run)(Err(Error::Unreachable(Fault::from(error)))).answer;
    }
    let ran = (job.run)(Ok(&mut Tx::on_sqlite(connection)));
    match (ran.verdict, connection.is_autocommit(), alone) {
        // The engine has undone everything, or the whole transaction is this job's.
        (_, true, _) | (Verdict::Keep, _, true) => {}
        (Verdict::Undo, _, true) => {
            undo(connection, "ROLLBACK");
            undo(connection, "BEGIN IMMEDIATE");
        }
        (Verdict::Keep, _, false) => undo(connection, "RELEASE caller"),
        (Verdict::Undo, _, false) => {
            undo(connection, "ROLLBACK TO caller");
            undo(connection, "RELEASE caller");
        }
    }
    ran.answer
}

/// A step of undoing. Where it fails the engine has undone more than was asked, which `commit`
/// sees, or the commit itself fails; so there is nothing to do here.
fn undo(connection: &Connection, sql: &str) {
    let _ = run(connection, sql);
}
