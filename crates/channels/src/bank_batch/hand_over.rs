//! Hands a file to a partner who watches a folder: they see it whole or not at all.
//!
//! The file is written under a `.tmp` name, forced to the disk, renamed, and the folder is forced
//! too; only then the flag file appears that the partner waits for. After a crash the folder holds
//! no file, a `.tmp` (thrown away by the next run), or the whole file; a missing flag is put down
//! again by repeating the hand-over.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes `path` by `write`, then the flag file `path` + `.ok`.
///
/// # Errors
/// What `write` says, with the `.tmp` file removed; or the disk's trouble.
pub fn hand_over<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let temporary = with_suffix(path, ".tmp");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&temporary)?);
    let written = write(&mut out).and_then(|()| Ok(out.flush()?));
    if let Err(error) = written {
        // The writer's reason matters more than a file that cannot be removed.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    out.get_ref().sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(path)?;
    File::create(with_suffix(path, ".ok"))?.sync_all()?;
    sync_folder(path)?;
    Ok(())
}

/// Whether a file was handed over to its end: it is there with its flag.
#[must_use]
pub fn is_handed_over(path: &Path) -> bool {
    path.is_file() && with_suffix(path, ".ok").is_file()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A rename is durable when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_and_then_its_flag() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("DK_1.xml");
        let seen_while_writing = std::cell::Cell::new(false);
        hand_over::<io::Error>(&path, |out| {
            out.write_all(b"whole")?;
            out.flush()?;
            seen_while_writing.set(path.exists() || is_handed_over(&path));
            Ok(())
        })
        .unwrap();
        assert!(!seen_while_writing.get());
        assert!(is_handed_over(&path));
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert!(!with_suffix(&path, ".tmp").exists());
    }

    #[test]
    fn a_refused_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("DK_1.xml");
        let refused = hand_over::<io::Error>(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("a name cannot be written"))
        });
        assert!(refused.is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_hand_over_that_broke_off_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("DK_1.xml");
        fs::write(with_suffix(&path, ".tmp"), b"half of a former run").unwrap();
        fs::write(&path, b"whole, but its flag is missing").unwrap();
        assert!(!is_handed_over(&path));
        hand_over::<io::Error>(&path, |out| out.write_all(b"whole")).unwrap();
        assert!(is_handed_over(&path));
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
