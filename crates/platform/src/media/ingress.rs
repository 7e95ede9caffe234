//! The result of a publisher's input.

use std::time::Instant;

use str0m::media::MediaKind;
use str0m::rtp::RtpPacket;

/// An RTP packet of a publisher that is forwarded to its subscribers.
pub(super) struct ForwardedPacket {
    /// Whether the packet is audio or video.
    pub kind: MediaKind,
    /// The simulcast layer of the packet; 0 without simulcast.
    pub layer: usize,
    /// The packet, as the publisher first sent it.
    pub packet: RtpPacket,
    /// Whether the packet arrived as a repair (RTX) of one that was lost on the uplink.
    pub is_repair: bool,
    /// When its media was captured, by the router's clock.
    pub captured_at: Instant,
}

/// The result of a publisher's input.
#[derive(Default)]
pub(super) struct Ingress {
    /// ICE and DTLS came up.
    pub connected: bool,
    /// The packets to forward to subscribers.
    pub packets: Vec<ForwardedPacket>,
}

impl Ingress {
    /// Adds what came of a later input.
    pub(super) fn append(&mut self, later: Self) {
        self.connected |= later.connected;
        self.packets.extend(later.packets);
    }
}
