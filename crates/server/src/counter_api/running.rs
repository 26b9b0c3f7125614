//! What is being done at this moment: a second call of the same name waits for nothing, it is told
//! that the first is still running.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

/// The names of calls that are running in this program. Calls that run in another program of the
/// same city wait for each other in the database.
#[derive(Clone, Debug, Default)]
pub(super) struct Running(Arc<Mutex<HashSet<Name>>>);

/// A bank and its `Idempotency-Key`.
type Name = (String, String);

/// A call that is running, until the last holder drops it.
#[derive(Debug)]
pub(super) struct Run {
    name: Name,
    running: Running,
}

impl Running {
    /// Starts a call, or `None` when one of the same name is running.
    pub(super) fn start(&self, bank: &str, key: &str) -> Option<Run> {
        let name = (bank.to_owned(), key.to_owned());
        let fresh = self.0.lock().expect("no holder of the lock panics").insert(name.clone());
        fresh.then(|| Run { name, running: self.clone() })
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.running.0.lock().expect("no holder of the lock panics").remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_runs_once_at_a_time() {
        let running = Running::default();
        let first = running.start("ccb", "k").unwrap();
        assert!(running.start("ccb", "k").is_none());
        assert!(running.start("icbc", "k").is_some());
        drop(first);
        assert!(running.start("ccb", "k").is_some());
    }
}
