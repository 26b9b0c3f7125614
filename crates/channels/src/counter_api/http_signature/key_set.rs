//! The keys of the banks, two live ones for each bank, so that a key changes without a gap: the
//! bank sends its new key, signs with either for a while, and the old one is revoked.

use super::verifying_key::VerifyingKey;

/// How many keys of one bank are live at a time.
pub const LIVE_KEYS_MAX: usize = 2;

/// One bank's key.
#[derive(Clone, Debug)]
pub struct BankKey {
    /// The `keyid` of signatures; unique among all banks.
    pub key_id: String,
    /// The bank's code, which its payments are booked under.
    pub bank: String,
    /// The key.
    pub key: VerifyingKey,
}

/// Why a key is not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetRefusal {
    /// Another key has this name.
    #[error("the key's name must be new; a revoked key's name is not used again")]
    KeyIdMustBeNew,
    /// Two live keys already.
    #[error("a bank has at most two live keys; revoke the older one first")]
    AtMostTwoLiveKeys,
}

/// The live keys of all banks.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    live: Vec<BankKey>,
    revoked: Vec<String>,
}

impl KeySet {
    /// Adds a live key.
    ///
    /// # Errors
    /// [`KeySetRefusal`].
    pub fn add(&mut self, key: BankKey) -> Result<(), KeySetRefusal> {
        if self.find(&key.key_id).is_some() || self.revoked.contains(&key.key_id) {
            return Err(KeySetRefusal::KeyIdMustBeNew);
        }
        if self.live.iter().filter(|live| live.bank == key.bank).count() >= LIVE_KEYS_MAX {
            return Err(KeySetRefusal::AtMostTwoLiveKeys);
        }
        self.live.push(key);
        Ok(())
    }

    /// Ends a key at once; `false` when no live key has the name.
    pub fn revoke(&mut self, key_id: &str) -> bool {
        let before = self.live.len();
        self.live.retain(|live| live.key_id != key_id);
        let ended = self.live.len() < before;
        if ended {
            self.revoked.push(key_id.to_owned());
        }
        ended
    }

    /// The live key of a name.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&BankKey> {
        self.live.iter().find(|live| live.key_id == key_id)
    }
}
