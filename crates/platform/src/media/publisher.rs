//! A publisher: media that comes in.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::{Event, Rtc, RtcError};

use super::address::{MediaAddresses, PeerAddr};
use super::arrival_reports::{ArrivalAction, ArrivalReports, HeldDatagram};
use super::capture_clock::CaptureClock;
use super::codec::{AUDIO_CLOCK_HZ, RtpVideoCodec, StreamMedia, VIDEO_CLOCK_HZ};
use super::ingress::{ForwardedPacket, Ingress};
use super::keyframe_requests::KeyframeRequests;
use super::layer_selector::LayerRates;
use super::offer::{as_dtls_server, declare_layers, read_offer};
use super::peer::{RouterOutputs, Transport};
use super::rate_meter::RateMeter;
use super::repair_requests::RepairRequests;
use super::rtp_packet::rtp_payload_type;
use super::sdp;
use super::send_limit::SendLimit;
use super::simulcast::SimulcastLayer;

/// The interval at which str0m reports the round-trip time.
const STATS_INTERVAL: Duration = Duration::from_secs(1);

/// A peer that sends a stream to the router.
pub(super) struct Publisher {
    /// The media that it sends.
    pub media: StreamMedia,
    transport: Transport,
    kinds: Vec<(Mid, MediaKind)>,
    repair_payload_types: Vec<u8>,
    /// The simulcast layers from the lowest; empty without simulcast.
    layers: Vec<(SimulcastLayer, RateMeter)>,
    /// The rate of all of its media.
    rate: RateMeter,
    limit: SendLimit,
    clock: CaptureClock,
    reports: ArrivalReports,
    repairs: RepairRequests,
    /// The layers that have lost a packet for good, and for which no key frame has been requested yet.
    lost_layers: Vec<usize>,
    keyframe_requests: KeyframeRequests,
    is_connected: bool,
}

impl Publisher {
    /// Takes an offer; gives the publisher and the SDP to answer with.
    pub(super) fn accept(
        now: Instant,
        addresses: MediaAddresses,
        offer: &str,
        preferred: RtpVideoCodec,
    ) -> Result<(Self, String), RtcError> {
        // Only one video codec is accepted, so that all packets match the SDP that subscribers received.
        let codec = RtpVideoCodec::choose(offer, preferred);
        let mut config = Rtc::builder().set_ice_lite(true).set_rtp_mode(true).clear_codecs().enable_opus(true, false);
        codec.enable(config.codec_config());
        let config = config.set_stats_interval(Some(STATS_INTERVAL));
        let mut transport = Transport::new(config.build(now), addresses)?;
        let (layers, offer) = read_offer(&as_dtls_server(offer))?;
        let answer = transport.rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
        let answer = sdp::receive_only(&answer);
        declare_layers(&mut transport.rtc, &layers, &answer);
        let params = transport.rtc.codec_config().params();
        let repair_payload_types =
            params.iter().filter_map(|params| params.resend()).map(|payload_type| *payload_type).collect();
        let media = StreamMedia {
            has_audio: sdp::has_media(&answer, "audio"),
            video: sdp::has_media(&answer, "video").then_some(codec),
            layers: layers.len().max(1),
        };
        let layers = layers.into_iter().map(|layer| (layer, RateMeter::new(now))).collect();
        let (kinds, rate, limit) = (Vec::new(), RateMeter::new(now), SendLimit::default());
        let (clock, reports) = (CaptureClock::default(), ArrivalReports::new(sdp::transport_cc_id(&answer)));
        Ok((
            Self {
                media,
                transport,
                kinds,
                repair_payload_types,
                layers,
                rate,
                limit,
                clock,
                reports,
                repairs: RepairRequests::default(),
                lost_layers: Vec::new(),
                keyframe_requests: KeyframeRequests::default(),
                is_connected: false,
            },
            answer,
        ))
    }

    /// Returns whether an offer is of the peer connection that there is: it has the same certificate.
    pub(super) fn is_same_peer(&mut self, offer: &str) -> bool {
        let known = self.transport.rtc.direct_api().remote_dtls_fingerprint().map(|known| known.bytes.clone());
        sdp::RemoteDescription::parse(offer).is_ok_and(|offer| known.is_some_and(|known| known == offer.fingerprint))
    }

