//! How fast str0m's estimate of a downlink grows by itself.

use str0m::bwe::{Bitrate, BweKind};
use str0m::net::Transmit;

use super::*;

/// The estimate to begin with and the rate that is sent then, in bit/s.
const START_BPS: f64 = 300e3;
const PAYLOAD_BYTES: usize = 1000;

/// Two str0m clients with nothing between them.
struct Pair {
    now: Instant,
    ends: [Rtc; 2],
    mid: Mid,
    estimate_bps: f64,
    is_connected: bool,
}

impl Pair {
    fn new() -> Self {
        let now = Instant::now();
        let end = |port: u16, estimates: bool| {
            let config = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_vp8(true);
            let config = config.enable_bwe(estimates.then_some(Bitrate::from(START_BPS)));
            let mut rtc = config.build(now);
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
            rtc
        };
        let [mut sender, mut receiver] = [end(1, true), end(2, false)];
        let mut api = sender.sdp_api();
        let mid = api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None);
        let (offer, pending) = api.apply().expect("something to offer");
        let answer = receiver.sdp_api().accept_offer(offer).expect("it fits");
        sender.sdp_api().accept_answer(pending, answer).expect("it fits");
        Self { now, ends: [sender, receiver], mid, estimate_bps: START_BPS, is_connected: false }
    }

    /// Gives both the time, and passes on what they send.
    fn step(&mut self, time: Duration) {
        self.now += time;
        let mut sent = VecDeque::new();
        for end in 0..2 {
            self.ends[end].handle_input(Input::Timeout(self.now)).expect("a client that works");
            self.drain(end, &mut sent);
        }
        while let Some((from, datagram)) = sent.pop_front() {
            let contents: Vec<u8> = datagram.contents.into();
            let contents = contents.as_slice().try_into().expect("a datagram");
            let (proto, source, destination) = (datagram.proto, datagram.source, datagram.destination);
            let receive = Receive { proto, source, destination, contents };
            self.ends[1 - from].handle_input(Input::Receive(self.now, receive)).expect("a client that works");
            self.drain(1 - from, &mut sent);
        }
    }

    /// Collects what an end sends now.
    fn drain(&mut self, end: usize, sent: &mut VecDeque<(usize, Transmit)>) {
        loop {
            match self.ends[end].poll_output().expect("a client that works") {
                Output::Timeout(_) => return,
                Output::Transmit(datagram) => sent.push_back((end, datagram)),
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. })) => {
                    self.estimate_bps = estimate.as_f64();
                }
                Output::Event(_) => {}
            }
        }
    }

    fn send(&mut self, number: u64) {
        let now = self.now;
        let mid = self.mid;
        let payload_type = self.ends[0].codec_config().params()[0].pt();
        let mut api = self.ends[0].direct_api();
        let stream = api.stream_tx_by_mid(mid, None).expect("a stream");
        stream.write_rtp(RtpWrite::new(
            payload_type,
            number.into(),
            number as u32 * 3000,
            now,
            &[0; PAYLOAD_BYTES][..],
        ));
    }
}

/// When this fails, str0m's estimate grows as libwebrtc's does, and `remote_bandwidth.rs` need not count growth itself.
#[test]
fn str0m_alone_grows_faster_than_libwebrtc() {
    let mut pair = Pair::new();
    for _ in 0..2000 {
        pair.step(Duration::from_millis(1));
    }
    assert!(pair.is_connected);
    let interval = Duration::from_secs_f64(PAYLOAD_BYTES as f64 * 8.0 / START_BPS);
    let (began, mut next, mut number) = (pair.now, pair.now, 0);
    while pair.now < began + Duration::from_secs(2) {
        if pair.now >= next {
            pair.send(number);
            number += 1;
            next += interval;
        }
        pair.step(Duration::from_millis(1));
    }
    // 8 % a second make 1.17 in 2 s.
    assert!(pair.estimate_bps > 1.22 * START_BPS, "{} bit/s", pair.estimate_bps);
}
