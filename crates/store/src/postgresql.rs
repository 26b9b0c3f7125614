//! PostgreSQL: a bounded pool of connections, used in place on the caller's thread.

mod value;

use std::collections::HashMap;

use postgres::error::SqlState;
use postgres::types::Type;
use postgres::{Client, NoTls, Statement};

pub(crate) use value::{PgInt, PgText};

use crate::pool::{Lent, Pool};
use crate::settings::{RUNS_MAX, STATEMENTS_MAX};
use crate::{Error, Fault, Settings, Tx, Value};

pub(crate) struct Postgresql {
    config: postgres::Config,
    pool: Pool<Connection>,
}

/// A connection and its prepared statements.
pub(crate) struct Connection {
    pub(crate) client: Client,
    statements: HashMap<String, Statement>,
}

impl Connection {
    /// The statement, prepared at its first use. The values of that use tell the server the
    /// parameters' types, so that `$1 + $1` means the same as on SQLite.
    pub(crate) fn prepared(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        let types: Vec<Type> = params.iter().map(value::type_of).collect();
        let statement = self.client.prepare_typed(sql, &types)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// Whether PostgreSQL asks for the whole transaction to be run again: it was chosen to give way to
/// another one.
pub(crate) fn asks_to_run_again(error: &postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED)
    )
}

impl Postgresql {
    pub(crate) fn open(config: &postgres::Config, settings: Settings) -> Result<Self, Error> {
        let opened = Self { config: config.clone(), pool: Pool::new(settings.connections_max) };
        opened.pool.lend(|| connect(config))?.give_back();
        Ok(opened)
    }

    /// Runs a closure in a transaction, again where PostgreSQL asks for it.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut runs = 0;
        loop {
            runs += 1;
            let mut lent = self.begin("BEGIN")?;
            let mut tx = Tx::on_postgres(lent.get());
            let answer = tx.finished(closure);
            let again = tx.asks_to_run_again();
            let done = match answer {
                Ok(answer) => commit(lent).map(|()| answer),
                Err(error) => {
                    rollback(lent);
                    if !again || runs == RUNS_MAX {
                        return Err(error);
                    }
                    Err(Undone::RunAgain)
                }
            };
            match done {
                Ok(answer) => return Ok(answer),
                Err(Undone::Final(error)) => return Err(error.into()),
                Err(Undone::RunAgain) if runs == RUNS_MAX => {
                    let fault = Fault::new("busy", "other transactions always came first");
                    return Err(Error::CommitFailed(fault).into());
                }
                Err(Undone::RunAgain) => {
                    std::thread::sleep(std::time::Duration::from_millis(u64::from(runs) * 2));
                }
            }
        }
    }

    /// Runs a closure on one snapshot of the database.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let answer = closure(&mut Tx::on_postgres(lent.get()));
        rollback(lent);
        answer
    }

    /// As [`Postgresql::read`], for a closure that writes temporary tables. They are kept for the
    /// next one: making them again costs more than filling them.
    pub(crate) fn read_staged<T, E: From<Error>>(
        &self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ")?;
        match closure(&mut Tx::on_postgres(lent.get())) {
            Ok(answer) => match commit(lent) {
                Ok(()) => Ok(answer),
                Err(Undone::Final(error)) => Err(error.into()),
                Err(Undone::RunAgain) => {
                    let fault = Fault::new("busy", "a read had to give way");
                    Err(Error::CommitFailed(fault).into())
                }
            },
            Err(error) => {
                rollback(lent);
                Err(error)
            }
        }
    }

    /// A connection in a fresh transaction. One that the server has closed meanwhile is replaced.
    fn begin(&self, sql: &str) -> Result<Lent<'_, Connection>, Error> {
        loop {
            let mut is_new = false;
            let mut lent = self.pool.lend(|| {
                is_new = true;
                connect(&self.config)
            })?;
            match lent.get().client.batch_execute(sql) {
                Ok(()) => return Ok(lent),
                Err(error) if is_new => return Err(Error::Unreachable(Fault::from(error))),
                // Dropping the loan closes the connection, so this ends at the latest with a new one.
                Err(_) => {}
            }
        }
    }
}

enum Undone {
    RunAgain,
    Final(Error),
}

fn commit(mut lent: Lent<'_, Connection>) -> Result<(), Undone> {
    match lent.get().client.batch_execute("COMMIT") {
        Ok(()) => {
            lent.give_back();
            Ok(())
        }
        Err(error) if asks_to_run_again(&error) => {
            lent.give_back();
            Err(Undone::RunAgain)
        }
        Err(error) if error.as_db_error().is_some() => {
            Err(Undone::Final(Error::CommitFailed(Fault::from(error))))
        }
        Err(error) => Err(Undone::Final(Error::CommitUnknown(Fault::from(error)))),
    }
}

/// Ends a transaction that changes nothing. A connection that cannot do even that is closed.
fn rollback(mut lent: Lent<'_, Connection>) {
    if lent.get().client.batch_execute("ROLLBACK").is_ok() {
        lent.give_back();
    }
}

fn connect(config: &postgres::Config) -> Result<Connection, Error> {
    let client = config.connect(NoTls).map_err(|error| match error.code() {
        Some(&SqlState::INVALID_CATALOG_NAME) => {
            let name = config.get_dbname().unwrap_or_default();
            Error::Unusable(format!(
                "the server has no database {name}; create it with \
                 `createdb --template=template0 --encoding=UTF8 --locale=C {name}`"
            ))
        }
        _ => Error::Unreachable(Fault::from(error)),
    })?;
    Ok(Connection { client, statements: HashMap::new() })
}
