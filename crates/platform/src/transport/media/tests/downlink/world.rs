//! A router between links, with a publisher that sends what it may and a subscriber behind the network under test.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::BweKind;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::format::Codec;
use str0m::media::{Direction as MediaDirection, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::media::{AccessId, FallbackChange, MediaEvent, MediaRequest, Router, RouterOutput, RtpVideoCodec};
use crate::transport::access_link::{AccessLink, ClientPacket};
use crate::transport::client_addr::ClientAddr;
use precall_netem::{NetworkConfig, PathCounters};

const TICK: Duration = Duration::from_millis(1);
const FRAME: Duration = Duration::from_millis(33);
const MAX_PAYLOAD_BYTES: usize = 1100;

/// The rate at which a browser sends a camera's video at 640x480 without a limit, and the rate that it starts with, in
/// bit/s.
pub(super) const CAMERA_BPS: f64 = 1.7e6;
const START_BPS: f64 = 300e3;

/// The rate of the audio with all of its headers, and the lowest rate of the video encoder, in bit/s.
const AUDIO_BPS: f64 = 58e3;
const MIN_VIDEO_BPS: f64 = 30e3;

fn router_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 1))
}

/// The behaviour of the publisher's video encoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Encoder {
    /// It encodes what the publisher may send.
    Follows,
    /// Video is turned off.
    Off,
    /// It encodes this many bit/s, whatever the publisher may send. Chrome's encoder does so for a few seconds after
    /// the video of a detailed picture was off.
    Exceeds(f64),
}

struct Client {
    rtc: Rtc,
    address: SocketAddr,
    /// The router's limit for this client in bit/s, if it publishes.
    limit_bps: f64,
}

impl Client {
    fn new(port: u16, now: Instant) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut rtc =
            Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
        Self { rtc, address, limit_bps: f64::INFINITY }
    }

    /// Returns the packets that it sends now.
    fn drain(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        loop {
            match self.rtc.poll_output().expect("a client that works") {
                Output::Timeout(at) if at <= now => {
                    self.rtc.handle_input(Input::Timeout(now)).expect("a client that works");
                }
                Output::Timeout(_) => return sent,
                Output::Transmit(datagram) => sent.push(datagram.contents.into()),
                Output::Event(Event::EgressBitrateEstimate(BweKind::Remb { estimate, .. })) => {
                    self.limit_bps = estimate.as_f64();
                }
                Output::Event(_) => {}
            }
        }
    }

    fn receive(&mut self, now: Instant, contents: &[u8]) {
        let contents = contents.try_into().expect("a datagram");
        let (source, destination) = (router_address(), self.address);
        let receive = Receive { proto: Protocol::Udp, source, destination, contents };
        self.rtc.handle_input(Input::Receive(now, receive)).expect("a client that works");
    }
}

/// A router with a publisher that has a network of its own, and a subscriber behind the network under test.
pub(super) struct World {
    now: Instant,
    began: Instant,
    router: Router,
    access_link: AccessLink,
    publisher: Client,
    subscriber: Client,
    audio: Mid,
    video: Mid,
    next_sequence_number: u64,
    /// When the next audio packet is sent, and its sequence number.
    next_audio: (Instant, u64),
    events: Vec<MediaEvent>,
    backlog: Vec<(Instant, usize)>,
    next_frame: Instant,
    pub encoder: Encoder,
}

/// The measurements of one second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Second {
    pub limit_bps: f64,
    pub received_bps: f64,
    pub delay: Duration,
    pub loss: f64,
}

impl World {
    pub(super) fn new(network: &NetworkConfig) -> Self {
        Self::with_fallback(network, false)
    }

