//! APIv3 密钥: the symmetric key that encrypts notices and platform certificates.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead;
use serde::{Deserialize, Serialize};

/// The merchant's APIv3 key: 32 ASCII characters chosen in the merchant platform, used as an
/// AES-256 key. Never printed.
#[derive(Clone)]
pub struct ApiV3Key([u8; 32]);

/// The key is not 32 ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the APIv3 key must be exactly 32 ASCII characters")]
pub struct KeyMustHave32Characters;

/// The text was not encrypted with our key, or was changed on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted part must be AEAD_AES_256_GCM under our APIv3 key, unchanged")]
pub struct CiphertextMustBeAuthentic;

/// An encrypted part of a message. Its associated data may be empty or absent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sealed {
    /// Always `AEAD_AES_256_GCM`.
    pub algorithm: String,
    /// Base64 of the ciphertext followed by its 16 tag bytes.
    pub ciphertext: String,
    /// What is authenticated beside it.
    #[serde(default)]
    pub associated_data: Option<String>,
    /// 12 ASCII characters.
    pub nonce: String,
}

/// The one algorithm of API v3.
pub const ALGORITHM: &str = "AEAD_AES_256_GCM";

impl ApiV3Key {
    /// A key from its text.
    ///
    /// # Errors
    /// [`KeyMustHave32Characters`].
    pub fn new(text: &str) -> Result<Self, KeyMustHave32Characters> {
        if !text.is_ascii() {
            return Err(KeyMustHave32Characters);
        }
        text.as_bytes().try_into().map(Self).map_err(|_| KeyMustHave32Characters)
    }

    /// Decrypts and authenticates.
    ///
    /// # Errors
    /// [`CiphertextMustBeAuthentic`] for another algorithm, a malformed part, another key or a
    /// changed byte: an attacker learns nothing from which.
    pub fn open(&self, sealed: &Sealed) -> Result<Vec<u8>, CiphertextMustBeAuthentic> {
        let refused = CiphertextMustBeAuthentic;
        if sealed.algorithm != ALGORITHM {
            return Err(refused);
        }
        let nonce = aead::Nonce::try_assume_unique_for_key(sealed.nonce.as_bytes());
        let nonce = nonce.map_err(|_| refused)?;
        let associated = sealed.associated_data.as_deref().unwrap_or_default();
        let mut bytes = BASE64.decode(&sealed.ciphertext).map_err(|_| refused)?;
        let plain = self.key().open_in_place(nonce, aead::Aad::from(associated), &mut bytes);
        let length = plain.map_err(|_| refused)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Encrypts, as WeChat does; the sandbox needs it. The nonce must not repeat under one key.
    ///
    /// # Panics
    /// Unless the nonce has 12 bytes.
    #[must_use]
    pub fn seal(&self, plain: &[u8], nonce: &str, associated_data: &str) -> Sealed {
        let unique = aead::Nonce::try_assume_unique_for_key(nonce.as_bytes());
        let unique = unique.expect("the caller makes nonces of 12 bytes");
        let mut bytes = plain.to_vec();
        self.key()
            .seal_in_place_append_tag(unique, aead::Aad::from(associated_data), &mut bytes)
            .expect("a message in memory is far below the limit of AES-GCM, 64 GiB");
        Sealed {
            algorithm: ALGORITHM.to_owned(),
            ciphertext: BASE64.encode(bytes),
            associated_data: Some(associated_data.to_owned()),
            nonce: nonce.to_owned(),
        }
    }

    fn key(&self) -> aead::LessSafeKey {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, &self.0);
        aead::LessSafeKey::new(key.expect("the key has the 32 bytes of AES-256"))
    }
}

impl fmt::Debug for ApiV3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiV3Key(hidden)")
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} characters)", self.ciphertext.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_nonce_or_associated_data_is_refused() {
        let key = ApiV3Key::new("01234567890123456789012345678901").unwrap();
        let sealed = key.seal("应缴".as_bytes(), "abcdefghijkl", "transaction");
        assert_eq!(key.open(&sealed).unwrap(), "应缴".as_bytes());
        let other = |change: fn(&mut Sealed)| {
            let mut changed = sealed.clone();
            change(&mut changed);
            key.open(&changed)
        };
        assert!(other(|s| s.ciphertext.replace_range(0..1, "_")).is_err());
        assert!(other(|s| s.nonce = "abcdefghijkm".into()).is_err());
        assert!(other(|s| s.nonce = "short".into()).is_err());
        assert!(other(|s| s.associated_data = None).is_err());
        assert!(other(|s| s.algorithm = "AEAD_AES_128_GCM".into()).is_err());
        assert!(other(|s| s.ciphertext.clear()).is_err());
    }

    #[test]
    fn a_key_has_32_characters_and_is_never_printed() {
        assert!(ApiV3Key::new("short").is_err());
        assert!(ApiV3Key::new("密密密密密密密密密密aa").is_err());
        let key = ApiV3Key::new("01234567890123456789012345678901").unwrap();
        assert!(!format!("{key:?}").contains("0123"));
    }
}
