//! A database that is open.

use std::path::Path;
use std::sync::Arc;

use units::Timestamp;

use crate::postgresql::Postgresql;
use crate::sqlite::{Company, Missing, Outcome, Sqlite};
use crate::url::Place;
use crate::wait::wait;
use crate::{Error, Settings, Tx, Url, migration};

/// A database that is open. Clones share it; the last one dropped closes it.
///
/// The plain functions block their thread. The `_async` ones are for handlers: they leave the
/// executor free, and the work goes on when the handler is dropped.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgresql>),
}

impl Db {
    /// Opens a database that has the schema of this program.
    ///
    /// # Errors
    /// [`Error::NoDatabase`], [`Error::NeedsMigration`], [`Error::NewerThanProgram`],
    /// [`Error::Unreachable`].
    pub fn open(url: &Url) -> Result<Self, Error> {
        Self::open_with(url, Settings::default())
    }

    /// As [`Db::open`], with other limits.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open_with(url: &Url, settings: Settings) -> Result<Self, Error> {
        let db = Self::connect(url, Missing::Refuse, settings)?;
        db.read(migration::check)?;
        Ok(db)
    }

    /// Opens a database after giving it the schema of this program: a new file is made, a
    /// PostgreSQL database must exist. Does nothing to a database that has the schema.
    ///
    /// # Errors
    /// [`Error::NewerThanProgram`], [`Error::Unusable`], [`Error::Unreachable`].
    pub fn migrate(url: &Url, now: Timestamp) -> Result<Self, Error> {
        let db = Self::connect(url, Missing::Create, Settings::default())?;
        while db.bulk_write(move |tx| migration::step(tx, now))? {}
        Ok(db)
    }

    /// Runs a closure in one durable transaction and returns when it is committed. `Err` or a
    /// panic undoes what it did; a panic goes on in the caller.
    ///
    /// On SQLite the closure shares a commit with others that are waiting, each on its own
    /// savepoint. On PostgreSQL it is run again when two transactions stood in each other's way;
    /// so it must have no effect outside `tx`.
    ///
    /// # Errors
    /// What the closure returns, or the failure to commit.
    pub fn write<T, E, F>(&self, mut closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => resumed(wait(sqlite.writer.write(Company::Group, closure))),
            Engine::Postgres(postgresql) => postgresql.write(&mut closure),
        }
    }

    /// As [`Db::write`], for long work such as a chunk of an import: on SQLite it has a commit of
    /// its own, and small writers take their turn between two chunks.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn bulk_write<T, E, F>(&self, mut closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => resumed(wait(sqlite.writer.write(Company::Alone, closure))),
            Engine::Postgres(postgresql) => postgresql.write(&mut closure),
        }
    }

    /// Runs a closure on one snapshot of the database, which cannot be written.
    ///
    /// # Errors
    /// What the closure returns, or the failure to reach the database.
    pub fn read<T, E: From<Error>>(
        &self,
        mut closure: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.readers.read(&mut closure),
            Engine::Postgres(postgresql) => postgresql.read(&mut closure),
        }
    }

    /// As [`Db::read`], with temporary tables of the connection's own: keys put beside the real
    /// tables, so that one statement reads the rows of thousands of them.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_staged<T, E: From<Error>>(
        &self,
        mut closure: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.readers.read_staged(&mut closure),
            Engine::Postgres(postgresql) => postgresql.read_staged(&mut closure),
        }
    }

    /// [`Db::write`] for a handler on a tokio runtime.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_async<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => resumed(sqlite.writer.write(Company::Group, closure).await),
            Engine::Postgres(_) => self.on_worker(move |db| db.write(closure)).await,
        }
    }

    /// [`Db::read`] for a handler on a tokio runtime: for pages, lists and anything long.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_async<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.on_worker(move |db| db.read(closure)).await
    }

    /// [`Db::read_async`] for a handful of rows found by their key: on SQLite it reads in place,
    /// in microseconds, because handing it to another thread would cost more.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn lookup_async<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(_) => self.read(closure),
            Engine::Postgres(_) => self.on_worker(move |db| db.read(closure)).await,
        }
    }

    /// Copies the database to a new file while it is in use: everything that was committed before
    /// the call is in it. Only for SQLite; PostgreSQL has its own programs.
    ///
    /// # Errors
    /// [`Error::Backup`] when the file exists or cannot be written, [`Error::Unusable`] on
    /// PostgreSQL.
    pub fn backup_to(&self, file: &Path) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.backup_to(file),
            Engine::Postgres(_) => Err(Error::Unusable(
                "a PostgreSQL database is backed up with `pg_dump`, or continuously with                  `pg_basebackup` and its log"
                    .to_owned(),
            )),
        }
    }

    async fn on_worker<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&Self) -> Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        match tokio::task::spawn_blocking(move || work(&db)).await {
            Ok(answer) => answer,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is stopping.
                Err(_) => Err(Error::Closed.into()),
            },
        }
    }

    fn connect(url: &Url, missing: Missing, settings: Settings) -> Result<Self, Error> {
        let engine = match &url.0 {
            Place::Sqlite(path) => Engine::Sqlite(Arc::new(Sqlite::open(path, missing, settings)?)),
            Place::Postgres(config) => {
                Engine::Postgres(Arc::new(Postgresql::open(config, settings)?))
            }
        };
        Ok(Self { engine })
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.engine {
            Engine::Sqlite(_) => "Db(SQLite)",
            Engine::Postgres(_) => "Db(PostgreSQL)",
        })
    }
}

/// The answer, or the closure's panic in its caller.
fn resumed<T, E>(outcome: Outcome<T, E>) -> Result<T, E> {
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
