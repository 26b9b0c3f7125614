//! The city's own secrets at the counter interface: behind quote numbers, and the keys that sign
//! answers to banks without a shared secret. Made once, kept in the database, sealed, so
//! that every program of the city has the same.

use anyhow::Context as _;
use base64::Engine as _;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::quote_seal::QuoteSeal;
use ring::rand::{SecureRandom as _, SystemRandom};
use store::tables::counter_key;
use store::{Db, Tx};
use units::Timestamp;

use crate::vault::Vault;

/// The secrets, ready to use.
#[derive(Debug)]
pub struct OwnSecrets {
    /// Behind quote numbers.
    pub seal: QuoteSeal,
    answer_keys: Vec<SigningKey>,
}

/// The name of the secret behind quote numbers.
const QUOTE_SEAL: &str = "quote seal";

/// The algorithms whose answers carry a key of ours.
const OWN_KEYS: [Algorithm; 3] =
    [Algorithm::EcdsaP256Sha256, Algorithm::Ed25519, Algorithm::Sm2Sm3];

impl OwnSecrets {
    /// Reads the secrets, and makes those that are not there yet.
    ///
    /// # Errors
    /// The database's, or a system without randomness.
    pub fn open(db: &Db, vault: &Vault, now: Timestamp) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let mut secret = [0; 48];
        random.fill(&mut secret).ok().context("the system gave no random bytes")?;
        let fresh = base64::engine::general_purpose::STANDARD.encode(secret);
        let (kept, _) = claim(db, vault, (QUOTE_SEAL, fresh), now)?;
        let mut answer_keys = Vec::new();
        for algorithm in OWN_KEYS {
            let pair = KeyPairText::generate(algorithm, &random)?;
            let (private, first) = claim(db, vault, (&private_name(algorithm), pair.private), now)?;
            if first == First::Yes {
                let (name, public) = (public_name(algorithm), pair.public);
                db.write(move |tx| counter_key::claim_secret(tx, (&name, &public), now))?;
            }
            let key = SigningKey::parse(&own_key_id(algorithm), algorithm, &private, &random)
                .context("a key of the city can't be read")?;
            answer_keys.push(key);
        }
        Ok(Self { seal: QuoteSeal::new(kept.as_bytes()), answer_keys })
    }

    /// The key that signs answers to a bank that signs with this algorithm.
    pub(super) fn answer_key(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        self.answer_keys.iter().find(|key| key.algorithm() == algorithm)
    }
}

/// The names and public halves of the keys that sign answers, for the banks.
///
/// # Errors
/// The database's.
pub fn public_answer_keys(db: &Db) -> anyhow::Result<Vec<(String, String)>> {
    let mut keys = Vec::new();
    for algorithm in OWN_KEYS {
        let name = public_name(algorithm);
        if let Some(public) = db.read(|tx| counter_key::find_secret(tx, &name))? {
            keys.push((own_key_id(algorithm), public));
        }
    }
    Ok(keys)
}

fn own_key_id(algorithm: Algorithm) -> String {
    format!("shebao-{}", algorithm.word())
}

fn private_name(algorithm: Algorithm) -> String {
    format!("answer {}", algorithm.word())
}

fn public_name(algorithm: Algorithm) -> String {
    format!("answer {} public", algorithm.word())
}

/// Whether a secret is the first of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    Yes,
    No,
}

/// Keeps a secret, sealed, and answers the one that is kept: the first of its name.
fn claim(
    db: &Db,
    vault: &Vault,
    (name, secret): (&str, String),
    now: Timestamp,
) -> anyhow::Result<(String, First)> {
    if let Some(kept) = db.read(|tx| counter_key::find_secret(tx, name))? {
        return Ok((vault.open_sealed(name, &kept)?, First::No));
    }
    let (owned, sealed) = (name.to_owned(), vault.seal(name, &secret)?);
    let kept = db.write(move |tx| counter_key::claim_secret(tx, (&owned, &sealed), now))?;
    let kept = vault.open_sealed(name, &kept)?;
    let first = if kept == secret { First::Yes } else { First::No };
    Ok((kept, first))
}

/// Seals every secret of ours anew, with the key that seals now.
///
/// # Errors
/// A secret that can't be opened; then nothing is changed.
pub fn reseal(tx: &mut Tx<'_>, vault: &Vault) -> anyhow::Result<()> {
    let private = OWN_KEYS.map(private_name);
    for name in private.iter().map(String::as_str).chain([QUOTE_SEAL]) {
        if let Some(kept) = counter_key::find_secret(tx, name)? {
            let sealed = vault.seal(name, &vault.open_sealed(name, &kept)?)?;
            counter_key::set_secret(tx, name, &sealed)?;
        }
    }
    Ok(())
}
