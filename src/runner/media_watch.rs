//! How a case's media travelled, observations from the page's W3C statistics. Pure.

use std::collections::HashMap;
use std::net::IpAddr;

use serde_json::Value;

use precall_netem::units::Ratio;
use precall_results::IpVersion;
use precall_results::{CandidateType, FrameSize, MediaDirection, MediaRoute, MediaTransport, MediaTravel};

/// The most candidates and codecs that are kept of a page; a call has a few dozen.
const MAX_REFERENCED: usize = 1_000;

/// The members of candidates and codecs that are looked up.
const LOOKED_UP: [&str; 6] = ["address", "candidateType", "mimeType", "protocol", "relayProtocol", "url"];

/// The page's statistics so far.
#[derive(Debug, Clone, Default)]
pub(super) struct MediaWatch {
    /// Candidates and codecs by peer connection and id: the page passes them on when they change.
    referenced: HashMap<(u64, String), Value>,
    /// The route of each peer connection. One that is closing may say no more than what it carried.
    routes: HashMap<u64, MediaRoute>,
    travel: MediaTravel,
    /// The counters of each received stream, by peer connection and id.
    received: HashMap<(u64, String), Playout>,
}

/// The counters of a received stream (`RTCInboundRtpStreamStats`).
#[derive(Debug, Clone, Copy, Default)]
struct Playout {
    /// `freezeCount`, of video.
    freezes: Option<u64>,
    /// `concealedSamples` and `totalSamplesReceived`, of audio.
    samples: Option<(u64, u64)>,
}

impl MediaWatch {
    /// Takes a report: the statistics of one peer connection.
    pub fn push(&mut self, report: &Value) {
        let connection = report["peerConnection"].as_u64().unwrap_or_default();
        let entries: Vec<_> = report["stats"].as_array().into_iter().flatten().collect();
        for entry in &entries {
            if let (Some("local-candidate" | "remote-candidate" | "codec"), Some(id)) =
                (entry["type"].as_str(), entry["id"].as_str())
            {
                let key = (connection, id.to_owned());
                if self.referenced.len() < MAX_REFERENCED || self.referenced.contains_key(&key) {
                    self.referenced.insert(key, kept(entry));
                }
            }
        }
        let route = entries.iter().find(|entry| entry["type"] == "candidate-pair").and_then(|pair| {
            let candidate = |key: &str| self.find(connection, &pair[key]);
            route(candidate("localCandidateId")?, candidate("remoteCandidateId")?)
        });
        self.routes.extend(route.map(|route| (connection, route)));
        let route = self.routes.get(&connection).cloned();
        for (kind, is_up) in [("outbound-rtp", true), ("inbound-rtp", false)] {
            let streams: Vec<_> =
                entries.iter().copied().filter(|entry| entry["type"] == kind && has_packets(entry)).collect();
            if streams.is_empty() {
                continue;
            }
            let codec = |kind: &str| {
                let stream = streams.iter().find(|stream| stream["kind"] == kind)?;
                let name = self.find(connection, &stream["codecId"])?["mimeType"].as_str()?;
                Some(name.split_once('/').map_or(name, |(_, name)| name).to_ascii_lowercase())
            };
            let (audio_codec, video_codec) = (codec("audio"), codec("video"));
            let way = if is_up { &mut self.travel.up } else { &mut self.travel.down };
            let way = way.get_or_insert_default();
            way.routes.extend(route.clone().filter(|route| !way.routes.contains(route)));
            way.audio_codec = audio_codec.or(way.audio_codec.take());
            way.video_codec = video_codec.or(way.video_codec.take());
            note_video(way, &streams, is_up);
            if !is_up {
                self.note_playout(connection, &streams);
            }
        }
    }

