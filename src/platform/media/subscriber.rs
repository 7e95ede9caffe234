//! A subscriber: media that goes out.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::config::Fingerprint;
use str0m::format::{Codec, FormatParams};
use str0m::media::{Frequency, KeyframeRequestKind, MediaKind, Mid, Rid};
use str0m::rtp::rtcp::Rtcp;
use str0m::rtp::{Extension, ExtensionMap, RawPacket, RtpWrite, SeqNo, Ssrc};
use str0m::{Event, IceCreds, Rtc, RtcError};

use super::peer::{Outbox, Transport};
use super::publisher::Forwarded;
use super::retransmission::{Repair, RetransmissionBuffer, requested};
use super::sdp::{AUDIO_MID, Answer, Offer, VIDEO_MID, ids};

/// The first sequence number sent. Above zero, so that a packet that overtook the first one still has a number, and far
/// below 65536, since both ends must begin with the same roll-over counter (RFC 3711 section 3.3.1).
const FIRST_SEQUENCE_NUMBER: u64 = 1000;

/// What came of a subscriber's input.
#[derive(Default)]
pub(super) struct Feedback {
    /// ICE and DTLS came up.
    pub connected: bool,
    /// It asks for a frame that can be decoded on its own.
    pub keyframe: Option<KeyframeRequestKind>,
}

/// A subscriber.
pub(super) struct Subscriber {
    /// The stream it hears.
    pub stream: String,
    transport: Transport,
    audio: Egress,
    video: Egress,
    rtx_ssrc: Ssrc,
    rtx_sequence_number: u64,
    retransmission: RetransmissionBuffer,
    is_connected: bool,
    is_answered: bool,
}

/// One outgoing stream.
struct Egress {
    ssrc: Ssrc,
    payload_type: u8,
    /// The publisher's sequence number that became [`FIRST_SEQUENCE_NUMBER`].
    first: Option<u64>,
}

impl Egress {
    /// Our sequence number for the publisher's; gaps stay gaps. `None` for packets from long before the first.
    fn sequence_number(&mut self, theirs: SeqNo) -> Option<u64> {
        let first = *self.first.get_or_insert(*theirs);
        (*theirs + FIRST_SEQUENCE_NUMBER).checked_sub(first)
    }
}

