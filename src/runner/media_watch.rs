//! The route, the codecs and the playout of a case's media, from the page's W3C statistics. Pure.

use std::collections::HashMap;
use std::net::IpAddr;

use precall_netem::units::Ratio;
use precall_results::IpVersion;
use precall_results::webrtc_stats::{CandidateStats, InboundRtpStats, MediaKind, OutboundRtpStats, StatsReport};
use precall_results::{CandidateType, FrameSize, MediaDirection, MediaRoute, MediaTravel};

/// The largest number of candidates, of codecs and of streams that are kept of a page. A call has a few dozen.
const MAX_REFERENCED: usize = 1_000;

/// The route, the codecs and the playout of media, as the page's statistics have reported them so far.
#[derive(Debug, Clone, Default)]
pub(super) struct MediaWatch {
    /// Candidates by peer connection and id. The page passes on a candidate or a codec when it changes.
    candidates: HashMap<(u64, String), CandidateStats>,
    /// The media types of codecs, by peer connection and id.
    codecs: HashMap<(u64, String), String>,
    /// The route of each peer connection. A connection that is closing may report no more than its packets.
    routes: HashMap<u64, MediaRoute>,
    travel: MediaTravel,
    /// The latest counters of each received stream, by peer connection and id.
    received: HashMap<(u64, String), Playout>,
}

/// Counters of a received stream's playout.
#[derive(Debug, Clone, Copy, Default)]
struct Playout {
    /// `freezeCount`, of video.
    freezes: Option<u64>,
    /// `concealedSamples` and `totalSamplesReceived`, of audio.
    samples: Option<(u64, u64)>,
}

/// The members that sent and received streams have in common.
struct Stream<'a> {
    kind: Option<MediaKind>,
    codec_id: Option<&'a str>,
    frame_size: Option<FrameSize>,
}

impl<'a> Stream<'a> {
    fn new(kind: Option<MediaKind>, codec_id: Option<&'a String>, size: (Option<u64>, Option<u64>)) -> Self {
        let pixels = |side: Option<u64>| side.and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
        let frame_size = pixels(size.0).zip(pixels(size.1)).map(|(width, height)| FrameSize { width, height });
        Self { kind, codec_id: codec_id.map(String::as_str), frame_size }
    }
}

impl MediaWatch {
    /// Takes a report: the statistics of one peer connection.
    pub fn push(&mut self, report: &StatsReport) {
        let connection = report.peer_connection;
        for candidate in report.candidates().filter(|candidate| !candidate.id.is_empty()) {
            keep(&mut self.candidates, (connection, candidate.id.clone()), candidate.clone());
        }
        for codec in report.codecs().filter(|codec| !codec.id.is_empty()) {
            let media_type = codec.mime_type.clone().unwrap_or_default();
            keep(&mut self.codecs, (connection, codec.id.clone()), media_type);
        }
        let route = report.candidate_pairs().next().and_then(|pair| {
            let candidate = |id: &Option<String>| self.candidates.get(&(connection, id.clone()?));
            route(candidate(&pair.local_candidate_id)?, candidate(&pair.remote_candidate_id)?)
        });
        self.routes.extend(route.map(|route| (connection, route)));

        let sent: Vec<_> = report.outbound_rtp().filter(|stream| stream.packets_sent > Some(0)).collect();
        if !sent.is_empty() {
            let streams: Vec<_> = sent
                .iter()
                .map(|s| Stream::new(s.kind, s.codec_id.as_ref(), (s.frame_width, s.frame_height)))
                .collect();
            let mut up = self.travel.up.take().unwrap_or_default();
            self.note_streams(connection, &mut up, &streams);
            note_layers(&mut up, &sent);
            self.travel.up = Some(up);
        }
        let received: Vec<_> = report.inbound_rtp().filter(|stream| stream.packets_received > Some(0)).collect();
        if !received.is_empty() {
            let streams: Vec<_> = received
                .iter()
                .map(|s| Stream::new(s.kind, s.codec_id.as_ref(), (s.frame_width, s.frame_height)))
                .collect();
            let mut down = self.travel.down.take().unwrap_or_default();
            self.note_streams(connection, &mut down, &streams);
            self.note_playout(connection, &mut down, &received);
            self.travel.down = Some(down);
        }
    }

