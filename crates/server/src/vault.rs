//! 密钥保管: secrets that the database keeps are sealed with a key that it does not have, so that a
//! copy of the database is no way to speak as a bank or as the city.
//!
//! The key stands in a file of its own: one key a line, the first seals, all of them open. To change
//! it, put a new one on the first line, run `shebao counter key reseal`, and take the old line out.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest;
use ring::rand::{SecureRandom as _, SystemRandom};

/// What a sealed text begins with.
const SEALED: &str = "sealed:1:";
/// The bytes of a key.
const KEY_BYTES: usize = 32;
/// Keys in one file, at most: the one in use and those that went before.
const KEYS_MAX: usize = 8;

/// The keys that seal the database's secrets. Clones share them.
#[derive(Clone)]
pub struct Vault {
    file: PathBuf,
    keys: Arc<[SealingKey]>,
}

struct SealingKey {
    /// The first eight hexadecimal digits of its SHA-256: which key sealed a text.
    mark: String,
    key: LessSafeKey,
}

/// Why a secret can't be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no key.
    #[error(
        "the secrets of the database need a key, and {0:?} holds none; `shebao init` makes it where \
         --secret-key-file or SHEBAO_SECRET_KEY_FILE says"
    )]
    KeyRequired(PathBuf),
    /// The file has lines that are no keys.
    #[error("line {line} of {file} must be the base64 of 32 bytes")]
    LineMustBeKey {
        /// The file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// Everybody may read the file.
    #[error("{0} must be readable by its owner alone: `chmod 600` it")]
    FileMustBePrivate(PathBuf),
    /// The text was sealed with a key that the file does not hold any more.
    #[error("a secret was sealed with the key {mark}, which {file} does not hold")]
    KeyMustBeKept {
        /// Which key.
        mark: String,
        /// The file.
        file: PathBuf,
    },
    /// The text was changed, or belongs elsewhere.
    #[error("the secret {0:?} was changed behind the program's back")]
    MustBeWhole(String),
    /// The file.
    #[error("{file} can't be read or written")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandom,
}

/// Whether a text was sealed, with whatever key.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(SEALED)
}

impl Vault {
    /// Reads the keys of a file. Without a file there are none: what was never sealed can be read.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn open(file: &Path) -> Result<Self, VaultError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(cause) => return Err(VaultError::File { file: file.to_owned(), cause }),
        };
        if !text.is_empty() {
            must_be_private(file)?;
        }
        let keys: Result<Vec<SealingKey>, VaultError> = (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
            .take(KEYS_MAX)
            .map(|(line, text)| {
                let bad = || VaultError::LineMustBeKey { file: file.to_owned(), line };
                SealingKey::read(text.trim()).ok_or_else(bad)
            })
            .collect();
        Ok(Self { file: file.to_owned(), keys: keys?.into() })
    }

    /// [`Vault::open`], after making a file with a fresh key where there is none.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn create(file: &Path) -> Result<Self, VaultError> {
        let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        let failed = |cause| VaultError::File { file: file.to_owned(), cause };
        match made {
            Ok(mut made) => {
                let key: [u8; KEY_BYTES] = random()?;
                let text = format!("{}\n", STANDARD.encode(key));
                made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
            }
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(failed(cause)),
        }
        Self::open(file)
    }

    /// Seals a secret under its name: it opens under no other.
    ///
    /// # Errors
    /// [`VaultError::KeyRequired`].
    pub fn seal(&self, name: &str, secret: &str) -> Result<String, VaultError> {
        let key = self.keys.first().ok_or_else(|| VaultError::KeyRequired(self.file.clone()))?;
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = nonce.to_vec();
        let mut text = secret.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.key
            .seal_in_place_append_tag(nonce, Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| VaultError::MustBeWhole(name.to_owned()))?;
        sealed.append(&mut text);
        Ok(format!("{SEALED}{}:{}", key.mark, STANDARD.encode(sealed)))
    }

    /// Opens a secret. A text that was never sealed is its own secret.
    ///
    /// # Errors
    /// [`VaultError::KeyMustBeKept`], [`VaultError::MustBeWhole`].
    pub fn open_sealed(&self, name: &str, text: &str) -> Result<String, VaultError> {
        let Some(sealed) = text.strip_prefix(SEALED) else { return Ok(text.to_owned()) };
        let broken = || VaultError::MustBeWhole(name.to_owned());
        let (mark, sealed) = sealed.split_once(':').ok_or_else(broken)?;
        let key = self.keys.iter().find(|key| key.mark == mark);
        let key = key.ok_or_else(|| VaultError::KeyMustBeKept {
            mark: mark.to_owned(),
            file: self.file.clone(),
        })?;
        let mut sealed = STANDARD.decode(sealed).map_err(|_| broken())?;
        if sealed.len() < NONCE_LEN {
            return Err(broken());
        }
        let mut text = sealed.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(|_| broken())?;
        let secret = key
            .key
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| broken())?;
        String::from_utf8(secret.to_vec()).map_err(|_| broken())
    }
}

