//! Changing many rows by their keys: one prepared statement a row on SQLite, which sits in the same
//! process; on PostgreSQL one `COPY` beside the table and one `UPDATE … FROM`.

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use rusqlite::Connection;

use crate::stage::{BY_ANY, BY_KEY};
use crate::tx::Trouble;
use crate::{Value, postgresql, sqlite};

/// Which rows change, and what in them.
#[derive(Debug)]
pub struct BulkUpdate {
    /// The name of the temporary table that carries the changes on PostgreSQL; one for each update.
    pub stage: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns that find a row; a change starts with their cells.
    pub keys: &'static [&'static str],
    /// The columns, never empty, that must still hold what the change was decided on; their cells
    /// come second.
    pub from: &'static [&'static str],
    /// The columns that change; a change ends with their cells.
    pub values: &'static [&'static str],
    /// What must hold of the row besides, each column with its table; `1 = 1` for nothing.
    pub only: &'static str,
}

impl BulkUpdate {
    pub(crate) const fn cells(&self) -> usize {
        self.keys.len() + self.from.len() + self.values.len()
    }

    /// The stage's columns on PostgreSQL, as they are called and as they are made.
    fn columns(&self) -> (String, String) {
        let was: Vec<String> = self.from.iter().map(|column| format!("was_{column}")).collect();
        let made = self.from.iter().map(|column| format!("{column} AS was_{column}"));
        let made: Vec<String> = made.collect();
        let join = |middle: &[String]| {
            let (keys, values) = (self.keys.iter().copied(), self.values.iter().copied());
            let middle = middle.iter().map(String::as_str);
            keys.chain(middle).chain(values).collect::<Vec<_>>().join(", ")
        };
        (join(&was), join(&made))
    }
}

pub(crate) fn on_sqlite<'v, const N: usize>(
    connection: &Connection,
    update: &BulkUpdate,
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> Result<u64, Trouble> {
    let places = |columns: &[&str], first: usize, between: &str| {
        let each = (first..).zip(columns).map(|(place, column)| format!("{column} = ?{place}"));
        each.collect::<Vec<_>>().join(between)
    };
    let found = [update.keys, update.from].concat();
    let sql = format!(
        "UPDATE {} SET {} WHERE {} AND {}",
        update.table,
        places(update.values, found.len() + 1, ", "),
        places(&found, 1, " AND "),
        update.only
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut changed = 0;
    for row in rows {
        sqlite::bind_in_order(&mut statement, &row)?;
        changed += statement.raw_execute()?;
    }
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

pub(crate) fn on_postgres<'v, const N: usize>(
    connection: &mut postgresql::Connection,
    update: &BulkUpdate,
    rows: impl IntoIterator<Item = [Value<'v>; N]>,
) -> Result<u64, Trouble> {
    let BulkUpdate { stage, table, .. } = update;
    let (columns, made) = update.columns();
    connection.client.batch_execute(&format!(
        "CREATE TEMPORARY TABLE IF NOT EXISTS {stage} AS SELECT {made} FROM {table} \
         WITH NO DATA; TRUNCATE {stage}"
    ))?;
    let described = connection.prepared(&format!("SELECT {columns} FROM {stage}"), &[])?;
    let types: Vec<Type> = described.columns().iter().map(|c| c.type_().clone()).collect();
    let copy = format!("COPY {stage} ({columns}) FROM STDIN (FORMAT binary)");
    let copy = connection.client.copy_in(copy.as_str())?;
    let mut writer = BinaryCopyInWriter::new(copy, &types);
    for row in rows {
        writer.write_raw(&row)?;
    }
    writer.finish()?;
    let set: Vec<String> =
        update.values.iter().map(|column| format!("{column} = new.{column}")).collect();
    let keys = update.keys.iter().map(|column| format!("{table}.{column} = new.{column}"));
    let from = update.from.iter().map(|column| format!("{table}.{column} = new.was_{column}"));
    let found: Vec<String> = keys.chain(from).collect();
    let sql = format!(
        "UPDATE {table} SET {} FROM {stage} new WHERE {} AND {}",
        set.join(", "),
        found.join(" AND "),
        update.only
    );
    let statement = connection.prepared(&sql, &[])?;
    connection.client.batch_execute(BY_KEY)?;
    let changed = connection.client.execute(&statement, &[])?;
    connection.client.batch_execute(BY_ANY)?;
    Ok(changed)
}
