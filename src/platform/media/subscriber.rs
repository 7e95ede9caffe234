//! A subscriber: media that goes out.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::config::Fingerprint;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, KeyframeRequestKind, MediaKind, Mid, Rid};
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{Extension, ExtensionMap, RawPacket, RtpWrite, SeqNo};
use str0m::stats::PeerStats;
use str0m::{Event, IceCreds, Rtc, RtcConfig, RtcError};

use super::address::{MediaAddresses, Remote};
use super::codec::StreamMedia;
use super::downlink::Downlink;
use super::egress::{Egress, Layers, VideoEgress};
use super::layers::LayerRates;
use super::peer::{Outbox, Transport};
use super::publisher::Forwarded;
use super::retransmission::{Repair, requested};
use super::rewrite::{Rewriter, Rewritten};
use super::sdp::{AUDIO_MID, Answer, Offer, OfferedVideo, VIDEO_MID, ids};

/// The rids of a video and its repairs.
const PRIMARY_RID: &str = "primary";
const RTX_RID: &str = "rtx";

/// How often the downlink's estimate is looked at.
const ESTIMATE_INTERVAL: Duration = Duration::from_millis(100);

/// The estimate for a client that sends no transport-wide feedback: so much that the pacer holds nothing back.
const UNPACED: Bitrate = Bitrate::gbps(1);

/// What came of a subscriber's input.
#[derive(Default)]
pub(super) struct Feedback {
    /// ICE and DTLS came up.
    pub connected: bool,
    /// A frame of this layer is wanted that can be decoded on its own.
    pub keyframe: Option<(KeyframeRequestKind, usize)>,
    /// The downlink's estimate is another than before, and with it perhaps what the publisher may send.
    pub new_limit: bool,
}

/// A subscriber.
pub(super) struct Subscriber {
    /// The stream it hears.
    pub stream: String,
    transport: Transport,
    audio: Option<Egress>,
    video: Option<VideoEgress>,
    downlink: Downlink,
    is_connected: bool,
    is_answered: bool,
}

impl Subscriber {
    /// A subscriber to `stream`, which consists of `media` and comes at `stream_bps` now, and the SDP to offer it.
    pub fn offer(
        now: Instant,
        addresses: MediaAddresses,
        stream: String,
        media: StreamMedia,
        stream_bps: f64,
    ) -> Result<(Self, String), RtcError> {
        let start_estimate = Downlink::start_estimate(stream_bps);
        let mut transport = Transport::new(rtc_config(media, start_estimate).build(now), addresses)?;
        let mut api = transport.rtc.direct_api();
        api.set_ice_controlling(false);
        let mut declare = |mid: &str, kind, rid: Option<&str>, payload_type| {
            let (mid, ssrc) = (Mid::from(mid), api.new_ssrc());
            if rid != Some(RTX_RID) {
                api.declare_media(mid, kind);
            }
            api.declare_stream_tx(ssrc, None, mid, rid.map(Rid::from));
            Egress { ssrc, payload_type, rewriter: Rewriter::default() }
        };
        let audio = media.has_audio.then(|| declare(AUDIO_MID, MediaKind::Audio, None, ids::OPUS));
        // str0m finds a stream to send from by mid and rid, and takes no rid for any: of two streams on one mid both need
        // one. They stay here, since the header extension for them is not negotiated.
        let video = media.video.map(|codec| {
            let (payload_type, rtx_payload_type) = codec.payload_types();
            let stream = declare(VIDEO_MID, MediaKind::Video, Some(PRIMARY_RID), payload_type);
            let rtx = declare(VIDEO_MID, MediaKind::Video, Some(RTX_RID), rtx_payload_type);
            VideoEgress::new(stream, rtx, (media.layers > 1).then(Layers::new))
        });
        // Of our own making: a stream's id is its client's text, and could add lines to the SDP of others.
        let name = format!("precall{}", *api.new_ssrc());
        let offer = Offer {
            addresses,
            ice: &api.local_ice_credentials(),
            fingerprint: api.local_dtls_fingerprint(),
            audio_ssrc: audio.as_ref().map(|audio| *audio.ssrc),
            video: media.video.zip(video.as_ref()).map(|(codec, video)| OfferedVideo {
                codec,
                ssrc: *video.stream.ssrc,
                rtx_ssrc: *video.rtx.ssrc,
            }),
            name: &name,
        }
        .to_sdp();
        let downlink = Downlink::new(now);
        Ok((Self { stream, transport, audio, video, downlink, is_connected: false, is_answered: false }, offer))
    }

