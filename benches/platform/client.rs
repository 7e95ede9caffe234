//! A synthetic client: a whole WebRTC endpoint on str0m, sans-I/O, that sends or receives video.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// The payload size of each packet and the interval between packets: 1 Mbit/s.
pub const PAYLOAD_BYTES: usize = 1100;
pub const INTERVAL: Duration = Duration::from_micros(PAYLOAD_BYTES as u64 * 8);

/// A WebRTC endpoint of the benchmark.
pub struct Client {
    pub address: SocketAddr,
    pub is_connected: bool,
    rtc: Rtc,
    router: SocketAddr,
    pending: Option<SdpPendingOffer>,
    video: Option<Mid>,
    packets_sent: u64,
}

/// An output of an endpoint.
pub enum Happening {
    Datagram(Vec<u8>),
    Packet(Box<RtpPacket>),
}

impl Client {
    pub fn new(now: Instant, address: SocketAddr, router: SocketAddr) -> Self {
        let mut rtc =
            Rtc::builder().set_rtp_mode(true).clear_codecs().enable_opus(true, false).enable_vp8(true).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("an address of a host is a candidate"));
        Self { address, is_connected: false, rtc, router, pending: None, video: None, packets_sent: 0 }
    }

    /// Returns an offer to send audio and video.
    pub fn offer(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        self.video = Some(api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None));
        let (offer, pending) = api.apply().expect("two media are something to offer");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub fn accept_answer(&mut self, sdp: &str) {
        let answer = SdpAnswer::from_sdp_string(sdp).expect("the router answers with SDP");
        let pending = self.pending.take().expect("an answer follows an offer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("the answer fits");
    }

    pub fn answer(&mut self, sdp: &str) -> String {
        let offer = SdpOffer::from_sdp_string(sdp).expect("the router offers SDP");
        self.rtc.sdp_api().accept_offer(offer).expect("the offer fits").to_sdp_string()
    }

    /// Sends a packet of video; its payload begins with `stamp`.
    pub fn send(&mut self, now: Instant, stamp: u64) {
        let payload_type = self.rtc.codec_config().params().iter().find(|p| p.spec().codec == Codec::Vp8);
        let payload_type = payload_type.expect("VP8 is enabled").pt();
        let mid = self.video.expect("it has offered");
        let mut payload = vec![0x10; PAYLOAD_BYTES];
        payload[8..16].copy_from_slice(&stamp.to_be_bytes());
        let number = 1000 + self.packets_sent;
        let time = u32::try_from(self.packets_sent * 792 % (1 << 32)).expect("below 2^32");
        self.packets_sent += 1;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).expect("a stream for the media");
        stream.write_rtp(RtpWrite::new(payload_type, number.into(), time, now, payload));
    }

    /// Returns the time that [`Client::send`] wrote into a packet.
    pub fn stamp(packet: &RtpPacket) -> u64 {
        let bytes = packet.payload.get(8..16).and_then(|bytes| bytes.try_into().ok());
        u64::from_be_bytes(bytes.expect("payloads are longer than that"))
    }

    pub fn handle_datagram(&mut self, now: Instant, contents: &[u8]) {
        let Ok(contents) = DatagramRecv::try_from(contents) else { return };
        let receive = Receive { proto: Protocol::Udp, source: self.router, destination: self.address, contents };
        self.rtc.handle_input(Input::Receive(now, receive)).expect("the router sends what is right");
    }

    /// Handles everything that is due. Returns the time at which to call it again.
    pub fn poll(&mut self, now: Instant, mut happens: impl FnMut(Happening)) -> Instant {
        // str0m begins nothing before it is told the time.
        self.rtc.handle_input(Input::Timeout(now)).expect("an endpoint that works");
        loop {
            match self.rtc.poll_output().expect("an endpoint that works") {
                Output::Timeout(at) if at > now => return at,
                Output::Timeout(_) => {
                    self.rtc.handle_input(Input::Timeout(now)).expect("an endpoint that works");
                }
                Output::Transmit(datagram) => happens(Happening::Datagram(datagram.contents.into())),
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(Event::RtpPacket(packet)) => happens(Happening::Packet(Box::new(packet))),
                Output::Event(_) => {}
            }
        }
    }
}
