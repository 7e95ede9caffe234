//! The fields of an RTP packet that are read without str0m.

/// Returns the payload type of an RTP packet; `None` for STUN, DTLS and RTCP (RFC 7983, RFC 5761 section 4).
pub(super) fn rtp_payload_type(datagram: &[u8]) -> Option<u8> {
    match datagram {
        [128..=191, 192..=223, ..] => None,
        [128..=191, second, ..] => Some(second & 0x7f),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rtp_has_a_payload_type() {
        assert_eq!(rtp_payload_type(&[0x80, 0xe0, 0, 0]), Some(96));
        assert_eq!(rtp_payload_type(&[0x80, 0x61, 0, 0]), Some(97));
        for other in [&[0x80, 0xc8][..], &[0x00, 0x01], &[0x16, 0xfe], &[0x80], &[]] {
            assert_eq!(rtp_payload_type(other), None);
        }
    }
}
