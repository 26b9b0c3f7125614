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
        let mut lent = self.pool.lend(|| connection::open_reading(&self.path))?;
        let answer = on_snapshot(lent.get(), closure).map_err(unreachable)?;
        lent.give_back();
        answer
    }

    /// As [`Readers::read`], for a closure that writes temporary tables. The file itself is opened
    /// for reading only.
    pub(crate) fn read_staged<T, E: From<Error>>(
        &self,
        closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = self.pool.lend(|| connection::open_reading(&self.path))?;
        let connection = lent.get();
        run(connection, "PRAGMA query_only = OFF").map_err(unreachable)?;
        let answer = on_snapshot(connection, closure).map_err(unreachable)?;
        run(connection, "PRAGMA query_only = ON").map_err(unreachable)?;
        lent.give_back();
        answer
    }
}

fn unreachable(error: rusqlite::Error) -> Error {
    Error::Unreachable(Fault::from(error))
}

fn on_snapshot<T, E: From<Error>>(
    connection: &Connection,
    closure: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> rusqlite::Result<Result<T, E>> {
    run(connection, "BEGIN")?;
    let answer = closure(&mut Tx::on_sqlite(connection));
    if !connection.is_autocommit() {
        run(connection, "COMMIT")?;
    }
    Ok(answer)
}
