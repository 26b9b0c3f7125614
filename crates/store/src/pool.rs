//! A bounded number of connections, lent one caller at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Error;

/// How long a caller waits for a connection before it is told that the database is overloaded.
const WAIT_MAX: Duration = Duration::from_secs(30);

pub(crate) struct Pool<C> {
    state: Mutex<State<C>>,
    changed: Condvar,
    open_max: usize,
}

struct State<C> {
    idle: Vec<C>,
    /// Idle and lent together.
    open: usize,
}

/// A connection on loan. Dropped without [`Lent::give_back`], as a panic does, it is closed: only
/// its borrower knows whether it is clean.
pub(crate) struct Lent<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Pool<C> {
    pub(crate) fn new(open_max: usize) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), open: 0 });
        Self { state, changed: Condvar::new(), open_max: open_max.max(1) }
    }

    /// The connection used last, else a new one, else the first that is given back.
    pub(crate) fn lend(
        &self,
        open: impl FnOnce() -> Result<C, Error>,
    ) -> Result<Lent<'_, C>, Error> {
        let full = |state: &mut State<C>| state.idle.is_empty() && state.open >= self.open_max;
        let (mut state, waited) = self
            .changed
            .wait_timeout_while(self.lock(), WAIT_MAX, full)
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = state.idle.pop() {
            return Ok(Lent { pool: self, connection: Some(connection) });
        }
        if waited.timed_out() {
            return Err(Error::Unusable(format!(
                "all {} connections were busy for {} seconds",
                self.open_max,
                WAIT_MAX.as_secs()
            )));
        }
        state.open += 1;
        drop(state);
        let mut lent = Lent { pool: self, connection: None };
        lent.connection = Some(open()?);
        Ok(lent)
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        // A panic while the lock is held cannot leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Lent<'_, C> {
    pub(crate) fn get(&mut self) -> &mut C {
        self.connection.as_mut().expect("a loan holds its connection until it is given back")
    }

    /// Gives back a connection that is in no transaction.
    pub(crate) fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            let mut state = self.pool.lock();
            state.idle.push(connection);
            // Keeps the count when the empty loan is dropped.
            state.open += 1;
        }
    }
}

impl<C> Drop for Lent<'_, C> {
    fn drop(&mut self) {
        // A connection that was not given back is closed before its place is.
        drop(self.connection.take());
        self.pool.lock().open -= 1;
        self.pool.changed.notify_one();
    }
}
