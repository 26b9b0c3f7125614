//! The key that signs our answers, and a sandbox teller's requests.

use std::fmt;

use ring::rand::SecureRandom;
use ring::{hmac, signature};
use sm2::dsa::signature::Signer as _;
use sm2::pkcs8::DecodePrivateKey as _;

use super::algorithm::{Algorithm, KeyRefusal, SM2_DISTINGUISHING_ID, pem_bytes, shared_secret};

/// A signing key with the name under which the partner knows it. Its `Debug` shows no secret.
pub struct SigningKey {
    key_id: String,
    kind: Kind,
}

enum Kind {
    HmacSha256(hmac::Key),
    EcdsaP256(Box<signature::EcdsaKeyPair>),
    Ed25519(Box<signature::Ed25519KeyPair>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl SigningKey {
    /// Reads a key: the base64 of a shared secret for `hmac-sha256`, else a PEM `PRIVATE KEY`
    /// (PKCS #8) as `openssl genpkey` writes it.
    ///
    /// # Errors
    /// [`KeyRefusal`].
    pub fn parse(
        key_id: &str,
        algorithm: Algorithm,
        text: &str,
        random: &dyn SecureRandom,
    ) -> Result<Self, KeyRefusal> {
        let foreign = |_| KeyRefusal::MustBelongToAlgorithm;
        let private = || pem_bytes(text, "PRIVATE KEY");
        let kind = match algorithm {
            Algorithm::HmacSha256 => Kind::HmacSha256(shared_secret(text)?),
            Algorithm::EcdsaP256Sha256 => {
                let form = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
                let pair = signature::EcdsaKeyPair::from_pkcs8(form, &private()?, random);
                Kind::EcdsaP256(Box::new(pair.map_err(foreign)?))
            }
            Algorithm::Ed25519 => {
                let pair = signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&private()?);
                Kind::Ed25519(Box::new(pair.map_err(foreign)?))
            }
            Algorithm::Sm2Sm3 => {
                let secret = sm2::SecretKey::from_pkcs8_der(&private()?)
                    .map_err(|_| KeyRefusal::MustBelongToAlgorithm)?;
                let key = sm2::dsa::SigningKey::new(SM2_DISTINGUISHING_ID, &secret)
                    .map_err(|_| KeyRefusal::MustBelongToAlgorithm)?;
                Kind::Sm2(Box::new(key))
            }
        };
        Ok(Self { key_id: key_id.to_owned(), kind })
    }

    /// The name under which the partner knows the key.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The algorithm that the key is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match &self.kind {
            Kind::HmacSha256(_) => Algorithm::HmacSha256,
            Kind::EcdsaP256(_) => Algorithm::EcdsaP256Sha256,
            Kind::Ed25519(_) => Algorithm::Ed25519,
            Kind::Sm2(_) => Algorithm::Sm2Sm3,
        }
    }

    /// The signature of a message. Only ECDSA draws from `random`; SM2 derives its number from
    /// the key and the message (RFC 6979).
    #[must_use]
    pub fn sign(&self, message: &[u8], random: &dyn SecureRandom) -> Vec<u8> {
        match &self.kind {
            Kind::HmacSha256(key) => hmac::sign(key, message).as_ref().to_vec(),
            Kind::EcdsaP256(pair) => pair
                .sign(random, message)
                .expect("ECDSA fails only when the system has no randomness")
                .as_ref()
                .to_vec(),
            Kind::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Kind::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(message);
                signature.to_vec()
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.key_id, self.algorithm().word())
    }
}