/// Shows where the keys stand and which they are, never a key.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let marks: Vec<&str> = self.keys.iter().map(|key| key.mark.as_str()).collect();
        f.debug_struct("Vault").field("file", &self.file).field("keys", &marks).finish()
    }
}

impl SealingKey {
    fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == KEY_BYTES)?;
        let digest = digest::digest(&digest::SHA256, &bytes);
        let mark = insurance::ledger::hex(digest.as_ref().get(..4)?);
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?);
        Some(Self { mark, key })
    }
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| VaultError::NoRandom)?;
    Ok(bytes)
}

fn must_be_private(file: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt as _;
    let failed = |cause| VaultError::File { file: file.to_owned(), cause };
    let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(VaultError::FileMustBePrivate(file.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_under_its_own_name_with_a_key_that_the_file_holds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.key");
        let none = Vault::open(&file).unwrap();
        assert!(matches!(none.seal("a", "geheim"), Err(VaultError::KeyRequired(_))));
        assert_eq!(none.open_sealed("a", "plain").unwrap(), "plain");

        let vault = Vault::create(&file).unwrap();
        let sealed = vault.seal("a", "geheim").unwrap();
        assert!(!sealed.contains("geheim"));
        assert_ne!(sealed, vault.seal("a", "geheim").unwrap(), "a nonce is never used twice");
        assert_eq!(Vault::create(&file).unwrap().open_sealed("a", &sealed).unwrap(), "geheim");
        assert!(matches!(vault.open_sealed("b", &sealed), Err(VaultError::MustBeWhole(_))));
        assert!(matches!(none.open_sealed("a", &sealed), Err(VaultError::KeyMustBeKept { .. })));

        let other = folder.path().join("other.key");
        let next = Vault::create(&other).unwrap();
        assert!(matches!(next.open_sealed("a", &sealed), Err(VaultError::KeyMustBeKept { .. })));
        let both = [&other, &file].map(|file| std::fs::read_to_string(file).unwrap()).concat();
        std::fs::write(&file, both).unwrap();
        let rotated = Vault::open(&file).unwrap();
        assert_eq!(rotated.open_sealed("a", &sealed).unwrap(), "geheim");
        let anew = rotated.seal("a", "geheim").unwrap();
        assert_eq!(next.open_sealed("a", &anew).unwrap(), "geheim", "the first line seals");
    }

    #[test]
    fn a_file_that_others_may_read_or_that_holds_no_key_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.key");
        Vault::create(&file).unwrap();
        let shown = format!("{:?}", Vault::open(&file).unwrap());
        let key = std::fs::read_to_string(&file).unwrap();
        assert!(!shown.contains(key.trim()));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Vault::open(&file), Err(VaultError::FileMustBePrivate(_))));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&file, "# our key\nkurz\n").unwrap();
        assert!(matches!(Vault::open(&file), Err(VaultError::LineMustBeKey { line: 2, .. })));
    }
}
