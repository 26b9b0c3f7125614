//! A secret that only one browser holds, in a cookie. What is kept here is made from it and can't
//! be turned back.

use insurance::ledger::hex;
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

const BYTES: usize = 32;

/// 64 hexadecimal digits. Its `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// A secret that nobody had before.
    ///
    /// # Panics
    /// When the system has no randomness: nothing may go on without it.
    pub(crate) fn fresh() -> Self {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
        Self(hex(&bytes))
    }

    /// The secret in a cookie's value.
    pub(crate) fn read(value: &str) -> Option<Self> {
        let sound = value.len() == BYTES * 2 && value.bytes().all(|b| b.is_ascii_hexdigit());
        sound.then(|| Self(value.to_owned()))
    }

    /// The secret itself, for the cookie alone.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What is made from it for a purpose.
    pub(crate) fn derived(&self, purpose: &str) -> String {
        hex(&Sha256::new().chain_update(purpose).chain_update(&self.0).finalize())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}
