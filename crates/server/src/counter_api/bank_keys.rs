//! The keys of banks and hospitals: added, rotated and revoked on the command line.

use std::collections::{HashMap, HashSet};

use channels::counter_api::http_signature::algorithm::{Algorithm, KeyRefusal};
use channels::counter_api::http_signature::key_set::{BankKey, KeySet, KeySetRefusal};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::http_signature::verifying_key::VerifyingKey;
use ring::rand::SystemRandom;
use store::tables::counter_key::{self, CounterKey, Partner};
use store::{Db, Tx};
use units::Timestamp;

use crate::vault::{Vault, VaultError};

/// Keys ready to use.
#[derive(Debug, Default)]
pub(super) struct ReadyKeys {
    pub(super) live: KeySet,
    /// The same shared secrets, for signing answers.
    pub(super) shared: HashMap<String, SigningKey>,
    /// The codes of hospitals; every other one is a bank's.
    hospitals: HashSet<String>,
}

impl ReadyKeys {
    /// A row that can't be read is left out: its bank is refused, and the others go on.
    pub(super) fn of(rows: &[CounterKey], vault: &Vault) -> Self {
        let hospitals = rows.iter().filter(|row| row.partner == Partner::Hospital);
        let hospitals = hospitals.map(|row| row.bank.clone()).collect();
        let mut ready = Self { hospitals, ..Self::default() };
        for row in rows.iter().filter(|row| row.revoked_at.is_none()) {
            let Some(algorithm) = Algorithm::from_word(&row.algorithm) else { continue };
            let Ok(verifying) = opened(vault, row) else { continue };
            let Ok(key) = VerifyingKey::parse(algorithm, &verifying) else { continue };
            let key = BankKey { key_id: row.key_id.clone(), bank: row.bank.clone(), key };
            if ready.live.add(key).is_ok() && algorithm == Algorithm::HmacSha256 {
                let random = SystemRandom::new();
                let key = SigningKey::parse(&row.key_id, algorithm, &verifying, &random);
                ready.shared.extend(key.ok().map(|key| (row.key_id.clone(), key)));
            }
        }
        ready
    }

    /// What kind of partner a code is.
    pub(super) fn partner_of(&self, code: &str) -> Partner {
        if self.hospitals.contains(code) { Partner::Hospital } else { Partner::Bank }
    }
}

/// A key that is to be added.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Its name in signatures.
    pub key_id: String,
    /// Whose it is.
    pub partner: Partner,
    /// The bank's or hospital's code.
    pub bank: String,
    /// How the bank signs.
    pub algorithm: Algorithm,
    /// A PEM public key, or the base64 of a shared secret.
    pub verifying: String,
}

