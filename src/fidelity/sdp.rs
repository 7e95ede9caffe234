//! Descriptions that lead the media through a path.

use std::net::SocketAddr;

/// The description with one candidate (RFC 8839 section 5.1) instead of its own ones. A peer that takes it sends to
/// this address. The candidate stands in each section of media, behind the password that belongs to it.
pub(super) fn through(sdp: &str, address: SocketAddr) -> String {
    let mut lines = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("a=candidate:") || line.starts_with("a=end-of-candidates") {
            continue;
        }
        lines.push(line.to_owned());
        if line.starts_with("a=ice-pwd:") {
            let (ip, port) = (address.ip(), address.port());
            lines.push(format!("a=candidate:1 1 udp {PRIORITY} {ip} {port} typ host"));
            lines.push("a=end-of-candidates".to_owned());
        }
    }
    lines.join("\r\n") + "\r\n"
}

/// The priority of a host candidate with the highest local preference (RFC 8445 section 5.1.2.1).
const PRIORITY: u32 = 126 << 24 | 65_535 << 8 | 255;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_replaced_by_the_path() {
        let section = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=candidate:7 1 udp 1 192.0.2.1 5 typ host\r\n\
                       a=end-of-candidates\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=mid:0\r\n";
        let changed = through(&format!("v=0\r\n{section}{section}"), SocketAddr::from(([127, 0, 0, 1], 4000)));
        let wanted = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n\
                      a=candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host\r\na=end-of-candidates\r\na=mid:0\r\n";
        assert_eq!(changed, format!("v=0\r\n{wanted}{wanted}"));
    }
}
