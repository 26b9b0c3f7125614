//! 来源地址: the networks from which a bank may call, added and removed on the command line.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use store::Db;
use store::tables::counter_network;
use units::Timestamp;

use super::bank_keys::is_plain;

/// A network, as CIDR writes it: `10.20.0.0/16`, `2001:db8::/48`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    /// How many bits all its addresses share.
    length: u8,
}

/// Why a network is not added or removed.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The bank's code has other characters.
    #[error("a bank's code has 1 to 20 letters, digits, hyphens or dots")]
    BankMustBePlain,
    /// Not in CIDR form.
    #[error("{0:?} must be an address or a network such as 10.20.0.0/16 or 2001:db8::/48")]
    MustBeCidr(String),
    /// The address names one machine of the network.
    #[error("a network is written by its first address: {0}")]
    MustBeginAtItsFirstAddress(Network),
    /// The bank has the network already.
    #[error("{0} may call from {1} already")]
    MustBeNew(String, Network),
    /// The bank has no such network.
    #[error("{0} has no network {1}; `shebao counter network list` shows them")]
    MustBeThere(String, Network),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Network {
    /// Whether an address lies in it. An IPv4 address that came over IPv6 counts as itself.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && self.begin(address) == bits(self.first)
    }

    /// The first address of the network of this length around an address, as a number.
    fn begin(self, address: IpAddr) -> u128 {
        let host_bits = u32::from(width(self.first) - self.length);
        bits(address)
            .checked_shr(host_bits)
            .and_then(|kept| kept.checked_shl(host_bits))
            .unwrap_or(0)
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let bad = || NetworkError::MustBeCidr(text.to_owned());
        let (address, length) = text.split_once('/').unzip();
        let first: IpAddr = address.unwrap_or(text).parse().map_err(|_| bad())?;
        let length = match length {
            Some(length) => length.parse().ok().filter(|length| *length <= width(first)),
            None => Some(width(first)),
        };
        let network = Self { first, length: length.ok_or_else(bad)? };
        let begin = network.begin(first);
        if begin == bits(first) {
            return Ok(network);
        }
        let first = match first {
            IpAddr::V4(_) => IpAddr::V4(u32::try_from(begin).unwrap_or_default().into()),
            IpAddr::V6(_) => IpAddr::V6(begin.into()),
        };
        Err(NetworkError::MustBeginAtItsFirstAddress(Self { first, ..network }))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

const fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// Lets a bank call from a network; from nowhere else once it has one.
///
/// # Errors
/// [`NetworkError`].
pub fn add(db: &Db, bank: &str, network: Network, now: Timestamp) -> Result<(), NetworkError> {
    if !is_plain(bank) {
        return Err(NetworkError::BankMustBePlain);
    }
    let (named, text) = (bank.to_owned(), network.to_string());
    match db.write(move |tx| counter_network::insert(tx, (&named, &text), now))? {
        0 => Err(NetworkError::MustBeNew(bank.to_owned(), network)),
        _ => Ok(()),
    }
}

/// Takes a network from a bank at once; without any it may call from everywhere.
///
/// # Errors
/// [`NetworkError::MustBeThere`].
pub fn remove(db: &Db, bank: &str, network: Network) -> Result<(), NetworkError> {
    let (named, text) = (bank.to_owned(), network.to_string());
    match db.write(move |tx| counter_network::delete(tx, (&named, &text)))? {
        0 => Err(NetworkError::MustBeThere(bank.to_owned(), network)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_ends_where_its_bits_end() {
        assert!(contains("10.20.0.0/16", "10.20.255.255"));
        assert!(!contains("10.20.0.0/16", "10.21.0.0"));
        assert!(contains("10.20.0.0/16", "::ffff:10.20.0.9"), "IPv4 over IPv6 is IPv4");
        assert!(contains("203.0.113.9", "203.0.113.9") && !contains("203.0.113.9", "203.0.113.8"));
        assert!(contains("0.0.0.0/0", "203.0.113.9") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1") && !contains("::/0", "203.0.113.9"));
        assert!(contains("2001:db8:1::/48", "2001:db8:1:ffff::9"));
        assert!(!contains("2001:db8:1::/48", "2001:db8:2::"));
    }

    #[test]
    fn a_network_is_written_in_one_way() {
        for good in ["10.20.0.0/16", "203.0.113.9/32", "2001:db8::/48", "::/0"] {
            assert_eq!(good.parse::<Network>().unwrap().to_string(), good);
        }
        assert_eq!("203.0.113.9".parse::<Network>().unwrap().to_string(), "203.0.113.9/32");
        let refused = |text: &str| text.parse::<Network>().unwrap_err().to_string();
        assert!(refused("10.20.30.40/16").ends_with("10.20.0.0/16"));
        assert!(refused("2001:db8::5/64").ends_with("2001:db8::/64"));
        for bad in ["", "10.20.0.0/33", "10.20/16", "2001:db8::/129", "bank", "10.0.0.0/-1"] {
            assert!(refused(bad).contains("must be an address or a network"), "{bad}");
        }
    }
}
