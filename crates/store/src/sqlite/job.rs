//! A caller's work, on its way to the thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::{Error, Tx};

/// Whether a job shares its commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// With whoever is waiting.
    Group,
    /// A commit of its own: for bulk.
    Alone,
}

/// What a closure came to: its result, or the panic that ended it.
pub(crate) type Outcome<T, E> = std::thread::Result<Result<T, E>>;

/// What becomes of what a closure wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Undo,
}

/// One caller's closure in the queue.
pub(super) struct Job {
    pub(super) company: Company,
    pub(super) work: Box<dyn Work>,
}

impl Job {
    /// A job that sends its outcome to `reply`.
    pub(super) fn new<T, E, F>(
        company: Company,
        closure: F,
        reply: oneshot::Sender<Outcome<T, E>>,
    ) -> Self
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        Self { company, work: Box::new(Asked { closure, outcome: None, reply }) }
    }
}

/// A closure whose types the thread does not know.
pub(super) trait Work: Send {
    /// Runs the closure, or keeps for its caller why it cannot run. May be called again when what
    /// the closure did was undone.
    fn run(&mut self, tx: Result<&mut Tx<'_>, Error>) -> Verdict;

    /// Answers the caller once the fate of the commit is known.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
}

struct Asked<T, E, F> {
    closure: F,
    outcome: Option<Outcome<T, E>>,
    reply: oneshot::Sender<Outcome<T, E>>,
}

impl<T, E, F> Work for Asked<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: Result<&mut Tx<'_>, Error>) -> Verdict {
        let outcome = match (self.outcome.take(), tx) {
            // A panic may have left the closure in pieces: it is not run again.
            (Some(Err(panic)), _) => Err(panic),
            // What the closure changed is undone after a panic, so nothing half done is seen.
            (_, Ok(tx)) => catch_unwind(AssertUnwindSafe(|| tx.finished(&mut self.closure))),
            (_, Err(error)) => Ok(Err(error.into())),
        };
        let verdict = if matches!(outcome, Ok(Ok(_))) { Verdict::Keep } else { Verdict::Undo };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let Self { closure, outcome, reply } = *self;
        // What the closure holds is free before its caller goes on.
        drop(closure);
        let told = match (outcome, committed) {
            // A refusal may rest on what others of the group wrote, which is now undone.
            (Some(Ok(_)), Err(failure)) => Ok(Err(failure.into())),
            (Some(outcome), _) => outcome,
            (None, _) => Ok(Err(Error::Closed.into())),
        };
        // The caller may have gone away.
        let _ = reply.send(told);
    }
}
