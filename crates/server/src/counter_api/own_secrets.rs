//! The city's own secrets at the counter interface: behind quote numbers, and the keys that sign
//! answers to banks without a shared secret. Made once, kept in the database, so that every
//! program of the city has the same.

use anyhow::Context as _;
use base64::Engine as _;
use channels::counter_api::http_signature::algorithm::Algorithm;
use channels::counter_api::http_signature::key_pair::KeyPairText;
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::quote_seal::QuoteSeal;
use ring::rand::{SecureRandom as _, SystemRandom};
use store::Db;
use store::tables::counter_key;
use units::Timestamp;

/// The secrets, ready to use.
#[derive(Debug)]
pub struct OwnSecrets {
    /// Behind quote numbers.
    pub seal: QuoteSeal,
    answer_keys: Vec<SigningKey>,
}

/// The algorithms whose answers carry a key of ours.
const OWN_KEYS: [Algorithm; 3] =
    [Algorithm::EcdsaP256Sha256, Algorithm::Ed25519, Algorithm::Sm2Sm3];

impl OwnSecrets {
    /// Reads the secrets, and makes those that are not there yet.
    ///
    /// # Errors
    /// The database's, or a system without randomness.
    pub fn open(db: &Db, now: Timestamp) -> anyhow::Result<Self> {
        let random = SystemRandom::new();
        let mut secret = [0; 48];
        random.fill(&mut secret).ok().context("the system gave no random bytes")?;
        let fresh = base64::engine::general_purpose::STANDARD.encode(secret);
        let kept = claim(db, ("quote seal".to_owned(), fresh), now)?;
        let mut answer_keys = Vec::new();
        for algorithm in OWN_KEYS {
            let pair = KeyPairText::generate(algorithm, &random)?;
            let private = claim(db, (private_name(algorithm), pair.private.clone()), now)?;
            if private == pair.private {
                claim(db, (public_name(algorithm), pair.public), now)?;
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

fn claim(db: &Db, named: (String, String), now: Timestamp) -> Result<String, store::Error> {
    db.write(move |tx| counter_key::claim_secret(tx, (&named.0, &named.1), now))
}
