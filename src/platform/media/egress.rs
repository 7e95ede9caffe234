//! What goes out to a subscriber: streams, repairs, and of simulcast one layer.

use std::time::{Duration, Instant};

use str0m::media::KeyframeRequestKind;
use str0m::rtp::{RtpWrite, Ssrc, Vp8Descriptor};

use super::downlink::Reported;
use super::layers::{LayerChoice, LayerRates};
use super::peer::Transport;
use super::publisher::Forwarded;
use super::retransmission::{Repair, RetransmissionBuffer};
use super::rewrite::{FIRST_SEQUENCE_NUMBER, Rewriter, Rewritten};

/// How often a layer's key frame is asked for until it comes.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

/// One outgoing stream.
pub(super) struct Egress {
    pub ssrc: Ssrc,
    pub payload_type: u8,
    pub rewriter: Rewriter,
}

/// The outgoing video.
pub(super) struct VideoEgress {
    pub stream: Egress,
    pub rtx: Egress,
    rtx_sequence_number: u64,
    pub retransmission: RetransmissionBuffer,
    highest_sequence_number: u64,
    packets_sent: u64,
    bytes_sent: u64,
    /// Of simulcast.
    pub layers: Option<Layers>,
}

/// Which layer goes out.
pub(super) struct Layers {
    choice: LayerChoice,
    pub wanted: usize,
    pub current: Option<usize>,
    keyframe_asked_at: Option<Instant>,
}

impl VideoEgress {
    /// Video whose packets go out as `stream`, and their repairs as `rtx`.
    pub fn new(stream: Egress, rtx: Egress, layers: Option<Layers>) -> Self {
        Self {
            stream,
            rtx,
            rtx_sequence_number: FIRST_SEQUENCE_NUMBER,
            retransmission: RetransmissionBuffer::default(),
            highest_sequence_number: FIRST_SEQUENCE_NUMBER,
            packets_sent: 0,
            bytes_sent: 0,
            layers,
        }
    }

    /// Notes a packet that was sent, so that it can be sent again.
    pub fn keep(&mut self, now: Instant, sequence_number: u64, sent: Repair) {
        self.highest_sequence_number = self.highest_sequence_number.max(sequence_number);
        self.packets_sent += 1;
        self.bytes_sent += sent.payload.len() as u64;
        self.retransmission.keep(now, sent);
    }

    /// Notes whether what is sent is too much; says whether its publisher has to know.
    pub fn note(&mut self, is_too_much: bool) -> bool {
        match &mut self.layers {
            Some(layers) if is_too_much => layers.choice.set_too_much(),
            _ => {}
        }
        is_too_much && self.layers.is_none()
    }

    /// A report block of the stream, beside what was sent of it.
    pub fn reported(&self, highest_sequence_number: u32, packets_lost: u32) -> Reported {
        let numbered = self.highest_sequence_number.saturating_sub(FIRST_SEQUENCE_NUMBER) + 1;
        let never_sent = numbered.saturating_sub(self.packets_sent);
        // RFC 3550 section 6.4.1: 24 bits, with a sign.
        let packets_lost = (packets_lost << 8).cast_signed() >> 8;
        Reported {
            highest_sequence_number,
            packets_lost: packets_lost.into(),
            never_sent: i64::try_from(never_sent).unwrap_or(i64::MAX),
            bytes_sent: self.bytes_sent,
        }
    }

    pub fn send_repair(&mut self, now: Instant, transport: &mut Transport, repair: &Repair) {
        let number = self.rtx_sequence_number;
        self.rtx_sequence_number += 1;
        let payload_type = self.rtx.payload_type.into();
        let write = RtpWrite::new(payload_type, number.into(), repair.timestamp, now, repair.rtx_payload());
        if let Some(stream) = transport.rtc.direct_api().stream_tx(&self.rtx.ssrc) {
            stream.write_rtp(write.marker(repair.marker));
        }
    }
}

impl Layers {
    pub fn new() -> Self {
        Self { choice: LayerChoice::new(), wanted: 0, current: None, keyframe_asked_at: None }
    }

    /// How a packet is sent, if it is of the layer that goes out. A change of layers waits for a key frame, which is asked
    /// for.
    pub fn select(
        &mut self,
        now: Instant,
        forwarded: &Forwarded,
        rates: &LayerRates,
        limit_bps: Option<f64>,
        rewriter: &mut Rewriter,
        keyframe: &mut Option<(KeyframeRequestKind, usize)>,
    ) -> Option<Rewritten> {
        let Forwarded { layer, packet, is_repair, .. } = forwarded;
        self.wanted = self.choice.choose(now, rates, limit_bps);
        if self.current != Some(self.wanted)
            && self.keyframe_asked_at.is_none_or(|at| now.saturating_duration_since(at) >= KEYFRAME_INTERVAL)
        {
            self.keyframe_asked_at = Some(now);
            *keyframe = Some((KeyframeRequestKind::Pli, self.wanted));
        }
        let descriptor = Vp8Descriptor::parse(&packet.payload).ok()?;
        let begins = !is_repair && *layer == self.wanted && descriptor.starts_keyframe(&packet.payload);
        if begins && self.current != Some(*layer) {
            rewriter.begin_layer(now, packet.seq_no, packet.header.timestamp, &descriptor);
            self.current = Some(*layer);
        }
        if self.current != Some(*layer) {
            return None;
        }
        rewriter.rewrite_layer(now, packet.seq_no, packet.header.timestamp, &descriptor)
    }
}
