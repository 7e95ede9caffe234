//! The SDP that str0m does not write for us: the offer to a subscriber, and what is needed of its answer.

use str0m::IceCreds;
use str0m::config::Fingerprint;

use super::address::MediaAddresses;
use super::codec::RtpVideoCodec;
use super::rtp_ids;

/// The mids of our own offers.
pub(super) const AUDIO_MID: &str = "0";
pub(super) const VIDEO_MID: &str = "1";

/// The header extension that numbers the packets of a transport, as SDP names it.
const TRANSPORT_CC_URI: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// The content of an offer to a subscriber.
pub(super) struct Offer<'a> {
    /// Where the router is reached.
    pub addresses: MediaAddresses,
    /// Our ICE credentials.
    pub ice: &'a IceCreds,
    /// The fingerprint of the router's DTLS certificate.
    pub fingerprint: &'a Fingerprint,
    /// The audio stream's SSRC, if there is audio.
    pub audio_ssrc: Option<u32>,
    /// The video stream, if there is video.
    pub video: Option<OfferedVideo>,
    /// `cname` and `msid`: what belongs together is played together.
    pub name: &'a str,
    /// The version of the session description, which rises with each (RFC 8866 section 5.2).
    pub version: u64,
    /// The role in DTLS, as `a=setup` has it: `actpass` in an offer, and later the one that was taken.
    pub setup: &'static str,
}

/// The video of an offer.
pub(super) struct OfferedVideo {
    /// The codec of the medium.
    pub codec: RtpVideoCodec,
    /// The SSRC of the medium.
    pub ssrc: u32,
    /// The SSRC of the medium's repairs.
    pub rtx_ssrc: u32,
}

