//! Statements with `$1` parameters.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Statement, ToSql};

use crate::Value;
use crate::value::DateText;

/// A statement from the connection's cache, bound.
pub(crate) fn prepared<'c>(
    connection: &'c Connection,
    sql: &str,
    params: &[Value<'_>],
) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    Ok(statement)
}

/// Binds parameters: all that the statement knows, and no other.
///
/// SQLite takes `$1` for a *name* and numbers names by their first appearance; so the number is
/// read from the name.
pub(crate) fn bind(statement: &mut Statement<'_>, params: &[Value<'_>]) -> rusqlite::Result<()> {
    let mut used = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or("?");
        let number: Option<usize> = name.strip_prefix('$').and_then(|digits| digits.parse().ok());
        let Some(value) = number.and_then(|number| params.get(number.checked_sub(1)?)) else {
            return Err(rusqlite::Error::InvalidParameterName(name.to_owned()));
        };
        used = used.max(number.unwrap_or_default());
        statement.raw_bind_parameter(index, Bound::from(*value))?;
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
