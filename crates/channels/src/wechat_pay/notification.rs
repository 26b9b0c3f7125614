//! 通知: what WeChat posts to us of its own accord.
//!
//! Pure: headers, raw body, keys and the moment of arrival in; an event or a refusal out. Notices
//! come late, twice, at the same time, in any order, or never; the order's state is therefore
//! also queried ([`super::query_schedule`]).

use serde::{Deserialize, Serialize};
use units::Timestamp;

use super::refund::{self, Refund};
use super::secret::{CiphertextMustBeAuthentic, Sealed};
use super::signature::{PlatformKeys, SignatureRefusal};
use super::transaction::{self, Transaction};
use super::{AnswerMustBeReadable, Merchant};
use crate::http_message::Headers;

/// The largest body of a notice that is stored; real ones have about 2 kB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A notice, verified and decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// A payment succeeded.
    Payment(Transaction),
    /// A refund reached a state.
    Refund(Refund),
    /// Something that we don't use, such as an event of another product: acknowledge it.
    Other {
        /// WeChat's word for it.
        event_type: String,
    },
}

/// Why a notice is not believed. Answer 4xx; WeChat repeats real ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeRefusal {
    /// Its signature.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// Its encryption.
    #[error(transparent)]
    Ciphertext(#[from] CiphertextMustBeAuthentic),
    /// Its form.
    #[error(transparent)]
    Form(#[from] AnswerMustBeReadable),
}

/// The JSON around the encrypted part.
#[derive(Serialize, Deserialize)]
pub struct Envelope {
    /// The notice's own number; repeats carry the same.
    pub id: String,
    /// RFC 3339.
    pub create_time: String,
    /// Always `encrypt-resource`.
    pub resource_type: String,
    /// `TRANSACTION.SUCCESS`, `REFUND.SUCCESS`, `REFUND.ABNORMAL`, `REFUND.CLOSED`.
    pub event_type: String,
    /// A few words.
    #[serde(default)]
    pub summary: String,
    /// The encrypted part.
    pub resource: Resource,
}

/// The encrypted part with its kind.
#[derive(Serialize, Deserialize)]
pub struct Resource {
    /// `transaction` or `refund`.
    #[serde(default)]
    pub original_type: String,
    /// The ciphertext.
    #[serde(flatten)]
    pub sealed: Sealed,
}

/// Reads a notice that arrived at `arrived_at`.
///
/// # Errors
/// [`NoticeRefusal`]: first the signature over the raw bytes, then form and decryption.
pub fn read(
    merchant: &Merchant,
    keys: &PlatformKeys,
    (headers, body): (&Headers, &[u8]),
    arrived_at: Timestamp,
) -> Result<Notification, NoticeRefusal> {
    keys.verify(headers, body, arrived_at)?;
    open(merchant, body)
}

/// Reads a notice whose signature was verified when it arrived: keys may have changed since.
///
/// # Errors
/// [`NoticeRefusal::Ciphertext`], [`NoticeRefusal::Form`].
pub fn open(merchant: &Merchant, body: &[u8]) -> Result<Notification, NoticeRefusal> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| AnswerMustBeReadable)?;
    let plain = || merchant.api_v3_key.open(&envelope.resource.sealed);
    Ok(match envelope.event_type.as_str() {
        "TRANSACTION.SUCCESS" => Notification::Payment(transaction::read(&plain()?)?),
        "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
            Notification::Refund(refund::read(merchant, &plain()?)?)
        }
        _ => Notification::Other { event_type: envelope.event_type },
    })
}
