//! New keys as text, in the forms that [`SigningKey`](super::signing_key::SigningKey) and
//! [`VerifyingKey`](super::verifying_key::VerifyingKey) read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SecureRandom;
use ring::signature::{self, KeyPair as _};
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pkcs8::EncodePrivateKey as _;

use super::algorithm::Algorithm;
use super::verifying_key::{ED25519_PREFIX, P256_PREFIX, SM2_PREFIX};

/// What precedes the seed in a PKCS #8 version 1 key (RFC 8410 section 7), the form that every
/// library reads; version 2, which adds the public key, is not.
const ED25519_PRIVATE_PREFIX: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key and what its partner needs to verify it; both are the shared secret for `hmac-sha256`.
pub struct KeyPairText {
    /// For the signer alone.
    pub private: String,
    /// For the partner.
    pub public: String,
}

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes for a new key")]
pub struct NoRandomness;

impl KeyPairText {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate(algorithm: Algorithm, random: &dyn SecureRandom) -> Result<Self, NoRandomness> {
        match algorithm {
            Algorithm::HmacSha256 => {
                let mut secret = [0; 48];
                random.fill(&mut secret).map_err(|_| NoRandomness)?;
                let secret = STANDARD.encode(secret);
                Ok(Self { private: secret.clone(), public: secret })
            }
            Algorithm::EcdsaP256Sha256 => {
                let form = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
                let pkcs8 = signature::EcdsaKeyPair::generate_pkcs8(form, random)
                    .map_err(|_| NoRandomness)?;
                let pair = signature::EcdsaKeyPair::from_pkcs8(form, pkcs8.as_ref(), random)
                    .expect("a key that was just made reads back");
                Ok(Self::of(pkcs8.as_ref(), P256_PREFIX, pair.public_key().as_ref()))
            }
            Algorithm::Ed25519 => {
                let mut seed = [0; 32];
                random.fill(&mut seed).map_err(|_| NoRandomness)?;
                let pair = signature::Ed25519KeyPair::from_seed_unchecked(&seed)
                    .expect("every 32 bytes are a seed");
                let pkcs8 = [ED25519_PRIVATE_PREFIX, &seed[..]].concat();
                Ok(Self::of(&pkcs8, ED25519_PREFIX, pair.public_key().as_ref()))
            }
            Algorithm::Sm2Sm3 => {
                let secret = sm2_secret(random)?;
                let pkcs8 = secret.to_pkcs8_der().expect("an SM2 key has a PKCS #8 form");
                let point = secret.public_key().to_sec1_point(false);
                Ok(Self::of(pkcs8.as_bytes(), SM2_PREFIX, point.as_bytes()))
            }
        }
    }

    fn of(pkcs8: &[u8], prefix: &[u8], public: &[u8]) -> Self {
        Self {
            private: pem("PRIVATE KEY", pkcs8),
            public: pem("PUBLIC KEY", &[prefix, public].concat()),
        }
    }
}

/// A number from 1 to the order of the curve; 32 random bytes are outside once in 2^32 tries.
fn sm2_secret(random: &dyn SecureRandom) -> Result<sm2::SecretKey, NoRandomness> {
    const TRIES_MAX: u32 = 8;
    for _ in 0..TRIES_MAX {
        let mut bytes = [0; 32];
        random.fill(&mut bytes).map_err(|_| NoRandomness)?;
        if let Ok(secret) = sm2::SecretKey::from_slice(&bytes) {
            return Ok(secret);
        }
    }
    Err(NoRandomness)
}

fn pem(label: &str, der: &[u8]) -> String {
    const LINE: usize = 64;
    let mut text = format!("-----BEGIN {label}-----\n");
    let body = STANDARD.encode(der);
    for line in body.as_bytes().chunks(LINE) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

impl std::fmt::Debug for KeyPairText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPairText(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::super::signing_key::SigningKey;
    use super::super::verifying_key::VerifyingKey;
    use super::*;

    #[test]
    fn a_new_key_signs_and_its_other_half_verifies() {
        let random = ring::rand::SystemRandom::new();
        for algorithm in Algorithm::ALL {
            let pair = KeyPairText::generate(algorithm, &random).unwrap();
            let signing = SigningKey::parse("k", algorithm, &pair.private, &random).unwrap();
            let verifying = VerifyingKey::parse(algorithm, &pair.public).unwrap();
            let signature = signing.sign(b"message", &random);
            assert!(verifying.verifies(b"message", &signature), "{algorithm:?}");
            let other = KeyPairText::generate(algorithm, &random).unwrap();
            let other = VerifyingKey::parse(algorithm, &other.public).unwrap();
            assert!(!other.verifies(b"message", &signature), "{algorithm:?}");
        }
    }
}
