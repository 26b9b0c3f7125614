//! HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530), over plain descriptions of a
//! request and a response: no socket, no clock, no randomness of its own.
//!
//! A bank signs each request; we verify it, answer, and sign the answer so that it is bound to the
//! request. Algorithms: `hmac-sha256`, `ecdsa-p256-sha256` and `ed25519` of the registry, and the
//! private name `sm2-sm3` for China's GB/T 32918 (see [`algorithm`] for its exact bytes).
//!
//! Files in reading order: [`message`] what is signed, [`component`] the signature base,
//! [`content_digest`] the body's digest, [`algorithm`] names, [`signing_key`] and
//! [`verifying_key`], [`sign`], [`verify`] with the policy of what must be covered, [`key_set`]
//! two live keys for each bank, [`key_pair`] new keys, [`nonce_cache`] no request twice.

pub mod algorithm;
pub mod component;
pub mod content_digest;
pub mod key_pair;
pub mod key_set;
pub mod message;
pub mod nonce_cache;
pub mod sign;
pub mod signing_key;
pub mod verify;
pub mod verifying_key;

/// The `tag` of every signature of this interface: a signature made for another purpose with the
/// same key is not accepted here.
pub const TAG: &str = "shebao-counter";