    /// The most that the publisher should send for this subscriber, in bit/s of whole packets; `None` when its downlink
    /// has room for more than is sent, or where it chooses among layers.
    pub fn limit_bps(&mut self, now: Instant) -> Option<f64> {
        let has_layers = self.video.as_ref().is_some_and(|video| video.layers.is_some());
        if has_layers { None } else { self.downlink.limit_bps(now) }
    }

    /// Takes the client's answer. The error says what is wrong with it.
    pub fn accept_answer(&mut self, now: Instant, sdp: &str, outbox: &mut Outbox) -> Result<(), String> {
        if self.is_answered {
            return Err("it has answered before".to_owned());
        }
        let answer = Answer::parse(sdp)?;
        let mut api = self.transport.rtc.direct_api();
        api.set_remote_ice_credentials(IceCreds { ufrag: answer.ice_ufrag, pass: answer.ice_pwd });
        api.set_remote_fingerprint(Fingerprint { hash_func: answer.hash_function, bytes: answer.fingerprint });
        let has_feedback = answer.has_transport_feedback;
        api.start_dtls(!answer.is_dtls_client).map_err(|error| error.to_string())?;
        if !has_feedback {
            // Its arrivals stay unknown, so nothing is estimated, and nothing may be paced by an estimate.
            self.transport.rtc.bwe().reset(UNPACED);
        }
        self.is_answered = true;
        // Nothing can have come yet: without credentials no check was let in.
        self.settle(now, outbox).map(drop).map_err(|error| error.to_string())
    }

    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    pub fn local_ufrag(&mut self) -> String {
        self.transport.local_ufrag()
    }

