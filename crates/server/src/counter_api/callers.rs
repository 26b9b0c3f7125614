//! Who may call, with which key, how often and from where: held in memory, and never trusted
//! longer than the database says.
//!
//! Every change of a key, certificate, rate or network counts `caller_version` up. A call is
//! verified with what is held here; the transaction that does its work looks at the number, and when
//! it grew, nothing is done and the call is verified again with what stands in the database. So a
//! revoked key ends at once, whichever program revoked it, and a call reads one row for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use store::tables::{
    caller_version, counter_certificate, counter_key, counter_network, counter_rate,
};
use store::{Db, Tx};

use super::bank_keys::ReadyKeys;
use super::network::Network;
use crate::vault::Vault;

/// What was read last.
#[derive(Debug, Default)]
pub(super) struct Callers(Mutex<Arc<KnownCallers>>);

/// Who may call, as it stood at a version.
#[derive(Debug, Default)]
pub(super) struct KnownCallers {
    /// The number that [`caller_version`] had; 0 before the first reading.
    pub(super) version: i64,
    pub(super) keys: ReadyKeys,
    /// The bank of each certificate that is valid, by its fingerprint.
    certificates: HashMap<String, String>,
    /// The calls a second of banks that have their own number.
    rates: HashMap<String, u32>,
    /// From where each bank may call, where that is not everywhere.
    networks: HashMap<String, Vec<Network>>,
}

impl Callers {
    /// What was read last.
    pub(super) fn held(&self) -> Arc<KnownCallers> {
        Arc::clone(&self.0.lock().expect("no holder of the lock panics"))
    }

    /// What stands in the database now.
    pub(super) async fn read(
        &self,
        db: &Db,
        vault: &Vault,
    ) -> Result<Arc<KnownCallers>, store::Error> {
        let held = self.held();
        if db.lookup_async(caller_version::get).await? == held.version {
            return Ok(held);
        }
        let vault = vault.clone();
        let fresh = Arc::new(db.read_async(move |tx| KnownCallers::read(tx, &vault)).await?);
        let mut held = self.0.lock().expect("no holder of the lock panics");
        if fresh.version > held.version {
            *held = Arc::clone(&fresh);
        }
        Ok(fresh)
    }
}

impl KnownCallers {
    fn read(tx: &mut Tx<'_>, vault: &Vault) -> Result<Self, store::Error> {
        // First of all: what is read after it may be newer than its number, never older.
        let version = caller_version::get(tx)?;
        let certificates = counter_certificate::list(tx)?.into_iter();
        let valid = certificates.filter(|certificate| certificate.revoked_at.is_none());
        let mut networks: HashMap<String, Vec<Network>> = HashMap::new();
        for (bank, network) in counter_network::list(tx)? {
            // A row that can't be read admits nobody: the bank's list is there, and shorter.
            networks.entry(bank).or_default().extend(network.parse::<Network>().ok());
        }
        Ok(Self {
            version,
            keys: ReadyKeys::of(&counter_key::list(tx)?, vault),
            certificates: valid.map(|known| (known.fingerprint, known.bank)).collect(),
            rates: counter_rate::list(tx)?.into_iter().collect(),
            networks,
        })
    }

    pub(super) fn bank_of(&self, fingerprint: &str) -> Option<&str> {
        self.certificates.get(fingerprint).map(String::as_str)
    }

    pub(super) fn rate_of(&self, bank: &str) -> Option<u32> {
        self.rates.get(bank).copied()
    }

    /// Whether a bank may call from an address; from everywhere while it has no network. A call that
    /// came over no network, as in a test, comes from nowhere.
    pub(super) fn may_call_from(&self, bank: &str, address: Option<IpAddr>) -> bool {
        let Some(networks) = self.networks.get(bank) else { return true };
        address.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
    }
}
