//! What goes out to a subscriber: streams, repairs, and of simulcast one layer.

use std::time::{Duration, Instant};

use str0m::media::KeyframeRequestKind;
use str0m::rtp::{RtpWrite, Ssrc, Vp8Descriptor};

use super::downlink::Downlink;
use super::ingress::Forwarded;
use super::layers::{LayerChoice, LayerRates};
use super::peer::Transport;
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
            layers,
        }
    }

    /// Sends a packet again, as a repair.
    pub fn send_repair(&mut self, now: Instant, transport: &mut Transport, downlink: &mut Downlink, repair: &Repair) {
        let number = self.rtx_sequence_number;
        self.rtx_sequence_number += 1;
        let payload_type = self.rtx.payload_type.into();
        let payload = repair.rtx_payload();
        downlink.note_repair(now, payload.len());
        let write = RtpWrite::new(payload_type, number.into(), repair.timestamp, now, payload);
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
        available_bps: Option<f64>,
        rewriter: &mut Rewriter,
        keyframe: &mut Option<(KeyframeRequestKind, usize)>,
    ) -> Option<Rewritten> {
        let Forwarded { layer, packet, is_repair, .. } = forwarded;
        self.wanted = self.choice.choose(now, rates, available_bps);
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
