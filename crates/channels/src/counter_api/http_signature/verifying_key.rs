//! The key that verifies a partner's signatures.

use std::fmt;

use ring::{hmac, signature};
use sm2::dsa::signature::Verifier as _;

use super::algorithm::{Algorithm, KeyRefusal, SM2_DISTINGUISHING_ID, pem_bytes, shared_secret};

/// A verifying key. Its `Debug` shows the algorithm only.
#[derive(Clone)]
pub struct VerifyingKey(Kind);

#[derive(Clone)]
enum Kind {
    HmacSha256(hmac::Key),
    /// The uncompressed point, 65 bytes.
    EcdsaP256(Vec<u8>),
    /// The public key, 32 bytes.
    Ed25519(Vec<u8>),
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

// What precedes the key's own bytes in a SubjectPublicKeyInfo (RFC 5480, RFC 8410, GB/T 35276).
pub(super) const P256_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
pub(super) const SM2_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00,
];
pub(super) const ED25519_PREFIX: &[u8] =
    &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl VerifyingKey {
    /// Reads a key: the base64 of a shared secret for `hmac-sha256`, else a PEM `PUBLIC KEY` as
    /// `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`KeyRefusal`].
    pub fn parse(algorithm: Algorithm, text: &str) -> Result<Self, KeyRefusal> {
        let public = |prefix: &[u8], length: usize| {
            let der = pem_bytes(text, "PUBLIC KEY")?;
            let key = der.strip_prefix(prefix).filter(|key| key.len() == length);
            key.map(<[u8]>::to_vec).ok_or(KeyRefusal::MustBelongToAlgorithm)
        };
        let kind = match algorithm {
            Algorithm::HmacSha256 => Kind::HmacSha256(shared_secret(text)?),
            Algorithm::EcdsaP256Sha256 => Kind::EcdsaP256(public(P256_PREFIX, 65)?),
            Algorithm::Ed25519 => Kind::Ed25519(public(ED25519_PREFIX, 32)?),
            Algorithm::Sm2Sm3 => {
                let point = public(SM2_PREFIX, 65)?;
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DISTINGUISHING_ID, &point)
                    .map_err(|_| KeyRefusal::MustBelongToAlgorithm)?;
                Kind::Sm2(Box::new(key))
            }
        };
        Ok(Self(kind))
    }

    /// The algorithm that the key is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::HmacSha256(_) => Algorithm::HmacSha256,
            Kind::EcdsaP256(_) => Algorithm::EcdsaP256Sha256,
            Kind::Ed25519(_) => Algorithm::Ed25519,
            Kind::Sm2(_) => Algorithm::Sm2Sm3,
        }
    }

    /// Whether `signature` is this key's signature of `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::HmacSha256(key) => hmac::verify(key, message, signature).is_ok(),
            Kind::EcdsaP256(point) => {
                signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
                    .is_ok()
            }
            Kind::Ed25519(key) => signature::UnparsedPublicKey::new(&signature::ED25519, key)
                .verify(message, signature)
                .is_ok(),
            Kind::Sm2(key) => sm2::dsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.algorithm().word())
    }
}