    /// Notes the route, the codecs and the frame sizes of the streams of one direction.
    fn note_streams(&self, connection: u64, direction: &mut MediaDirection, streams: &[Stream<'_>]) {
        let route = self.routes.get(&connection).filter(|route| !direction.routes.contains(route));
        direction.routes.extend(route.cloned());
        let codec = |kind: MediaKind| {
            let stream = streams.iter().find(|stream| stream.kind == Some(kind))?;
            let name = self.codecs.get(&(connection, stream.codec_id?.to_owned())).filter(|name| !name.is_empty())?;
            Some(name.split_once('/').map_or(name.as_str(), |(_, name)| name).to_ascii_lowercase())
        };
        direction.audio_codec = codec(MediaKind::Audio).or(direction.audio_codec.take());
        direction.video_codec = codec(MediaKind::Video).or(direction.video_codec.take());
        let videos = streams.iter().filter(|stream| stream.kind == Some(MediaKind::Video));
        for size in videos.filter_map(|video| video.frame_size) {
            let smaller = direction.smallest_frame.is_none_or(|smallest| size.pixels() < smallest.pixels());
            let larger = direction.largest_frame.is_none_or(|largest| size.pixels() > largest.pixels());
            direction.smallest_frame = if smaller { Some(size) } else { direction.smallest_frame };
            direction.largest_frame = if larger { Some(size) } else { direction.largest_frame };
        }
    }

    /// Notes the counters of the received streams, and the sums over all of them.
    fn note_playout(&mut self, connection: u64, down: &mut MediaDirection, streams: &[&InboundRtpStats]) {
        for stream in streams.iter().filter(|stream| !stream.id.is_empty()) {
            let is_video = stream.kind == Some(MediaKind::Video);
            let playout = Playout {
                freezes: stream.freeze_count.filter(|_| is_video),
                samples: stream.concealed_samples.zip(stream.total_samples_received).filter(|_| !is_video),
            };
            keep(&mut self.received, (connection, stream.id.clone()), playout);
        }
        let freezes = self.received.values().filter_map(|playout| playout.freezes);
        down.freeze_count = freezes.reduce(u64::saturating_add);
        let samples = self.received.values().filter_map(|playout| playout.samples);
        let samples = samples.reduce(|(a, b), (c, d)| (a.saturating_add(c), b.saturating_add(d)));
        down.concealed_samples_ratio =
            samples.filter(|(_, received)| *received > 0).map(|(concealed, received)| Ratio::of(concealed, received));
    }

    /// Returns what is known of the media; `None` when no packet was sent or received, or the browser did not report
    /// it.
    pub fn travel(&self) -> Option<MediaTravel> {
        let is_known = self.travel.directions().next().is_some();
        is_known.then(|| self.travel.clone())
    }
}

/// Keeps a value, unless so many are kept already that the page must be hostile.
fn keep<T>(kept: &mut HashMap<(u64, String), T>, key: (u64, String), value: T) {
    if kept.len() < MAX_REFERENCED || kept.contains_key(&key) {
        kept.insert(key, value);
    }
}

/// Notes the layers of the video that is sent.
fn note_layers(up: &mut MediaDirection, streams: &[&OutboundRtpStats]) {
    let videos = || streams.iter().filter(|stream| stream.kind == Some(MediaKind::Video));
    let active = videos().filter(|video| video.active != Some(false)).count();
    if let Ok(layers @ 1..) = u32::try_from(active) {
        up.video_layers = up.video_layers.max(Some(layers));
    }
    let mode = videos().filter_map(|video| video.scalability_mode.clone()).next_back();
    up.scalability_mode = mode.or(up.scalability_mode.take());
}

/// Returns the route of a candidate pair; `None` when its candidates do not say enough.
fn route(local: &CandidateStats, remote: &CandidateStats) -> Option<MediaRoute> {
    let (local_candidate, remote_candidate) = (local.candidate_type?, remote.candidate_type?);
    let is_relayed = local_candidate == CandidateType::Relay;
    // `protocol` of a relayed candidate is that between the relay and the peer.
    let transport = if is_relayed { local.relay_protocol } else { local.protocol }?;
    let address = if is_relayed { local.url.as_deref().and_then(host_of_turn) } else { remote.address.as_deref() };
    let ip_version = address.and_then(|address| address.parse().ok()).map(|ip: IpAddr| match ip {
        IpAddr::V4(_) => IpVersion::IpV4,
        IpAddr::V6(_) => IpVersion::IpV6,
    });
    Some(MediaRoute { transport, local_candidate, remote_candidate, ip_version })
}

/// Returns the host of a `turn:` or `turns:` URL (RFC 7065).
fn host_of_turn(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once(':')?;
    let authority = rest.split_once('?').map_or(rest, |(authority, _)| authority);
    match authority.strip_prefix('[') {
        Some(literal) => literal.split_once(']').map(|(host, _)| host),
        None => Some(authority.split_once(':').map_or(authority, |(host, _)| host)),
    }
}

#[cfg(test)]
mod tests {
    use precall_results::MediaTransport;
    use serde_json::{Value, json};

    use super::*;

    fn pair() -> Value {
        json!({ "type": "candidate-pair", "localCandidateId": "L", "remoteCandidateId": "R" })
    }

    fn candidate(id: &str, kind: &str, more: &Value) -> Value {
        let side = if id == "L" { "local-candidate" } else { "remote-candidate" };
        let mut candidate = json!({ "type": side, "id": id, "candidateType": kind, "protocol": "udp" });
        for (key, value) in more.as_object().expect("an object") {
            candidate[key] = value.clone();
        }
        candidate
    }

    fn travel(reports: &[Value]) -> Option<MediaTravel> {
        let mut watch = MediaWatch::default();
        reports.iter().for_each(|report| watch.push(&StatsReport::read(report)));
        watch.travel()
    }

