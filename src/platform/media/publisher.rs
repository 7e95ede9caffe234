//! A publisher: media that comes in.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::SdpOffer;
use str0m::format::Codec;
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::rtp::RtpPacket;
use str0m::{Event, Rtc, RtcError};

use super::peer::{Outbox, Transport};
use super::sdp;

/// An RTP packet on its way from a publisher to its subscribers.
pub(super) struct Forwarded {
    /// Of what kind.
    pub kind: MediaKind,
    /// The packet, as the publisher first sent it.
    pub packet: RtpPacket,
    /// Whether it came as a repair (RTX) of one that was lost on the way here.
    pub is_repair: bool,
}

/// What came of a publisher's input.
#[derive(Default)]
pub(super) struct Ingress {
    /// ICE and DTLS came up.
    pub connected: bool,
    /// Packets to forward.
    pub packets: Vec<Forwarded>,
}

/// A publisher.
pub(super) struct Publisher {
    transport: Transport,
    kinds: Vec<(Mid, MediaKind)>,
    repair_payload_types: Vec<u8>,
}

impl Publisher {
    /// Takes an offer; gives the publisher and the SDP to answer with.
    pub fn accept(now: Instant, local: SocketAddr, offer: &str) -> Result<(Self, String), RtcError> {
        // Only what is forwarded is accepted: Opus and VP8. Clients use whatever we accept.
        let rtc = Rtc::builder()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        let mut transport = Transport::new(rtc, local)?;
        let offer = SdpOffer::from_sdp_string(offer)?;
        let answer = transport.rtc.sdp_api().accept_offer(offer)?;
        let repair_payload_types = transport
            .rtc
            .codec_config()
            .params()
            .iter()
            .filter(|params| params.spec().codec == Codec::Vp8)
            .filter_map(|params| params.resend())
            .map(|payload_type| *payload_type)
            .collect();
        let answer = sdp::receive_only(&answer.to_sdp_string());
        Ok((Self { transport, kinds: Vec::new(), repair_payload_types }, answer))
    }

    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    pub fn local_ufrag(&mut self) -> String {
        self.transport.local_ufrag()
    }

    /// A datagram came for this publisher.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        contents: &[u8],
        outbox: &mut Outbox,
    ) -> Result<Ingress, RtcError> {
        let is_repair = rtp_payload_type(contents).is_some_and(|pt| self.repair_payload_types.contains(&pt));
        self.transport.handle_datagram(now, source, contents)?;
        self.settle(now, is_repair, outbox)
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant, outbox: &mut Outbox) -> Result<Ingress, RtcError> {
        self.settle(now, false, outbox)
    }

    /// Asks the publisher for a frame that can be decoded on its own.
    pub fn request_keyframe(
        &mut self,
        now: Instant,
        kind: KeyframeRequestKind,
        outbox: &mut Outbox,
    ) -> Result<Ingress, RtcError> {
        for (mid, _) in self.kinds.iter().filter(|(_, kind)| *kind == MediaKind::Video) {
            if let Some(stream) = self.transport.rtc.direct_api().stream_rx_by_mid(*mid, None) {
                stream.request_keyframe(kind);
            }
        }
        self.settle(now, false, outbox)
    }

    fn settle(&mut self, now: Instant, is_repair: bool, outbox: &mut Outbox) -> Result<Ingress, RtcError> {
        let mut ingress = Ingress::default();
        let mut packets = Vec::new();
        let kinds = &mut self.kinds;
        self.transport.settle(now, outbox, &mut |event| match event {
            Event::Connected => ingress.connected = true,
            Event::MediaAdded(added) => kinds.push((added.mid, added.kind)),
            Event::RtpPacket(packet) => packets.push(packet),
            _ => {}
        })?;
        for packet in packets {
            let mid = self.transport.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid());
            let kind = self.kinds.iter().find(|(known, _)| Some(*known) == mid).map(|(_, kind)| *kind);
            if let Some(kind) = kind {
                ingress.packets.push(Forwarded { kind, packet, is_repair });
            }
        }
        Ok(ingress)
    }
}

/// The payload type of an RTP packet; `None` for STUN, DTLS and RTCP (RFC 7983, RFC 5761 section 4).
fn rtp_payload_type(datagram: &[u8]) -> Option<u8> {
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

    #[test]
    fn an_offer_that_is_none_is_an_error() {
        let local = SocketAddr::from(([127, 0, 0, 1], 9));
        for offer in ["", "v=0", "garbage\r\n"] {
            assert!(Publisher::accept(Instant::now(), local, offer).is_err());
        }
    }
}
