//! The media router: datagrams from anywhere (STUN, DTLS, RTP, RTCP), SDP offers and answers. The first byte says
//! which.
#![no_main]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use precall_platform::media::{
    MediaAddresses, MediaEvent, MediaRequest, PeerAddr, Router, RouterOutput, RtpVideoCodec,
};

/// What a browser offers, in short.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
    a=fingerprint:sha-256 48:1E:72:B3:01:31:DE:C3:BD:0D:21:B3:5C:4C:6E:E0:ED:7A:3F:46:1B:2B:33:47:34:77:92:BC:F9:9B:8E:9B\r\n\
    a=setup:actpass\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n\
    a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc-group:FID 10 20\r\na=ssrc:10 cname:x\r\na=ssrc:20 cname:x\r\n";

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let now = *START;
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut router = Router::new(MediaAddresses { udp: address, tcp: Some(address) });
    let publish =
        |offer: String| MediaRequest::Publish { stream: "s".to_owned(), offer, video_codec: RtpVideoCodec::Vp8 };
    router.handle_request(now, publish(OFFER.to_owned()));
    let (subscriber, stream) = ("u".to_owned(), "s".to_owned());
    let request = MediaRequest::Subscribe { subscriber, stream, audio_fallback: true };
    router.handle_request(now, request);
    let mut answered = false;
    while let Some(output) = router.poll_output() {
        answered |= matches!(output, RouterOutput::Event(MediaEvent::Answer { .. }));
    }
    assert!(answered, "the offer is one");
    match kind % 3 {
        0 => {
            let from = SocketAddr::from(([127, 0, 0, 1], 2));
            router.handle_datagram(now, from, bytes);
            router.handle_datagram(now, PeerAddr::Tcp(from), bytes);
        }
        1 => router.handle_request(now, publish(String::from_utf8_lossy(bytes).into_owned())),
        _ => {
            let sdp = String::from_utf8_lossy(bytes).into_owned();
            router.handle_request(now, MediaRequest::Answer { subscriber: "u".to_owned(), sdp });
        }
    }
    router.handle_timeout(now);
    while router.poll_output().is_some() {}
});