impl Offer<'_> {
    /// Returns the description as text: send-only, everything on one transport.
    pub(super) fn to_sdp(&self) -> String {
        let (address, name) = (self.addresses.udp, self.name);
        let family = if address.is_ipv4() { "IP4" } else { "IP6" };
        let ip = address.ip();
        let transport = self.transport();
        let mut lines = vec![
            "v=0".to_owned(),
            format!("o=- {} {} IN {family} {ip}", u64::from(self.session_number()) << 16, self.version),
            "s=-".to_owned(),
            "t=0 0".to_owned(),
        ];
        let mids = [(self.audio_ssrc.is_some(), AUDIO_MID), (self.video.is_some(), VIDEO_MID)];
        let mids: Vec<_> = mids.into_iter().filter(|(is_there, _)| *is_there).map(|(_, mid)| mid).collect();
        lines.push(format!("a=group:BUNDLE {}", mids.join(" ")));
        lines.push(format!("a=msid-semantic: WMS {name}"));
        if let Some(ssrc) = self.audio_ssrc {
            lines.extend(self.audio(ssrc, &transport));
        }
        if let Some(video) = &self.video {
            lines.extend(self.video(video, &transport));
        }
        lines.join("\r\n") + "\r\n"
    }

    /// Returns a number that differs from session to session.
    fn session_number(&self) -> u32 {
        self.video.as_ref().map(|video| video.ssrc).or(self.audio_ssrc).unwrap_or_default()
    }

    /// Returns the lines about transport, which every medium has.
    fn transport(&self) -> String {
        let (address, ice) = (self.addresses.udp, self.ice);
        let fingerprint = format!("{} {}", self.fingerprint.hash_func, hex_colons(&self.fingerprint.bytes));
        let family = if address.is_ipv4() { "IP4" } else { "IP6" };
        let ip = address.ip();
        [
            format!("c=IN {family} {ip}"),
            self.addresses.candidate_lines().join("\r\n"),
            "a=end-of-candidates".to_owned(),
            format!("a=ice-ufrag:{}", ice.ufrag),
            format!("a=ice-pwd:{}", ice.pass),
            format!("a=fingerprint:{fingerprint}"),
            format!("a=setup:{}", self.setup),
            "a=rtcp-mux".to_owned(),
            "a=rtcp-rsize".to_owned(),
            // The receiver measures its round-trip time (RFC 3611 section 4.4), and waits that long for repairs.
            "a=rtcp-xr:rcvr-rtt=all".to_owned(),
            "a=sendonly".to_owned(),
            format!("a=extmap:{} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", rtp_ids::ABS_SEND_TIME),
            format!("a=extmap:{} {TRANSPORT_CC_URI}", rtp_ids::TRANSPORT_CC),
            format!("a=extmap:{} urn:ietf:params:rtp-hdrext:sdes:mid", rtp_ids::MID),
        ]
        .join("\r\n")
    }

    fn audio(&self, ssrc: u32, transport: &str) -> Vec<String> {
        let (opus, name) = (rtp_ids::OPUS, self.name);
        vec![
            format!("m=audio {} UDP/TLS/RTP/SAVPF {opus}", self.addresses.udp.port()),
            transport.to_owned(),
            format!("a=mid:{AUDIO_MID}"),
            format!("a=msid:{name} {name}-audio"),
            format!("a=rtpmap:{opus} opus/48000/2"),
            format!("a=rtcp-fb:{opus} transport-cc"),
            format!("a=fmtp:{opus} minptime=10;useinbandfec=1"),
            self.source(ssrc, "audio"),
        ]
    }

    /// Transport-wide feedback states when each packet arrived; the sender estimates the bandwidth from it.
    fn video(&self, video: &OfferedVideo, transport: &str) -> Vec<String> {
        let OfferedVideo { codec, ssrc, rtx_ssrc } = video;
        let (payload_type, rtx) = codec.payload_types();
        let name = self.name;
        let mut lines = vec![
            format!("m=video {} UDP/TLS/RTP/SAVPF {payload_type} {rtx}", self.addresses.udp.port()),
            transport.to_owned(),
            format!("a=mid:{VIDEO_MID}"),
            format!("a=msid:{name} {name}-video"),
            format!("a=rtpmap:{payload_type} {}/90000", codec.as_str().to_uppercase()),
        ];
        lines.extend(codec.fmtp().map(|fmtp| format!("a=fmtp:{payload_type} {fmtp}")));
        let feedback = ["nack", "nack pli", "ccm fir", "transport-cc"];
        lines.extend(feedback.map(|kind| format!("a=rtcp-fb:{payload_type} {kind}")));
        lines.extend([
            format!("a=rtpmap:{rtx} rtx/90000"),
            format!("a=fmtp:{rtx} apt={payload_type}"),
            format!("a=ssrc-group:FID {ssrc} {rtx_ssrc}"),
            self.source(*ssrc, "video"),
            self.source(*rtx_ssrc, "video"),
        ]);
        lines
    }

    fn source(&self, ssrc: u32, track: &str) -> String {
        let name = self.name;
        format!("a=ssrc:{ssrc} cname:{name}\r\na=ssrc:{ssrc} msid:{name} {name}-{track}")
    }
}

/// The content of a subscriber's answer, or of its offer when it restarts ICE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RemoteDescription {
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
    /// Whether it reports when each packet arrived (transport-wide feedback).
    pub has_transport_feedback: bool,
}

impl RemoteDescription {
    /// Reads an answer. The error states what it lacks.
    pub(super) fn parse(sdp: &str) -> Result<Self, String> {
        let value = |name: &str| {
            sdp.lines()
                .find_map(|line| line.trim_end().strip_prefix(name))
                .ok_or_else(|| format!("its SDP has no {name}"))
        };
        let (hash_function, fingerprint) = value("a=fingerprint:")?
            .split_once(' ')
            .ok_or_else(|| "its SDP's fingerprint has no hash function".to_owned())?;
        let fingerprint = fingerprint
            .split(':')
            .map(|byte| u8::from_str_radix(byte, 16))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| "its SDP's fingerprint is not hexadecimal".to_owned())?;
        Ok(Self {
            ice_ufrag: value("a=ice-ufrag:")?.to_owned(),
            ice_pwd: value("a=ice-pwd:")?.to_owned(),
            hash_function: hash_function.to_owned(),
            fingerprint,
            is_dtls_client: value("a=setup:")? != "passive",
            has_transport_feedback: sdp.contains(TRANSPORT_CC_URI),
        })
    }
}

/// Returns the answer to a publisher. It takes media and sends none: str0m answers an offer to send and receive with
/// the same. The answer does not declare the router an ICE-lite agent, which sends no checks of its own. A browser that
/// knows it nominates a pair only after this has been in use for about a second, and media starts as much later.
pub(super) fn receive_only(answer: &str) -> String {
    answer.replace("a=sendrecv", "a=recvonly").replace("a=ice-lite\r\n", "")
}

