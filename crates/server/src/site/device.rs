//! What a person looks at a page with, and the network address that they come from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// The header in which a proxy on this machine writes whose request it passes on.
const FORWARDED: &str = "x-forwarded-for";

/// Which of WeChat's ways of paying is open to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// WeChat's own.
    Wechat,
    /// A phone's.
    Phone,
    /// Any other: its user scans a code with a phone.
    Other,
}

/// A browser and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    /// Which browser.
    pub(crate) browser: Browser,
    /// Its address; `None` for a request that came over no network.
    address: Option<IpAddr>,
}

impl Device {
    /// The address as WeChat wants to know it.
    pub(crate) fn address(&self) -> String {
        self.address.map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string())
    }

    /// The network that one household or office has: an IPv4 address, or the first half of an IPv6
    /// one.
    pub(crate) fn network(&self) -> String {
        match self.address {
            None => String::new(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let address = peer.map(|peer| address_of(peer, &parts.headers));
        Ok(Self { browser: browser_of(&parts.headers), address })
    }
}

fn browser_of(headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent = agent.unwrap_or_default();
    if agent.contains("MicroMessenger") {
        Browser::Wechat
    } else if ["Mobile", "Android", "iPhone", "HarmonyOS"].iter().any(|word| agent.contains(word)) {
        Browser::Phone
    } else {
        Browser::Other
    }
}

/// The peer, or whom a proxy on this machine names: the last address in its header is the one that
/// it saw itself, the others are what anybody may have written.
pub(crate) fn address_of(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let named = || {
        let line = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
        line.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    if peer.to_canonical().is_loopback() { named().unwrap_or(peer) } else { peer }.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, line.parse().unwrap());
        }
        address_of(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_and_only_what_it_saw_itself() {
        assert_eq!(address("203.0.113.9", &[]), "203.0.113.9");
        assert_eq!(address("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(address("::1", &["10.0.0.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(address("127.0.0.1", &["10.0.0.1", "198.51.100.2"]), "198.51.100.2");
        assert_eq!(address("127.0.0.1", &["nonsense"]), "127.0.0.1");
    }

    #[test]
    fn an_ipv6_household_is_one_network() {
        let network = |text: &str| {
            Device { browser: Browser::Other, address: Some(text.parse().unwrap()) }.network()
        };
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:9::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn wechat_is_told_from_a_phone_and_from_a_desk() {
        let of = |agent: &'static str| {
            browser_of(&HeaderMap::from_iter([(header::USER_AGENT, agent.parse().unwrap())]))
        };
        assert_eq!(of("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"), Browser::Wechat);
        assert_eq!(of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148"), Browser::Phone);
        assert_eq!(of("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"), Browser::Other);
    }
}
