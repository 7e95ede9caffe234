//! A UDP datagram as it would have been on a wire: the kernel gives payloads only.

use std::net::{IpAddr, SocketAddr};

/// UDP's number among the protocols over IP.
const UDP: u8 = 17;
/// A time to live that many hosts begin with.
const HOPS: u8 = 64;
const UDP_HEADER_BYTES: usize = 8;

/// Returns the IP packet of a datagram (RFC 791, RFC 8200, RFC 768). Addresses of two families, which no socket has,
/// give none.
pub(super) fn ip_packet(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Option<Vec<u8>> {
    let udp_length = u16::try_from(UDP_HEADER_BYTES + payload.len()).ok()?;
    let mut packet = Vec::with_capacity(48 + payload.len());
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let total = udp_length.checked_add(20)?;
            packet.extend([0x45, 0]);
            packet.extend(total.to_be_bytes());
            // No identification, not to be fragmented.
            packet.extend([0, 0, 0x40, 0, HOPS, UDP, 0, 0]);
            packet.extend(from.octets());
            packet.extend(to.octets());
            let sum = checksum(&packet);
            packet[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(udp_length.to_be_bytes());
            packet.extend([UDP, HOPS]);
            packet.extend(from.octets());
            packet.extend(to.octets());
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return None,
    }
    packet.extend(from.port().to_be_bytes());
    packet.extend(to.port().to_be_bytes());
    packet.extend(udp_length.to_be_bytes());
    // Zero: no checksum was made (RFC 768), as on loopback interfaces that leave it to hardware.
    packet.extend([0, 0]);
    packet.extend(payload);
    Some(packet)
}

/// Returns the Internet checksum (RFC 1071) of a header whose own is zero.
fn checksum(header: &[u8]) -> u16 {
    let words = header.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ip_packet_describes_its_datagram() {
        let (from, to): (SocketAddr, SocketAddr) =
            ("127.0.0.1:5000".parse().expect("one"), "127.0.0.1:6000".parse().expect("one"));
        let packet = ip_packet(from, to, b"abc").expect("a packet");
        assert_eq!(packet.len(), 31);
        assert_eq!((packet[3], packet[25], &packet[28..]), (31, 11, &b"abc"[..]));
        // A header with its checksum in place sums up to nothing.
        assert_eq!(checksum(&packet[..20]), 0);
        let (from, to): (SocketAddr, SocketAddr) = ("[::1]:1".parse().expect("one"), "[::1]:2".parse().expect("one"));
        assert_eq!(ip_packet(from, to, b"abc").map(|packet| packet.len()), Some(51));
        assert_eq!(ip_packet(from, "127.0.0.1:1".parse().expect("one"), b""), None);
        assert_eq!(ip_packet(from, to, &vec![0; 70_000]), None);
    }
}
