//! A subscriber: media that goes out.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::media::{KeyframeRequestKind, MediaKind, Mid, Rid};
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{RawPacket, RtpWrite, SeqNo};
use str0m::stats::PeerStats;
use str0m::{Event, IceCreds, RtcError};

use super::address::{MediaAddresses, PeerAddr};
use super::codec::{AUDIO_BPS, AUDIO_CLOCK_HZ, StreamMedia, VIDEO_CLOCK_HZ};
use super::down_track::{DownTrack, SimulcastSwitch, VideoDownTrack};
use super::fallback::AudioFallback;
use super::feedback::Feedback;
use super::ingress::ForwardedPacket;
use super::keyframe_requests::KeyframeRequests;
use super::layer_selector::LayerRates;
use super::negotiation::{Negotiation, rtc_config};
use super::peer::{RouterOutputs, Transport};
use super::rate_meter::RateMeter;
use super::remote_bandwidth::RemoteBandwidth;
use super::retransmission::{Repair, requested};
use super::rtp_ids;
use super::rtp_munger::{MungedPacket, RtpMunger};
use super::sdp::{AUDIO_MID, VIDEO_MID};

/// The rids of a video and its repairs.
const PRIMARY_RID: &str = "primary";
const RTX_RID: &str = "rtx";

/// A peer that receives a stream from the router.
pub(super) struct Subscriber {
    /// The id of the stream that it receives.
    pub stream: String,
    pub(super) transport: Transport,
    pub(super) audio: Option<DownTrack>,
    pub(super) video: Option<VideoDownTrack>,
    pub(super) negotiation: Negotiation,
    pub(super) downlink: RemoteBandwidth,
    fallback: Option<AudioFallback>,
    fallback_due: Option<Instant>,
    video_rate: RateMeter,
    is_connected: bool,
    is_paced: bool,
    keyframes: KeyframeRequests,
}

/// How often the audio fallback looks at the downlink.
const FALLBACK_INTERVAL: Duration = Duration::from_millis(200);

impl Subscriber {
    /// Returns a subscriber to `stream`, which consists of `media` and has a rate of `stream_bps` now, and the SDP to
    /// offer it. With `audio_fallback` it loses video where its downlink is too narrow for it.
    pub(super) fn offer(
        now: Instant,
        addresses: MediaAddresses,
        stream: String,
        media: StreamMedia,
        stream_bps: f64,
        audio_fallback: bool,
    ) -> Result<(Self, String), RtcError> {
        let start_estimate = RemoteBandwidth::start_estimate(stream_bps);
        let mut transport = Transport::new(rtc_config(media, start_estimate).build(now), addresses)?;
        let mut api = transport.rtc.direct_api();
        // The side that offers nominates (RFC 8445 section 6.1.1).
        api.set_ice_controlling(true);
        let mut declare = |mid: &str, kind, rid: Option<&str>, payload_type| {
            let (mid, ssrc) = (Mid::from(mid), api.new_ssrc());
            if rid != Some(RTX_RID) {
                api.declare_media(mid, kind);
            }
            let stream = api.declare_stream_tx(ssrc, None, mid, rid.map(Rid::from));
            // Repairs go first, as from a browser. Video is not paced until something is known of the downlink: its
            // first key frame would take half a second at the first estimate.
            stream.set_unpaced(true);
            DownTrack { ssrc, payload_type, munger: RtpMunger::default() }
        };
        let audio = media.has_audio.then(|| declare(AUDIO_MID, MediaKind::Audio, None, rtp_ids::OPUS));
        // str0m finds a stream to send from by mid and rid, and takes no rid for any: of two streams on one mid both
        // need one. They stay here, since the header extension for them is not negotiated.
        let video = media.video.map(|codec| {
            let (payload_type, rtx_payload_type) = codec.payload_types();
            let stream = declare(VIDEO_MID, MediaKind::Video, Some(PRIMARY_RID), payload_type);
            let rtx = declare(VIDEO_MID, MediaKind::Video, Some(RTX_RID), rtx_payload_type);
            VideoDownTrack::new(stream, rtx, (media.layers > 1).then(SimulcastSwitch::new))
        });
        // The router makes this id itself: a stream's id is its client's text, and could add lines to the SDP of
        // others.
        let name = format!("precall{}", *api.new_ssrc());
        let subscriber = Self {
            stream,
            transport,
            negotiation: Negotiation::new(addresses, name, media.video),
            audio,
            fallback: (audio_fallback && media.has_audio && video.is_some()).then(AudioFallback::new),
            fallback_due: None,
            video_rate: RateMeter::new(now),
            video,
            downlink: RemoteBandwidth::joining(now, stream_bps),
            is_connected: false,
            is_paced: false,
            keyframes: KeyframeRequests::default(),
        };
        Ok(subscriber.offered())
    }

