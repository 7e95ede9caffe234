//! The media that is sent to a subscriber: streams, repairs, and one layer of simulcast.

use std::time::{Duration, Instant};

use str0m::media::KeyframeRequestKind;
use str0m::rtp::{RtpWrite, Ssrc, Vp8Descriptor};

use super::ingress::ForwardedPacket;
use super::layer_selector::{LayerRates, LayerSelector};
use super::peer::Transport;
use super::remote_bandwidth::RemoteBandwidth;
use super::retransmission::{Repair, RetransmissionBuffer};
use super::rtp_munger::{FIRST_SEQUENCE_NUMBER, MungedPacket, RtpMunger};

/// The interval at which a layer's key frame is requested until it arrives.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

/// One outgoing stream.
pub(super) struct DownTrack {
    pub ssrc: Ssrc,
    pub payload_type: u8,
    pub munger: RtpMunger,
}

/// The outgoing video.
pub(super) struct VideoDownTrack {
    pub stream: DownTrack,
    pub rtx: DownTrack,
    rtx_sequence_number: u64,
    pub retransmission: RetransmissionBuffer,
    /// The choice of layer; `None` without simulcast.
    pub layers: Option<SimulcastSwitch>,
}

/// The simulcast layer that is forwarded, and the one to switch to.
pub(super) struct SimulcastSwitch {
    choice: LayerSelector,
    pub wanted: usize,
    pub current: Option<usize>,
    keyframe_asked_at: Option<Instant>,
}

impl VideoDownTrack {
    /// Returns a track whose packets are sent as `stream`, and their repairs as `rtx`.
    pub(super) fn new(stream: DownTrack, rtx: DownTrack, layers: Option<SimulcastSwitch>) -> Self {
        Self {
            stream,
            rtx,
            rtx_sequence_number: FIRST_SEQUENCE_NUMBER,
            retransmission: RetransmissionBuffer::default(),
            layers,
        }
    }

    /// Sends a packet again, as a repair.
    pub(super) fn send_repair(
        &mut self,
        now: Instant,
        transport: &mut Transport,
        downlink: &mut RemoteBandwidth,
        repair: &Repair,
    ) {
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

impl SimulcastSwitch {
    pub(super) fn new() -> Self {
        Self { choice: LayerSelector::new(), wanted: 0, current: None, keyframe_asked_at: None }
    }

    /// Returns how a packet is sent, if it belongs to the forwarded layer. A change of layers waits for a key frame,
    /// which is requested.
    pub(super) fn select(
        &mut self,
        now: Instant,
        forwarded: &ForwardedPacket,
        rates: &LayerRates,
        available_bps: Option<f64>,
        munger: &mut RtpMunger,
        keyframe: &mut Option<(KeyframeRequestKind, usize)>,
    ) -> Option<MungedPacket> {
        let ForwardedPacket { layer, packet, is_repair, .. } = forwarded;
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
            munger.begin_layer(now, packet.seq_no, packet.header.timestamp, &descriptor);
            self.current = Some(*layer);
        }
        if self.current != Some(*layer) {
            return None;
        }
        munger.rewrite_layer(now, packet.seq_no, packet.header.timestamp, &descriptor)
    }
}