    /// With `audio_fallback` the subscriber loses video where its downlink is too narrow.
    pub(super) fn with_fallback(network: &NetworkConfig, audio_fallback: bool) -> Self {
        let now = Instant::now();
        let mut publisher = Client::new(1000, now);
        let mut router = Router::new(router_address());
        let mut api = publisher.rtc.sdp_api();
        let audio = api.add_media(MediaKind::Audio, MediaDirection::SendOnly, None, None, None);
        let video = api.add_media(MediaKind::Video, MediaDirection::SendOnly, None, None, None);
        let (offer, pending) = api.apply().expect("something to offer");
        let (stream, offer) = ("s".to_owned(), offer.to_sdp_string());
        let (video_codec, access) = (RtpVideoCodec::Vp8, AccessId::default());
        router.handle_request(now, MediaRequest::Publish { stream, offer, video_codec, access });
        let mut world = Self {
            now,
            began: now,
            router,
            access_link: AccessLink::new(network, 1),
            publisher,
            subscriber: Client::new(1001, now),
            audio,
            video,
            next_sequence_number: 100,
            next_audio: (now, 100),
            events: Vec::new(),
            backlog: Vec::new(),
            next_frame: now,
            encoder: Encoder::Follows,
        };
        world.pump();
        let answer = world.events.iter().find_map(|event| match event {
            MediaEvent::Answer { sdp, .. } => Some(SdpAnswer::from_sdp_string(sdp).expect("an answer")),
            _ => None,
        });
        world.publisher.rtc.sdp_api().accept_answer(pending, answer.expect("an answer")).expect("it fits");
        world.pass(Duration::from_millis(500), |_| {});
        let (subscriber, stream) = ("a".to_owned(), "s".to_owned());
        let request = MediaRequest::Subscribe { subscriber, stream, audio_fallback, access };
        world.router.handle_request(world.now, request);
        world.pump();
        let offer = world.events.iter().find_map(|event| match event {
            MediaEvent::Offer { sdp, .. } => Some(SdpOffer::from_sdp_string(sdp).expect("an offer")),
            _ => None,
        });
        let api = world.subscriber.rtc.sdp_api();
        let sdp = api.accept_offer(offer.expect("an offer")).expect("it fits").to_sdp_string();
        world.router.handle_request(world.now, MediaRequest::Answer { subscriber: "a".to_owned(), sdp });
        world.access_link.begin(world.now);
        world.began = world.now;
        world
    }

    fn pump(&mut self) {
        loop {
            let mut idle = true;
            for contents in self.publisher.drain(self.now) {
                idle = false;
                self.router.handle_datagram(self.now, self.publisher.address, &contents);
            }
            let client = ClientAddr::Udp(self.subscriber.address);
            for contents in self.subscriber.drain(self.now) {
                idle = false;
                self.access_link.handle_uplink(self.now, ClientPacket { client, contents });
            }
            while let Some((at, packet)) = self.access_link.poll_uplink(self.now) {
                idle = false;
                self.router.handle_datagram(at, self.subscriber.address, &packet.contents);
            }
            self.router.handle_timeout(self.now);
            while let Some(output) = self.router.poll_output() {
                idle = false;
                match output {
                    RouterOutput::Event(event) => self.events.push(event),
                    RouterOutput::Transmit { destination, contents, .. } => {
                        if destination.address() == self.publisher.address {
                            self.publisher.receive(self.now, &contents);
                            self.publisher.drain(self.now).into_iter().for_each(|contents| {
                                self.router.handle_datagram(self.now, self.publisher.address, &contents);
                            });
                        } else {
                            self.access_link.handle_downlink(self.now, ClientPacket { client, contents });
                        }
                    }
                }
            }
            while let Some(packet) = self.access_link.poll_downlink(self.now) {
                idle = false;
                self.subscriber.receive(self.now, &packet.contents);
                for contents in self.subscriber.drain(self.now) {
                    self.access_link.handle_uplink(self.now, ClientPacket { client, contents });
                }
            }
            if idle {
                return;
            }
        }
    }

    fn pass(&mut self, time: Duration, mut each: impl FnMut(&mut Self)) {
        let end = self.now + time;
        while self.now < end {
            self.now += TICK;
            each(self);
            self.pump();
        }
    }

