//! Copying the file while it is in use.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::connection;
use crate::{Error, Fault};

/// Copies one snapshot of the database. Writers go on meanwhile.
///
/// The copy gets its name only when it is whole and on the disk.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        return Err(Error::Backup(Fault::new("exists", "there is a file of that name already")));
    }
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    remove(&unfinished)?;
    let copied = copy_pages(from, &unfinished).and_then(|()| name(&unfinished, to));
    if copied.is_err() {
        remove(&unfinished)?;
    }
    copied
}

fn copy_pages(from: &Path, to: &Path) -> Result<(), Error> {
    let failed = |error: rusqlite::Error| Error::Backup(Fault::from(error));
    let source = connection::open_reading(from)?;
    let mut target = Connection::open(to).map_err(failed)?;
    // All pages in one step: in steps, every write between two of them would start it afresh.
    let step = Backup::new(&source, &mut target).and_then(|copy| copy.step(-1)).map_err(failed)?;
    match step {
        StepResult::Done => target.close().map_err(|(_, error)| failed(error)),
        _ => Err(Error::Backup(Fault::new("busy", "the database was locked"))),
    }
}

fn name(unfinished: &Path, to: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Backup(Fault::from(error));
    std::fs::File::open(unfinished).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(unfinished, to).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = std::fs::File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).map_err(failed)
}

fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Backup(Fault::from(error)))
        }
        _ => Ok(()),
    }
}
