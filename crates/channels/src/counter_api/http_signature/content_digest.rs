//! `Content-Digest` (RFC 9530): the digest of the body's bytes as they travel.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

/// Why a `Content-Digest` is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentDigestRefusal {
    /// Not a dictionary of byte sequences.
    #[error("Content-Digest is written like sha-256=:base64:")]
    MustBeReadable,
    /// Neither sha-256 nor sha-512.
    #[error("Content-Digest must have a sha-256 or sha-512 digest")]
    MustHaveSha256OrSha512,
    /// The body is another.
    #[error("Content-Digest must be the digest of the body as received")]
    MustMatchTheBody,
}

/// The header value for a body: `sha-256=:…:`.
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, body);
    let mut value = "sha-256=:".to_owned();
    STANDARD.encode_string(digest.as_ref(), &mut value);
    value.push(':');
    value
}

/// Checks the header's value against the body: every sha-256 and sha-512 in it must match, and
/// there must be one. Other algorithms are ignored, as the registry calls them insecure.
///
/// # Errors
/// [`ContentDigestRefusal`].
pub fn check_content_digest(value: &str, body: &[u8]) -> Result<(), ContentDigestRefusal> {
    let dictionary: Dictionary =
        Parser::new(value).parse().map_err(|_| ContentDigestRefusal::MustBeReadable)?;
    let mut checked = false;
    for (key, member) in &dictionary {
        let algorithm = match key.as_str() {
            "sha-256" => &digest::SHA256,
            "sha-512" => &digest::SHA512,
            _ => continue,
        };
        let ListEntry::Item(Item { bare_item: BareItem::ByteSequence(claimed), .. }) = member
        else {
            return Err(ContentDigestRefusal::MustBeReadable);
        };
        // Not secret, so an ordinary comparison is enough.
        if digest::digest(algorithm, body).as_ref() != claimed.as_slice() {
            return Err(ContentDigestRefusal::MustMatchTheBody);
        }
        checked = true;
    }
    if checked { Ok(()) } else { Err(ContentDigestRefusal::MustHaveSha256OrSha512) }
}