    /// The microphone: 80 bytes each 20 ms.
    fn speak(&mut self) {
        let (at, number) = self.next_audio;
        if self.now < at {
            return;
        }
        self.next_audio = (at + Duration::from_millis(20), number + 1);
        let time = ((self.now - self.began).as_secs_f64() * 48_000.0) as u32;
        self.send(Codec::Opus, self.audio, number, time, vec![1; 80]);
    }

    fn send(&mut self, codec: Codec, mid: Mid, number: u64, time: u32, payload: Vec<u8>) {
        let codecs = self.publisher.rtc.codec_config();
        let payload_type = codecs.params().iter().find(|p| p.spec().codec == codec).expect("it is offered").pt();
        let write = RtpWrite::new(payload_type, number.into(), time, self.now, payload).nackable(codec == Codec::Vp8);
        let mut api = self.publisher.rtc.direct_api();
        api.stream_tx_by_mid(mid, None).expect("a stream").write_rtp(write);
        for contents in self.publisher.drain(self.now) {
            self.router.handle_datagram(self.now, self.publisher.address, &contents);
        }
    }

    /// The camera: frames of the rate that the publisher may send, paced at 2.5 times that, as browsers do.
    fn film(&mut self) {
        // Like a browser on a wide uplink, it needs some seconds to find out how wide that is.
        let elapsed = (self.now - self.began).as_secs_f64() + 0.5;
        let own_bps = (START_BPS * 2_f64.powf(elapsed)).min(CAMERA_BPS);
        // As in a browser, the limit covers the audio, and the least that an encoder makes is more than nothing.
        let rate_bps = match self.encoder {
            Encoder::Follows => (own_bps.min(self.publisher.limit_bps) - AUDIO_BPS).max(MIN_VIDEO_BPS),
            Encoder::Exceeds(bps) => bps,
            Encoder::Off => {
                self.next_frame = self.now;
                return;
            }
        };
        if self.now >= self.next_frame {
            self.next_frame += FRAME;
            let bytes = (rate_bps * 0.92 * FRAME.as_secs_f64() / 8.0) as usize;
            let (mut left, mut at) = (bytes, self.now);
            while left > 0 {
                let payload = left.min(MAX_PAYLOAD_BYTES);
                self.backlog.push((at, payload));
                at += Duration::from_secs_f64(payload as f64 * 8.0 / (rate_bps * 2.5));
                left -= payload;
            }
        }
        let due: Vec<_> = self.backlog.iter().filter(|(at, _)| *at <= self.now).map(|(_, bytes)| *bytes).collect();
        self.backlog.retain(|(at, _)| *at > self.now);
        for bytes in due {
            let number = self.next_sequence_number;
            self.next_sequence_number += 1;
            let mut payload = vec![0; bytes.max(8)];
            payload[0] = 0x10;
            let time = ((self.now - self.began).as_secs_f64() * 90_000.0) as u32;
            self.send(Codec::Vp8, self.video, number, time, payload);
        }
    }

    /// Returns the changes of its video that the subscriber was notified of.
    pub(super) fn fallback(&self) -> Vec<FallbackChange> {
        let change = |event: &MediaEvent| match event {
            MediaEvent::Fallback { change, .. } => Some(*change),
            _ => None,
        };
        self.events.iter().filter_map(change).collect()
    }

    pub(super) fn run(&mut self, seconds: usize) -> Vec<Second> {
        let mut before = self.access_link.counters().udp;
        let mut second = |_| {
            self.pass(Duration::from_secs(1), |world| {
                world.speak();
                world.film();
            });
            let now = self.access_link.counters().udp;
            let down = PathCounters { up: now.up.since(&before.up), down: now.down.since(&before.down) }.down;
            before = now;
            Second {
                limit_bps: self.publisher.limit_bps,
                received_bps: down.bytes_out as f64 * 8.0,
                delay: down.delay_total / down.packets_out.max(1) as u32,
                loss: (down.packets_dropped_queue + down.packets_dropped_loss) as f64 / down.packets_in.max(1) as f64,
            }
        };
        (0..seconds).map(&mut second).collect()
    }
}