    /// A datagram came for this subscriber.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        source: Remote,
        contents: &[u8],
        outbox: &mut Outbox,
    ) -> Result<Feedback, RtcError> {
        self.transport.handle_datagram(now, source, contents)?;
        self.settle(now, outbox)
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant, outbox: &mut Outbox) -> Result<Feedback, RtcError> {
        self.settle(now, outbox)
    }

    /// Sends on what its publisher sent, whose layers come at these rates.
    pub fn forward(
        &mut self,
        now: Instant,
        forwarded: &Forwarded,
        rates: &LayerRates,
        outbox: &mut Outbox,
    ) -> Result<Feedback, RtcError> {
        if !self.is_connected {
            return Ok(Feedback::default());
        }
        let packet = &forwarded.packet;
        let mut keyframe = None;
        let (egress, rewritten) = match (forwarded.kind, &mut self.audio, &mut self.video) {
            (MediaKind::Audio, Some(audio), _) => {
                let rewritten = audio.rewriter.rewrite(packet.seq_no, packet.header.timestamp);
                (&*audio, rewritten)
            }
            (MediaKind::Video, _, Some(video)) => {
                let rewritten = match &mut video.layers {
                    None => video.stream.rewriter.rewrite(packet.seq_no, packet.header.timestamp),
                    Some(layers) => {
                        self.downlink.set_wanted(rates.iter().copied().fold(0.0, f64::max));
                        layers.select(
                            now,
                            forwarded,
                            rates,
                            self.downlink.available_bps(now),
                            &mut video.stream.rewriter,
                            &mut keyframe,
                        )
                    }
                };
                (&video.stream, rewritten)
            }
            _ => return Ok(Feedback::default()),
        };
        let Some(rewritten) = rewritten else { return Ok(Feedback { keyframe, ..Feedback::default() }) };
        let Rewritten { sequence_number, timestamp, .. } = rewritten;
        let (ssrc, payload_type) = (egress.ssrc, egress.payload_type);
        let payload = rewritten.payload(&packet.payload);
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
            let original_sequence_number = SeqNo::from(sequence_number).as_u16();
            let repair = Repair { original_sequence_number, timestamp, marker: packet.header.marker, payload };
            if is_repair {
                video.send_repair(now, &mut self.transport, &mut self.downlink, &repair);
                video.retransmission.keep_repaired(now, repair);
            } else {
                video.retransmission.keep(now, repair);
            }
        }
        let feedback = self.settle(now, outbox)?;
        Ok(Feedback { keyframe: feedback.keyframe.or(keyframe), ..feedback })
    }

    fn settle(&mut self, now: Instant, outbox: &mut Outbox) -> Result<Feedback, RtcError> {
        let mut feedback = Feedback::default();
        let mut wanted = Vec::new();
        if self.is_connected
            && let Some(desired) = self.downlink.poll_desired(now)
        {
            self.transport.rtc.bwe().set_bitrate(Bitrate::ZERO, desired);
        }
        self.settle_transport(now, outbox, &mut feedback, &mut wanted)?;
        for number in std::mem::take(&mut wanted) {
            if let Some(video) = &mut self.video
                && let Some(repair) = video.retransmission.request(now, number, self.downlink.round_trip_time())
            {
                video.send_repair(now, &mut self.transport, &mut self.downlink, &repair);
                self.settle_transport(now, outbox, &mut feedback, &mut wanted)?;
            }
        }
        self.is_connected |= feedback.connected;
        Ok(feedback)
    }

    /// Notes what str0m says, and which packets the client wants again.
    fn settle_transport(
        &mut self,
        now: Instant,
        outbox: &mut Outbox,
        feedback: &mut Feedback,
        wanted: &mut Vec<u16>,
    ) -> Result<(), RtcError> {
        let Self { transport, video, downlink, .. } = self;
        transport.settle(now, outbox, &mut |event| match event {
            Event::Connected => feedback.connected = true,
            Event::KeyframeRequest(request) => {
                let layers = video.as_ref().and_then(|video| video.layers.as_ref());
                let layer = layers.map_or(0, |layers| layers.current.unwrap_or(layers.wanted));
                feedback.keyframe = Some((request.kind, layer));
            }
            // The estimate itself: the one of `EgressBitrateEstimate` is a mean of three seconds, in which a queue fills.
            Event::PeerStats(PeerStats { bwe_tx: Some(estimate), rtt, .. }) => {
                downlink.set_estimate(now, estimate, rtt);
                feedback.new_limit = true;
            }
            Event::RawPacket(raw) => match (*raw, &mut *video) {
                (RawPacket::RtcpRx(Rtcp::Nack(nack)), Some(video)) if nack.ssrc == video.stream.ssrc => {
                    wanted.extend(nack.reports.iter().flat_map(|entry| requested(entry.pid, entry.blp)));
                }
                _ => {}
            },
            _ => {}
        })
    }
}

/// What str0m has to know to send such a stream.
fn rtc_config(media: StreamMedia, start_estimate: Bitrate) -> RtcConfig {
    let mut extensions = ExtensionMap::empty();
    extensions.set(ids::ABS_SEND_TIME, Extension::AbsoluteSendTime);
    extensions.set(ids::TRANSPORT_CC, Extension::TransportSequenceNumber);
    extensions.set(ids::MID, Extension::RtpMid);
    let mut config = Rtc::builder()
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_extension_map(extensions)
        .enable_bwe(Some(start_estimate))
        .set_stats_interval(Some(ESTIMATE_INTERVAL))
        // The one way to see a subscriber's NACKs, which are answered here and not by str0m: see `retransmission`.
        .enable_raw_packets(true)
        .clear_codecs();
    let codecs = config.codec_config();
    let opus = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..FormatParams::default() };
    codecs.add_config(ids::OPUS.into(), None, Codec::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2), opus);
    if let Some(codec) = media.video {
        codec.declare(codecs);
    }
    // str0m sends its padding under the first payload type that has transport-wide feedback.
    for payload_type in codecs.iter_mut() {
        payload_type.set_fb_transport_cc(*payload_type.pt() == ids::PADDING);
    }
    config
}