impl Subscriber {
    /// A subscriber to `stream`, and the SDP to offer it.
    pub fn offer(now: Instant, local: SocketAddr, stream: String) -> Result<(Self, String), RtcError> {
        let mut extensions = ExtensionMap::empty();
        extensions.set(ids::ABS_SEND_TIME, Extension::AbsoluteSendTime);
        extensions.set(ids::TRANSPORT_CC, Extension::TransportSequenceNumber);
        extensions.set(ids::MID, Extension::RtpMid);
        let mut config = Rtc::builder()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_extension_map(extensions)
            // The one way to see a subscriber's NACKs, which are answered here and not by str0m: see `retransmission`.
            .enable_raw_packets(true)
            .clear_codecs();
        let codecs = config.codec_config();
        let opus = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..FormatParams::default() };
        codecs.add_config(ids::OPUS.into(), None, Codec::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2), opus);
        // Repairs are a payload type of their own to str0m, so that we can send one whenever we have one.
        for payload_type in [ids::VP8, ids::VP8_RTX] {
            let format = FormatParams::default();
            codecs.add_config(payload_type.into(), None, Codec::Vp8, Frequency::NINETY_KHZ, None, format);
        }
        let mut transport = Transport::new(config.build(now), local)?;
        let mut api = transport.rtc.direct_api();
        api.set_ice_controlling(false);
        let (audio_mid, video_mid) = (Mid::from(AUDIO_MID), Mid::from(VIDEO_MID));
        api.declare_media(audio_mid, MediaKind::Audio);
        api.declare_media(video_mid, MediaKind::Video);
        let mut declare = |mid, rid| {
            let ssrc = api.new_ssrc();
            api.declare_stream_tx(ssrc, None, mid, rid);
            ssrc
        };
        let audio_ssrc = declare(audio_mid, None);
        // str0m finds a stream to send from by mid and rid, and takes no rid for any: of two streams on one mid both need
        // one. They stay here, since the header extension for them is not negotiated.
        let video_ssrc = declare(video_mid, Some(Rid::from("primary")));
        let rtx_ssrc = declare(video_mid, Some(Rid::from("rtx")));
        // Of our own making: a stream's id is its client's text, and could add lines to the SDP of others.
        let name = format!("precall{}", *video_ssrc);
        let offer = Offer {
            address: local,
            ice: &api.local_ice_credentials(),
            fingerprint: api.local_dtls_fingerprint(),
            audio_ssrc: *audio_ssrc,
            video_ssrc: *video_ssrc,
            video_rtx_ssrc: *rtx_ssrc,
            name: &name,
        }
        .to_sdp();
        let subscriber = Self {
            stream,
            transport,
            audio: Egress { ssrc: audio_ssrc, payload_type: ids::OPUS, first: None },
            video: Egress { ssrc: video_ssrc, payload_type: ids::VP8, first: None },
            rtx_ssrc,
            rtx_sequence_number: FIRST_SEQUENCE_NUMBER,
            retransmission: RetransmissionBuffer::default(),
            is_connected: false,
            is_answered: false,
        };
        Ok((subscriber, offer))
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
        api.start_dtls(!answer.is_dtls_client).map_err(|error| error.to_string())?;
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
        source: SocketAddr,
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

    /// Sends on what its publisher sent.
    pub fn forward(&mut self, now: Instant, forwarded: &Forwarded, outbox: &mut Outbox) -> Result<Feedback, RtcError> {
        if !self.is_connected {
            return Ok(Feedback::default());
        }
        let is_video = forwarded.kind == MediaKind::Video;
        let egress = if is_video { &mut self.video } else { &mut self.audio };
        let packet = &forwarded.packet;
        let Some(sequence_number) = egress.sequence_number(packet.seq_no) else { return Ok(Feedback::default()) };
        let repair = Repair {
            original_sequence_number: SeqNo::from(sequence_number).as_u16(),
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: packet.payload.clone(),
        };
        if is_video && forwarded.is_repair {
            self.send_repair(now, &repair);
            self.retransmission.keep_repaired(now, repair);
        } else {
            let (ssrc, payload_type) = (egress.ssrc, egress.payload_type);
            let payload = packet.payload.clone();
            let write = RtpWrite::new(payload_type.into(), sequence_number.into(), repair.timestamp, now, payload)
                .marker(repair.marker);
            if let Some(stream) = self.transport.rtc.direct_api().stream_tx(&ssrc) {
                stream.write_rtp(write);
            }
            if is_video {
                self.retransmission.keep(now, repair);
            }
        }
        self.settle(now, outbox)
    }

    fn send_repair(&mut self, now: Instant, repair: &Repair) {
        let number = self.rtx_sequence_number;
        self.rtx_sequence_number += 1;
        let write = RtpWrite::new(ids::VP8_RTX.into(), number.into(), repair.timestamp, now, repair.rtx_payload())
            .marker(repair.marker);
        if let Some(stream) = self.transport.rtc.direct_api().stream_tx(&self.rtx_ssrc) {
            stream.write_rtp(write);
        }
    }

    fn settle(&mut self, now: Instant, outbox: &mut Outbox) -> Result<Feedback, RtcError> {
        let mut feedback = Feedback::default();
        let mut wanted = Vec::new();
        self.settle_transport(now, outbox, &mut feedback, &mut wanted)?;
        for number in std::mem::take(&mut wanted) {
            if let Some(repair) = self.retransmission.request(now, number) {
                self.send_repair(now, &repair);
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
        let video_ssrc = self.video.ssrc;
        self.transport.settle(now, outbox, &mut |event| match event {
            Event::Connected => feedback.connected = true,
            Event::KeyframeRequest(request) => feedback.keyframe = Some(request.kind),
            Event::RawPacket(raw) => {
                if let RawPacket::RtcpRx(Rtcp::Nack(nack)) = *raw
                    && nack.ssrc == video_ssrc
                {
                    wanted.extend(nack.reports.iter().flat_map(|entry| requested(entry.pid, entry.blp)));
                }
            }
            _ => {}
        })
    }
}