    #[test]
    fn freezes_and_concealed_samples_are_summed() {
        let stream = |id: &str, kind: &str, more: Value| {
            let mut stream = json!({ "type": "inbound-rtp", "id": id, "kind": kind, "packetsReceived": 9 });
            stream.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            stream
        };
        let report = |connection: u64, freezes: u64, concealed: u64| {
            json!({ "peerConnection": connection, "stats": [
                stream("V", "video", json!({ "freezeCount": freezes })),
                stream("A", "audio", json!({ "concealedSamples": concealed, "totalSamplesReceived": 1000 })),
            ]})
        };
        // Counters grow: the last report of a stream counts.
        let travel = travel(&[report(0, 1, 0), report(0, 3, 10), report(1, 2, 30)]).expect("media");
        let down = travel.down.expect("received media");
        assert_eq!((down.freeze_count, down.concealed_samples_ratio), (Some(5), Ratio::new(0.02)));
        let silent = json!({ "peerConnection": 0, "stats": [stream("V", "video", json!({}))] });
        let down = super::tests::travel(&[silent]).expect("media").down.expect("received media");
        assert_eq!((down.freeze_count, down.concealed_samples_ratio), (None, None));
    }

    #[test]
    fn publisher_and_subscriber_on_two_connections() {
        let codec = |id: &str, name: &str| json!({ "type": "codec", "id": id, "mimeType": name });
        let video = |layer: u32, packets: u64| {
            json!({ "type": "outbound-rtp", "kind": "video", "packetsSent": packets, "codecId": "V", "frameWidth": 320 * layer,
                "frameHeight": 180 * layer, "scalabilityMode": "L1T2" })
        };
        let audio = json!({ "type": "outbound-rtp", "kind": "audio", "packetsSent": 5, "codecId": "A" });
        let up = json!({ "peerConnection": 0, "stats": [
            pair(), candidate("L", "host", &json!({})), candidate("R", "host", &json!({ "address": "::1" })),
            codec("A", "audio/opus"), codec("V", "video/VP8"), audio, video(1, 9), video(2, 9), video(4, 0),
        ]});
        // Candidates and codecs are not reported again.
        let later = json!({ "peerConnection": 0, "stats": [pair(), video(1, 20), video(2, 20), video(4, 1)] });
        let down = json!({ "peerConnection": 1, "stats": [
            pair(), candidate("L", "relay", &json!({ "relayProtocol": "tls", "url": "turns:127.0.0.1:5349?transport=tcp" })),
            candidate("R", "host", &json!({ "address": "::1" })), codec("V", "video/VP8"),
            { "type": "inbound-rtp", "kind": "video", "packetsReceived": 3, "codecId": "V", "frameWidth": 640, "frameHeight": 360 },
        ]});
        insta::assert_json_snapshot!(travel(&[up, later, down]));
    }

    #[test]
    fn routes_keep_the_order_of_first_use() {
        let report = |protocol: &str, address: &str| {
            let remote = candidate("R", "prflx", &json!({ "address": address }));
            let stream = json!({ "type": "inbound-rtp", "kind": "audio", "packetsReceived": 1 });
            json!({ "stats": [pair(), candidate("L", "host", &json!({ "protocol": protocol })), remote, stream] })
        };
        let reports = [report("udp", "127.0.0.1"), report("tcp", "hidden.local"), report("udp", "127.0.0.1")];
        let down = travel(&reports).and_then(|travel| travel.down).expect("it came");
        let routes: Vec<_> = down.routes.iter().map(|route| (route.transport, route.ip_version)).collect();
        assert_eq!(routes, [(MediaTransport::Udp, Some(IpVersion::IpV4)), (MediaTransport::Tcp, None)]);
    }

    #[test]
    fn route_outlives_its_candidates() {
        let connected = json!({ "peerConnection": 4, "stats": [
            pair(), candidate("L", "prflx", &json!({ "protocol": "tcp" })), candidate("R", "host", &json!({})),
            { "type": "inbound-rtp", "kind": "audio", "packetsReceived": 0 },
        ]});
        let closing = |connection: u32| json!({ "peerConnection": connection, "stats": [{ "type": "inbound-rtp", "kind": "audio", "packetsReceived": 9 }] });
        assert_eq!(travel(std::slice::from_ref(&connected)), None, "nothing has come yet");
        let routes = |reports: &[Value]| travel(reports).and_then(|travel| travel.down).map(|down| down.routes.len());
        assert_eq!(routes(&[connected.clone(), closing(4)]), Some(1));
        assert_eq!(routes(&[connected, closing(5)]), Some(0), "it is another connection's");
    }

    #[test]
    fn malformed_statistics_are_ignored() {
        let nonsense = [json!({}), json!({ "stats": "x" }), json!({ "stats": [pair(), { "type": "inbound-rtp" }, 3] })];
        assert_eq!(travel(&nonsense), None);
        for (url, host) in [
            ("turn:127.0.0.1:3478?transport=udp", Some("127.0.0.1")),
            ("turns:[::1]:5349?transport=tcp", Some("::1")),
            ("turn:relay.example", Some("relay.example")),
            ("turn:[::1", None),
            ("nonsense", None),
        ] {
            assert_eq!(host_of_turn(url), host, "{url}");
        }
    }
}
