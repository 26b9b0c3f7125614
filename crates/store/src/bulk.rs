//! Inserting many rows.

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;
use rusqlite::CachedStatement;

use crate::tx::{Health, Trouble, failure};
use crate::{Error, Value, postgresql, sqlite};

/// A table and the columns that a bulk insert fills, in the order of its rows' cells.
#[derive(Debug)]
pub struct BulkTable {
    /// The table's name.
    pub name: &'static str,
    /// The columns' names.
    pub columns: &'static [&'static str],
}

/// A bulk insert under way. Ends with [`BulkInsert::finish`]; dropped before that, the transaction
/// is lost.
pub struct BulkInsert<'t> {
    rows: Rows<'t>,
    table: &'static BulkTable,
    health: &'t mut Health,
    health_before: Health,
    count: u64,
}

pub(crate) enum Rows<'t> {
    Sqlite(CachedStatement<'t>),
    Postgres(BinaryCopyInWriter<'t>),
}

impl<'t> BulkInsert<'t> {
    pub(crate) fn new(rows: Rows<'t>, table: &'static BulkTable, health: &'t mut Health) -> Self {
        let health_before = std::mem::replace(health, Health::Lost);
        Self { rows, table, health, health_before, count: 0 }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`Error::Statement`]. A row that the table refuses may be told here or by
    /// [`BulkInsert::finish`].
    ///
    /// # Panics
    /// When the row has not as many cells as the table has columns.
    pub fn push(&mut self, row: &[Value<'_>]) -> Result<(), Error> {
        assert_eq!(row.len(), self.table.columns.len(), "a row of {} fits", self.table.name);
        let done = match &mut self.rows {
            Rows::Sqlite(statement) => sqlite::bind_in_order(statement, row)
                .and_then(|()| statement.raw_execute())
                .map(|_| ())
                .map_err(Trouble::from),
            Rows::Postgres(copy) => copy.write_raw(row).map_err(Trouble::from),
        };
        self.count += 1;
        done.map_err(|trouble| {
            // A row that failed cannot be mended by finishing.
            failure(&mut self.health_before, self.table.name, trouble)
        })
    }

    /// Ends the insert and says how many rows it added.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub fn finish(self) -> Result<u64, Error> {
        let Self { rows, table, health, mut health_before, count } = self;
        let done = match rows {
            Rows::Sqlite(_) => Ok(()),
            Rows::Postgres(copy) => copy.finish().map(|_| ()).map_err(Trouble::from),
        };
        let done = done.map_err(|trouble| failure(&mut health_before, table.name, trouble));
        *health = health_before;
        done.map(|()| count)
    }
}

pub(crate) fn on_sqlite<'t>(
    connection: &'t rusqlite::Connection,
    table: &BulkTable,
) -> Result<Rows<'t>, Trouble> {
    let places = vec!["?"; table.columns.len()].join(", ");
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({places})", table.name, table.columns.join(", "));
    Ok(Rows::Sqlite(connection.prepare_cached(&sql)?))
}

pub(crate) fn on_postgres<'t>(
    connection: &'t mut postgresql::Connection,
    table: &BulkTable,
) -> Result<Rows<'t>, Trouble> {
    let (name, columns) = (table.name, table.columns.join(", "));
    // Only described, never run: it tells the columns' types.
    let described = connection.prepared(&format!("SELECT {columns} FROM {name}"), &[])?;
    let types: Vec<Type> =
        described.columns().iter().map(|column| column.type_().clone()).collect();
    let copy = format!("COPY {name} ({columns}) FROM STDIN (FORMAT binary)");
    let writer = connection.client.copy_in(copy.as_str())?;
    Ok(Rows::Postgres(BinaryCopyInWriter::new(writer, &types)))
}
