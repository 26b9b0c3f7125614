//! What a closure holds while it reads or writes: one transaction.

use crate::bulk::{self, BulkInsert, BulkTable};
use crate::bulk_update::{self, BulkUpdate};
use crate::row::Kind;
use crate::sqlite::{Ready, Statements};
use crate::{Error, Fault, Row, Value, postgresql};

/// One transaction on either engine.
///
/// ```
/// # fn amount(tx: &mut store::Tx<'_>, person: insurance::ids::PersonId) -> Result<Option<units::Fen>, store::Error> {
/// tx.query_opt(
///     "SELECT amount_fen FROM due WHERE person_id = $1",
///     &[person.into()],
///     |row| row.fen(0),
/// )
/// # }
/// ```
pub struct Tx<'a> {
    engine: Engine<'a>,
    health: Health,
}

enum Engine<'a> {
    Sqlite(&'a dyn Statements),
    Postgres(&'a mut postgresql::Connection),
}

/// Whether the transaction may still be committed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Sound,
    /// A statement failed.
    Lost,
    /// A statement failed because the transaction had to give way; running it again may succeed.
    GaveWay,
}

/// Which engine is behind a transaction; only migrations and the schema's own checks ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl<'a> Tx<'a> {
    /// Runs a statement and says how many rows it changed.
    ///
    /// # Errors
    /// [`Error::Statement`]; the transaction is then lost.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, Error> {
        let done = match &mut self.engine {
            Engine::Sqlite(statements) => execute_on_sqlite(*statements, sql, params),
            Engine::Postgres(connection) => connection
                .prepared(sql, params)
                .and_then(|statement| {
                    let params: Vec<_> = params.iter().map(as_parameter).collect();
                    connection.client.execute(&statement, &params)
                })
                .map_err(Trouble::from),
        };
        done.map_err(|trouble| self.fail(sql, trouble))
    }

    /// Runs one statement for each of a few rows of parameters, finding it once. Many rows go by
    /// [`Tx::bulk`].
    ///
    /// # Errors
    /// [`Error::Statement`]; the transaction is then lost.
    pub fn execute_each<'v, const N: usize>(
        &mut self,
        sql: &str,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<u64, Error> {
        let done = match &mut self.engine {
            Engine::Sqlite(statements) => execute_each_on_sqlite(*statements, sql, rows),
            Engine::Postgres(connection) => execute_each_on_postgres(connection, sql, rows),
        };
        done.map_err(|trouble| self.fail(sql, trouble))
    }

    /// Every row of an answer, read by a closure.
    ///
    /// # Errors
    /// [`Error::Statement`], or what the closure returns.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.query_each(sql, params, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The row of an answer, or `None`.
    ///
    /// # Errors
    /// [`Error::Statement`], [`Error::NotOneRow`] for two or more rows, or what the closure returns.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut found = None;
        self.query_each(sql, params, |row| {
            if found.is_some() {
                return Err(Error::NotOneRow { sql: sql.to_owned() });
            }
            found = Some(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The one row of an answer that always has one, such as a count.
    ///
    /// # Errors
    /// [`Error::Statement`], [`Error::NotOneRow`], or what the closure returns.
    pub fn query_one<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.query_opt(sql, params, read)?.ok_or_else(|| Error::NotOneRow { sql: sql.to_owned() })
    }

    /// Hands every row to a closure, one at a time: millions of rows need no memory. The first
    /// error of the closure ends it.
    ///
    /// # Errors
    /// [`Error::Statement`], or what the closure returns.
    pub fn query_each<E: From<Error>>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let done = match &mut self.engine {
            Engine::Sqlite(statements) => each_on_sqlite(*statements, sql, params, &mut each),
            Engine::Postgres(connection) => each_on_postgres(connection, sql, params, &mut each),
        };
        done.map_err(|stop| match stop {
            Stop::Trouble(trouble) => self.fail(sql, trouble).into(),
            Stop::Caller(error) => error,
        })
    }

    /// Whether a row exists; on PostgreSQL it is also locked (`FOR UPDATE`) until the transaction
    /// ends. On SQLite writers are alone anyway.
    ///
    /// An operation on a person begins with this on the person's row, so that two of them do not
    /// decide on the same facts.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub fn lock_row(&mut self, select: &str, params: &[Value<'_>]) -> Result<bool, Error> {
        Ok(self.query_opt_locked(select, params, |_| Ok(()))?.is_some())
    }

    /// [`Tx::query_opt`], with the row locked as by [`Tx::lock_row`].
    ///
    /// # Errors
    /// As [`Tx::query_opt`].
    pub fn query_opt_locked<T>(
        &mut self,
        select: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match self.dialect() {
            Dialect::Sqlite => self.query_opt(select, params, read),
            Dialect::Postgres => self.query_opt(&format!("{select} FOR UPDATE"), params, read),
        }
    }

    /// Starts to insert many rows: one prepared statement on SQLite, binary `COPY` on PostgreSQL.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub fn bulk<'t>(&'t mut self, table: &'static BulkTable) -> Result<BulkInsert<'t>, Error> {
        let started = match &mut self.engine {
            Engine::Sqlite(statements) => bulk::on_sqlite(statements.connection(), table),
            Engine::Postgres(connection) => bulk::on_postgres(connection, table),
        };
        match started {
            Ok(rows) => Ok(BulkInsert::new(rows, table, &mut self.health)),
            Err(trouble) => Err(failure(&mut self.health, table.name, trouble)),
        }
    }

    /// Changes many rows by their keys; each row carries the cells of the keys, those that must
    /// still be there, then those of the values. Answers how many rows changed.
    ///
    /// # Errors
    /// [`Error::Statement`]; the transaction is then lost.
    ///
    /// # Panics
    /// When a row has not as many cells as the update has columns.
    pub fn bulk_update<'v, const N: usize>(
        &mut self,
        update: &'static BulkUpdate,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<u64, Error> {
        assert_eq!(N, update.cells(), "a row of {} fits", update.stage);
        let done = match &mut self.engine {
            Engine::Sqlite(statements) => {
                bulk_update::on_sqlite(statements.connection(), update, rows)
            }
            Engine::Postgres(connection) => bulk_update::on_postgres(connection, update, rows),
        };
        done.map_err(|trouble| self.fail(update.stage, trouble))
    }

    pub(crate) fn on_sqlite(statements: &'a dyn Statements) -> Self {
        Self { engine: Engine::Sqlite(statements), health: Health::Sound }
    }

    pub(crate) fn on_postgres(connection: &'a mut postgresql::Connection) -> Self {
        Self { engine: Engine::Postgres(connection), health: Health::Sound }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs several statements that have no parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        let done = match &mut self.engine {
            Engine::Sqlite(statements) => {
                statements.connection().execute_batch(sql).map_err(Trouble::from)
            }
            Engine::Postgres(connection) => {
                connection.client.batch_execute(sql).map_err(Trouble::from)
            }
        };
        done.map_err(|trouble| self.fail(sql, trouble))
    }

    /// Runs a writing closure; its `Ok` counts only while the transaction is sound.
    pub(crate) fn finished<T, E: From<Error>>(
        &mut self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let answer = closure(self)?;
        match self.health {
            Health::Sound => Ok(answer),
            Health::Lost | Health::GaveWay => Err(Error::WentOnAfterFailure.into()),
        }
    }

    pub(crate) fn asks_to_run_again(&self) -> bool {
        self.health == Health::GaveWay
    }

    fn fail(&mut self, sql: &str, trouble: Trouble) -> Error {
        failure(&mut self.health, sql, trouble)
    }
}

