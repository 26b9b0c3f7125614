//! A table of the transaction's own: keys put beside the real tables, so that one statement reads
//! or changes the rows of thousands of them.
//!
//! It lives in the connection's temporary space: it is never in the log, never in a backup, and no
//! other connection sees it.

use crate::tx::Dialect;
use crate::{BulkTable, Error, Tx};

/// A temporary table: its columns as they are inserted in bulk, and as they are declared.
#[derive(Debug)]
pub(crate) struct Stage {
    /// How its rows are inserted.
    pub(crate) table: BulkTable,
    /// Its columns with their types, in portable SQL.
    pub(crate) declared: &'static str,
}

/// PostgreSQL: each row is found by its key. Joined by a hash, the whole table would be read for
/// every chunk; with few or no statistics the server takes that for cheaper.
pub(crate) const BY_KEY: &str = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";
/// PostgreSQL: as the server likes.
pub(crate) const BY_ANY: &str = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on";

impl Tx<'_> {
    /// Runs a statement that finds the rows of a stage by their keys.
    ///
    /// # Errors
    /// What the statement returns; the transaction is then lost.
    pub(crate) fn by_key<T>(
        &mut self,
        statement: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.dialect() == Dialect::Sqlite {
            return statement(self);
        }
        self.batch(BY_KEY)?;
        let answer = statement(self)?;
        self.batch(BY_ANY)?;
        Ok(answer)
    }

    /// Makes the table, or empties the one that an earlier transaction left.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub(crate) fn stage(&mut self, stage: &Stage) -> Result<(), Error> {
        let (name, declared) = (stage.table.name, stage.declared);
        let empty = match self.dialect() {
            Dialect::Sqlite => format!("DELETE FROM {name}"),
            // A deleted row would stay in the file until the connection ends.
            Dialect::Postgres => format!("TRUNCATE {name}"),
        };
        self.batch(&format!("CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({declared}); {empty}"))
    }
}
