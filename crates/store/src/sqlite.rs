//! SQLite: one writer thread, many readers, one file in WAL mode.

mod backup;
mod connection;
mod job;
mod readers;
mod statement;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub(crate) use connection::Missing;
pub(crate) use job::{Company, Outcome};
pub(crate) use statement::{Ready, Statements, bind_in_order, run};

use crate::{Error, Settings};
use readers::Readers;
use writer::Writer;

pub(crate) struct Sqlite {
    path: PathBuf,
    // Dropped first: the last commit is finished before the readers close.
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, missing: Missing, settings: Settings) -> Result<Self, Error> {
        let writing: Connection = connection::open_writing(path, missing)?;
        let writer = Writer::start(writing, settings)?;
        let readers = Readers::new(path, settings.readers_max);
        Ok(Self { path: path.to_owned(), writer, readers })
    }

    pub(crate) fn backup_to(&self, to: &Path) -> Result<(), Error> {
        backup::copy(&self.path, to)
    }
}