    /// Returns the most that the publisher should send for this subscriber, in bit/s of whole packets; `None` when its
    /// downlink has room for more than is sent, when it is sent no video, or where it chooses among layers.
    pub(super) fn limit_bps(&mut self, now: Instant) -> Option<f64> {
        let has_layers = self.video.as_ref().is_some_and(|video| video.layers.is_some());
        if has_layers || !self.sends_video() { None } else { self.downlink.limit_bps(now) }
    }

    /// Returns whether a key frame is to be requested, since this subscriber requested one or has just joined.
    pub(super) fn passes_keyframe_request(&mut self, now: Instant, is_newcomer: bool) -> bool {
        self.keyframes.passes(now, self.downlink.round_trip_time(), is_newcomer)
    }

    /// Notes that the following packets come from another peer connection of the publisher.
    pub(super) fn begin_source(&mut self) {
        if let Some(audio) = &mut self.audio {
            audio.munger.begin_source();
        }
        self.begin_video();
    }

    /// Lets the following video packets continue those sent so far, whatever their numbers.
    fn begin_video(&mut self) {
        match &mut self.video {
            Some(VideoDownTrack { layers: Some(layers), .. }) => layers.current = None,
            Some(video) => video.stream.munger.begin_source(),
            None => {}
        }
    }

    fn sends_video(&self) -> bool {
        self.fallback.as_ref().is_none_or(AudioFallback::sends_video)
    }

    /// Lets the audio fallback look at the downlink.
    fn update_fallback(&mut self, now: Instant) -> Feedback {
        let mut feedback = Feedback::default();
        let Some(fallback) = &mut self.fallback else { return feedback };
        if self.fallback_due.is_some_and(|due| now < due) {
            return feedback;
        }
        self.fallback_due = Some(now + FALLBACK_INTERVAL);
        let sent_video = fallback.sends_video();
        let video_bps = self.video_rate.bits_per_second(now);
        // The audio has to fit as well. While video is off, probes still find out what the downlink can carry.
        let available = self.downlink.known_limit_bps(now).map(|bps| bps - AUDIO_BPS);
        feedback.fallback = fallback.update(now, available, video_bps);
        feedback.new_limit = fallback.sends_video() != sent_video;
        if fallback.sends_video() && !sent_video {
            let layers = self.video.as_ref().and_then(|video| video.layers.as_ref());
            feedback.keyframe = Some((KeyframeRequestKind::Pli, layers.map_or(0, |layers| layers.wanted)));
            // Packets that were left out are not lost.
            self.begin_video();
        }
        feedback
    }