/// Why a key is not added or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name or the bank's code has other characters.
    #[error("a key's name and a bank's code have 1 to {max} letters, digits, hyphens or dots", max = WORD_MAX)]
    WordMustBePlain,
    /// The code is a bank's, or a hospital's.
    #[error("{0:?} is the code of a partner of the other kind; give this one a code of its own")]
    CodeMustBeOfOneKind(String),
    /// The text is no key of its algorithm.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The name was used, or the bank has two keys.
    #[error(transparent)]
    Set(#[from] KeySetRefusal),
    /// No live key has the name.
    #[error("no live key is named {0:?}; `shebao counter key list` shows them")]
    KeyMustBeLive(String),
    /// The key that seals secrets.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The longest name of a key or code of a bank: a serial's reference has at most 64 letters.
const WORD_MAX: usize = 20;

/// Whether a word can name a key or a bank.
pub(super) fn is_plain(word: &str) -> bool {
    (1..=WORD_MAX).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// Adds a bank's key: its first, or a second one for the time of a rotation.
///
/// # Errors
/// [`KeyError`].
pub fn add(db: &Db, vault: &Vault, new: NewKey, now: Timestamp) -> Result<(), KeyError> {
    let vault = vault.clone();
    db.write(move |tx| add_in(tx, &vault, &new, now))
}

fn add_in(tx: &mut Tx<'_>, vault: &Vault, new: &NewKey, now: Timestamp) -> Result<(), KeyError> {
    if !is_plain(&new.key_id) || !is_plain(&new.bank) {
        return Err(KeyError::WordMustBePlain);
    }
    let key = VerifyingKey::parse(new.algorithm, &new.verifying)?;
    let rows = counter_key::list(tx)?;
    if rows.iter().any(|row| row.bank == new.bank && row.partner != new.partner) {
        return Err(KeyError::CodeMustBeOfOneKind(new.bank.clone()));
    }
    let mut live = ReadyKeys::of(&rows, vault).live;
    live.add(BankKey { key_id: new.key_id.clone(), bank: new.bank.clone(), key })?;
    let row = CounterKey {
        key_id: new.key_id.clone(),
        partner: new.partner,
        bank: new.bank.clone(),
        algorithm: new.algorithm.word().to_owned(),
        verifying: kept(vault, new)?,
        added_at: now,
        revoked_at: None,
    };
    match counter_key::insert(tx, &row)? {
        0 => Err(KeySetRefusal::KeyIdMustBeNew.into()),
        _ => Ok(()),
    }
}

/// Adds a bank's new key and revokes its oldest one when it has two already, so that two are live
/// afterwards. Answers the name of the revoked one.
///
/// # Errors
/// [`KeyError`].
pub fn rotate(
    db: &Db,
    vault: &Vault,
    new: NewKey,
    now: Timestamp,
) -> Result<Option<String>, KeyError> {
    let vault = vault.clone();
    db.write(move |tx| {
        let rows = counter_key::list(tx)?;
        let live: Vec<&CounterKey> =
            rows.iter().filter(|row| row.bank == new.bank && row.revoked_at.is_none()).collect();
        let ended = match live.as_slice() {
            [oldest, _, ..] => Some(oldest.key_id.clone()),
            _ => None,
        };
        if let Some(key_id) = &ended {
            counter_key::set_revoked(tx, key_id, now)?;
        }
        add_in(tx, &vault, &new, now)?;
        Ok(ended)
    })
}

/// Ends a key at once.
///
/// # Errors
/// [`KeyError::KeyMustBeLive`].
pub fn revoke(db: &Db, key_id: &str, now: Timestamp) -> Result<(), KeyError> {
    let name = key_id.to_owned();
    let ended = db.write(move |tx| counter_key::set_revoked(tx, &name, now))?;
    if ended == 1 { Ok(()) } else { Err(KeyError::KeyMustBeLive(key_id.to_owned())) }
}

/// Seals every shared secret anew, with the key that seals now.
///
/// # Errors
/// A secret that can't be opened; then nothing is changed.
pub fn reseal(tx: &mut Tx<'_>, vault: &Vault) -> Result<(), KeyError> {
    for row in counter_key::list(tx)? {
        if Algorithm::from_word(&row.algorithm) == Some(Algorithm::HmacSha256) {
            let sealed = vault.seal(&name_of(&row.key_id), &opened(vault, &row)?)?;
            counter_key::set_verifying(tx, &row.key_id, &sealed)?;
        }
    }
    Ok(())
}

/// What a key's row keeps: a public key as it is, a shared secret sealed.
fn kept(vault: &Vault, new: &NewKey) -> Result<String, VaultError> {
    match new.algorithm {
        Algorithm::HmacSha256 => vault.seal(&name_of(&new.key_id), &new.verifying),
        Algorithm::EcdsaP256Sha256 | Algorithm::Ed25519 | Algorithm::Sm2Sm3 => {
            Ok(new.verifying.clone())
        }
    }
}

/// The public key or shared secret of a row.
///
/// # Errors
/// [`VaultError`].
pub fn opened(vault: &Vault, row: &CounterKey) -> Result<String, VaultError> {
    vault.open_sealed(&name_of(&row.key_id), &row.verifying)
}

fn name_of(key_id: &str) -> String {
    format!("counter key {key_id}")
}