/// What an engine said, and what it means for the transaction.
pub(crate) struct Trouble {
    fault: Fault,
    health: Health,
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self { fault: Fault::from(error), health: Health::Lost }
    }
}

impl From<postgres::Error> for Trouble {
    fn from(error: postgres::Error) -> Self {
        let again = postgresql::asks_to_run_again(&error);
        let health = if again { Health::GaveWay } else { Health::Lost };
        Self { fault: Fault::from(error), health }
    }
}

/// Marks the transaction and makes the error.
pub(crate) fn failure(health: &mut Health, sql: &str, trouble: Trouble) -> Error {
    // The first failure says what happened; later ones only say that the transaction is lost.
    if *health == Health::Sound {
        *health = trouble.health;
    }
    Error::Statement { sql: sql.to_owned(), fault: trouble.fault }
}

/// Why a stream of rows ended early.
enum Stop<E> {
    Trouble(Trouble),
    Caller(E),
}

impl<E, T: Into<Trouble>> From<T> for Stop<E> {
    fn from(error: T) -> Self {
        Self::Trouble(error.into())
    }
}

fn execute_on_sqlite(
    statements: &dyn Statements,
    sql: &str,
    params: &[Value<'_>],
) -> Result<u64, Trouble> {
    let mut changed = 0;
    statements.with(sql, &mut |mut ready: Ready<'_, '_>| {
        ready.bind(params)?;
        changed = ready.statement.raw_execute()?;
        Ok(())
    })?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

fn execute_each_on_sqlite<'v, const N: usize>(
    statements: &dyn Statements,
    sql: &str,
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> Result<u64, Trouble> {
    let (mut rows, mut changed) = (rows.into_iter(), 0);
    statements.with(sql, &mut |mut ready: Ready<'_, '_>| {
        for row in rows.by_ref() {
            ready.bind(&row)?;
            changed += ready.statement.raw_execute()?;
        }
        Ok(())
    })?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

fn execute_each_on_postgres<'v, const N: usize>(
    connection: &mut postgresql::Connection,
    sql: &str,
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> Result<u64, Trouble> {
    let mut changed = 0;
    for row in rows {
        let statement = connection.prepared(sql, &row)?;
        let params: Vec<_> = row.iter().map(as_parameter).collect();
        changed += connection.client.execute(&statement, &params)?;
    }
    Ok(changed)
}

fn each_on_sqlite<E>(
    statements: &dyn Statements,
    sql: &str,
    params: &[Value<'_>],
    each: &mut impl FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<(), Stop<E>> {
    let mut stopped = Ok(());
    statements.with(sql, &mut |mut ready: Ready<'_, '_>| {
        ready.bind(params)?;
        let mut rows = ready.statement.raw_query();
        while let Some(row) = rows.next()? {
            stopped = each(&Row(Kind::Sqlite(row)));
            if stopped.is_err() {
                break;
            }
        }
        Ok(())
    })?;
    stopped.map_err(Stop::Caller)
}

fn each_on_postgres<E>(
    connection: &mut postgresql::Connection,
    sql: &str,
    params: &[Value<'_>],
    each: &mut impl FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<(), Stop<E>> {
    use postgres::fallible_iterator::FallibleIterator;
    let statement = connection.prepared(sql, params)?;
    let mut rows = connection.client.query_raw(&statement, params.iter().map(as_parameter))?;
    while let Some(row) = rows.next()? {
        each(&Row(Kind::Postgres(&row))).map_err(Stop::Caller)?;
    }
    Ok(())
}

fn as_parameter<'v>(value: &'v Value<'_>) -> &'v (dyn postgres::types::ToSql + Sync) {
    value
}