    /// Takes an offer that restarts ICE (RFC 8839 section 4.4.1.1.1), and returns the SDP to answer with. DTLS, SRTP
    /// and the streams continue.
    pub(super) fn restart(
        &mut self,
        now: Instant,
        offer: &str,
        outputs: &mut RouterOutputs,
    ) -> Result<(String, Ingress), RtcError> {
        let (_, offer) = read_offer(offer)?;
        let answer = self.transport.rtc.sdp_api().accept_offer(offer)?.to_sdp_string();
        let ingress = self.settle(now, false, outputs)?;
        Ok((sdp::receive_only(&answer), ingress))
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn local_ufrag(&mut self) -> String {
        self.transport.local_ufrag()
    }

    /// Returns the current rate of each layer.
    pub(super) fn layer_rates(&mut self, now: Instant) -> LayerRates {
        self.layers.iter_mut().map(|(_, meter)| meter.bits_per_second(now)).collect()
    }

    /// Returns the time at which [`Publisher::handle_timeout`] is wanted, should nothing else happen.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        [self.transport.poll_timeout(), self.reports.hold_ends(), self.repairs_due()].into_iter().flatten().min()
    }

    /// Leaves it to str0m where its reports end.
    #[cfg(test)]
    pub(super) fn report_as_str0m_does(&mut self) {
        self.reports = ArrivalReports::new(None);
    }

    /// Handles a datagram of this publisher.
    pub(super) fn handle_datagram(
        &mut self,
        now: Instant,
        source: PeerAddr,
        contents: &[u8],
        outputs: &mut RouterOutputs,
    ) -> Result<Ingress, RtcError> {
        let mut ingress = Ingress::default();
        if let Some(held) = self.reports.release() {
            ingress.append(self.take(now, held.at, held.source, &held.contents, outputs)?);
        }
        match self.reports.arrival(now, contents) {
            ArrivalAction::Hold => {
                self.reports.hold(HeldDatagram { at: now, source, contents: contents.to_vec() });
                return Ok(ingress);
            }
            ArrivalAction::ReportFirst => {
                self.transport.give_time(now)?;
                self.reports.note_time(now);
                ingress.append(self.settle(now, false, outputs)?);
            }
            ArrivalAction::Take => {}
        }
        ingress.append(self.take(now, now, source, contents, outputs)?);
        ingress.append(self.mend(now, outputs)?);
        Ok(ingress)
    }

    /// Takes a datagram in that came at `at`.
    fn take(
        &mut self,
        now: Instant,
        at: Instant,
        source: PeerAddr,
        contents: &[u8],
        outputs: &mut RouterOutputs,
    ) -> Result<Ingress, RtcError> {
        let is_repair = rtp_payload_type(contents).is_some_and(|pt| self.repair_payload_types.contains(&pt));
        self.transport.handle_datagram(at, source, contents)?;
        self.reports.note_taken(at, contents);
        self.settle(now, is_repair, outputs)
    }

    /// Handles the timeouts that have expired.
    pub(super) fn handle_timeout(&mut self, now: Instant, outputs: &mut RouterOutputs) -> Result<Ingress, RtcError> {
        let mut ingress = Ingress::default();
        if let Some(held) = self.reports.release_due(now) {
            ingress.append(self.take(now, held.at, held.source, &held.contents, outputs)?);
        }
        ingress.append(self.settle(now, false, outputs)?);
        ingress.append(self.mend(now, outputs)?);
        Ok(ingress)
    }

    /// Returns the time at which lost packets are to be requested, if there are any.
    fn repairs_due(&self) -> Option<Instant> {
        self.repairs.due().map(|due| self.reports.earliest_time(due))
    }

    /// Asks for packets that were lost, and for a key frame where one is lost for good: nothing after it can be
    /// decoded.
    fn mend(&mut self, now: Instant, outputs: &mut RouterOutputs) -> Result<Ingress, RtcError> {
        let mut ingress = Ingress::default();
        if self.repairs_due().is_some_and(|due| due <= now) {
            let streams = self.repairs.take_due(now);
            self.let_str0m_ask(&streams, true);
            self.transport.give_time(now)?;
            self.let_str0m_ask(&streams, false);
            self.reports.note_time(now);
            ingress.append(self.settle(now, false, outputs)?);
        }
        for layer in std::mem::take(&mut self.lost_layers) {
            if self.keyframe_requests.passes(now, self.repairs.round_trip_time(), false) {
                ingress.append(self.request_keyframe(now, KeyframeRequestKind::Pli, layer, outputs)?);
            }
        }
        Ok(ingress)
    }

    fn let_str0m_ask(&mut self, streams: &[u32], may_ask: bool) {
        let mut api = self.transport.rtc.direct_api();
        for ssrc in streams {
            if let Some(stream) = api.stream_rx(&(*ssrc).into()) {
                stream.suppress_nack(!may_ask);
            }
        }
    }

