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
    let used = bind(&mut statement, params)?;
    if used == params.len() {
        Ok(statement)
    } else {
        Err(rusqlite::Error::InvalidParameterCount(params.len(), used))
    }
}

/// Binds parameters and says how many the statement knows.
///
/// SQLite takes `$1` for a *name* and numbers names by their first appearance; so the number is
/// read from the name.
pub(crate) fn bind(statement: &mut Statement<'_>, params: &[Value<'_>]) -> rusqlite::Result<usize> {
    let mut used = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or("?");
        let number: Option<usize> = name.strip_prefix('$').and_then(|digits| digits.parse().ok());
        let Some(value) = number.and_then(|number| params.get(number.checked_sub(1)?)) else {
            return Err(rusqlite::Error::InvalidParameterName(name.to_owned()));
        };
        used = used.max(number.unwrap_or_default());
        statement.raw_bind_parameter(index, Bound(*value))?;
    }
    Ok(used)
}

/// A statement without parameters and without an answer, such as `COMMIT`.
pub(crate) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

struct Bound<'a>(Value<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(number)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::Date(date) => ToSqlOutput::from(DateText::of(date).as_str().to_owned()),
        })
    }
}
