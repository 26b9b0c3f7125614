//! Read-only connections, used in place on the caller's thread.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{connection, run};
use crate::pool::Pool;
use crate::{Error, Fault, Tx};

pub(crate) struct Readers {
    path: PathBuf,
    pool: Pool<Connection>,
}

impl Readers {
    pub(super) fn new(path: &Path, readers_max: usize) -> Self {
        Self { path: path.to_owned(), pool: Pool::new(readers_max) }
    }

    /// Runs a closure on one snapshot of the database.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let unreachable = |error| Error::Unreachable(Fault::from(error));
        let mut lent = self.pool.lend(|| connection::open_reading(&self.path))?;
        let connection = lent.get();
        run(connection, "BEGIN").map_err(unreachable)?;
        let answer = closure(&mut Tx::on_sqlite(connection));
        if !connection.is_autocommit() {
            run(connection, "COMMIT").map_err(unreachable)?;
        }
        lent.give_back();
        answer
    }
}
