//! The folder of evidence: files handed in with cases, outside everything that is served.
//!
//! A file is named by the SHA-256 of its bytes, so its name comes from nobody outside, the same
//! file is kept once, and a file that was changed on disk is found when it is read. Only the
//! program's own user can read the folder; nothing in it can be executed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use insurance::casework::evidence::FILE_BYTES_MAX;
use insurance::ledger::hex;
use sha2::{Digest, Sha256};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Where evidence lies.
#[derive(Clone, Debug)]
pub struct EvidenceFolder(PathBuf);

impl EvidenceFolder {
    /// A folder; it is made when the first file comes.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Keeps bytes and answers their digest. They are on disk when it answers.
    ///
    /// # Errors
    /// The file system's.
    pub fn keep(&self, bytes: &[u8]) -> io::Result<String> {
        let digest = digest_of(bytes);
        let path = self.path_of(&digest);
        let folder = path.parent().unwrap_or(&self.0);
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
        if path.exists() {
            return Ok(digest);
        }
        let half = path.with_extension("new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&half)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&half, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(digest)
    }

    /// The bytes of a digest.
    ///
    /// # Errors
    /// The file system's, and [`io::ErrorKind::InvalidData`] when the file is not what it was.
    pub fn read(&self, digest: &str) -> io::Result<Vec<u8>> {
        let limit = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        File::open(self.path_of(digest))?.take(limit + 1).read_to_end(&mut bytes)?;
        if digest_of(&bytes) == digest {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "an evidence file was changed on disk"))
        }
    }

    /// The place of a digest; anything else than a digest leads to a file that can't be.
    fn path_of(&self, digest: &str) -> PathBuf {
        let sound = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = if sound { digest } else { "none" };
        self.0.join(name.get(..2).unwrap_or("no")).join(name)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_kept_once_for_its_owner_only_and_a_changed_one_is_found() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = EvidenceFolder::new(temporary.path().join("evidence"));
        let digest = folder.keep(b"a document").unwrap();
        assert_eq!(folder.keep(b"a document").unwrap(), digest);
        assert_eq!(folder.read(&digest).unwrap(), b"a document");
        let path = folder.path_of(&digest);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(folder.path())), (0o600, 0o700));
        std::fs::write(&path, b"another").unwrap();
        assert_eq!(folder.read(&digest).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_name_that_is_no_digest_leads_nowhere() {
        let temporary = tempfile::tempdir().unwrap();
        std::fs::write(temporary.path().join("secret"), b"x").unwrap();
        let folder = EvidenceFolder::new(temporary.path().join("evidence"));
        for name in ["", concat!("..", "/secret"), "/etc/passwd", &"../".repeat(22)] {
            assert!(folder.read(name).is_err(), "{name}");
        }
    }
}
