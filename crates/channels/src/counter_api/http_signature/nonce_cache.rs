//! The nonces of one bank's recent requests: a request that was seen is not accepted again.
//!
//! It holds as long as a signature can be accepted. It is memory; whoever holds it keeps the
//! fingerprints in the database too, and fills it from there after a restart.

use std::collections::{HashSet, VecDeque};

use ring::digest;
use units::Timestamp;

use super::verify::{AGE_SECONDS_MAX, AHEAD_SECONDS_MAX};

/// Why a nonce is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceRefusal {
    /// Seen before.
    #[error("the nonce was used before; every request needs a new one")]
    MustBeNew,
    /// More requests in the window than the cache holds.
    #[error("too many requests in the last minutes; send fewer and try again")]
    CacheIsFull,
}

/// The last nonces, at most `capacity` of them.
#[derive(Debug)]
pub struct NonceCache {
    capacity: usize,
    seen: HashSet<NonceFingerprint>,
    /// In the order of arrival, which is the order of forgetting.
    order: VecDeque<(i64, NonceFingerprint)>,
}

/// The first half of SHA-256 over the key's name and the nonce.
pub type NonceFingerprint = [u8; 16];

/// No signature is accepted for longer than this after its request was first seen.
pub const KEPT_SECONDS: i64 = AGE_SECONDS_MAX + AHEAD_SECONDS_MAX;

impl NonceCache {
    /// An empty cache for `capacity` nonces, 40 bytes each.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, seen: HashSet::new(), order: VecDeque::new() }
    }

    /// Remembers a nonce that came at a moment.
    ///
    /// A full cache refuses rather than forgets a nonce that could still be replayed.
    ///
    /// # Errors
    /// [`NonceRefusal`].
    pub fn admit(
        &mut self,
        fingerprint: NonceFingerprint,
        now: Timestamp,
    ) -> Result<(), NonceRefusal> {
        self.forget_before(now.seconds() - KEPT_SECONDS);
        if self.seen.contains(&fingerprint) {
            return Err(NonceRefusal::MustBeNew);
        }
        if self.order.len() >= self.capacity {
            return Err(NonceRefusal::CacheIsFull);
        }
        self.seen.insert(fingerprint);
        self.order.push_back((now.seconds(), fingerprint));
        Ok(())
    }

    /// How many nonces it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    fn forget_before(&mut self, seconds: i64) {
        while self.order.front().is_some_and(|(at, _)| *at < seconds) {
            if let Some((_, fingerprint)) = self.order.pop_front() {
                self.seen.remove(&fingerprint);
            }
        }
    }
}

/// What is remembered of a nonce and the name of the key that it was used with.
///
/// # Panics
/// Never: SHA-256 has 32 bytes.
#[must_use]
pub fn fingerprint(key_id: &str, nonce: &str) -> NonceFingerprint {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(key_id.as_bytes());
    // A name can't contain NUL in a structured-field string, so the two can't run together.
    context.update(&[0]);
    context.update(nonce.as_bytes());
    let digest = context.finish();
    *digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        "2026-11-24T10:00:00+08:00".parse::<Timestamp>().unwrap().plus_seconds(seconds)
    }

    fn admit(
        cache: &mut NonceCache,
        (key_id, nonce): (&str, &str),
        now: Timestamp,
    ) -> Result<(), NonceRefusal> {
        cache.admit(fingerprint(key_id, nonce), now)
    }

    #[test]
    fn a_nonce_is_admitted_once_while_its_signature_could_be_accepted() {
        let mut cache = NonceCache::new(10);
        assert_eq!(admit(&mut cache, ("bank-1", "a"), at(0)), Ok(()));
        assert_eq!(admit(&mut cache, ("bank-1", "a"), at(360)), Err(NonceRefusal::MustBeNew));
        assert_eq!(
            admit(&mut cache, ("bank-2", "a"), at(0)),
            Ok(()),
            "each key has its own nonces"
        );
        assert_eq!(
            admit(&mut cache, ("bank-1", "a"), at(361)),
            Ok(()),
            "by then no signature holds"
        );
    }

    #[test]
    fn a_full_cache_refuses_and_recovers_with_time() {
        let mut cache = NonceCache::new(2);
        assert_eq!(admit(&mut cache, ("k", "a"), at(0)), Ok(()));
        assert_eq!(admit(&mut cache, ("k", "b"), at(100)), Ok(()));
        assert_eq!(admit(&mut cache, ("k", "c"), at(100)), Err(NonceRefusal::CacheIsFull));
        assert_eq!(admit(&mut cache, ("k", "c"), at(361)), Ok(()));
        assert_eq!(cache.len(), 2);
    }
}
