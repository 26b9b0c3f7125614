//! Opening the file.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::settings::{LOCK_WAIT_MS, STATEMENTS_MAX};
use crate::{Error, Fault};

/// What to do when there is no file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Refuse,
    Create,
}

/// `synchronous=FULL` syncs the log at every commit: a commit that was answered survives a power
/// cut. The log is written back to the file every 64 MiB, so that a page changed by many commits
/// is written back once, and is cut to that size after a bulk load. What a savepoint needs to undo
/// itself stays in memory: with `temp_store` left alone every caller's pages went to a file first.
///
/// The cache is large for bulk and small for groups ([`cache`]).
const WRITING: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 16384;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON;";

/// The file is not mapped into memory: every reader would map it again, and a sixth more rows by
/// key are not worth memory that grows with the file.
const READING: &str = "
    PRAGMA query_only = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8192;";

pub(super) fn open_writing(path: &Path, missing: Missing) -> Result<Connection, Error> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match missing {
        Missing::Create => flags |= OpenFlags::SQLITE_OPEN_CREATE,
        Missing::Refuse if !path.exists() => {
            return Err(Error::NoDatabase(format!("sqlite:{}", path.display())));
        }
        Missing::Refuse => {}
    }
    open(path, flags, WRITING)
}

/// How many pages the writer holds in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cache {
    /// 16 MiB for short transactions. Whenever rows were moved between pages, SQLite walks through the
    /// whole cache at the commit; with 64 MiB that was an eighth of a payment's time.
    Small,
    /// 64 MiB, so that a long transaction writes none of its pages before its commit.
    Large,
}

/// Sets the size of the writer's cache.
pub(super) fn cache(connection: &Connection, cache: Cache) -> rusqlite::Result<()> {
    connection.execute_batch(match cache {
        Cache::Small => "PRAGMA cache_size = -16384",
        Cache::Large => "PRAGMA cache_size = -65536",
    })
}

pub(super) fn open_reading(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    open(path, flags, READING)
}

fn open(path: &Path, flags: OpenFlags, pragmas: &str) -> Result<Connection, Error> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(LOCK_WAIT_MS))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // Plan a statement once, not again for every value that is bound to it: with partial
        // indexes in the schema, planning cost more than the work itself.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(pragmas)?;
        Ok(connection)
    };
    open().map_err(|error: rusqlite::Error| Error::Unreachable(Fault::from(error)))
}
