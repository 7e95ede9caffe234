//! The SDP that str0m does not write for us: the offer to a subscriber, and what is needed of its answer.

use std::net::SocketAddr;

use str0m::IceCreds;
use str0m::config::Fingerprint;

/// Payload types and header extension ids of our own offers; the client uses whatever it is offered.
pub(super) mod ids {
    /// Opus.
    pub const OPUS: u8 = 111;
    /// VP8.
    pub const VP8: u8 = 96;
    /// Repairs of VP8 (RTX, RFC 4588).
    pub const VP8_RTX: u8 = 97;
    /// `abs-send-time`.
    pub const ABS_SEND_TIME: u8 = 2;
    /// `transport-wide-cc`.
    pub const TRANSPORT_CC: u8 = 3;
    /// `sdes:mid`.
    pub const MID: u8 = 4;
}

/// The mids of our own offers.
pub(super) const AUDIO_MID: &str = "0";
pub(super) const VIDEO_MID: &str = "1";

/// What an offer to a subscriber is made of.
pub(super) struct Offer<'a> {
    /// Where the router is reached.
    pub address: SocketAddr,
    /// Our ICE credentials.
    pub ice: &'a IceCreds,
    /// Of our DTLS certificate.
    pub fingerprint: &'a Fingerprint,
    /// The audio stream's SSRC.
    pub audio_ssrc: u32,
    /// The video stream's.
    pub video_ssrc: u32,
    /// That of the video's repairs.
    pub video_rtx_ssrc: u32,
    /// `cname` and `msid`: what belongs together is played together.
    pub name: &'a str,
}

impl Offer<'_> {
    /// The offer as text: send-only, ICE-lite, everything on one transport.
    pub fn to_sdp(&self) -> String {
        let Self { address, name, .. } = self;
        let fingerprint = format!("{} {}", self.fingerprint.hash_func, hex_colons(&self.fingerprint.bytes));
        let family = if address.is_ipv4() { "IP4" } else { "IP6" };
        let ip = address.ip();
        let port = address.port();
        // RFC 8445 section 5.1.2.1: type preference 126 for a host, local preference 65535, component 1.
        let priority = 126_u32 << 24 | 65_535 << 8 | 255;
        let transport = [
            format!("c=IN {family} {ip}"),
            format!("a=candidate:1 1 udp {priority} {ip} {port} typ host"),
            "a=end-of-candidates".to_owned(),
            format!("a=ice-ufrag:{}", self.ice.ufrag),
            format!("a=ice-pwd:{}", self.ice.pass),
            format!("a=fingerprint:{fingerprint}"),
            "a=setup:actpass".to_owned(),
            "a=rtcp-mux".to_owned(),
            "a=rtcp-rsize".to_owned(),
            "a=sendonly".to_owned(),
        ]
        .join("\r\n");
        let extensions = [
            format!("a=extmap:{} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", ids::ABS_SEND_TIME),
            format!(
                "a=extmap:{} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
                ids::TRANSPORT_CC
            ),
            format!("a=extmap:{} urn:ietf:params:rtp-hdrext:sdes:mid", ids::MID),
        ]
        .join("\r\n");
        let source =
            |ssrc: u32, track: &str| format!("a=ssrc:{ssrc} cname:{name}\r\na=ssrc:{ssrc} msid:{name} {name}-{track}");
        let (opus, vp8, rtx) = (ids::OPUS, ids::VP8, ids::VP8_RTX);
        let lines = [
            "v=0".to_owned(),
            format!("o=- {} 2 IN {family} {ip}", u64::from(self.video_ssrc) << 16),
            "s=-".to_owned(),
            "t=0 0".to_owned(),
            format!("a=group:BUNDLE {AUDIO_MID} {VIDEO_MID}"),
            "a=ice-lite".to_owned(),
            format!("a=msid-semantic: WMS {name}"),
            format!("m=audio {port} UDP/TLS/RTP/SAVPF {opus}"),
            transport.clone(),
            format!("a=mid:{AUDIO_MID}"),
            format!("a=msid:{name} {name}-audio"),
            format!("a=rtpmap:{opus} opus/48000/2"),
            format!("a=fmtp:{opus} minptime=10;useinbandfec=1"),
            format!("a=rtcp-fb:{opus} transport-cc"),
            extensions.clone(),
            source(self.audio_ssrc, "audio"),
            format!("m=video {port} UDP/TLS/RTP/SAVPF {vp8} {rtx}"),
            transport,
            format!("a=mid:{VIDEO_MID}"),
            format!("a=msid:{name} {name}-video"),
            format!("a=rtpmap:{vp8} VP8/90000"),
            format!("a=rtcp-fb:{vp8} nack"),
            format!("a=rtcp-fb:{vp8} nack pli"),
            format!("a=rtcp-fb:{vp8} ccm fir"),
            format!("a=rtcp-fb:{vp8} transport-cc"),
            format!("a=rtpmap:{rtx} rtx/90000"),
            format!("a=fmtp:{rtx} apt={vp8}"),
            extensions,
            format!("a=ssrc-group:FID {} {}", self.video_ssrc, self.video_rtx_ssrc),
            source(self.video_ssrc, "video"),
            source(self.video_rtx_ssrc, "video"),
        ];
        lines.join("\r\n") + "\r\n"
    }
}

