//! The named limits of a database's machinery.

/// How many of everything. The defaults fit a city on two cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// SQLite: callers in one durable commit, at most.
    pub group_max: usize,
    /// SQLite: callers waiting for the writer thread, at most; more wait outside the queue.
    pub queue_max: usize,
    /// SQLite: read connections, at most.
    pub readers_max: usize,
    /// PostgreSQL: connections, at most.
    pub connections_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { group_max: 256, queue_max: 1024, readers_max: 16, connections_max: 16 }
    }
}

/// How long a SQLite connection waits for another process's lock, in milliseconds.
pub(crate) const LOCK_WAIT_MS: u64 = 30_000;

/// Prepared statements kept per connection.
pub(crate) const STATEMENTS_MAX: usize = 256;

/// How often PostgreSQL may ask for a transaction to be run again before its failure is told.
pub(crate) const RUNS_MAX: u32 = 10;