    /// Exchanges the ICE credentials. The path is another from now on: nothing is known of it.
    pub(super) fn restart_ice(&mut self, local: IceCreds, remote: IceCreds) {
        self.transport.restart_ice(local, remote);
        self.transport.rtc.bwe().reset(self.downlink.begin_again());
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(super) fn local_ufrag(&mut self) -> String {
        self.transport.local_ufrag()
    }

    /// Handles a datagram of this subscriber.
    pub(super) fn handle_datagram(
        &mut self,
        now: Instant,
        source: PeerAddr,
        contents: &[u8],
        outputs: &mut RouterOutputs,
    ) -> Result<Feedback, RtcError> {
        self.transport.handle_datagram(now, source, contents)?;
        self.settle(now, outputs)
    }

    /// Handles the timeouts that have expired.
    pub(super) fn handle_timeout(&mut self, now: Instant, outputs: &mut RouterOutputs) -> Result<Feedback, RtcError> {
        self.settle(now, outputs)
    }

    /// Sends on what its publisher sent, whose layers come at these rates.
    pub(super) fn forward(
        &mut self,
        now: Instant,
        forwarded: &ForwardedPacket,
        rates: &LayerRates,
        outputs: &mut RouterOutputs,
    ) -> Result<Feedback, RtcError> {
        if !self.is_connected {
            return Ok(Feedback::default());
        }
        let mut feedback = self.update_fallback(now);
        let packet = &forwarded.packet;
        if forwarded.kind == MediaKind::Video && !self.sends_video() {
            return Ok(feedback);
        }
        let mut keyframe = None;
        let (down_track, munged) = match (forwarded.kind, &mut self.audio, &mut self.video) {
            (MediaKind::Audio, Some(audio), _) => {
                let munged = audio.munger.rewrite(now, packet.seq_no, packet.header.timestamp, AUDIO_CLOCK_HZ);
                (&*audio, munged)
            }
            (MediaKind::Video, _, Some(video)) => {
                let munged = match &mut video.layers {
                    None => {
                        let timestamp = packet.header.timestamp;
                        video.stream.munger.rewrite(now, packet.seq_no, timestamp, VIDEO_CLOCK_HZ)
                    }
                    Some(layers) => {
                        self.downlink.set_wanted(rates.iter().copied().fold(0.0, f64::max));
                        layers.select(
                            now,
                            forwarded,
                            rates,
                            self.downlink.available_bps(now),
                            &mut video.stream.munger,
                            &mut keyframe,
                        )
                    }
                };
                (&video.stream, munged)
            }
            _ => return Ok(feedback),
        };
        feedback.keyframe = keyframe.or(feedback.keyframe);
        let Some(munged) = munged else { return Ok(feedback) };
        let MungedPacket { sequence_number, timestamp, .. } = munged;
        let (ssrc, payload_type) = (down_track.ssrc, down_track.payload_type);
        let payload = munged.payload(&packet.payload);
        let is_video = forwarded.kind == MediaKind::Video;
        let is_repair = forwarded.is_repair && is_video;
        if !is_repair {
            self.downlink.note_sent(now, payload.len());
        }
        if !is_repair && let Some(stream) = self.transport.rtc.direct_api().stream_tx(&ssrc) {
            let captured_at = forwarded.captured_at;
            let write =
                RtpWrite::new(payload_type.into(), sequence_number.into(), timestamp, captured_at, payload.clone());
            stream.write_rtp(write.marker(packet.header.marker));
        }
        if let Some(video) = self.video.as_mut().filter(|_| is_video) {
            self.video_rate.add(now, packet.payload.len());
            let original_sequence_number = SeqNo::from(sequence_number).as_u16();
            let repair = Repair { original_sequence_number, timestamp, marker: packet.header.marker, payload };
            if is_repair {
                video.send_repair(now, &mut self.transport, &mut self.downlink, &repair);
                video.retransmission.keep_repaired(now, repair);
            } else {
                video.retransmission.keep(now, repair);
            }
        }
        let settled = self.settle(now, outputs)?;
        feedback.connected |= settled.connected;
        feedback.new_limit |= settled.new_limit;
        feedback.keyframe = settled.keyframe.or(feedback.keyframe);
        Ok(feedback)
    }

    /// Has str0m pace the video, where its estimate of the downlink is known and believed.
    fn pace(&mut self) {
        let is_paced = self.downlink.is_paced();
        if let Some(video) = self.video.as_ref().filter(|_| self.is_paced != is_paced)
            && let Some(stream) = self.transport.rtc.direct_api().stream_tx(&video.stream.ssrc)
        {
            stream.set_unpaced(!is_paced);
            self.is_paced = is_paced;
        }
    }

    pub(super) fn settle(&mut self, now: Instant, outputs: &mut RouterOutputs) -> Result<Feedback, RtcError> {
        let mut feedback = Feedback::default();
        self.pace();
        let mut wanted = Vec::new();
        if self.is_connected
            && let Some(desired) = self.downlink.poll_desired(now)
        {
            self.transport.rtc.bwe().set_bitrate(Bitrate::ZERO, desired);
        }
        self.settle_transport(now, outputs, &mut feedback, &mut wanted)?;
        if let Some(estimate) = self.downlink.poll_corrected() {
            self.transport.rtc.bwe().reset(estimate);
        }
        for number in std::mem::take(&mut wanted) {
            if let Some(video) = &mut self.video
                && self.downlink.has_room_for_repair(now)
                && let Some(repair) = video.retransmission.request(now, number, self.downlink.round_trip_time())
            {
                video.send_repair(now, &mut self.transport, &mut self.downlink, &repair);
                self.settle_transport(now, outputs, &mut feedback, &mut wanted)?;
            }
        }
        self.is_connected |= feedback.connected;
        Ok(feedback)
    }

    /// Notes an event of str0m, and the packets that the client requests again.
    fn settle_transport(
        &mut self,
        now: Instant,
        outputs: &mut RouterOutputs,
        feedback: &mut Feedback,
        wanted: &mut Vec<u16>,
    ) -> Result<(), RtcError> {
        let Self { transport, video, downlink, .. } = self;
        transport.settle(now, outputs, &mut |event| match event {
            Event::Connected => feedback.connected = true,
            Event::KeyframeRequest(request) => {
                let layers = video.as_ref().and_then(|video| video.layers.as_ref());
                let layer = layers.map_or(0, |layers| layers.current.unwrap_or(layers.wanted));
                feedback.keyframe = Some((request.kind, layer));
            }
            // The estimate itself: the one of `EgressBitrateEstimate` is a mean of three seconds, in which a queue
            // fills.
            Event::PeerStats(PeerStats { bwe_tx: Some(estimate), rtt, .. }) => {
                downlink.set_estimate(now, estimate, rtt);
                feedback.new_limit = true;
            }
            Event::RawPacket(raw) => match (*raw, &mut *video) {
                (RawPacket::RtcpRx(Rtcp::Nack(nack)), Some(video)) if nack.ssrc == video.stream.ssrc => {
                    wanted.extend(nack.reports.iter().flat_map(|entry| requested(entry.pid, entry.blp)));
                }
                (RawPacket::RtcpRx(Rtcp::Twcc(report)), _) => downlink.note_report(report),
                (RawPacket::RtpTx(header, payload), _) => {
                    if let Some(number) = header.ext_vals.transport_cc {
                        downlink.note_number(number, payload.len());
                    }
                }
                _ => {}
            },
            _ => {}
        })
    }
}