/// What is needed of a subscriber's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// Its ICE user name fragment.
    pub ice_ufrag: String,
    /// Its ICE password.
    pub ice_pwd: String,
    /// The hash function of its certificate's fingerprint.
    pub hash_function: String,
    /// The fingerprint itself.
    pub fingerprint: Vec<u8>,
    /// Whether it opens the DTLS connection.
    pub is_dtls_client: bool,
}

impl Answer {
    /// Reads an answer; the error says what it lacks.
    pub fn parse(sdp: &str) -> Result<Self, String> {
        let value = |name: &str| {
            sdp.lines()
                .find_map(|line| line.trim_end().strip_prefix(name))
                .ok_or_else(|| format!("the answer has no {name}"))
        };
        let (hash_function, fingerprint) = value("a=fingerprint:")?
            .split_once(' ')
            .ok_or_else(|| "the answer's fingerprint has no hash function".to_owned())?;
        let fingerprint = fingerprint
            .split(':')
            .map(|byte| u8::from_str_radix(byte, 16))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| "the answer's fingerprint is not hexadecimal".to_owned())?;
        Ok(Self {
            ice_ufrag: value("a=ice-ufrag:")?.to_owned(),
            ice_pwd: value("a=ice-pwd:")?.to_owned(),
            hash_function: hash_function.to_owned(),
            fingerprint,
            is_dtls_client: value("a=setup:")? != "passive",
        })
    }
}

/// An answer that takes media and sends none: str0m answers an offer to send and receive with the same.
pub(super) fn receive_only(answer: &str) -> String {
    answer.replace("a=sendrecv", "a=recvonly")
}

fn hex_colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offer_to_a_subscriber() {
        let offer = Offer {
            address: SocketAddr::from(([127, 0, 0, 1], 4000)),
            ice: &IceCreds { ufrag: "ufrag".to_owned(), pass: "password".to_owned() },
            fingerprint: &Fingerprint { hash_func: "sha-256".to_owned(), bytes: vec![0x0a, 0xff] },
            audio_ssrc: 1,
            video_ssrc: 2,
            video_rtx_ssrc: 3,
            name: "precall",
        };
        insta::assert_snapshot!(offer.to_sdp().replace('\r', ""));
    }

    #[test]
    fn an_answer_is_read() {
        let answer = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\na=fingerprint:sha-256 0A:FF\r\na=setup:active\r\n";
        let wanted = Answer {
            ice_ufrag: "abcd".to_owned(),
            ice_pwd: "efgh".to_owned(),
            hash_function: "sha-256".to_owned(),
            fingerprint: vec![0x0a, 0xff],
            is_dtls_client: true,
        };
        assert_eq!(Answer::parse(answer), Ok(wanted));
        for line in ["a=ice-ufrag:abcd\r\n", "a=ice-pwd:efgh\r\n", "a=setup:active\r\n", "0A:FF"] {
            assert!(Answer::parse(&answer.replace(line, "")).is_err(), "without {line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_the_reader_panic(sdp in "(a=(ice-ufrag|fingerprint|setup):[ -~]{0,20}\r\n){0,6}.{0,40}") {
            let _ = Answer::parse(&sdp);
        }
    }
}
