//! Chains of records that are only ever added: each carries the hash of the one before it.

use sha2::{Digest, Sha256};

use crate::ledger::hex;

/// The hash of a record: of the hash before it (empty for the first), of its place in the chain, and
/// of its texts, each with its length, so that no two lists of texts give the same bytes.
///
/// ```
/// use insurance::clerk::record_chain::link;
/// let first = link("", 1, &["wu-min", "enrol"]);
/// assert_eq!(first.len(), 64);
/// assert_ne!(first, link("", 1, &["wu-mine", "nrol"]));
/// assert_ne!(first, link("", 2, &["wu-min", "enrol"]));
/// assert_ne!(link(&first, 2, &["a"]), link("", 2, &["a"]));
/// ```
#[must_use]
pub fn link(previous: &str, place: i64, texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(place.to_be_bytes());
    for text in texts {
        hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hex(&hasher.finalize())
}