/// Returns whether an answer takes media of this kind.
pub(super) fn has_media(answer: &str, kind: &str) -> bool {
    let mut media = answer.lines().filter_map(|line| line.strip_prefix("m=")?.split_once(' '));
    media.any(|(found, rest)| found == kind && !rest.starts_with("0 "))
}

/// Returns the mid of the first media of this kind.
pub(super) fn mid_of<'a>(sdp: &'a str, kind: &str) -> Option<&'a str> {
    let mut lines =
        sdp.lines().skip_while(|line| !line.strip_prefix("m=").is_some_and(|media| media.starts_with(kind)));
    lines.next();
    lines.take_while(|line| !line.starts_with("m=")).find_map(|line| line.strip_prefix("a=mid:")).map(str::trim_end)
}

/// Returns the id that transport-wide sequence numbers have among the header extensions; `None` without them.
pub(super) fn transport_cc_id(sdp: &str) -> Option<u8> {
    let mut extensions = sdp.lines().filter_map(|line| line.strip_prefix("a=extmap:")?.split_once(' '));
    let (id, _) = extensions.find(|(_, rest)| rest.split_whitespace().next() == Some(TRANSPORT_CC_URI))?;
    // It may have a direction: `3/sendonly` (RFC 8285 section 5).
    id.split('/').next()?.parse().ok()
}

fn hex_colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[test]
    fn the_offer_to_a_subscriber() {
        let offer = Offer {
            addresses: SocketAddr::from(([127, 0, 0, 1], 4000)).into(),
            ice: &IceCreds { ufrag: "ufrag".to_owned(), pass: "password".to_owned() },
            fingerprint: &Fingerprint { hash_func: "sha-256".to_owned(), bytes: vec![0x0a, 0xff] },
            audio_ssrc: Some(1),
            video: Some(OfferedVideo { codec: RtpVideoCodec::Vp8, ssrc: 2, rtx_ssrc: 3 }),
            name: "precall",
            version: 2,
            setup: "actpass",
        };
        let sdp = offer.to_sdp();
        insta::assert_snapshot!(sdp.replace('\r', ""));
        assert!(has_media(&sdp, "audio") && has_media(&sdp, "video") && !has_media(&sdp, "application"));
        assert_eq!((mid_of(&sdp, "audio"), mid_of(&sdp, "video")), (Some("0"), Some("1")));

        let video = Some(OfferedVideo { codec: RtpVideoCodec::H264, ssrc: 2, rtx_ssrc: 3 });
        let sdp = Offer { audio_ssrc: None, video, ..offer }.to_sdp();
        assert!(!sdp.contains("tcptype"), "{sdp}");
        assert!(!has_media(&sdp, "audio") && sdp.contains("a=group:BUNDLE 1\r\n") && sdp.contains("H264/90000"));
    }

    #[test]
    fn an_answer_is_read() {
        let answer = "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\na=fingerprint:sha-256 0A:FF\r\na=setup:active\r\n";
        let wanted = RemoteDescription {
            ice_ufrag: "abcd".to_owned(),
            ice_pwd: "efgh".to_owned(),
            hash_function: "sha-256".to_owned(),
            fingerprint: vec![0x0a, 0xff],
            is_dtls_client: true,
            has_transport_feedback: false,
        };
        assert_eq!(RemoteDescription::parse(answer), Ok(wanted));
        let with_feedback = format!("{answer}a=extmap:3 {TRANSPORT_CC_URI}\r\n");
        assert!(RemoteDescription::parse(&with_feedback).is_ok_and(|answer| answer.has_transport_feedback));
        for line in ["a=ice-ufrag:abcd\r\n", "a=ice-pwd:efgh\r\n", "a=setup:active\r\n", "0A:FF"] {
            assert!(RemoteDescription::parse(&answer.replace(line, "")).is_err(), "without {line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_the_reader_panic(sdp in "(a=(ice-ufrag|fingerprint|setup):[ -~]{0,20}\r\n){0,6}.{0,40}") {
            let _ = RemoteDescription::parse(&sdp);
        }
    }
}
