//! Whose request it is: the peer, or, behind proxies that the operator trusts, the client that they name.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Hops of one request that are looked at, from the server outwards.
const HOPS_MAX: usize = 16;
/// What one line can have: a home, an office or a machine gets a whole /64.
const CLIENT_V6_BITS: u32 = 64;

/// One client's address, in one spelling: IPv4 as it is, also when it came in IPv6; IPv6 by its /64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientAddress(u128);

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self(four.to_ipv6_mapped().to_bits()),
            IpAddr::V6(six) => Self(six.to_bits() & mask(CLIENT_V6_BITS)),
        }
    }
}

fn mask(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

/// Addresses that begin alike, such as `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// IPv4 as mapped into IPv6.
    first: u128,
    bits: u32,
}

/// No network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address and no network, such as \"10.0.0.0/8\"")]
pub struct BadNetwork(String);

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_no_address| bad())?;
        let own = if address.is_ipv4() { 32 } else { 128 };
        let bits: u32 = bits.map_or(Ok(own), |bits| bits.parse().map_err(|_no_number| bad()))?;
        if bits > own {
            return Err(bad());
        }
        let bits = 128 - own + bits;
        Ok(Self { first: bits_of(address) & mask(bits), bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from_bits(self.first), self.bits)
    }
}

fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => four.to_ipv6_mapped().to_bits(),
        IpAddr::V6(six) => six.to_bits(),
    }
}

impl Network {
    pub fn has(&self, address: IpAddr) -> bool {
        bits_of(address.to_canonical()) & mask(self.bits) == self.first
    }
}

/// Which header proxies write clients' addresses into. Of the other one nothing is believed: a proxy that does not
/// know it passes it on as the client made it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedBy {
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// The operator's own proxies. Without any, headers mean nothing.
#[derive(Debug, Clone)]
pub struct Proxies {
    pub trusted: Vec<Network>,
    pub header: ForwardedBy,
}

impl Proxies {
    pub fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.has(address))
    }

    /// The client behind this peer: going outwards, the first that is none of our proxies. What lies behind a hop
    /// that cannot be read is not believed. `lines` are the header's, in the order in which they came.
    pub fn client<'a>(&self, peer: IpAddr, lines: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer;
        let hops = lines.rev().flat_map(|line| line.rsplit(','));
        for hop in hops.take(HOPS_MAX) {
            if !self.is_trusted(client) {
                return client;
            }
            let address = match self.header {
                ForwardedBy::XForwardedFor => host(hop.trim()),
                ForwardedBy::Forwarded => forwarded_for(hop),
            };
            let Some(address) = address else { return client };
            client = address;
        }
        client
    }
}

/// `for=` of one element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut fors = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = fors.next()?;
    host(value.trim().trim_matches('"'))
}

/// An address, with or without a port.
fn host(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let (address, port) = text.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    address.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies(trusted: &[&str], header: ForwardedBy) -> Proxies {
        Proxies { trusted: trusted.iter().map(|text| text.parse().unwrap()).collect(), header }
    }

    #[test]
    fn a_client_has_one_address_however_it_is_written() {
        let of = |text: &str| ClientAddress::from(ip(text));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"), "a /64 is one client");
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[test]
    fn networks_are_read_and_nonsense_is_not() {
        let has = |network: &str, address: &str| network.parse::<Network>().unwrap().has(ip(address));
        assert!(has("10.0.0.0/8", "10.255.0.1") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("10.0.0.7/8", "10.1.1.1"), "what stands behind the bits does not count");
        assert!(has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"));
        assert!(has("10.0.0.0/8", "::ffff:10.0.0.1"), "an IPv4 peer of an IPv6 socket");
        assert!(has("fd00::/8", "fd12::1") && !has("fd00::/8", "fe80::1"));
        assert!(has("0.0.0.0/0", "1.2.3.4") && !has("0.0.0.0/0", "2001:db8::1"));
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/x", "localhost"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_header_is_believed_only_from_our_own_proxies() {
        let client = |trusted: &[&str], peer: &str, lines: &[&str]| {
            proxies(trusted, ForwardedBy::XForwardedFor).client(ip(peer), lines.iter().copied()).to_string()
        };
        assert_eq!(client(&[], "127.0.0.1", &["9.9.9.9"]), "127.0.0.1", "loopback is no proxy by itself");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["9.9.9.9"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
        // What the client itself has put before the proxy's own entry is not looked at.
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["9.9.9.9, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["9.9.9.9", "192.0.2.7, 10.0.0.2"]), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.7, unknown"]), "10.0.0.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["10.0.0.3"]), "10.0.0.3", "all are ours");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.7:5123"]), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["[2001:db8::1]:80"]), "2001:db8::1");
        let long = vec!["10.0.0.2"; 40].join(",");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &["192.0.2.7", &long]), "10.0.0.2", "bounded");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let client = |lines: &[&str]| {
            let proxies = proxies(&["10.0.0.0/8"], ForwardedBy::Forwarded);
            proxies.client(ip("10.0.0.1"), lines.iter().copied()).to_string()
        };
        assert_eq!(client(&["for=192.0.2.60;proto=http;by=203.0.113.43"]), "192.0.2.60");
        assert_eq!(client(&["for=9.9.9.9, For=\"[2001:db8:cafe::17]:4711\""]), "2001:db8:cafe::17");
        assert_eq!(client(&["for=192.0.2.43, for=10.1.2.3"]), "192.0.2.43");
        assert_eq!(client(&["for=_hidden"]), "10.0.0.1");
        assert_eq!(client(&["proto=https"]), "10.0.0.1");
    }
}
