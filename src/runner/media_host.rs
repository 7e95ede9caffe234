//! The address of this host on which media of a browser is received.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use precall_scenario::BrowserKind;

/// Addresses for documentation (RFC 5737, RFC 3849). Nothing is sent to them.
const ELSEWHERE: (Ipv4Addr, Ipv6Addr) = (Ipv4Addr::new(192, 0, 2, 1), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));

/// This host has no address that Firefox sends media to.
#[derive(Debug, thiserror::Error)]
#[error(
    "Firefox sends no media to a loopback address, and this host has no other interface with a route; run precall where there is one, \
     such as a network namespace with a pair of virtual interfaces (`ip link add media0 type veth peer name media1`)"
)]
pub struct NoInterface;

/// Returns the address on which a platform at `host` receives the media of a browser; `None` for `host` itself.
///
/// Firefox gathers no candidate of the loopback interface, and pairs none of its others with one of it. The address of
/// another interface of this host serves as well: the kernel delivers what this host sends to it without that
/// interface.
///
/// # Errors
///
/// If Firefox needs another interface and this host has none.
pub fn media_host(kind: BrowserKind, host: IpAddr) -> Result<Option<IpAddr>, NoInterface> {
    match kind {
        BrowserKind::Firefox if host.is_loopback() => address_with_route(host.is_ipv6()).map(Some).ok_or(NoInterface),
        BrowserKind::Firefox | BrowserKind::Chrome => Ok(None),
    }
}

/// Returns the address from which this host would send to elsewhere.
fn address_with_route(is_ipv6: bool) -> Option<IpAddr> {
    let (any, elsewhere): (IpAddr, IpAddr) = match is_ipv6 {
        true => (Ipv6Addr::UNSPECIFIED.into(), ELSEWHERE.1.into()),
        false => (Ipv4Addr::UNSPECIFIED.into(), ELSEWHERE.0.into()),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    // This chooses a route, and sends nothing.
    socket.connect((elsewhere, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_firefox_needs_another_interface() {
        let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
        assert_eq!(media_host(BrowserKind::Chrome, loopback).ok(), Some(None));
        assert_eq!(media_host(BrowserKind::Firefox, ELSEWHERE.0.into()).ok(), Some(None));
        if let Ok(Some(address)) = media_host(BrowserKind::Firefox, loopback) {
            UdpSocket::bind((address, 0)).expect("an address of this host");
        }
    }
}