    /// Asks the publisher for a frame of a layer that can be decoded on its own.
    pub(super) fn request_keyframe(
        &mut self,
        now: Instant,
        kind: KeyframeRequestKind,
        layer: usize,
        outputs: &mut RouterOutputs,
    ) -> Result<Ingress, RtcError> {
        let mut api = self.transport.rtc.direct_api();
        if let Some((layer, _)) = self.layers.get(layer) {
            if let Some(stream) = api.stream_rx(&layer.ssrc.into()) {
                stream.request_keyframe(kind);
            }
        } else {
            for (mid, _) in self.kinds.iter().filter(|(_, kind)| *kind == MediaKind::Video) {
                if let Some(stream) = api.stream_rx_by_mid(*mid, None) {
                    stream.request_keyframe(kind);
                }
            }
        }
        self.settle(now, false, outputs)
    }

    /// Returns the rate of this publisher's RTP payload over the last second, in bit/s.
    pub(super) fn rate_bps(&mut self, now: Instant) -> f64 {
        self.rate.bits_per_second(now)
    }

    /// Limits what the publisher sends, in bit/s of whole packets, to what its subscribers can receive; `None` lifts
    /// the limit. The next call of `settle` sends it.
    pub(super) fn set_limit(&mut self, limit_bps: Option<f64>) {
        self.limit.set(limit_bps);
    }

    fn tell_limit(&mut self, now: Instant) {
        if !self.is_connected {
            return;
        }
        let Some(bps) = self.limit.poll(now) else { return };
        for (mid, _) in self.kinds.iter().filter(|(_, kind)| *kind == MediaKind::Video) {
            if let Some(stream) = self.transport.rtc.direct_api().stream_rx_by_mid(*mid, None) {
                stream.request_remb(Bitrate::bps(bps as u64));
            }
        }
    }

    fn settle(&mut self, now: Instant, is_repair: bool, outputs: &mut RouterOutputs) -> Result<Ingress, RtcError> {
        let mut ingress = Ingress::default();
        let mut packets = Vec::new();
        self.tell_limit(now);
        let quiet = self.reports.quiet();
        self.transport.set_quiet(quiet.clone());
        let (kinds, repairs) = (&mut self.kinds, &mut self.repairs);
        self.transport.settle(now, outputs, &mut |event| match event {
            Event::Connected => ingress.connected = true,
            Event::MediaAdded(added) => kinds.push((added.mid, added.kind)),
            Event::RtpPacket(packet) => packets.push(packet),
            Event::MediaIngressStats(stats) => repairs.set_round_trip_time(stats.rtt),
            _ => {}
        })?;
        if !quiet.is_some_and(|quiet| quiet.contains(&now)) {
            self.reports.note_time(now);
        }
        self.transport.set_quiet(self.reports.quiet());
        self.is_connected |= ingress.connected;
        for packet in packets {
            let mut api = self.transport.rtc.direct_api();
            let Some(stream) = api.stream_rx(&packet.header.ssrc) else { continue };
            let mid = stream.mid();
            let Some((_, kind)) = self.kinds.iter().find(|(known, _)| *known == mid) else { continue };
            self.rate.add(now, packet.payload.len());
            let ssrc = *packet.header.ssrc;
            let layer = self.layers.iter().position(|(layer, _)| layer.ssrc == ssrc).unwrap_or(0);
            if *kind == MediaKind::Video {
                stream.suppress_nack(true);
                if self.repairs.note(now, ssrc, *packet.seq_no) {
                    self.lost_layers.push(layer);
                }
            }
            if let Some((_, meter)) = self.layers.get_mut(layer).filter(|_| *kind == MediaKind::Video) {
                meter.add(now, packet.payload.len());
            }
            let clock_rate_hz = match kind {
                MediaKind::Audio => AUDIO_CLOCK_HZ,
                MediaKind::Video => VIDEO_CLOCK_HZ,
            };
            let (report, timestamp) = (packet.last_sender_info.as_ref(), packet.header.timestamp);
            let captured_at = self.clock.captured_at(now, report, timestamp, clock_rate_hz);
            ingress.packets.push(ForwardedPacket { kind: *kind, layer, packet, is_repair, captured_at });
        }
        Ok(ingress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_offers_are_refused() {
        let addresses = std::net::SocketAddr::from(([127, 0, 0, 1], 9)).into();
        for offer in ["", "v=0", "garbage\r\n"] {
            assert!(Publisher::accept(Instant::now(), addresses, offer, RtpVideoCodec::Vp8).is_err());
        }
    }
}
