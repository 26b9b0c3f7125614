//! Statements with `$1` parameters.
//!
//! SQLite takes `$1` for a *name* and numbers names by their first appearance; so which of the caller's
//! values a parameter takes is read from its name. A reader does so every time. The thread that writes
//! runs the same few statements a million times: it keeps each of them at hand with its parameters read
//! ([`Held`]), instead of looking for it by its text and reading every name each time.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};

use crate::Value;
use crate::settings::STATEMENTS_MAX;
use crate::value::DateText;

/// Where a transaction gets its statements from.
pub(crate) trait Statements {
    /// What they run on.
    fn connection(&self) -> &Connection;

    /// Hands over the statement of a text, to be bound and run.
    fn with(
        &self,
        sql: &str,
        work: &mut dyn FnMut(Ready<'_, '_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()>;
}

/// A prepared statement.
pub(crate) struct Ready<'s, 'c> {
    pub(crate) statement: &'s mut Statement<'c>,
    /// Which value each parameter takes, counted from 1, where that was read before.
    numbers: Option<&'s [usize]>,
}

impl Ready<'_, '_> {
    /// Binds values: all that the statement knows, and no other.
    pub(crate) fn bind(&mut self, params: &[Value<'_>]) -> rusqlite::Result<()> {
        match self.numbers {
            Some(numbers) => bind_numbered(self.statement, numbers, params),
            None => {
                let numbers = numbers_of(self.statement)?;
                bind_numbered(self.statement, &numbers, params)
            }
        }
    }
}

/// A reader's statements, from the connection's own cache.
impl Statements for Connection {
    fn connection(&self) -> &Connection {
        self
    }

    fn with(
        &self,
        sql: &str,
        work: &mut dyn FnMut(Ready<'_, '_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        work(Ready { statement: &mut *self.prepare_cached(sql)?, numbers: None })
    }
}

/// The writer's statements, found by where their text stands in memory.
pub(crate) struct Held<'c> {
    connection: &'c Connection,
    statements: RefCell<HashMap<(usize, usize), HeldStatement<'c>>>,
}

struct HeldStatement<'c> {
    /// A text that was made at run time may stand where another one stood before.
    sql: String,
    statement: Statement<'c>,
    numbers: Vec<usize>,
}

impl<'c> Held<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection, statements: RefCell::default() }
    }

    fn prepare(&self, sql: &str) -> rusqlite::Result<HeldStatement<'c>> {
        let flags = rusqlite::PrepFlags::SQLITE_PREPARE_PERSISTENT;
        let statement = self.connection.prepare_with_flags(sql, flags)?;
        let numbers = numbers_of(&statement)?;
        Ok(HeldStatement { sql: sql.to_owned(), statement, numbers })
    }
}

impl Statements for Held<'_> {
    fn connection(&self) -> &Connection {
        self.connection
    }

    fn with(
        &self,
        sql: &str,
        work: &mut dyn FnMut(Ready<'_, '_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let place = (sql.as_ptr().addr(), sql.len());
        let mut statements = self.statements.borrow_mut();
        if statements.get(&place).is_none_or(|held| held.sql != sql) {
            if statements.len() >= STATEMENTS_MAX {
                statements.clear();
            }
            statements.insert(place, self.prepare(sql)?);
        }
        let held = statements.get_mut(&place).expect("it was put there when it was not");
        let done = work(Ready { statement: &mut held.statement, numbers: Some(&held.numbers) });
        // What was bound may be personal, or large.
        held.statement.clear_bindings();
        done
    }
}

/// Which value each parameter takes.
fn numbers_of(statement: &Statement<'_>) -> rusqlite::Result<Vec<usize>> {
    let number = |index| {
        let name = statement.parameter_name(index).unwrap_or("?");
        let number: Option<usize> = name.strip_prefix('$').and_then(|digits| digits.parse().ok());
        let number = number.filter(|number| *number > 0);
        number.ok_or_else(|| rusqlite::Error::InvalidParameterName(name.to_owned()))
    };
    (1..=statement.parameter_count()).map(number).collect()
}

fn bind_numbered(
    statement: &mut Statement<'_>,
    numbers: &[usize],
    params: &[Value<'_>],
) -> rusqlite::Result<()> {
    let mut used = 0;
    for (index, number) in (1..).zip(numbers) {
        let Some(value) = params.get(number - 1) else {
            return Err(rusqlite::Error::InvalidParameterName(format!("${number}")));
        };
        used = used.max(*number);
        statement.raw_bind_parameter::<usize, _>(index, Bound::from(*value))?;
    }
    if used == params.len() {
        Ok(())
    } else {
        Err(rusqlite::Error::InvalidParameterCount(params.len(), used))
    }
}

/// Binds a row to a statement whose parameters are written `?`, without a look at their names.
pub(crate) fn bind_in_order(
    statement: &mut Statement<'_>,
    row: &[Value<'_>],
) -> rusqlite::Result<()> {
    (1..).zip(row).try_for_each(|(index, value): (usize, _)| {
        statement.raw_bind_parameter(index, Bound::from(*value))
    })
}

/// A statement without parameters and without an answer, such as `COMMIT`.
pub(crate) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// A value in the form that the binding borrows from.
enum Bound<'a> {
    Value(ValueRef<'a>),
    Date(DateText),
}

impl<'a> From<Value<'a>> for Bound<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Null => Self::Value(ValueRef::Null),
            Value::Int(number) => Self::Value(ValueRef::Integer(number)),
            Value::Text(text) => Self::Value(ValueRef::Text(text.as_bytes())),
            Value::Blob(bytes) => Self::Value(ValueRef::Blob(bytes)),
            Value::Date(date) => Self::Date(DateText::of(date)),
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Value(value) => *value,
            Self::Date(text) => ValueRef::Text(text.as_str().as_bytes()),
        }))
    }
}