    /// Notes what the received streams have counted so far, and what that makes of all of them together.
    fn note_playout(&mut self, connection: u64, streams: &[&Value]) {
        for stream in streams {
            let Some(id) = stream["id"].as_str() else { continue };
            let key = (connection, id.to_owned());
            if self.received.len() >= MAX_REFERENCED && !self.received.contains_key(&key) {
                continue;
            }
            let count = |key: &str| stream[key].as_u64();
            let is_video = stream["kind"] == "video";
            let playout = Playout {
                freezes: count("freezeCount").filter(|_| is_video),
                samples: count("concealedSamples").zip(count("totalSamplesReceived")).filter(|_| !is_video),
            };
            self.received.insert(key, playout);
        }
        let Some(down) = &mut self.travel.down else { return };
        let freezes = self.received.values().filter_map(|playout| playout.freezes);
        down.freeze_count = freezes.reduce(u64::saturating_add);
        let samples = self.received.values().filter_map(|playout| playout.samples);
        let samples = samples.reduce(|(a, b), (c, d)| (a.saturating_add(c), b.saturating_add(d)));
        down.concealed_samples_ratio =
            samples.filter(|(_, received)| *received > 0).map(|(concealed, received)| Ratio::of(concealed, received));
    }

    /// How media travelled; `None` when none did, or the browser did not say.
    pub fn travel(&self) -> Option<MediaTravel> {
        let is_known = self.travel.directions().next().is_some();
        is_known.then(|| self.travel.clone())
    }

    fn find(&self, connection: u64, id: &Value) -> Option<&Value> {
        self.referenced.get(&(connection, id.as_str()?.to_owned()))
    }
}

/// Returns the members of a candidate or a codec that are kept. A page may have put anything else in it.
fn kept(entry: &Value) -> Value {
    let text = |key: &&str| Some(((*key).to_owned(), Value::from(entry[*key].as_str()?)));
    LOOKED_UP.iter().filter_map(text).collect::<serde_json::Map<_, _>>().into()
}

fn has_packets(stream: &Value) -> bool {
    ["packetsSent", "packetsReceived"].iter().any(|key| stream[*key].as_u64().is_some_and(|packets| packets > 0))
}

/// Notes the layers and the sizes of the video.
fn note_video(way: &mut MediaDirection, streams: &[&Value], is_up: bool) {
    let videos: Vec<_> = streams.iter().filter(|stream| stream["kind"] == "video").collect();
    let active = videos.iter().filter(|video| video["active"] != false).count();
    if is_up && let Ok(layers @ 1..) = u32::try_from(active) {
        way.video_layers = way.video_layers.max(Some(layers));
    }
    for video in videos {
        if let Some(mode) = video["scalabilityMode"].as_str() {
            way.scalability_mode = Some(mode.to_owned());
        }
        let pixels = |key: &str| video[key].as_u64().and_then(|pixels| u32::try_from(pixels).ok());
        let (Some(width @ 1..), Some(height @ 1..)) = (pixels("frameWidth"), pixels("frameHeight")) else { continue };
        let size = FrameSize { width, height };
        let smaller = way.smallest_frame.is_none_or(|smallest| size.pixels() < smallest.pixels());
        let larger = way.largest_frame.is_none_or(|largest| size.pixels() > largest.pixels());
        way.smallest_frame = if smaller { Some(size) } else { way.smallest_frame };
        way.largest_frame = if larger { Some(size) } else { way.largest_frame };
    }
}

/// The route of a candidate pair (W3C webrtc-stats, `RTCIceCandidateStats`).
fn route(local: &Value, remote: &Value) -> Option<MediaRoute> {
    let kind = |candidate: &Value| serde_json::from_value::<CandidateType>(candidate["candidateType"].clone()).ok();
    let (local_candidate, remote_candidate) = (kind(local)?, kind(remote)?);
    let is_relayed = local_candidate == CandidateType::Relay;
    // `protocol` of a relayed candidate is that between the relay and the peer.
    let transport = if is_relayed { &local["relayProtocol"] } else { &local["protocol"] };
    let transport = serde_json::from_value::<MediaTransport>(transport.clone()).ok()?;
    let address = if is_relayed { local["url"].as_str().and_then(host_of_turn) } else { remote["address"].as_str() };
    let ip_version = address.and_then(|address| address.parse().ok()).map(|ip: IpAddr| match ip {
        IpAddr::V4(_) => IpVersion::IpV4,
        IpAddr::V6(_) => IpVersion::IpV6,
    });
    Some(MediaRoute { transport, local_candidate, remote_candidate, ip_version })
}

/// The host of a `turn:` or `turns:` URL (RFC 7065).
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
    use serde_json::json;

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
        reports.iter().for_each(|report| watch.push(report));
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
        // What was passed on before is not repeated.
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
