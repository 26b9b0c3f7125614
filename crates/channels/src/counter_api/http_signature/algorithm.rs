//! The signature algorithms and what their bytes are.
//!
//! | name | key | signature |
//! |---|---|---|
//! | `hmac-sha256` | shared secret, 32 bytes or more | 32 bytes |
//! | `ecdsa-p256-sha256` | P-256 | 64 bytes, r then s |
//! | `ed25519` | Ed25519 | 64 bytes |
//! | `sm2-sm3` | SM2 (GB/T 32918.2-2016) | 64 bytes, r then s, 32 bytes each, big-endian |
//!
//! The RFC 9421 registry has no SM2; `sm2-sm3` is this interface's private name. The signer's
//! distinguishing identifier is the standard's default, `1234567812345678`; the message digest is
//! SM3 over Z and the signature base, as GB/T 32918.2 section 6 defines it. A signer whose library
//! returns DER converts it to r and s.

/// The signer's distinguishing identifier of `sm2-sm3` (GB/T 35276-2017 section 10).
pub const SM2_DISTINGUISHING_ID: &str = "1234567812345678";

/// How a message is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the registry's")]
pub enum Algorithm {
    HmacSha256,
    EcdsaP256Sha256,
    Ed25519,
    Sm2Sm3,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] =
        [Self::HmacSha256, Self::EcdsaP256Sha256, Self::Ed25519, Self::Sm2Sm3];

    /// The name in the `alg` parameter.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::Ed25519 => "ed25519",
            Self::Sm2Sm3 => "sm2-sm3",
        }
    }

    /// The algorithm of a name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.word() == word)
    }
}

/// A key's text is not a key of its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Not base64, or fewer than 32 bytes.
    #[error("a shared secret is base64 of at least 32 bytes")]
    SecretMustBeBase64Of32Bytes,
    /// Not a PEM block.
    #[error("the key must be a PEM block, as openssl writes it")]
    MustBePem,
    /// A PEM block of another algorithm or form.
    #[error("the key must belong to its algorithm, with a named curve and an uncompressed point")]
    MustBelongToAlgorithm,
}

/// The bytes inside a PEM block whose label ends with `label`.
pub(super) fn pem_bytes(text: &str, label: &str) -> Result<Vec<u8>, KeyRefusal> {
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let inside = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split_once(&end))
        .map(|(inside, _)| inside.split_ascii_whitespace().collect::<String>())
        .ok_or(KeyRefusal::MustBePem)?;
    base64(&inside).ok_or(KeyRefusal::MustBePem)
}

/// The bytes of a standard base64 text.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()
}

/// A shared secret from its base64 text.
pub(super) fn shared_secret(text: &str) -> Result<ring::hmac::Key, KeyRefusal> {
    const SECRET_BYTES_MIN: usize = 32;
    let secret = base64(text).filter(|secret| secret.len() >= SECRET_BYTES_MIN);
    let secret = secret.ok_or(KeyRefusal::SecretMustBeBase64Of32Bytes)?;
    Ok(ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret))
}
